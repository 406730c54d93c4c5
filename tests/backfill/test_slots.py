"""Ten minutes with more clips than Helix lists, with a record that is no clip, or that fail: they cannot be split."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.conftest import records
from twitch_clips import Proof
from twitch_clips.events import RecordSkipped, WindowGivenUp, WindowRead
from twitch_clips.testing import Manners, faults, light_clips

from .conftest import (
    DAY,
    MINUTE,
    START,
    MemoryStore,
    Raw,
    drain,
    found,
    ids_of,
    sandbox,
    spread,
)

RAW = spread(2600)


SLOT = START + 10 * DAY


def dense(count: int, *, first: int = 0) -> list[Raw]:
    """So many clips in one slot, one in twenty of them featured."""
    moments = [SLOT + timedelta(seconds=place % 600) for place in range(count)]
    return list(light_clips([int(moment.timestamp()) for moment in moments], range(count), start=first))


async def test_a_slot_beyond_the_cap_is_saved_by_its_featured_clips() -> None:
    """Asked apart, both halves end below the cap."""
    raw = dense(940)
    async with sandbox(raw, cap=920) as box:
        batches = await drain(job := box.job(audit=0.0))
        assert any("is_featured=true" in target for target in box.helix.targets)
    assert found(batches) == ids_of(raw)
    assert job.report.complete


@pytest.mark.parametrize("manners", [{"fails_from": 940}, {"cap_ending": "fails", "cap": 930}], ids=str)
async def test_a_slot_that_fails_deep_is_saved_by_its_featured_clips(manners: dict[str, Any]) -> None:
    """As one beyond the cap is."""
    raw = dense(945)
    async with sandbox(raw, **manners) as box:
        batches = await drain(job := box.job(audit=0.0))
    assert found(batches) == ids_of(raw)
    assert job.report.complete


@pytest.mark.parametrize(
    ("count", "manners", "proof"),
    [
        (1300, {}, Proof.SATURATED),
        (1300, {"cap_ending": "cycles"}, Proof.SATURATED),
        (880, {"fails_from": 500}, Proof.FAILED),
    ],
    ids=str,
)
async def test_a_slot_beyond_all_is_a_gap_whose_clips_are_kept(
    count: int, manners: dict[str, Any], proof: Proof
) -> None:
    """The next run asks for it again, and gives what is new of it only."""
    raw, others, store = dense(count), spread(300, first=5000), MemoryStore()
    async with sandbox([*raw, *others], **manners) as box:
        batches = await drain(job := box.job(audit=0.0, checkpoint=store))
        [gap] = [batch for batch in batches if batch.proof is proof]
        assert (gap.window.started_at, gap.window.ended_at) == (SLOT, SLOT + 10 * MINUTE)
        assert job.report.gaps == (gap.window,)
        assert not job.report.complete
        assert len(gap.clips) > 500
        [told] = [event for event in box.told(WindowRead) if event.proof is proof]
        assert told.reason
        box.helix.manners = Manners(cap=None)
        again = await drain(job := box.job(audit=0.0, checkpoint=store))
    assert set(ids_of(others)) <= set(found(batches))
    assert {batch.window for batch in again} == {gap.window}
    assert found([*batches, *again]) == ids_of([*raw, *others])
    assert job.report.complete is (proof is Proof.FAILED)


async def test_the_views_of_a_slots_halves_move_too() -> None:
    """Then it is unsettled, and no gap, unless another reading closes the count."""
    raw = dense(940)
    async with sandbox(raw, cap=920) as box:
        twice = records(lambda page: [*page[:-1], *page[:1]])
        box.helix.fail(twice, skip=10, times=None)
        [*_, batch] = [one for one in await drain(box.job(audit=0.0)) if one.clips]
    assert batch.proof is Proof.UNSETTLED


async def test_the_gravest_of_a_slots_halves_counts() -> None:
    """One is beyond the cap, so it is a gap, whatever the other's views did."""
    featured = [dict(clip) | {"is_featured": True} for clip in dense(1300)]
    others = [dict(clip) | {"is_featured": False} for clip in dense(300, first=5000)]

    async def fault(request: Any, answer: Any) -> Any:
        is_other = "is_featured=false" in str(request.rel_url)
        twice = records(lambda page: [*page[:-1], *page[:1]] if is_other else page)
        return await twice(request, answer)

    async with sandbox([*featured, *others]) as box:
        box.helix.fail(fault, times=None)
        batches = await drain(job := box.job(audit=0.0))
    [batch] = [one for one in batches if one.clips]
    assert batch.proof is Proof.SATURATED
    assert job.report.gaps == (batch.window,)
    assert job.report.reasons == ("more clips in ten minutes than Helix lists",)


