"""What a backfill says of itself: its plan, its progress, its report, its events."""

import logging
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.conftest import NOW
from twitch_clips import BackfillIncomplete, NoLimit, Proof, Report, Window
from twitch_clips.events import ClipsMissed, WindowGivenUp, WindowRead
from twitch_clips.testing import Manners

from .conftest import DAY, END, HOUR, START, MemoryStore, drain, found, ids_of, sandbox, spread

RAW = spread(2600)
WINDOW = Window(started_at=START, ended_at=START + DAY)


async def test_a_plan_costs_one_request_and_one_for_a_name() -> None:
    """What it says is the range, what is done, and the least to come."""
    async with sandbox(RAW) as box:
        plan = await (job := box.job()).plan()
        assert len(box.helix.targets) == 1
        assert (plan.started_at, plan.ended_at, plan.done) == (START, END, ())
        assert plan.requests >= 2
        assert job.progress.seconds_left is None
        assert plan.seconds == 0.0
        assert found(await drain(job)) == ids_of(RAW)
        before = len(box.helix.targets)
        plan = await box.job(login="example_streamer", started_at=None, ended_at=None).plan()
        assert len(box.helix.targets) == before + 2
        assert plan.ended_at == NOW


async def test_a_plan_of_what_a_first_page_holds_is_one_request() -> None:
    """And none of what is done, or lies ahead."""
    store = MemoryStore()
    async with sandbox(RAW[:80]) as box:
        job = box.job(checkpoint=store)
        assert (await job.plan()).requests == 1
        await drain(job)
        before = len(box.helix.targets)
        plan = await job.plan()
        assert (plan.requests, plan.seconds, plan.done) == (0, 0.0, (Window(started_at=START, ended_at=END),))
        assert (await box.job(started_at=NOW + DAY, ended_at=None).plan()).requests == 0
        assert len(box.helix.targets) == before


async def test_a_plan_counts_the_stretches_that_are_left() -> None:
    """One request at the least for each but the widest, which is asked for."""
    store = MemoryStore()
    async with sandbox(RAW[:80]) as box:
        for day in (10, 20, 30):
            await drain(box.job(checkpoint=store, started_at=START + day * DAY, ended_at=START + (day + 1) * DAY))
        plan = await box.job(checkpoint=store).plan()
        assert len(plan.done) == 3
        assert plan.requests == 4


async def test_a_plan_knows_how_long_the_bucket_takes() -> None:
    """With no points left, and with no limit at all."""
    async with sandbox(RAW) as box:
        box.helix.limit = 5
        await box.job().plan()
        while box.clips.rate.remaining:
            await box.clips.get("LightTeapotComet-9e3779b97f4a7c15")
        plan = await box.job().plan()
        assert 0 < plan.seconds <= plan.requests * 60 / 5
    async with sandbox(RAW, settings={"bucket": NoLimit()}) as box:
        assert (await box.job().plan()).seconds == 0.0


async def test_a_plan_of_a_single_full_slot_is_a_guess_of_one() -> None:
    """Its first page leads on, and a slot cannot be cut."""
    async with sandbox(spread(500, end=START + timedelta(minutes=10))) as box:
        assert (await box.job(ended_at=START + timedelta(minutes=10)).plan()).requests >= 1


async def test_progress_grows_from_nothing_to_all() -> None:
    """With what was given and asked; how long it takes is known once something was read."""
    async with sandbox(RAW, latency=0.2) as box:
        job, seen = box.job(audit=0.0), [box.job().progress]
        async for batch in job.batches():
            await job.commit(batch)
            seen.append(job.progress)
    assert [progress.fraction for progress in seen] == sorted(progress.fraction for progress in seen)
    assert (seen[0].fraction, seen[-1].fraction) == (0.0, 1.0)
    assert all(one.clips <= two.clips and one.requests <= two.requests for one, two in pairwise(seen))
    assert seen[-1].clips == len(RAW)
    assert seen[-1].requests == len(box.helix.targets)
    assert seen[-1].seconds_left == 0.0
    assert any(progress.seconds_left for progress in seen)
    assert all(progress.requests_per_minute > 0 for progress in seen[1:])


