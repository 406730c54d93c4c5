"""A day of a channel and a game against what there is: late clips, outages, a new name, kills and clean stops."""

import asyncio
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backfill.conftest import CHANNEL, HOUR, MINUTE, MemoryStore
from tests.conftest import NOW, client
from twitch_clips import AsyncClips, ServerError
from twitch_clips.testing import FakeHelix, Manners, VirtualLoop, faults

from .conftest import Late, follow, ids, publish, schedule

DAY = 24 * 3600


def owed(late: list[Late]) -> list[str]:
    """What has to be given: all but what was to be seen at the start."""
    return sorted(one.id for one in late if one.created_at >= NOW or one.appears_at > NOW)


def clear(late: list[Late]) -> list[Late]:
    """Those of which it is clear whether they were to be seen at the start: the first polls take a moment."""
    return [one for one in late if not NOW < one.appears_at <= NOW + timedelta(seconds=5)]


async def outages(helix: FakeHelix, chance: Random) -> None:
    """A few times in the day Helix is away, for some minutes or some hours."""
    while True:
        await asyncio.sleep(chance.uniform(1, 5) * 3600)
        helix.fail(faults.status(503), times=None)
        await asyncio.sleep(chance.choice([200, 2000, 9000]))
        helix.heal()


async def test_a_day_with_everything(tmp_path: Path) -> None:
    """Late clips, views that move, outages, a channel with a new name, clean stops and cancels: each clip once."""
    late = clear(schedule(500, NOW - HOUR, NOW + 23 * HOUR))
    path, chance, given = tmp_path / "seen.json", Random(3), list[str]()  # noqa: S311
    async with FakeHelix([], now=NOW, manners=Manners(moving_views=5)) as helix:
        helix.add(*(one.raw for one in late if one.appears_at <= NOW))
        tasks = [
            asyncio.create_task(publish(helix, [one for one in late if one.appears_at > NOW])),
            asyncio.create_task(outages(helix, Random(4))),  # noqa: S311
        ]
        spent = 0.0
        while spent < DAY:
            seconds = chance.choice([30.0, 1000.0, 7000.0, 20_000.0])
            spent += seconds
            async with client(helix) as clips:
                watch = clips.watch(login="example_streamer", checkpoint=path, every=240)
                given += ids(await follow(watch, seconds, through=ServerError))
                if chance.random() < 0.5:
                    await watch.aclose()
            if spent > DAY / 3:
                helix.rename(CHANNEL, "another_name")
        tasks[1].cancel()
        helix.heal()
        async with client(helix) as clips, clips.watch(login="example_streamer", checkpoint=path) as watch:
            given += ids(await follow(watch, 7200, through=ServerError))
        await tasks[0]
    assert sorted(given) == owed(late)


async def run(clips: AsyncClips, store: MemoryStore, taken: list[str], seconds: float, chance: Random) -> None:
    """One run that is killed: dropped as it is, perhaps with a clip in hand that was not dealt with."""
    watch = clips.watch(broadcaster_id=CHANNEL, game="Just Chatting", checkpoint=store)
    end = asyncio.get_running_loop().time() + seconds
    while True:
        asked = asyncio.create_task(anext(watch))
        done, _ = await asyncio.wait([asked], timeout=end - asyncio.get_running_loop().time())
        if not done or chance.random() < 0.05:
            asked.cancel()
            return  # killed before it was dealt with
        taken.append(asked.result().id)


@settings(max_examples=8)
@given(
    seed=st.integers(0, 1000),
    runs=st.lists(st.tuples(st.sampled_from([1.0, 100.0, 2500.0, 9000.0]), st.booleans()), max_size=6),
    every=st.sampled_from([7.0, 60.0, 600.0]),
)
def test_kills_lose_nothing(**case: Any) -> None:
    """Whatever is killed when: each clip at least once, none of the old ones, twice only what a kill may repeat."""
    with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        runner.run(_killed(**case))


async def _killed(seed: int, runs: list[tuple[float, bool]], every: float) -> None:
    chance, store, taken = Random(seed), MemoryStore(), list[str]()  # noqa: S311
    late = clear(schedule(250, NOW - HOUR, NOW + 6 * HOUR, seed=seed))
    async with FakeHelix([], now=NOW) as helix, client(helix) as clips:
        helix.add(*(one.raw for one in late if one.appears_at <= NOW))
        publishing = asyncio.create_task(publish(helix, [one for one in late if one.appears_at > NOW]))
        async with clips.watch(broadcaster_id=CHANNEL, game="Just Chatting", checkpoint=store, every=every) as watch:
            taken += ids(await follow(watch, 1300))  # the first poll of both
        for seconds, is_away in runs:
            await run(clips, store, taken, seconds, chance)
            await asyncio.sleep(900 * is_away)
        await publishing
        async with clips.watch(broadcaster_id=CHANNEL, game="Just Chatting", checkpoint=store, every=every) as watch:
            taken += ids(await follow(watch, 1300))
    assert set(taken) == set(owed(late))
    assert sum(Counter(taken).values()) <= len(set(taken)) + 40 * len(runs)


async def test_a_kill_repeats_what_was_given_in_the_last_second_at_most() -> None:
    """The checkpoint is written once a second while there is something to give, and before each wait."""
    store = MemoryStore()
    raw = [one.raw for one in schedule(300, NOW - HOUR, NOW, longest=MINUTE)]
    async with FakeHelix(raw, now=NOW) as helix, client(helix) as clips:
        watch, given = clips.watch(broadcaster_id=CHANNEL, since="2h", checkpoint=store), list[str]()
        for _ in range(105):
            given.append((await anext(watch)).id)
            await asyncio.sleep(0.1)
        saves = store.saves
        async with clips.watch(broadcaster_id=CHANNEL, since="2h", checkpoint=store) as watch:
            rest = ids(await follow(watch, 100))
    assert saves <= 13
    assert 1 <= len(set(given) & set(rest)) <= 11
    assert set(given) | set(rest) == set(ids(raw))