async def test_a_slots_halves_fail() -> None:
    """Their reason is the gap's."""
    raw = dense(2500)
    async with sandbox(raw) as box:

        async def fault(request: Any, answer: Any) -> Any:
            deep = "is_featured=false" in str(request.rel_url) and "after=" in str(request.rel_url)
            return await (faults.status(500) if deep else faults.headers({}))(request, answer)

        box.helix.fail(fault, times=None)
        [batch] = [one for one in await drain(box.job(audit=0.0)) if one.clips]
        [told] = [event for event in box.told(WindowRead) if event.clips]
    assert batch.proof is Proof.FAILED
    assert "500" in told.reason


async def test_a_record_that_is_no_clip_makes_ten_minutes_a_gap() -> None:
    """All clips but that one are delivered, of years; the report says why."""
    start = START - 1500 * DAY
    raw = spread(300, start=start)
    bad = raw[137]
    async with sandbox(raw) as box:
        box.helix.fail(records(lambda page: [None if clip["id"] == bad["id"] else clip for clip in page]), times=None)
        batches = await drain(job := box.job(audit=0.0, started_at=start))
        told = box.told(WindowGivenUp)
    assert found(batches) == ids_of([clip for clip in raw if clip is not bad], start)
    [gap] = job.report.gaps
    assert gap.ended_at - gap.started_at == 10 * MINUTE
    assert gap.started_at <= datetime.fromisoformat(str(bad["created_at"])) < gap.ended_at
    [batch] = [batch for batch in batches if batch.window == gap]
    assert batch.proof is Proof.FAILED
    [reason] = job.report.reasons
    assert reason.startswith("unreadable answer at $.data[")
    assert all("$.data[" in event.reason for event in told)


async def test_a_record_that_is_no_clip_only_once_costs_nothing() -> None:
    """Narrower windows show it."""
    async with sandbox(RAW[:150]) as box:
        box.helix.fail(records(lambda page: [*page[:40], None, *page[41:]]), times=1)
        batches = await drain(job := box.job(audit=0.0))
    assert found(batches) == ids_of(RAW[:150])
    assert job.report.complete


async def test_a_record_that_is_no_clip_is_skipped_where_that_is_wanted() -> None:
    """An event tells of it; the window is done."""
    async with sandbox(RAW[:150], settings={"on_invalid": "skip"}) as box:
        box.helix.fail(records(lambda page: [*page[:40], None, *page[41:]]), times=None)
        [batch] = await drain(job := box.job(audit=0.0))
        assert [event.path for event in box.told(RecordSkipped)] == ["$.data[40]", "$.data[40]"]
    assert (len(batch.clips), batch.proof) == (148, Proof.ENDED)
    assert job.report.complete


async def test_a_record_that_only_a_half_of_a_slot_shows_is_not_lost_in_silence() -> None:
    """It is no clip, so its window is a gap."""
    raw = dense(940)

    async def fault(request: Any, answer: Any) -> Any:
        is_half = "is_featured=true" in str(request.rel_url)
        spoil = records(lambda page: [None, *page[1:]] if is_half else page)
        return await spoil(request, answer)

    async with sandbox(raw, cap=920) as box:
        box.helix.fail(fault, times=None)
        [batch] = [one for one in await drain(box.job(audit=0.0)) if one.clips]
    assert batch.proof is Proof.FAILED
