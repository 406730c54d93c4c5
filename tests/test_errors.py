"""Errors: one root, built-in kinds beside it, words that help, and each travels with its checkpoint."""

import copy
import inspect
import pickle
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

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
    Forbidden,
    ListingBroken,
    NotFound,
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
    errors,
)

WINDOW = Window(started_at=datetime(2026, 1, 1, tzinfo=UTC), ended_at=datetime(2026, 1, 2, tzinfo=UTC))
ERRORS = [
    TwitchClipsError("something"),
    QueryError("limit must not be negative"),
    UnknownName("channel", ("example_streamer", "nobody")),
    UnknownName("channel", ("no-such name!",), "Helix answered 400: Invalid username(s)"),
    AuthError("no token"),
    AuthUnavailable("the token server answered 503: (no message)"),
    TransportError("cut"),
    ConnectFailed("refused"),
    TimedOut("too slow"),
    ResponseError(418, "short and stout"),
    BadRequest(400, "invalid game_id"),
    CursorRejected(400, "Invalid cursor."),
    Unauthorized(401, "Invalid OAuth token"),
    Forbidden(403, ""),
    NotFound(404, "no such game"),
    ServerError(503, ""),
    RateLimited(1.5, "Helix goes on answering 429"),
    DecodeError("$.data[3].title", "missing"),
    ListingBroken("it goes round"),
    ResultCapped("the listing ended after 1000 clips"),
    BackfillIncomplete(Report(windows={}, gaps=(WINDOW,), unsettled=(), clips=0, requests=1)),
    CheckpointError("the checkpoint is damaged"),
    errors.ExportError("no room"),
    ClosedError("closed"),
]
POINT = Checkpoint(question=(("game_id", "509658"), ("first", "100")), cursor="eyJiIjpudWxsfQ", served=100, given=42)


def _children(kind: type[TwitchClipsError]) -> list[type[TwitchClipsError]]:
    """The kinds right below it, but for those that some test makes."""
    return [child for child in kind.__subclasses__() if child.__module__.startswith("twitch_clips.")]


def _below(kind: type[TwitchClipsError]) -> Iterator[type[TwitchClipsError]]:
    """That kind of error and all below it."""
    yield kind
    for child in _children(kind):
        yield from _below(child)


def _drawn(kind: type[TwitchClipsError], indent: str = "") -> Iterator[str]:
    """The lines of a tree of errors, each with what it is beside an error of ours."""
    children = _children(kind)
    for child in children:
        branch, trunk = ("└── ", "    ") if child is children[-1] else ("├── ", "│   ")
        builtin = [base.__name__ for base in child.__bases__ if base.__module__ == "builtins"]
        yield f"{indent}{branch}{child.__name__}" + "".join(f" ({name})" for name in builtin)
        yield from _drawn(child, indent + trunk)


def test_every_error_is_looked_at_here() -> None:
    """A new one is to be added."""
    assert {type(error) for error in ERRORS} == set(_below(TwitchClipsError))


def test_the_tree_is_as_drawn() -> None:
    """In the root's docstring, where a user looks for what to catch."""
    told = inspect.getdoc(TwitchClipsError) or ""
    drawn = re.findall(r"^    ([│├└ ]*── \w+(?: \(\w+\))?)", told, re.MULTILINE)
    assert drawn == list(_drawn(TwitchClipsError))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("checkpoint", [None, POINT], ids=["bare", "with a checkpoint"])
def test_every_error_travels(error: TwitchClipsError, checkpoint: Checkpoint | None) -> None:
    """It pickles and copies with its words, attributes and checkpoint (process pools, task queues)."""
    error = copy.copy(error)
    error.checkpoint = checkpoint
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301  (our own bytes)
        assert type(twin) is type(error)
        assert (str(twin), repr(twin), twin.args) == (str(error), repr(error), error.args)
        assert vars(twin) == vars(error)
        assert twin.checkpoint == checkpoint


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_has_no_checkpoint_of_itself(error: TwitchClipsError) -> None:
    """Who raises it while streaming gives it one, and that one alone."""
    assert error.checkpoint is None
    twin = copy.copy(error)
    twin.checkpoint = POINT
    assert error.checkpoint is None


def test_the_built_in_kinds_catch_them_too() -> None:
    """`except TimeoutError` in a user's code keeps working."""
    assert issubclass(QueryError, ValueError)
    assert issubclass(ConnectFailed, ConnectionError)
    assert issubclass(TimedOut, TimeoutError)


def test_a_warning_is_no_error() -> None:
    """It is a user's, so it is shown by default, and turned into an error by the usual means."""
    assert issubclass(CappedWarning, UserWarning)
    assert not issubclass(CappedWarning, TwitchClipsError)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (QueryError("limit must not be negative"), "limit must not be negative"),
        (UnknownName("channel", ("nobody", "no one")), "Twitch knows no channel 'nobody', 'no one'"),
        (UnknownName("game", ("a",), "Helix answered 400: no"), "Twitch knows no game 'a': Helix answered 400: no"),
        (ResponseError(404, "no such game"), "Helix answered 404: no such game"),
        (ResponseError(500, ""), "Helix answered 500: (no message)"),
        (RateLimited(1.25, "no turn in time"), "no turn in time; try again in 1.2 seconds"),
        (DecodeError("$.data[3].title", "missing"), "unreadable answer at $.data[3].title: missing"),
    ],
)
def test_the_words_name_what_happened(error: TwitchClipsError, words: str) -> None:
    """What was asked for, the status and message, the seconds, or place and reason."""
    assert str(error) == words


def test_the_numbers_are_attributes() -> None:
    """Nobody has to take the words apart."""
    assert UnknownName("game", ("Nothing",)).names == ("Nothing",)
    assert (UnknownName("game", ("Nothing",)).reason, UnknownName("game", ("Nothing",), "no").reason) == ("", "no")
    assert (ServerError(503, "").status, ServerError(503, "busy").message) == (503, "busy")
    assert (RateLimited(1.5, "no turn").retry_after, RateLimited(1.5, "no turn").reason) == (1.5, "no turn")
    assert (DecodeError("$", "not JSON").path, DecodeError("$", "not JSON").reason) == ("$", "not JSON")
