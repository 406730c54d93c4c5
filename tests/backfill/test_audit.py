"""Wide windows that lack clips are found out, and what was read too wide is read again."""

from datetime import timedelta
from typing import Any

import pytest

from twitch_clips import Batch, Proof
from twitch_clips.backfill.audit import Audit
from twitch_clips.backfill.windows import DAY as SLOTS
from twitch_clips.events import ClipsMissed
from twitch_clips.testing import Manners, faults

from .conftest import DAY, HOUR, START, MemoryStore, at, drain, found, ids_of, proofs, sandbox, spread

RAW = spread(2600)


@pytest.mark.parametrize("over", [DAY + HOUR, 2 * DAY, 8 * DAY], ids=str)
@pytest.mark.parametrize("concurrency", [1, 4])
async def test_all_days_read_again_find_every_clip(over: timedelta, concurrency: int) -> None:
    """What was read wider is read again, and of it only new clips come."""
    async with sandbox(RAW, lossy_over=over) as box:
        batches = await drain(job := box.job(audit=1.0, concurrency=concurrency))
        told = box.told(ClipsMissed)
    assert found(batches) == ids_of(RAW)
    assert job.report.complete
    assert job.report.missed > 0
    assert job.report.audited > 0
    assert told[0].max_window == job.report.max_window
    assert job.report.max_window is not None
    assert job.report.max_window <= over


async def test_a_loss_has_batches_read_again_that_were_given() -> None:
    """Committed or not: here clips come late to windows that were read, and wide ones begin to lack some."""
    store = MemoryStore()
    async with sandbox(RAW) as box:
        job, seen = box.job(audit=1.0, checkpoint=store, concurrency=1), list[Batch]()
        async for batch in job.batches():
            seen.append(batch)
            if len(seen) != 2:
                await job.commit(batch)
            if len(seen) == 3:
                box.helix.add(*spread(40, seed=9, end=batch.window.ended_at, first=50_000))
                box.helix.manners = Manners(lossy_over=2 * DAY, lossy_share=0.3)
        await job.commit(seen[1])
        [first, *_] = box.told(ClipsMissed)
        assert first.max_window <= 2 * DAY
        everything = {*ids_of(RAW), *ids_of(spread(40, seed=9, end=seen[2].window.ended_at, first=50_000))}
        assert len(found(seen)) == len(set(found(seen)))
        assert set(found(seen)) == everything
        assert job.report.complete
        before = len(box.helix.targets)
        assert await drain(box.job(checkpoint=store)) == []
        assert len(box.helix.targets) == before


async def test_a_loss_found_by_a_later_run_has_an_earlier_runs_windows_read_again() -> None:
    """Those of this run's range, if that run did not come to its end; the others by a run that asks for them."""
    store, middle = MemoryStore(), START + 30 * DAY
    async with sandbox(RAW, lossy_over=3 * DAY, lossy_share=0.3) as box:
        job, seen = box.job(audit=1e-9, checkpoint=store, concurrency=1), list[Batch]()
        box.helix.manners = Manners()
        batches = job.batches()
        while not seen or seen[-1].window.ended_at <= middle:
            seen.append(batch := await anext(batches))
            await job.commit(batch)
        await job.aclose()
        box.helix.manners = Manners(lossy_over=3 * DAY, lossy_share=0.3)
        seen += (later := await drain(box.job(audit=1.0, checkpoint=store, started_at=middle)))
        assert min(batch.window.started_at for batch in later) == middle
        seen += (last := await drain(box.job(audit=1.0, checkpoint=store)))
        assert found(last) == []
        assert max(batch.window.ended_at for batch in last) <= middle
    assert found(seen) == ids_of(RAW)


async def test_a_wide_window_is_audited_when_its_days_add_nothing() -> None:
    """The days that were read again are counted."""
    async with sandbox(RAW[:300]) as box:
        [batch] = await drain(job := box.job(audit=1.0))
    assert batch.proof is Proof.AUDITED
    assert job.report.audited == 59
    assert len(box.helix.targets) == 3 + 59


async def test_a_clip_alone_on_its_day_that_wide_windows_lack_is_found_by_all_days() -> None:
    """Days without clips may be days of missing ones."""
    raw = at([START + 3 * DAY, START + 40 * DAY + 5 * HOUR, START + 41 * DAY])
    async with sandbox(raw, lossy_over=2 * DAY, lossy_share=1.0) as box:
        batches = await drain(job := box.job(audit=1.0))
    assert found(batches) == ids_of(raw)
    assert job.report.complete


async def test_a_window_of_which_a_day_fails_is_not_audited() -> None:
    """Its listing ended by itself, and that is all that is known."""
    raw, days = spread(360, end=START + 3 * DAY), [f"started_at={START + day * DAY:%Y-%m-%d}" for day in (1, 2)]

    async def fault(request: Any, answer: Any) -> Any:
        is_deep = "after" in request.query and any(day in str(request.rel_url) for day in days)
        return await (faults.status(500) if is_deep else faults.headers({}))(request, answer)

    async with sandbox(raw) as box:
        box.helix.fail(fault, times=None)
        [batch] = await drain(box.job(audit=1.0, ended_at=START + 3 * DAY))
    assert (found([batch]), batch.proof) == (ids_of(raw), Proof.ENDED)


