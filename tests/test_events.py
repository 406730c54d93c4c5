"""Events reach every hook and the log, and do no harm on the way."""

import asyncio
import copy
import logging
from datetime import timedelta

import attrs
import pytest

from twitch_clips import DecodeError, Event, Proof, Window
from twitch_clips.events import (
    ClipsMissed,
    Emitter,
    Hook,
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
from twitch_clips.testing import JUST_CHATTING, FakeHelix

from .conftest import NOW, client, listing, records

REQUESTED = Requested(path="clips", status=200, seconds=0.25, remaining=799)
DAY = Window(started_at=NOW, ended_at=NOW + timedelta(days=1))
LEVELS = [
    (REQUESTED, logging.DEBUG),
    (Requested(path="clips", status=None, seconds=30.0, remaining=None), logging.DEBUG),
    (Waited(path="clips", seconds=0.1), logging.DEBUG),
    (PageRead(records=100, clips=97, duplicates=3), logging.DEBUG),
    (StillWaiting(seconds=5.0, waiting=3), logging.INFO),
    (SpentElsewhere(points=12), logging.INFO),
    (TurnedAway(path="clips", retry_after=7.5), logging.DEBUG),
    (Retried(path="clips", attempt=1, pause=0.5, reason="Helix answered 503: (no message)"), logging.INFO),
    (TokenRefused(path="clips"), logging.INFO),
    (RecordSkipped(path="$.data[3].title", reason="missing"), logging.WARNING),
    (ListingCapped(asked="game_id=1", clips=1000), logging.INFO),
    (ListingRestarted(), logging.WARNING),
    (WindowRead(window=DAY, clips=570, proof=Proof.ENDED), logging.DEBUG),
    (WindowRead(window=DAY, clips=0, proof=Proof.UNSETTLED), logging.DEBUG),
    (WindowRead(window=DAY, clips=1000, proof=Proof.SATURATED, reason="too many"), logging.WARNING),
    (WindowRead(window=DAY, clips=500, proof=Proof.FAILED, reason="Helix answered 500"), logging.WARNING),
    (WindowGivenUp(window=DAY, pages=2, reason="too many clips for one listing"), logging.DEBUG),
    (ClipsMissed(window=DAY, clips=1, max_window=timedelta(hours=12)), logging.WARNING),
    (PollFailed(selector="login", value="a", reason="gone", failures=1, retry_in=60.0), logging.WARNING),
]


class Broken:
    """A hook that fails, and that a log line has to name."""

    def __call__(self, event: Event) -> None:
        """Fail."""
        raise RuntimeError(str(event))

    def __repr__(self) -> str:
        """As a log line should name it."""
        return "<the broken hook>"


@pytest.mark.parametrize(("event", "level"), LEVELS, ids=lambda value: str(value) if isinstance(value, Event) else None)
def test_each_event_is_one_line_of_its_level(event: Event, level: int, caplog: pytest.LogCaptureFixture) -> None:
    """DEBUG for a request or a page, INFO for what holds a stream up, WARNING for what a stream may lack."""
    with caplog.at_level(logging.DEBUG, "twitch_clips"):
        Emitter(()).emit(event)
    assert caplog.record_tuples == [("twitch_clips", level, str(event))]


def test_every_kind_of_event_has_a_level_of_its_own() -> None:
    """A new kind is to be thought of here."""
    assert {type(event).__name__ for event, _ in LEVELS} == {kind.__name__ for kind in Event.__subclasses__()}


def test_a_line_says_all_that_the_event_says() -> None:
    """Its kind and its fields by name."""
    assert str(REQUESTED) == "Requested(path='clips', status=200, seconds=0.25, remaining=799)"


@pytest.mark.parametrize("event", [event for event, _ in LEVELS], ids=str)
def test_an_event_is_a_frozen_value_of_named_fields(event: Event) -> None:
    """Hooks may keep it and compare it; none can change what the next one sees."""
    twin = copy.copy(event)
    assert twin is not event
    assert {event, twin} == {event}
    assert not hasattr(event, "__dict__")
    with pytest.raises((attrs.exceptions.FrozenInstanceError, AttributeError)):
        event.path = "users"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def test_fields_are_given_by_name() -> None:
    """More may come, in any order."""
    with pytest.raises(TypeError, match="positional"):
        Requested("clips", 200, 0.25)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_every_hook_is_called_in_order() -> None:
    """With the event itself."""
    seen: list[tuple[int, Event]] = []
    hooks: list[Hook] = [lambda event: seen.append((1, event)), lambda event: seen.append((2, event))]
    emitter = Emitter(hooks)
    hooks.clear()
    emitter.emit(REQUESTED)
    assert [number for number, _ in seen] == [1, 2]
    assert all(event is REQUESTED for _, event in seen)


def test_a_hook_that_raises_is_logged_and_harmless(caplog: pytest.LogCaptureFixture) -> None:
    """By name and with its traceback, at ERROR; the hooks behind it are called."""
    seen: list[Event] = []
    Emitter([Broken(), seen.append]).emit(REQUESTED)
    assert seen == [REQUESTED]
    [record] = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "the hook <the broken hook> failed")
    assert record.exc_info is not None
    assert record.exc_info[0] is RuntimeError


