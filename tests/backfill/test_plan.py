"""What a backfill says before it is run: the range, what is done, and what is left to ask."""

import asyncio
from datetime import timedelta

import pytest

from tests.conftest import NOW
from twitch_clips import ClosedError, NoLimit, ServerError, Window
from twitch_clips.testing import faults

from .conftest import DAY, END, START, MemoryStore, drain, found, ids_of, sandbox, spread

RAW = spread(2600)


async def test_a_plan_reads_the_first_window() -> None:
    """Its batch is the first that is handed out, without another request."""
    async with sandbox(RAW) as box:
        plan = await (job := box.job(audit=0.0)).plan()
        made = len(box.helix.targets)
        assert (plan.started_at, plan.ended_at, plan.done) == (START, END, ())
        assert plan.requests > made
        assert plan.seconds == 0.0
        first = await anext(job.batches())
        assert len(box.helix.targets) == made
        assert first.window.started_at == START
        rest = await drain(job, commit=False)
        assert found([first, *rest]) == ids_of(RAW)


async def test_a_plan_costs_a_request_more_for_a_name() -> None:
    """Or for when the channel was created."""
    async with sandbox([]) as box:
        plan = await box.job(login="example_streamer", started_at=None, ended_at=None).plan()
        assert (plan.requests, len(box.helix.targets)) == (2 + 1, 2)  # the last hour is read by itself
        assert plan.ended_at == NOW


@pytest.mark.parametrize("count", [1200, 5000])
async def test_a_plan_is_right_within_a_factor_of_three(count: int) -> None:
    """From one window of a channel that goes on as it began."""
    async with sandbox(spread(count)) as box:
        plan = await (job := box.job(audit=0.0)).plan()
        await drain(job)
        assert job.report.requests / 3 <= plan.requests <= job.report.requests * 3


async def test_a_plan_knows_how_wide_windows_may_be() -> None:
    """A request for each of them at the least."""
    async with sandbox(RAW[:80]) as box:
        plan = await (job := box.job(audit=0.0, max_window=DAY)).plan()
        await drain(job)
        assert plan.requests == job.report.requests == 59


async def test_a_plan_of_what_a_first_page_holds_is_one_request() -> None:
    """And none of what is done, or lies ahead."""
    store = MemoryStore()
    async with sandbox(RAW[:80]) as box:
        job = box.job(checkpoint=store, audit=0.0)
        assert (await job.plan()).requests == 1
        await drain(job)
        before = len(box.helix.targets)
        for done in (job, box.job(checkpoint=store)):
            plan = await done.plan()
            assert (plan.requests, plan.seconds, plan.done) == (0, 0.0, (Window(started_at=START, ended_at=END),))
        assert (await box.job(started_at=NOW + DAY, ended_at=None).plan()).requests == 0
        assert len(box.helix.targets) == before


async def test_a_second_plan_asks_nothing() -> None:
    """Neither while the first window's batch waits, nor when it was taken."""
    async with sandbox(RAW) as box:
        job = box.job(audit=0.0, concurrency=1)
        first = await job.plan()
        before = len(box.helix.targets)
        second = await job.plan()
        assert second.requests == first.requests - before
        await anext(job.batches())
        assert (await job.plan()).requests == second.requests
        assert len(box.helix.targets) == before


async def test_a_plan_counts_the_stretches_that_are_left() -> None:
    """One request at the least for each."""
    store = MemoryStore()
    async with sandbox(RAW[:80]) as box:
        for day in (10, 20, 30):
            await drain(box.job(checkpoint=store, started_at=START + day * DAY, ended_at=START + (day + 1) * DAY))
        plan = await box.job(checkpoint=store, audit=0.0).plan()
        assert len(plan.done) == 3
        assert plan.requests == 4


async def test_a_plan_knows_how_long_the_bucket_takes() -> None:
    """With no points left, and with no limit at all."""
    async with sandbox(RAW) as box:
        box.helix.limit = 5
        await box.job().plan()
        plan = await box.job().plan()
        assert 0 < plan.seconds <= plan.requests * 60 / 5
    async with sandbox(RAW, settings={"bucket": NoLimit()}) as box:
        assert (await box.job().plan()).seconds == 0.0


async def test_a_plan_of_a_single_full_slot_is_what_it_took() -> None:
    """Its first page leads on, and a slot cannot be cut."""
    end = START + timedelta(minutes=10)
    async with sandbox(spread(500, end=end)) as box:
        assert (await box.job(ended_at=end).plan()).requests == len(box.helix.targets)


async def test_a_plan_that_fails_says_why_and_can_be_asked_again() -> None:
    """As batches can."""
    async with sandbox(RAW[:80]) as box:
        job = box.job(audit=0.0)
        box.helix.fail(faults.status(500), times=None)
        with pytest.raises(ServerError):
            await job.plan()
        box.helix.heal()
        assert (await job.plan()).requests == 1


async def test_a_closed_job_that_never_began_has_no_plan() -> None:
    """And asks for none."""
    async with sandbox(RAW) as box:
        job = box.job()
        await job.aclose()
        with pytest.raises(ClosedError, match="closed before it began"):
            await job.plan()
        assert box.helix.targets == []


async def test_closing_a_job_ends_the_reading_of_its_plan() -> None:
    """It says what is known by then."""
    async with sandbox(RAW, latency=1.0) as box:
        planning = asyncio.create_task((job := box.job()).plan())
        await asyncio.sleep(1.5)
        await job.aclose()
        plan = await planning
        assert (plan.done, len(box.helix.targets)) == ((), 1)
