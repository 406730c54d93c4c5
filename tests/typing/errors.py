# ruff: noqa: INP001  (read by type checkers, never imported)
"""What errors and events hold, by its type: mypy and pyright hold it."""

from datetime import timedelta
from typing import assert_type

from twitch_clips import (
    AuthError,
    AuthUnavailable,
    BackfillIncomplete,
    BadRequest,
    CappedWarning,
    Checkpoint,
    CheckpointError,
    ClosedError,
    ConnectFailed,
    CursorRejected,
    DecodeError,
    Event,
    ExportError,
    Forbidden,
    ListingBroken,
    NotFound,
    Proof,
    QueryError,
    RateLimited,
    Report,
    ResponseError,
    ResultCapped,
    ServerError,
    TimedOut,
    TransportError,
    TwitchClipsError,
    Unauthorized,
    UnknownName,
    Window,
)
from twitch_clips.events import (
    ClipsMissed,
    ListingCapped,
    ListingRestarted,
    PageRead,
    PollFailed,
    RecordSkipped,
    Requested,
    Retried,
    SpentElsewhere,
    StillWaiting,
    TokenRefused,
    TurnedAway,
    Waited,
    WindowGivenUp,
    WindowRead,
)


def tree() -> None:
    """Each error under its root, and beside it under Python's own."""
    roots: tuple[type[TwitchClipsError], ...] = (
        QueryError,
        AuthError,
        TransportError,
        ResponseError,
        RateLimited,
        DecodeError,
        ListingBroken,
        ResultCapped,
        BackfillIncomplete,
        CheckpointError,
        ExportError,
        ClosedError,
    )
    answers: tuple[type[ResponseError], ...] = (
        BadRequest,
        CursorRejected,
        Unauthorized,
        Forbidden,
        NotFound,
        ServerError,
    )
    rejected: type[BadRequest] = CursorRejected
    unknown: type[QueryError] = UnknownName
    unavailable: type[AuthError] = AuthUnavailable
    transport: tuple[type[TransportError], ...] = (ConnectFailed, TimedOut)
    wrong: type[ValueError] = QueryError
    builtin: tuple[type[ConnectionError], type[TimeoutError]] = (ConnectFailed, TimedOut)
    warning: type[UserWarning] = CappedWarning
    print(roots, answers, rejected, unknown, unavailable, transport, wrong, builtin, warning)  # noqa: T201


def told_by_an_error(error: TwitchClipsError) -> None:
    """What a caller needs, by the kind."""
    assert_type(error.checkpoint, Checkpoint | None)
    match error:
        case UnknownName():
            assert_type((error.names, error.what, error.reason), tuple[tuple[str, ...], str, str])
        case ResponseError():
            assert_type((error.status, error.message), tuple[int, str])
        case RateLimited():
            assert_type((error.retry_after, error.reason), tuple[float, str])
        case DecodeError():
            assert_type((error.path, error.reason), tuple[str, str])
        case BackfillIncomplete():
            assert_type(error.report, Report)
        case _:
            raise error


def told_by_an_event(event: Event) -> None:  # noqa: C901, PLR0912  (a branch for each kind)
    """What a hook gets, by the kind."""
    match event:
        case Requested():
            assert_type((event.path, event.status), tuple[str, int | None])
            assert_type((event.seconds, event.remaining), tuple[float, int | None])
        case Retried():
            assert_type((event.path, event.attempt, event.pause, event.reason), tuple[str, int, float, str])
        case Waited():
            assert_type((event.path, event.seconds), tuple[str, float])
        case StillWaiting():
            assert_type((event.seconds, event.waiting), tuple[float, int])
        case TurnedAway():
            assert_type((event.path, event.retry_after), tuple[str, float])
        case SpentElsewhere():
            assert_type(event.points, int)
        case TokenRefused():
            assert_type(event.path, str)
        case PageRead():
            assert_type((event.records, event.clips, event.duplicates), tuple[int, int, int])
        case RecordSkipped():
            assert_type((event.path, event.reason), tuple[str, str])
        case ListingCapped():
            assert_type((event.asked, event.clips), tuple[str, int])
        case WindowRead():
            assert_type((event.window, event.clips), tuple[Window, int])
            assert_type((event.proof, event.reason), tuple[Proof, str])
        case WindowGivenUp():
            assert_type((event.window, event.pages, event.reason), tuple[Window, int, str])
        case ClipsMissed():
            assert_type((event.window, event.clips, event.max_window), tuple[Window, int, timedelta | None])
        case PollFailed():
            assert_type((event.selector, event.value, event.reason), tuple[str, str, str])
            assert_type((event.failures, event.retry_in), tuple[int, float])
        case ListingRestarted():
            assert_type(event, ListingRestarted)
        case _:
            assert_type(event, Event)