async def test_a_sweep_that_misses_a_clip_is_found_out_without_narrower_windows() -> None:
    """Reading the same window again shows it: its width was not the reason."""
    raw = RAW[:400]
    async with sandbox(raw, forgetful=0.02) as box:
        batches = await drain(job := box.job(audit=1.0))
        told = box.told(ClipsMissed)
    assert any(event.max_window is None for event in told)
    assert job.report.missed
    assert len(set(ids_of(raw)) - set(found(batches))) <= 2


async def test_five_days_of_each_width_are_read_again_at_the_least() -> None:
    """With an audit of next to nothing; with none, none."""
    async with sandbox(RAW[:300]) as box:
        await drain(job := box.job(audit=1e-9))
        assert job.report.audited == 5
        await drain(job := box.job(audit=0.0))
        assert job.report.audited == 0


async def test_unsettled_and_narrow_windows_are_not_audited() -> None:
    """The young ones are read again anyhow; a day would be read again by itself."""
    async with sandbox(RAW[:300]) as box:
        assert proofs(await drain(box.job(audit=1.0, settle=timedelta(days=3650)))) == {Proof.UNSETTLED}
        assert proofs(await drain(box.job(audit=1.0, max_window=DAY))) == {Proof.ENDED}


@pytest.mark.parametrize(("share", "days"), [(0.0, 0), (0.5, 50), (1.0, 200)])
def test_the_share_is_of_the_days_with_clips_but_all_is_all(share: float, days: int) -> None:
    """Days beyond a page come last, as they cost more; the window's last day may be short."""
    audit = Audit(share, lambda: 0.5)
    slots = [day * SLOTS + 3 for day in range(0, 200, 2) for _ in range(150 if day < 20 else 2)]
    chosen = audit.days(0, 200 * SLOTS - 5, slots)
    assert len(chosen) == days
    assert all(lo % SLOTS == 0 and hi == min(lo + SLOTS, 200 * SLOTS - 5) for lo, hi in chosen)
    assert share == 1.0 or all(lo >= 20 * SLOTS for lo, _ in chosen)


def chosen(audit: Audit, first: int, days: int, counts: list[int] | None = None) -> list[int]:
    """The days, counted from its first one, that are chosen of a window; by default each has a clip."""
    lo, hi = first * SLOTS, (first + days) * SLOTS
    slots = [lo + day * SLOTS + 7 for day, count in enumerate(counts or [1] * days) for _ in range(count)]
    return [(start - lo) // SLOTS for start, _ in audit.days(lo, hi, slots)]


def test_of_each_width_up_to_a_doubling_five_days_are_chosen_once() -> None:
    """With a share of next to nothing, no more are."""
    audit, first, numbers = Audit(1e-9, lambda: 0.5), 0, list[int]()
    for days in (8, 5, 8, 9, 16, 8):
        numbers.append(len(chosen(audit, first, days)))
        first += days
    assert numbers == [5, 0, 0, 5, 0, 0]


def test_the_share_is_of_all_windows_together() -> None:
    """The first one's five were more than half of it, so of the second fewer are chosen."""
    audit = Audit(0.5, lambda: 0.5)
    assert [len(chosen(audit, 8 * number, 8)) for number in range(4)] == [5, 3, 4, 4]


def test_what_other_widths_were_given_beyond_the_share_is_not_chosen_twice() -> None:
    """Nor is anything taken back."""
    audit, first, numbers = Audit(0.5, lambda: 0.5), 0, list[int]()
    for days, clips in ((16, 16), (8, 2), (4, 3), (16, 3)):
        numbers.append(len(chosen(audit, first, days, [1] * clips)))
        first += days
    assert numbers == [8, 2, 3, 0]


@pytest.mark.parametrize(("share", "number"), [(1e-9, 2), (0.5, 5)])
def test_days_that_were_not_read_are_made_up_for(share: float, number: int) -> None:
    """Of the least and of the share."""
    audit = Audit(share, lambda: 0.5)
    assert len(chosen(audit, 0, 8)) == 5
    audit.give_back(0, 8 * SLOTS, 2)
    assert len(chosen(audit, 8, 8)) == number


def test_days_with_more_clips_are_chosen_first_but_for_those_beyond_a_page() -> None:
    """A clip that is missing is as likely on any of them; a page has a hundred."""
    assert chosen(Audit(1e-9, lambda: 0.5), 0, 8, [3, 1, 8, 2, 7, 5, 4, 6]) == [2, 4, 7, 5, 6]
    assert chosen(Audit(1e-9, lambda: 0.5), 0, 6, [101, 150, 100, 101, 101, 101])[0] == 2


def test_chance_may_choose_a_day_with_fewer_clips() -> None:
    """It is drawn for each day, and may be nothing at all."""
    chances = iter([0.9, 0.0, 0.0, 0.0, 0.0, 0.9])
    days = chosen(Audit(1e-9, lambda: next(chances)), 0, 6, [1, 2, 2, 2, 2, 1])
    assert {0, 5} < set(days)
