"""What was once seen of a clip is not lost, nor is the clip given twice: windows that lack some, narrowing, kills."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from twitch_clips import Backfill, Batch, Clip, Event, Proof, ServerError, Window
from twitch_clips.backfill.batches import Batches
from twitch_clips.backfill.ledger import Ledger
from twitch_clips.backfill.reader import Reading
from twitch_clips.backfill.windows import Stretches, slot_of
from twitch_clips.events import ClipsMissed, Emitter
from twitch_clips.testing import Manners, faults
from twitch_clips.testing.faults import Fault

from .conftest import DAY, END, HOUR, START, MemoryStore, Sandbox, drain, found, ids_of, proofs, sandbox, spread

LAST = START + 24 * DAY
RAW = spread(1200, end=LAST)
DOWN = faults.status(503)


class Outage:
    """Helix is down from a certain request on: one that asks the same again, or the next listing after that."""

    def __init__(self, *, skip: int, fault: Fault = DOWN) -> None:
        """Be well so far; `skip` listings that follow the one that was asked again are well, too."""
        self.is_down: bool = False
        self._fault = fault
        self._skip = skip
        self._asked: set[tuple[str, str]] = set()
        self._is_again = False

    async def __call__(self, request: Any, answer: Any) -> Any:
        """Answer it, or do not."""
        asked = (request.query["started_at"], request.query["ended_at"])
        if "after" not in request.query and not self.is_down:
            self._is_again = self._is_again or asked in self._asked
            self.is_down = self._is_again and self._skip == 0
            self._skip -= self._is_again
        self._asked.add(asked)
        return await (self._fault if self.is_down else faults.headers({}))(request, answer)


@pytest.mark.parametrize("skip", [0, 1, 2], ids=["again", "the ladder", "its second step"])
@pytest.mark.parametrize("is_same_job", [True, False], ids=["same job", "next run"])
async def test_a_loss_that_was_found_is_not_forgotten_for_an_outage(skip: int, is_same_job: bool) -> None:  # noqa: FBT001
    """Whatever is asked then; windows are narrower, and every clip comes once."""
    store, seen, outage = MemoryStore(), list[Batch](), Outage(skip=skip)
    async with sandbox(RAW, lossy_over=2 * DAY) as box:
        job = box.job(audit=1.0, checkpoint=store, concurrency=1, ended_at=LAST)
        box.helix.fail(outage, times=None)
        with pytest.raises(ServerError):
            await _take(job, seen)
        assert outage.is_down
        assert (job.report.max_window is None) is (skip == 0)
        box.helix.heal()
        if not is_same_job:
            await job.aclose()
            job = box.job(audit=1.0, checkpoint=store, concurrency=1, ended_at=LAST)
        await _take(job, seen)
    assert found(seen) == ids_of(RAW)
    assert job.report.complete
    assert job.report.max_window is not None
    assert job.report.max_window <= 2 * DAY


async def test_a_loss_that_was_found_is_not_forgotten_for_an_early_end() -> None:
    """A job that is closed while it looks for the width that shows the clips; the next run finds no loss by itself."""
    store, seen, outage = MemoryStore(), list[Batch](), Outage(skip=1, fault=faults.hang())
    async with sandbox(RAW, lossy_over=2 * DAY) as box:
        box.helix.fail(outage, times=None)
        job = box.job(audit=1.0, checkpoint=store, concurrency=1, ended_at=LAST)
        taking = asyncio.create_task(_take(job, seen))
        await _sleep(HOUR / 180)
        assert outage.is_down
        await job.aclose()
        await taking
        box.helix.heal()
        await _take(job := box.job(audit=0.0, checkpoint=store, ended_at=LAST), seen)
    assert found(seen) == ids_of(RAW)
    assert job.report.max_window == DAY


async def test_days_that_an_outage_kept_from_being_read_are_chosen_again() -> None:
    """As many as were wanted are read in the end, and what one of them showed is given."""
    raw, outage, seen = RAW[:300], Outage(skip=0), list[Batch]()
    async with sandbox(raw, lossy_over=2 * DAY, lossy_share=0.5) as box:
        job = box.job(audit=1e-9, concurrency=1, ended_at=LAST)
        box.helix.fail(outage, times=None)
        with pytest.raises(ServerError):
            await _take(job, seen)
        assert job.report.audited == 0
        box.helix.heal()
        await _take(job, seen)
    assert job.report.audited > 0
    assert found(seen) == ids_of(raw)


@pytest.mark.parametrize("concurrency", [1, 4])
async def test_every_clip_that_came_over_the_wire_is_given(concurrency: int) -> None:
    """Helix forgets some in each listing; walks that were given up had some that their narrower windows lack."""
    came = set[str]()
    async with sandbox(RAW, forgetful=0.05) as box:
        box.helix.fail(faults.edit(lambda page: _note(page, came)), times=None)
        batches = await drain(job := box.job(audit=0.0, concurrency=concurrency, ended_at=LAST))
        told = box.told(ClipsMissed)
    assert len(found(batches)) == len(set(found(batches)))
    assert set(found(batches)) == came
    assert {event.max_window for event in told} == {None}
    assert sum(event.clips for event in told) == job.report.missed > 0


async def test_a_window_that_lacked_a_clip_which_another_walk_had_is_not_audited() -> None:
    """It is given with it, once; an event says so."""
    events = list[Event]()
    batches, [inside, seen] = _made(events), [_clip("a", START), _clip("b", START + 2 * DAY - HOUR)]
    batches.keep([inside, seen])
    [batch] = batches.make(*_slots(0, 2), _reading([inside]), is_audited=True, is_doubtful=True)
    assert (batch.clips, batch.proof) == ((inside, seen), Proof.ENDED)
    assert [event for event in events if isinstance(event, ClipsMissed)] == [
        ClipsMissed(window=batch.window, clips=1, max_window=None)
    ]
    assert batches.tallies.missed == 1
    [batch] = batches.make(*_slots(2, 4), _reading([]), is_audited=True, is_doubtful=True)
    assert (batch.clips, batch.proof) == ((), Proof.AUDITED)


async def test_a_clip_on_a_mark_is_given_though_its_window_was_before() -> None:
    """In a batch of its own, of a second."""
    batches, clip = _made([]), _clip("a", START + 2 * DAY)
    [later] = batches.make(*_slots(2, 4), _reading([]), is_audited=False, is_doubtful=False)
    [earlier, late] = batches.make(*_slots(0, 2), _reading([clip]), is_audited=False, is_doubtful=False)
    assert (later.clips, earlier.clips, late.clips) == ((), (), (clip,))
    assert late.window == Window(started_at=START + 2 * DAY, ended_at=START + 2 * DAY + timedelta(seconds=1))


async def test_a_second_narrowing_gives_no_clip_twice() -> None:
    """Of windows that were given at both widths, each committed."""
    seen = list[Batch]()
    async with sandbox(RAW) as box:
        job = box.job(audit=1.0, checkpoint=MemoryStore(), concurrency=1, ended_at=LAST)
        async for batch in job.batches():
            seen.append(batch)
            await job.commit(batch)
            narrowed = _narrowed(box)
            if len(seen) == 2:
                box.helix.manners = Manners(lossy_over=5 * DAY)
            elif len(narrowed) == 1 and batch.window.ended_at - batch.window.started_at < 5 * DAY:
                box.helix.manners = Manners(lossy_over=2 * DAY)
        assert len(_narrowed(box)) == 2
    assert found(seen) == ids_of(RAW)
    assert job.report.complete


@pytest.mark.parametrize("stop", [1, 5])
async def test_a_kill_before_the_commit_of_a_wide_window_gives_nothing_twice(stop: int) -> None:
    """So many of its narrower ones were read and committed meanwhile."""
    store, stored, new = MemoryStore(), list[Batch](), spread(200, seed=9, end=START + 10 * DAY, first=50_000)
    options = {"audit": 1.0, "checkpoint": store, "concurrency": 1, "ended_at": LAST}
    async with sandbox(RAW) as box:
        job, inside = box.job(**options), 0
        wide = await anext(batches := job.batches())  # it is not committed
        box.helix.manners = Manners(lossy_over=DAY + HOUR, lossy_share=0.3)
        box.helix.add(*new)
        while inside < stop:
            stored.append(batch := await anext(batches))
            await job.commit(batch)
            inside += batch.window.started_at < wide.window.ended_at
        assert any(clip.created_at < wide.window.ended_at for batch in stored for clip in batch.clips)
        await job.aclose()
        stored += await drain(job := box.job(**options))
        assert job.report.complete
        assert await drain(box.job(**options)) == []
    assert len(found(stored)) == len(set(found(stored)))
    assert set(ids_of(RAW)) <= set(found(stored)) <= set(ids_of([*RAW, *new]))


async def test_a_clock_that_is_ahead_settles_nothing() -> None:
    """Helix's own says how old a window is: what it calls young is read again by the next run."""
    start, now, store = END, END + 3 * DAY, MemoryStore()
    raw = spread(900, start=start, end=now + DAY)
    async with sandbox(raw, now=now) as box:  # and here it is a summer's day
        options = {"started_at": start, "ended_at": now + 2 * DAY, "checkpoint": store, "audit": 0.0}
        first = await drain(job := box.job(**options))
        young = Window(started_at=now - HOUR, ended_at=now + 2 * DAY)
        assert all(batch.proof is Proof.UNSETTLED for batch in first if batch.window.ended_at > young.started_at)
        assert Stretches([young]) - Stretches(job.report.unsettled) == Stretches()
        await _sleep(4 * DAY)
        second = await drain(job := box.job(**options))
        assert proofs(second) == {Proof.ENDED}
        assert job.report.complete
    assert found([*first, *second]) == ids_of(raw, start, now + 2 * DAY)


