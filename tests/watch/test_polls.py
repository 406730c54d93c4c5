"""What polls ask, when, and what they cost."""

import asyncio
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.backfill.conftest import CHANNEL, HOUR, MINUTE, MemoryStore, at, sandbox, spread
from tests.conftest import NOW, client
from twitch_clips import Event, Forbidden
from twitch_clips.events import Requested
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, faults

from .conftest import Raw, after, clip, follow, ids, lists


async def times(seconds: float, raw: Iterable[Raw] = (), **options: Any) -> list[float]:
    """When requests for clips were answered in so many seconds of a watch, in seconds from its start."""
    sent: list[float] = []

    def note(event: Event) -> None:
        sent.extend([round((helix.now - NOW).total_seconds(), 1)] * isinstance(event, Requested))

    async with FakeHelix(raw, now=NOW) as helix, client(helix, hooks=[note]) as clips:
        await follow(clips.watch(**options), seconds)
    return sent


async def test_a_poll_of_a_quiet_channel_is_one_request() -> None:
    """From the overlap before the last one on, rounded outwards to Helix's 10 minutes."""
    async with sandbox(at([NOW - HOUR])) as box:
        await follow(box.clips.watch(broadcaster_id=CHANNEL), 599)
        assert len(box.helix.targets) == 10
        asked = parse_qs(urlsplit(box.helix.targets[-1]).query)
    assert asked == {
        "broadcaster_id": [CHANNEL],
        "first": ["100"],
        "started_at": ["2026-06-01T11:30:00Z"],
        "ended_at": ["2026-06-01T12:10:01Z"],
    }


async def test_polls_are_spread_over_the_round() -> None:
    """Each target at its own place, in every round."""
    sent = await times(119, broadcaster_id=["1000001", "1000002", "1000003"], game_id=JUST_CHATTING)
    assert sent == [0, 15, 30, 45, 60, 75, 90, 105]


async def test_a_poll_that_takes_long_has_its_next_turn_at_its_place() -> None:
    """And is never under way twice."""
    async with FakeHelix([], now=NOW, manners=Manners(latency=25.0)) as helix, client(helix) as clips:
        async with clips.watch(broadcaster_id=CHANNEL, every=10) as watch:
            await follow(watch, 125)
        assert len(lists(helix)) == 4  # the token takes 25 seconds, too: at 25, 60, 90 and 120


async def test_no_more_than_eight_polls_are_under_way() -> None:
    """The others wait for their turn."""
    channels = [str(number) for number in range(1, 31)]
    under_way: list[int] = []

    def note(event: Event) -> None:
        if isinstance(event, Requested):
            under_way.append(len(lists(helix)) - len(under_way))

    async with FakeHelix([], now=NOW, manners=Manners(latency=20.0)) as helix, client(helix, hooks=[note]) as clips:
        watch = clips.watch(broadcaster_id=channels, every=5)
        await follow(watch, 200)
        await watch.aclose()
    assert max(under_way) == 8


async def test_whoever_is_slow_asks_less_often_and_misses_nothing() -> None:
    """No poll begins while there is a clip to give."""
    raw = [clip(after(seconds=10 + seconds), seconds) for seconds in range(20)]
    async with sandbox(raw) as box:
        watch, given = box.clips.watch(broadcaster_id=CHANNEL), list[str]()
        for _ in range(20):
            given.append((await anext(watch)).id)
            await asyncio.sleep(300)
        assert given == ids(raw)
        assert len(lists(box.helix)) == 2


@pytest.mark.parametrize("ending", ["gone", "cycles"])
async def test_more_than_helix_lists_is_caught_up_with(ending: Any) -> None:
    """After hours away from a busy game: each clip once, oldest first, by narrower windows."""
    store, raw = MemoryStore(), spread(4000, start=NOW, end=NOW + 4 * HOUR)
    async with sandbox(raw, cap_ending=ending) as box:
        async with box.clips.watch(game="Just Chatting", checkpoint=store) as watch:
            assert await follow(watch, 10) == []
        await asyncio.sleep(4 * 3600)
        before = len(lists(box.helix))
        async with box.clips.watch(game="Just Chatting", checkpoint=store) as watch:
            given = await follow(watch, 59)
        assert len(lists(box.helix)) - before < 75
    assert sorted(ids(given)) == sorted(ids(raw))
    assert given == sorted(given, key=lambda one: (one.created_at, one.id))


async def test_a_very_large_poll_is_taken_in_parts() -> None:
    """So that memory is bounded; the parts follow each other at once, a kill repeats little of them."""
    raw = spread(25_000, start=NOW - 100 * HOUR, end=NOW)
    async with sandbox(raw) as box:
        given = await follow(box.clips.watch(broadcaster_id=CHANNEL, since="101h"), 59)
    assert sorted(ids(given)) == sorted(ids(raw))
    assert given == sorted(given, key=lambda one: (one.created_at, one.id))


async def test_a_catch_up_that_is_interrupted_gives_what_came() -> None:
    """And goes on from there."""
    raw = spread(3000, start=NOW - 30 * HOUR, end=NOW)
    async with sandbox(raw) as box:
        box.helix.fail(faults.status(403), skip=20)
        watch = box.clips.watch(broadcaster_id=CHANNEL, since="31h")
        first = await follow(watch, 59, through=Forbidden)
        assert 500 < len(first) < 3000
        assert sorted(ids(first + await follow(watch, 600))) == sorted(ids(raw))


async def test_views_that_move_too_much_have_the_window_read_once_more() -> None:
    """Clips that one reading skips come with another; they do not hold the watch up for good."""
    store, raw = MemoryStore(), spread(700, start=NOW, end=NOW + 8 * HOUR)
    async with sandbox(raw, moving_views=300) as box:
        async with box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store) as watch:
            await follow(watch, 10)
        await asyncio.sleep(8 * 3600)
        async with box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store) as watch:
            given = ids(await follow(watch, 300))
        assert '"read_until": "2026-06-01T20:0' in (store.text or "")
    assert len(set(given)) == len(given) >= 695


async def test_the_cost_is_warned_of_once() -> None:
    """Where polls alone would take more than half of the bucket, on the line that asked."""
    channels = [str(number) for number in range(1, 402)]
    async with sandbox([]) as box:
        watch = box.clips.watch(broadcaster_id=channels)
        words = "401 channels and games every 60 seconds costs 401 requests a minute, of 800"
        with pytest.warns(UserWarning, match=words) as told:
            await follow(watch, 5)
        assert [one.filename for one in told] == [__file__]
        await follow(watch, 100)


async def test_what_many_pages_cost_is_warned_of_too() -> None:
    """By what was measured: few channels may hold much."""
    raw = spread(700, start=NOW - MINUTE * 15, end=NOW)
    async with FakeHelix(raw, now=NOW, limit=20) as helix, client(helix) as clips:
        watch = clips.watch(broadcaster_id=CHANNEL, every=60)
        with pytest.warns(UserWarning, match="watching 1 channels and games every 60 seconds costs 1[0-9] requests"):
            await follow(watch, 1000)
