"""A watch that is closed, left, shared, or used in a second event loop."""

import asyncio
from functools import partial

from tests.backfill.conftest import CHANNEL, sandbox
from tests.conftest import NOW
from twitch_clips import AsyncClips, StaticAuth
from twitch_clips.testing import FakeHelix, VirtualLoop, faults

from .conftest import after, clip, follow, ids

NEW = [clip(after(minutes=minutes), minutes) for minutes in range(1, 6)]


async def test_closing_ends_it_and_leaves_no_task() -> None:
    """Also for a task that waits for a clip; closing again does no harm."""
    async with sandbox(NEW) as box:
        box.helix.fail(faults.hang(), times=None)
        watch = box.clips.watch(broadcaster_id=CHANNEL)
        reading = asyncio.create_task(anext(watch, None))
        await asyncio.sleep(5)
        await watch.aclose()
        assert await reading is None
        assert not [task for task in asyncio.all_tasks() if "Poller" in repr(task)]
        await watch.aclose()
        assert [one async for one in watch] == []


async def test_a_watch_that_is_left_finishes_what_had_begun_and_asks_no_more() -> None:
    """Nothing runs between clips but polls under way."""
    async with sandbox(NEW) as box:
        watch = box.clips.watch(broadcaster_id=CHANNEL)
        assert (await anext(watch)).id == NEW[0]["id"]
        asked = len(box.helix.targets)
        await asyncio.sleep(3600)
        assert len(box.helix.targets) == asked


async def test_two_tasks_may_share_one() -> None:
    """Each clip goes to one of them."""
    async with sandbox(NEW) as box:
        watch = box.clips.watch(broadcaster_id=CHANNEL)
        parts = await asyncio.gather(follow(watch, 600), follow(watch, 600))
    assert sorted(ids(parts[0] + parts[1])) == sorted(ids(NEW))


def test_it_may_be_made_outside_an_event_loop_and_used_in_several(closed_port: int) -> None:
    """Each goes on where the one before stopped; a poll that one cut off is made again."""
    auth = StaticAuth(FakeHelix.client_id, FakeHelix.access_token)
    clips = AsyncClips(auth, api_url=f"http://127.0.0.1:{closed_port}/helix")
    watch = clips.watch(broadcaster_id=[])
    watch.add(broadcaster_id=CHANNEL)
    given: list[str] = []

    async def hear(seconds: float, *, hangs: bool) -> None:
        async with FakeHelix(NEW, now=NOW, port=closed_port) as helix:
            if hangs:
                helix.fail(faults.hang(), skip=3)
            given.extend(ids(await follow(watch, seconds)))
            if not hangs:
                await clips.aclose()

    for seconds in (190, 400):
        with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
            runner.run(hear(seconds, hangs=seconds == 190))
    assert given == ids(NEW)
