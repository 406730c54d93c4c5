"""What a watch gives of what was there before it, and from when on."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.backfill.conftest import CHANNEL, DAY, HOUR, MINUTE, MemoryStore, at, sandbox
from tests.conftest import NOW, client
from twitch_clips.testing import FakeHelix, faults

from .conftest import Late, after, clip, failures_of, follow, ids, lists, publish

OLD = at([NOW - age for age in (40 * DAY, HOUR, 20 * MINUTE, 10 * MINUTE, timedelta(seconds=1))], first=100)


async def test_nothing_old_is_given() -> None:
    """What is listed at the first poll was there before."""
    async with sandbox(OLD) as box:
        assert await follow(box.clips.watch(broadcaster_id=CHANNEL), 7200) == []


async def test_what_is_made_from_then_on_is_given_once_oldest_first() -> None:
    """At the poll after it appears; a second clip of the same second, too."""
    new = [clip(after(seconds=seconds), number) for number, seconds in enumerate([0, 40, 90, 90, 3000])]
    async with sandbox([*OLD, *new]) as box:
        watch = box.clips.watch(broadcaster_id=CHANNEL)
        assert ids(await follow(watch, 1800)) == [*ids(new[:2]), *sorted(ids(new[2:4]))]
        assert ids(await follow(watch, 1800)) == ids(new[4:])


async def test_what_was_made_before_and_is_listed_later_is_given() -> None:
    """It is new to whoever watches; nobody could have seen it before."""
    late = Late(clip(NOW - 20 * MINUTE, 1), after(minutes=5))
    async with sandbox(OLD) as box:
        publishing = asyncio.create_task(publish(box.helix, [late]))
        assert ids(await follow(box.clips.watch(broadcaster_id=CHANNEL), 3600)) == [late.id]
        await publishing


async def test_what_appears_later_than_the_overlap_is_missed() -> None:
    """That is what the overlap is for; a longer one has it."""
    late = Late(clip(after(minutes=5), 1), after(minutes=50))
    for overlap, given in ((30 * MINUTE, []), (60 * MINUTE, [late.id])):
        async with sandbox(OLD) as box:
            publishing = asyncio.create_task(publish(box.helix, [late]))
            watch = box.clips.watch(broadcaster_id=CHANNEL, overlap=overlap)
            assert ids(await follow(watch, 7200)) == given
            await publishing


@pytest.mark.parametrize("since", ["2h", timedelta(hours=2), NOW - 2 * HOUR, "2026-06-01T10:00:00Z"])
async def test_since_gives_what_is_there_from_then_on(since: Any) -> None:
    """Exactly, a clip of that very second included, and nothing older at later polls either."""
    on_it, before = clip(NOW - 2 * HOUR, 1), clip(NOW - 2 * HOUR - timedelta(seconds=1), 2)
    async with sandbox([*OLD, on_it, before]) as box:
        watch = box.clips.watch(broadcaster_id=CHANNEL, since=since)
        assert ids(await follow(watch, 1800)) == ids([on_it, *OLD[1:]])


async def test_a_short_since_stays_the_start() -> None:
    """Though later polls reach back further than that."""
    async with sandbox(OLD) as box:
        assert ids(await follow(box.clips.watch(broadcaster_id=CHANNEL, since="15m"), 1800)) == ids(OLD[3:])


async def test_clips_made_during_an_outage_at_the_start_are_given() -> None:
    """The watch began before it; what was made still earlier is old."""
    new = [clip(after(minutes=minutes), minutes) for minutes in (1, 3, 5, 8)]
    async with sandbox([*OLD, *new]) as box:
        box.helix.fail(faults.status(403), times=4)  # each raises, and the next poll is asked for all the same
        watch = box.clips.watch(broadcaster_id=CHANNEL)
        assert await failures_of(watch, 4) == ["Helix answered 403: (no message)"] * 4
        assert ids(await follow(watch, 3600)) == ids(new)


@pytest.mark.parametrize("skew", [-HOUR, HOUR, -40 * DAY, 40 * DAY, timedelta(seconds=-40)])
async def test_a_wrong_local_clock_loses_nothing(skew: timedelta) -> None:
    """Helix's own time counts: what its first answer says sets the clock right, at the cost of one request."""
    true = NOW - skew
    old = at([true - age for age in (HOUR, 20 * MINUTE, timedelta(seconds=1))], first=100)
    new = [clip(true + timedelta(seconds=seconds), seconds) for seconds in (0, 20, 400, 3500)]
    async with FakeHelix([*old, *new], now=true) as helix, client(helix) as clips:
        helix.fail(faults.status(403), times=2)
        watch = clips.watch(broadcaster_id=CHANNEL)
        assert await failures_of(watch, 2) == ["Helix answered 403: (no message)"] * 2
        assert ids(await follow(watch, 3600)) == ids(new)
        assert len(lists(helix)) <= 2 + 61


async def test_a_checkpoint_of_a_wrong_clock_loses_nothing_that_comes() -> None:
    """A run that never had an answer could write down only its own time; nothing lies ahead of Helix's."""
    store, true = MemoryStore(), NOW - 2 * HOUR
    new = [clip(true + timedelta(seconds=seconds), seconds) for seconds in (100, 3500)]
    async with FakeHelix(new, now=true) as helix, client(helix) as clips:
        helix.fail(faults.hang(), times=None)
        assert await follow(clips.watch(broadcaster_id=CHANNEL, checkpoint=store), 20) == []
        assert "2026-06-01T12:00:00Z" in (store.text or "")
        helix.heal()
        assert ids(await follow(clips.watch(broadcaster_id=CHANNEL, checkpoint=store), 4000)) == ids(new)