async def test_progress_is_limited_by_the_bucket() -> None:
    """What is spent by others comes back at its own pace."""
    async with sandbox(spread(6_000), latency=0.01) as box:
        job = box.job(audit=0.0, concurrency=1)
        box.helix.spend(780)
        batches = job.batches()
        for _ in range(4):
            await anext(batches)
        await box.clips.get("LightTeapotComet-9e3779b97f4a7c15")
        left = job.progress.seconds_left
        assert left is None or left > 1
        await job.aclose()


async def test_events_tell_of_each_window(caplog: pytest.LogCaptureFixture) -> None:
    """Read or given up at DEBUG, a gap and a loss as warnings."""
    caplog.set_level(logging.DEBUG, "twitch_clips")
    raw = [*spread(1300, start=START + 3 * DAY, end=START + 3 * DAY + timedelta(minutes=10)), *spread(900, first=9000)]
    async with sandbox(raw) as box:
        batches = await drain(box.job(audit=0.0))
        told = box.told(WindowRead)
        assert [(one.window, one.clips, one.proof) for one in told] == [
            (batch.window, len(batch.clips), batch.proof) for batch in batches
        ]
        assert all(bool(one.reason) is (one.proof is Proof.SATURATED) for one in told)
        given_up = box.told(WindowGivenUp)
        assert all(one.pages and one.reason for one in given_up)
        assert given_up
        box.helix.manners = Manners(lossy_over=2 * DAY, lossy_share=0.5)
        await drain(box.job(audit=1.0, ended_at=START + 3 * DAY - HOUR))
        assert box.told(ClipsMissed)
    levels = {
        kind: {line.levelno for line in caplog.records if kind in line.message}
        for kind in ("WindowGivenUp", "ClipsMissed")
    }
    assert levels == {"WindowGivenUp": {logging.DEBUG}, "ClipsMissed": {logging.WARNING}}
    gaps = [line for line in caplog.records if "SATURATED" in line.message]
    assert {line.levelno for line in gaps} == {logging.WARNING}
    read = [line for line in caplog.records if "WindowRead" in line.message and line not in gaps]
    assert {line.levelno for line in read} == {logging.DEBUG}


def test_a_report_says_it_in_words() -> None:
    """A line for each kind of thing that there is."""
    report = Report(
        windows={Proof.ENDED: 1200, Proof.AUDITED: 3, Proof.UNSETTLED: 1, Proof.SATURATED: 1, Proof.FAILED: 0},
        gaps=(WINDOW,),
        unsettled=(WINDOW,),
        unread=(WINDOW,),
        clips=86_475,
        requests=1_070,
        audited=12,
        missed=3,
        max_window=7 * DAY,
    )
    text = str(report)
    for words in (
        "86,475 clips in 1,070 requests",
        "1,200 windows ended by themselves",
        "3 windows did",
        "12 days were read again",
        "3 clips showed up only then",
        "windows wider than 7 days, 0:00:00 lack clips",
        "gap: 2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z",
        "to be read again: 2026-01-01",
        "not read yet: 2026-01-01",
    ):
        assert words in text
    assert "failed" not in text
    with pytest.raises(BackfillIncomplete) as caught:
        report.raise_if_incomplete()
    assert caught.value.report is report
    assert "2026-01-01T00:00:00Z" in str(caught.value)


def test_a_report_of_nothing_missing_is_short() -> None:
    """Unsettled windows are no gaps."""
    report = Report(windows={Proof.ENDED: 1}, gaps=(), unsettled=(WINDOW,), clips=1, requests=1)
    report.raise_if_incomplete()
    assert str(report).splitlines()[1:] == [
        "1 windows ended by themselves below Helix's cap",
        "to be read again: 2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z",
    ]