def test_a_hook_does_not_stop_what_stops_the_program() -> None:
    """Only errors are taken from it."""

    def interrupt(_: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Emitter([interrupt]).emit(REQUESTED)


def test_nothing_is_written_below_the_loggers_level(caplog: pytest.LogCaptureFixture) -> None:
    """Python's default shows warnings alone."""
    with caplog.at_level(logging.WARNING, "twitch_clips"):
        for event, _ in LEVELS:
            Emitter(()).emit(event)
    assert [record.levelno for record in caplog.records] == [level for _, level in LEVELS if level == logging.WARNING]


def test_an_event_is_wanted_where_somebody_would_see_it(caplog: pytest.LogCaptureFixture) -> None:
    """A hook wants all of them, the log those of its level."""
    with caplog.at_level(logging.INFO, "twitch_clips"):
        assert Emitter(()).wants(logging.INFO)
        assert not Emitter(()).wants(logging.DEBUG)
        assert Emitter([Broken()]).wants(logging.DEBUG)


async def test_each_page_is_told_of_with_what_is_left_of_it() -> None:
    """`where`, `limit` and earlier pages take records away; pages are those of `stats.pages`."""
    raw, seen = listing(250), list[Event]()
    async with FakeHelix(raw) as helix, client(helix, hooks=[seen.append]) as clips:
        helix.fail(records(lambda page: [*raw[98:100], *page]), skip=1)
        stream = clips.by_game(JUST_CHATTING, where=lambda clip: clip.view_count % 2 == 0, limit=120)
        await stream.collect()
    assert [event for event in seen if isinstance(event, PageRead)] == [
        PageRead(records=100, clips=50, duplicates=0),
        PageRead(records=102, clips=50, duplicates=2),
        PageRead(records=50, clips=20, duplicates=0),
    ]
    assert stream.stats.pages == 3


async def test_a_page_with_a_bad_record_is_told_of_once() -> None:
    """With the clips before that record, though the stream goes on behind it."""
    seen: list[Event] = []
    async with FakeHelix(listing(50)) as helix, client(helix, hooks=[seen.append]) as clips:
        helix.fail(records(lambda page: [*page[:9], None, *page[10:]]))
        stream = clips.by_game(JUST_CHATTING)
        with pytest.raises(DecodeError):
            await stream.collect()
        assert len(await stream.collect()) == 49
    assert [event for event in seen if isinstance(event, PageRead)] == [PageRead(records=50, clips=9, duplicates=0)]


async def test_a_hook_that_ends_its_task_at_a_page_loses_none_of_its_clips() -> None:
    """The page is kept before it is told of."""

    def end(event: Event) -> None:
        if isinstance(event, PageRead):
            raise asyncio.CancelledError

    async with FakeHelix(listing(250)) as helix, client(helix, hooks=[end]) as clips:
        stream = clips.by_game(JUST_CHATTING)
        for _ in range(3):
            with pytest.raises(asyncio.CancelledError):
                await stream.collect()
        given = await stream.collect()
    assert [clip.id for clip in given] == [raw["id"] for raw in listing(250)]


async def test_a_page_is_a_line_of_the_log_for_those_who_look_closely(caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG, and nothing above that."""
    async with FakeHelix(listing(50)) as helix, client(helix) as clips:
        for level, lines in ((logging.INFO, []), (logging.DEBUG, ["PageRead(records=50, clips=50, duplicates=0)"])):
            with caplog.at_level(level, "twitch_clips"):
                await clips.by_game(JUST_CHATTING).collect()
            assert [line for line in caplog.messages if "Requested" not in line] == lines
