"""How much a backfill holds and asks ahead, what it leaves behind, and whom it lets go first."""

import asyncio
import sys
from functools import partial
from typing import Any

import pytest

from tests.conftest import NOW
from twitch_clips import AsyncClips, Backfill, Batch, StaticAuth
from twitch_clips.events import WindowRead
from twitch_clips.testing import FakeHelix, Manners, VirtualLoop

from .conftest import DAY, Sandbox, drain, found, ids_of, sandbox, spread

RAW = spread(3000)
LARGE = spread(12_000)


def _ours() -> set[asyncio.Task[Any]]:
    """Tasks of the package: those that read windows."""
    return {task for task in asyncio.all_tasks() if "Work.read" in repr(task)}


@pytest.mark.parametrize("concurrency", [1, 2, 5])
async def test_a_slow_taker_stops_the_requests(concurrency: int) -> None:
    """No more than `concurrency` windows are read ahead of it."""
    async with sandbox(RAW, latency=0.1) as box:
        job, taken = box.job(concurrency=concurrency, max_window=DAY, audit=0.0), 0
        async with job:
            async for _ in job.batches():
                taken += 1
                await asyncio.sleep(600)
                assert len(box.told(WindowRead)) - taken <= concurrency
                asked = len(box.helix.targets)
                await asyncio.sleep(600)
                assert len(box.helix.targets) == asked
        assert not _ours()
    assert taken >= 59


async def test_no_more_windows_are_in_work_than_told() -> None:
    """Requests under way, too."""
    async with sandbox(LARGE, latency=1.0) as box:
        job, most = box.job(concurrency=3, audit=0.0), 0
        async with job:
            batches = job.batches()
            for _ in range(12):
                await anext(batches)
                most = max(most, len(_ours()))
    assert 1 < most <= 3


async def test_closing_early_leaves_no_task() -> None:
    """Nor does a job that was never used, or is closed twice; it gives no more."""
    async with sandbox(RAW, latency=1.0) as box:
        job = box.job(audit=0.0)
        batches = job.batches()
        for _ in range(3):
            await anext(batches)
        assert _ours()
        await job.aclose()
        assert not _ours()
        await job.aclose()
        assert await anext(batches, None) is None
        assert await anext(job, None) is None
        await box.job().aclose()


async def test_closing_it_while_somebody_waits_ends_their_waiting() -> None:
    """They get the end."""
    async with sandbox(RAW, latency=1.0) as box:
        job = box.job(audit=0.0)
        waiting = asyncio.create_task(anext(job.batches(), None))
        await asyncio.sleep(0.5)
        await job.aclose()
        assert await waiting is None
        assert not _ours()


async def test_a_loop_that_is_left_leaves_tasks_that_end_by_themselves() -> None:
    """As many as windows may be read ahead, though it was not closed."""
    async with sandbox(RAW, latency=1.0) as box:
        job = box.job(audit=0.0, concurrency=4)
        seen = [await anext(job) for _ in range(1100)]
        assert len(_ours()) <= 4
        await asyncio.sleep(3600)
        assert not _ours()
        rest = [clip.id async for clip in job]
    assert len(seen) + len(rest) == len(RAW)


async def test_a_bot_is_not_delayed() -> None:
    """With a limit of 40 a minute and eight walkers that would take all of it."""
    async with sandbox(LARGE, latency=0.05) as box:
        box.helix.limit = 40
        job = box.job(concurrency=8, audit=0.0)
        reading = asyncio.create_task(drain(job))
        worst = 0.0
        for _ in range(20):
            before = asyncio.get_running_loop().time()
            await box.clips.get("LightTeapotComet-9e3779b97f4a7c15")
            worst = max(worst, asyncio.get_running_loop().time() - before)
            await asyncio.sleep(3)
        assert not reading.done()
        await job.aclose()
        await reading
    assert job.progress.requests > 30
    assert worst < 1


def _in_two_runs(first: Any, second: Any) -> None:
    """Two event loops, one after the other, each with a server of its own on the same port."""

    async def run(part: Any, port: int, state: dict[str, Any]) -> int:
        async with FakeHelix(RAW, now=NOW, port=port, manners=Manners(latency=0.1)) as helix:
            await part(helix, state)
            return helix.port

    state: dict[str, Any] = {}
    with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        port = runner.run(run(first, 0, state))
    with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        runner.run(run(second, port, state))


def test_a_second_event_loop_goes_on() -> None:
    """With the same job: what was read ahead and what was not."""
    seen = list[Batch]()

    async def first(helix: FakeHelix, state: dict[str, Any]) -> None:
        clips = AsyncClips(StaticAuth(helix.client_id, helix.access_token), api_url=helix.api_url)
        state["box"] = box = Sandbox(helix, clips, [])
        state["job"] = box.job(audit=0.0)
        batches = state["job"].batches()
        seen.extend([await anext(batches) for _ in range(3)])

    async def second(_helix: FakeHelix, state: dict[str, Any]) -> None:
        job: Backfill = state["job"]
        seen.extend(await drain(job))
        assert job.report.complete
        await state["box"].clips.aclose()

    _in_two_runs(first, second)
    assert found(seen) == ids_of(RAW)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")
async def test_eager_tasks_do_no_harm() -> None:  # pragma: no cover (coverage is taken on 3.11)
    """A task that runs before `create_task` returns."""
    loop: Any = asyncio.get_running_loop()
    factory: Any = getattr(asyncio, "eager_task_factory", None)
    async with sandbox(RAW) as box:
        loop.set_task_factory(factory)
        try:
            assert found(await drain(box.job(audit=0.0))) == ids_of(RAW)
        finally:
            loop.set_task_factory(None)
