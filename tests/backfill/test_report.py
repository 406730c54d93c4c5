"""What a backfill says of itself: its progress, its report, its events."""

import logging
from datetime import timedelta
from itertools import pairwise

import pytest

from twitch_clips import BackfillIncomplete, Proof, Report, Window
from twitch_clips.events import ClipsMissed, WindowGivenUp, WindowRead
from twitch_clips.testing import Manners

from .conftest import DAY, HOUR, START, drain, sandbox, spread

RAW = spread(2600)
WINDOW = Window(started_at=START, ended_at=START + DAY)


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
        reasons=("Helix answered 500",),
        max_window=7 * DAY,
    )
    text = str(report)
    for words in (
        "incomplete: 86,475 new clips in 1,070 requests",
        "windows that ended by themselves below Helix's cap: 1,200",
        "audited windows, of which days read again alone had nothing new: 3",
        "days read again by themselves: 12",
        "clips that one reading lacked and another had: 3",
        "wider windows than 7 days, 0:00:00 lacked clips: what was read so was read again",
        "gap: 2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z",
        "to be read again: 2026-01-01",
        "not read yet: 2026-01-01",
        "because: Helix answered 500",
    ):
        assert words in text
    assert "fail for good" not in text
    with pytest.raises(BackfillIncomplete) as caught:
        report.raise_if_incomplete()
    assert caught.value.report is report
    assert str(caught.value) == f"gaps: {WINDOW}; not read yet: {WINDOW}"


def test_what_was_not_read_is_named_though_there_is_no_gap() -> None:
    """Three stretches, and how many more."""
    unread = tuple(Window(started_at=START + day * DAY, ended_at=START + (day + 0.5) * DAY) for day in range(5))
    report = Report(windows={}, gaps=(), unsettled=(), unread=unread, clips=0, requests=0)
    with pytest.raises(BackfillIncomplete) as caught:
        report.raise_if_incomplete()
    assert str(caught.value) == f"not read yet: {unread[0]}, {unread[1]}, {unread[2]} and 2 more"


def test_a_report_of_nothing_missing_is_short() -> None:
    """Unsettled windows are no gaps."""
    report = Report(windows={Proof.ENDED: 1}, gaps=(), unsettled=(WINDOW,), clips=1, requests=1)
    report.raise_if_incomplete()
    assert str(report).splitlines() == [
        "complete: 1 new clips in 1 requests",
        "windows that ended by themselves below Helix's cap: 1",
        "to be read again: 2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z",
    ]
