"""Polls that fail: one of many goes on being asked, all of them raise, and no clip is lost meanwhile."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from tests.backfill.conftest import CHANNEL, MemoryStore, sandbox
from tests.conftest import NOW, client, records
from twitch_clips import (
    AsyncClips,
    AuthError,
    AuthUnavailable,
    ClosedError,
    Event,
    NotFound,
    RetryPolicy,
    Unauthorized,
    UnknownName,
)
from twitch_clips.events import PollFailed
from twitch_clips.testing import FakeHelix, faults

from .conftest import OTHER, after, clip, failures_of, follow, ids, lists

ONCE = {"retry": RetryPolicy(attempts=1)}


async def test_one_that_fails_is_told_of_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    """By an event and a warning in the log."""
    new = [clip(after(minutes=minutes), minutes) for minutes in (1, 20, 40)]
    async with sandbox(new) as box:
        watch = box.clips.watch(broadcaster_id=CHANNEL, login="nobody_here")
        assert ids(await follow(watch, 3600)) == ids(new)
    told = box.told(PollFailed)
    assert {(one.selector, one.value, one.reason) for one in told} == {
        ("login", "nobody_here", "Twitch knows no channel 'nobody_here'")
    }
    assert [one.failures for one in told] == [1, 2, 3, 4, 5, 6, 7]
    assert [one.retry_in for one in told] == [60, 120, 240, 480, 900, 900, 900]
    assert [record.levelno for record in caplog.records if "PollFailed" in record.message] == [logging.WARNING] * 7


async def test_a_name_that_comes_to_be_is_watched() -> None:
    """It is looked up again each time; what was made since the watch began, be it in an earlier run, is given."""
    store, new, given = MemoryStore(), clip(after(minutes=3), 1), list[str]()
    async with sandbox([new]) as box:
        for name in ("not_yet", "later_name", "much_later_name"):
            given += ids(await follow(box.clips.watch(login=["quietotterplays", "later_name"], checkpoint=store), 300))
            box.helix.rename(CHANNEL, name)
    assert given == ids([new])


@pytest.mark.parametrize("target", [{"login": "nobody_here"}, {"game": "No Such Game"}, {"login": "not a login"}])
async def test_an_unknown_name_alone_raises_at_once(target: Mapping[str, Any]) -> None:
    """At the first clip asked for, and whenever it is asked for again."""
    async with sandbox([]) as box:
        watch = box.clips.watch(**target)
        for _ in range(2):
            with pytest.raises(UnknownName, match=str(*target.values())):
                await anext(watch)
        assert lists(box.helix) == []


@pytest.mark.parametrize("wrong", ["not a login", "nobody_here"])
async def test_all_names_that_are_unknown_are_told(wrong: str) -> None:
    """Also where all of them are malformed, and Helix does not say which it means."""
    async with sandbox([]) as box:
        watch = box.clips.watch(login=[wrong, "nor this one", "or that"])
        for _ in range(2):
            with pytest.raises(UnknownName) as error:
                await anext(watch)
            assert error.value.names == (wrong, "nor this one", "or that")
        first = box.told(PollFailed)[0]
    assert first.reason.startswith(f"Twitch knows no channel {wrong!r}")
    assert ("Bad Identifiers" in first.reason) == (wrong == "not a login")


async def test_an_unknown_game_alone_raises_at_once() -> None:
    """Helix says that there is none."""
    async with sandbox([]) as box:
        with pytest.raises(NotFound):
            await anext(box.clips.watch(game_id="77"))


async def test_all_that_fail_three_times_raise() -> None:
    """Not before each has, and not while one of them works; then it goes on."""
    new = clip(after(minutes=1), 1)
    async with sandbox([new], settings=ONCE) as box:
        box.helix.fail(faults.status(500), times=None)
        watch = box.clips.watch(broadcaster_id=[CHANNEL, OTHER])
        assert await failures_of(watch, 1) == ["Helix answered 500: (no message)"]
        assert [one.failures for one in box.told(PollFailed)] == [1, 1, 2, 2, 3, 3]
        assert box.helix.now == after(seconds=210)
        box.helix.heal()
        assert ids(await follow(watch, 1000)) == ids([new])
        box.helix.fail(faults.status(500), times=4)
        assert await follow(watch, 1000) == []


async def test_a_token_server_that_fails_is_ridden_out() -> None:
    """As an outage of Helix is; only when it lasts does it raise."""
    new = [clip(after(minutes=minutes), minutes) for minutes in (2, 20)]
    async with sandbox(new) as box:
        watch = box.clips.watch(broadcaster_id=[CHANNEL, OTHER])
        assert await follow(watch, 100) == []
        box.helix.revoke()
        box.helix.fail(faults.status(503), on="token", times=12)
        assert ids(await follow(watch, 1000)) == ids(new[:1])
        assert {one.failures for one in box.told(PollFailed)} == {1}
        box.helix.revoke()
        box.helix.fail(faults.cut(), on="token", times=None)
        with pytest.raises(AuthUnavailable):
            await anext(watch)
        assert max(one.failures for one in box.told(PollFailed)) == 3
        box.helix.heal()
        assert ids(await follow(watch, 1000)) == ids(new[1:])


async def test_an_outage_shorter_than_three_rounds_raises_nothing() -> None:
    """What was made meanwhile is given after it."""
    new = clip(after(minutes=2), 1)
    async with sandbox([new], settings=ONCE) as box:
        box.helix.fail(faults.cut(), times=2)
        assert ids(await follow(box.clips.watch(broadcaster_id=CHANNEL), 600)) == ids([new])


async def test_credentials_that_fail_raise_at_once() -> None:
    """Though another could still be asked; asked again, it goes on."""
    async with sandbox([clip(after(minutes=2), 1)]) as box:
        box.helix.fail(faults.status(401, "no"), times=2)
        watch = box.clips.watch(broadcaster_id=[CHANNEL, OTHER])
        with pytest.raises(Unauthorized):
            await anext(watch)
        assert box.told(PollFailed) == []
        assert len(await follow(watch, 600)) == 1
        box.helix.revoke()
        box.helix.fail(faults.status(400), on="token")
        with pytest.raises(AuthError):
            await anext(watch)


async def test_a_closed_client_raises_at_once() -> None:
    """There is nothing to go on with."""
    async with sandbox([]) as box:
        watch = box.clips.watch(broadcaster_id=[CHANNEL, OTHER])
        assert await follow(watch, 100) == []
        await box.clips.aclose()
        with pytest.raises(ClosedError):
            await anext(watch)


async def test_no_turn_in_time_is_a_failed_poll_like_any_other() -> None:
    """With `max_wait`; the next round may have one."""
    new = clip(after(minutes=1), 1)
    async with sandbox([new], settings={"max_wait": 0.1}) as box:
        box.helix.fail(faults.too_many(), skip=1)
        assert ids(await follow(box.clips.watch(broadcaster_id=[CHANNEL, OTHER]), 600)) == ids([new])
    [told] = box.told(PollFailed)
    assert (told.value, told.failures) == (OTHER, 1)


async def test_a_part_that_helix_does_not_list_is_told_of_and_left_after_an_hour() -> None:
    """Ten minutes with more clips than it lists: the others come all the same, and nothing is raised."""
    full = [clip(after(minutes=11), number) for number in range(1001, 2301)]
    new = [clip(after(minutes=minutes), minutes) for minutes in (1, 30, 50, 100)]
    async with sandbox([*full, *new]) as box:
        watch = box.clips.watch(broadcaster_id=CHANNEL, every=900)
        given = ids(await follow(watch, 3 * 3600))
        assert len(set(given)) == len(given) > 1050
        assert set(ids(new)) <= set(given)
    told = box.told(PollFailed)
    assert {(one.failures, one.reason) for one in told} == {(0, "gaps: 2026-06-01T12:10:00Z to 2026-06-01T12:20:00Z")}
    assert 5 <= len(told) <= 9
    assert box.helix.now >= after(hours=3)


async def test_a_record_that_cannot_be_read_is_a_part_that_is_missing() -> None:
    """The others come, and that one once Helix has it right."""
    new = [clip(after(minutes=1), number) for number in range(3)]
    async with sandbox(new) as box:
        box.helix.fail(records(lambda page: [*page[:1], None, *page[2:]]), skip=2, times=8)
        watch = box.clips.watch(broadcaster_id=CHANNEL)
        assert sorted(ids(await follow(watch, 900))) == sorted(ids(new))
    assert {one.failures for one in box.told(PollFailed)} == {0}


class StrangeAuth:
    """A source of tokens that does what none should."""

    client_id = "abc"

    def __init__(self, error: BaseException) -> None:
        """Raise this."""
        self._error = error

    async def token(self) -> str:
        """Give none."""
        raise self._error

    async def invalidate(self, stale: str, /) -> None:
        """Nothing to invalidate."""


@pytest.mark.parametrize(("error", "raised"), [(OSError("x"), OSError), (StopAsyncIteration(), RuntimeError)])
async def test_what_a_source_of_tokens_raises_comes_through(error: Exception, raised: type[Exception]) -> None:
    """And never reads as the end."""
    async with FakeHelix([], now=NOW) as helix, AsyncClips(StrangeAuth(error), api_url=helix.api_url) as clips:
        watch = clips.watch(broadcaster_id=CHANNEL)
        for _ in range(2):
            with pytest.raises(raised):
                await anext(watch)


async def test_a_hook_that_ends_a_poll_does_no_harm() -> None:
    """The target is polled again in the next round."""
    ended: list[Event] = []

    def end(event: Event) -> None:
        if not ended:
            ended.append(event)
            raise asyncio.CancelledError

    new = clip(after(seconds=30), 1)
    async with FakeHelix([new], now=NOW) as helix, client(helix, hooks=[end]) as clips:
        assert ids(await follow(clips.watch(broadcaster_id=CHANNEL), 300)) == ids([new])
    assert len(ended) == 1
