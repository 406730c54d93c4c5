"""Whatever Helix does, what was found and what is named as missing are the truth together, and no clip comes twice."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import NOW, records
from twitch_clips import Batch, Proof, ServerError
from twitch_clips.events import RecordSkipped, WindowGivenUp, WindowRead
from twitch_clips.testing import Manners, VirtualLoop, faults, light_clips

from .conftest import (
    DAY,
    END,
    MINUTE,
    START,
    MemoryStore,
    Raw,
    Sandbox,
    at,
    covers,
    drain,
    found,
    ids_of,
    proofs,
    sandbox,
    spread,
)

RAW = spread(2600)
SLOT = START + 10 * DAY
ENDINGS = ["gone", "repeats", "cycles", "fails"]


def dense(count: int, *, first: int = 0) -> list[Raw]:
    """So many clips in one slot, one in twenty of them featured."""
    moments = [SLOT + timedelta(seconds=place % 600) for place in range(count)]
    return list(light_clips([int(moment.timestamp()) for moment in moments], range(count), start=first))


@pytest.mark.parametrize("ending", ENDINGS)
async def test_no_ending_of_the_cap_is_taken_for_the_end(ending: str) -> None:
    """The cursor gone, the same for ever, clips in circles, a permanent 500."""
    async with sandbox(RAW, cap_ending=ending) as box:
        batches = await drain(job := box.job(audit=0.0))
    assert found(batches) == ids_of(RAW)
    assert proofs(batches) == {Proof.ENDED}
    assert job.report.complete


@pytest.mark.parametrize(
    "manners",
    [
        {"cap": (900, 1100)},
        {"short_pages": 30},
        {"last_page": "leads_to_empty"},
        {"last_page": "nowhere"},
        {"full_page_has_cursor": True},
        {"order": "random"},
        {"fails_from": 500},
        {"cap": (900, 1100), "cap_ending": "cycles", "order": "random"},
        {"late": timedelta(hours=3)},
        {"created_at_form": "sqlite", "missing_fields": frozenset({"is_featured"})},
        {"round_trip": (0.05, 0.3), "latency": 0.05},
    ],
    ids=str,
)
async def test_no_manner_of_helixs_loses_a_clip(manners: dict[str, Any]) -> None:
    """Caps drawn anew, short and empty pages, any order, failures deep in a listing, answers that overtake others."""
    async with sandbox(RAW, **manners) as box:
        batches = await drain(job := box.job(audit=0.0))
    assert found(batches) == ids_of(RAW)
    assert job.report.complete


async def test_an_empty_page_with_a_cursor_is_no_end() -> None:
    """It is walked through."""
    async with sandbox(RAW) as box:
        box.helix.fail(faults.empty(), skip=3, times=4)
        assert found(await drain(box.job(audit=0.0))) == ids_of(RAW)


async def test_pages_that_are_empty_for_ever_fail_their_window() -> None:
    """It is split, and its halves are read."""
    async with sandbox(RAW) as box:
        box.helix.fail(faults.empty(), skip=1, times=10)
        assert found(await drain(box.job(audit=0.0))) == ids_of(RAW)
        assert "empty pages" in box.told(WindowGivenUp)[0].reason


async def test_a_count_that_never_closes_leaves_its_window_unsettled() -> None:
    """A clip came twice, so another was skipped."""
    async with sandbox(RAW[:50]) as box:
        box.helix.fail(records(lambda page: [*page[:-1], *page[:1]]), times=None)
        [batch] = await drain(job := box.job(audit=0.0))
        assert len(box.helix.targets) == 3
    assert (len(batch.clips), batch.proof) == (49, Proof.UNSETTLED)
    assert job.report.unsettled == (batch.window,)


async def test_a_full_slot_before_the_range_hides_nothing_of_it() -> None:
    """A window is asked a second early, and Helix gives all of the ten minutes that this second is in."""
    before, raw = dense(1300), at([SLOT + 10 * MINUTE * place for place in range(1, 50)], first=5000)
    async with sandbox([*[dict(clip) | {"view_count": 10_000} for clip in before], *raw]) as box:
        batches = await drain(job := box.job(audit=0.0, started_at=SLOT + 10 * MINUTE))
        assert len(box.helix.targets) == 2
    assert found(batches) == ids_of(raw)
    assert job.report.complete


async def test_a_cursor_that_helix_rejects_starts_the_listing_again() -> None:
    """Once; its clips count once."""
    async with sandbox(RAW[:350]) as box:
        box.helix.fail(faults.status(400, "Invalid cursor."), skip=2)
        batches = await drain(box.job(audit=0.0))
        assert found(batches) == ids_of(RAW[:350])
        assert proofs(batches) == {Proof.ENDED}
        assert len(box.helix.targets) == 2 + 1 + 4


async def test_views_that_move_make_a_window_be_read_again_until_its_count_closes() -> None:
    """What came twice stands for what was skipped; where it never closes, the window is unsettled."""
    async with sandbox(RAW, moving_views=60) as box:
        batches = await drain(job := box.job(audit=0.0))
        assert job.report.missed
        _check(box, RAW, job.report, batches)
    assert job.report.complete


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


async def test_a_window_that_fails_is_split_while_others_go_on() -> None:
    """Here every listing fails behind its first page: windows of a page are all that can be read."""
    raw = spread(400)
    async with sandbox(raw, fails_from=100) as box:
        batches = await drain(job := box.job(audit=0.0))
        assert box.told(WindowGivenUp)
    assert found(batches) == ids_of(raw)
    assert job.report.complete


async def test_an_outage_raises_and_asked_again_it_goes_on() -> None:
    """What was committed is kept; the spans that were read are free again."""
    store = MemoryStore()
    async with sandbox(RAW, latency=0.2) as box:
        job, seen = box.job(audit=0.0, checkpoint=store), list[Batch]()

        async def take() -> None:
            async for batch in job.batches():
                seen.append(batch)
                await job.commit(batch)

        box.helix.fail(faults.status(500), skip=25, times=None)
        with pytest.raises(ServerError):
            await take()
        assert seen
        assert not job.report.complete
        box.helix.heal()
        await take()
        assert found(seen) == ids_of(RAW)
        assert job.report.complete
        before = len(box.helix.targets)
        assert await drain(box.job(checkpoint=store)) == []
        assert len(box.helix.targets) == before


@settings(max_examples=12)
@given(
    count=st.integers(0, 2500),
    seed=st.integers(0, 1000),
    narrow=st.booleans(),
    slot=st.sampled_from([0, 0, 700, 1250]),
    cap=st.sampled_from([(900, 1100), (950, 960), (1000, 1000)]),
    ending=st.sampled_from(ENDINGS),
    order=st.sampled_from(["views", "random"]),
    fails_from=st.sampled_from([None, None, 400]),
    moving=st.sampled_from([0, 0, 20]),
    short=st.sampled_from([None, 70]),
    concurrency=st.sampled_from([1, 3]),
)
def test_what_was_found_and_what_is_named_are_the_truth(**case: Any) -> None:
    """For any catalogue, cap and ending; and no clip comes twice."""
    with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        runner.run(_found_and_named(**case))


async def _found_and_named(  # noqa: PLR0913
    *, count: int, seed: int, narrow: bool, slot: int, concurrency: int, moving: int, short: int | None, **case: Any
) -> None:
    end = START + 11 * DAY if narrow else END
    raw = [*spread(count, seed=seed, end=end), *dense(slot, first=10_000)]
    manners = {"cap_ending": case.pop("ending"), "moving_views": moving, "short_pages": short}
    async with sandbox(raw, **manners, **case) as box:
        batches = await drain(job := box.job(audit=0.0, concurrency=concurrency, ended_at=end))
        _check(box, raw, job.report, batches)


def _check(box: Sandbox, raw: list[Raw], report: Any, batches: list[Any]) -> None:
    ids = found(batches)
    assert len(ids) == len(set(ids))
    given_ids = set(ids)
    assert given_ids <= set(ids_of(raw))
    for clip in raw:
        if clip["id"] not in given_ids:
            moment = datetime.fromisoformat(str(clip["created_at"]))
            assert covers((*report.gaps, *report.unsettled), moment)
    assert report.clips == len(ids)
    assert report.requests == len(box.helix.targets)
