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
from twitch_clips.events import WindowGivenUp
from twitch_clips.testing import VirtualLoop, faults, light_clips

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