def _narrowed(box: Sandbox) -> list[Any]:
    return [event for event in box.told(ClipsMissed) if event.max_window is not None]


async def _take(job: Backfill, seen: list[Batch]) -> None:
    async for batch in job.batches():
        seen.append(batch)
        await job.commit(batch)


async def _sleep(time: timedelta) -> None:
    await asyncio.sleep(time.total_seconds())


def _note(page: dict[str, Any], came: set[str]) -> dict[str, Any]:
    came.update(clip["id"] for clip in page["data"])
    return page


def _made(events: list[Event]) -> Batches:
    reach = Stretches([Window(started_at=START, ended_at=END)])
    emitter = Emitter([events.append])
    return Batches(ledger=Ledger("broadcaster_id=1"), reach=reach, todo=reach, settle=HOUR, events=emitter)


def _slots(lo: int, hi: int) -> tuple[int, int]:
    return slot_of(START + lo * DAY), slot_of(START + hi * DAY)


def _clip(id_: str, created_at: datetime) -> Clip:
    return Clip(id=id_, url="", broadcaster_id="1", title="", view_count=0, created_at=created_at)


def _reading(clips: Iterable[Clip]) -> Reading:
    return Reading(clips={clip.id: clip for clip in clips}, rows=[], proof=Proof.ENDED, fetched_at=END)
