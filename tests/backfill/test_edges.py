"""Clips on the mark between two windows come once, whatever Helix counts into a window."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from tests.conftest import records
from twitch_clips import Batch, Clip
from twitch_clips.backfill.edges import Edges
from twitch_clips.testing import TWITCH_CLI

from .conftest import DAY, END, HOUR, MINUTE, START, MemoryStore, at, drain, found, ids_of, sandbox, spread

EDGES: list[dict[str, Any]] = [
    {"edges": "start"},
    {"edges": "both"},
    {"edges": "both", "grid": None},
    {"edges": "neither", "grid": None},
    attrs.asdict(TWITCH_CLI),
]
NAMES = ["start", "both", "both, no grid", "neither, no grid", "Twitch's mock server"]
MARKS = [START + place * 10 * MINUTE for place in range(6 * 24 * 8)]


def _on_marks() -> list[Any]:
    """A clip on each mark of eight days, and others between."""
    return [*at(MARKS), *spread(300, end=START + 8 * DAY, first=10_000)]


@pytest.mark.parametrize("manners", EDGES, ids=NAMES)
@pytest.mark.parametrize("concurrency", [1, 4])
async def test_a_clip_on_a_mark_comes_once(manners: dict[str, Any], concurrency: int) -> None:
    """With one walker and with several."""
    raw = _on_marks()
    async with sandbox(raw, **manners) as box:
        batches = await drain(box.job(concurrency=concurrency, max_window=6 * HOUR, audit=0.0))
    assert found(batches) == ids_of(raw)


@pytest.mark.parametrize("manners", EDGES, ids=NAMES)
@pytest.mark.parametrize("every", [2, 3])
async def test_a_clip_on_a_mark_comes_once_though_runs_are_killed(manners: dict[str, Any], every: int) -> None:
    """Each run commits some of its batches; a clip comes again only with a batch that was not committed."""
    raw, store, kept = _on_marks(), MemoryStore(), list[Batch]()
    async with sandbox(raw, **manners) as box:
        for run in range(12):
            job = box.job(concurrency=4, checkpoint=store, max_window=12 * HOUR, audit=0.0)
            batches, place = job.batches(), 0
            while place < 5 + run and (batch := await anext(batches, None)):
                place += 1
                if place % every or run == 11:
                    kept.append(batch)
                    await job.commit(batch)
            await job.aclose()
        kept += await drain(box.job(checkpoint=store))
    assert found(kept) == ids_of(raw)


@pytest.mark.parametrize("count", [1, 130])
@pytest.mark.parametrize("last_page", ["empty_object", "leads_to_empty"])
async def test_pages_of_clips_on_the_ranges_end_are_no_end(count: int, last_page: str) -> None:
    """Helix counts them in, they have the most views, and their page leads on."""
    beyond = [dict(clip) | {"view_count": 1_000_000} for clip in at([END] * count)]
    for inside in ([], spread(150, first=1000)):
        async with sandbox([*beyond, *inside], edges="both", last_page=last_page) as box:
            batches = await drain(job := box.job(audit=0.0))
        assert found(batches) == ids_of(inside)
        assert job.report.complete


async def test_a_clip_on_a_mark_that_only_the_earlier_window_shows_comes_late() -> None:
    """The later one was given without it: a batch of its own, of a second."""
    mark = START + 6 * DAY
    edges = Edges()
    [on_the_mark] = [clip async for clip in _clips(at([mark]))]
    edges.give(mark, [])
    assert edges.late(mark, [on_the_mark]) == [on_the_mark]
    edges.give(mark, [on_the_mark])
    assert edges.late(mark, [on_the_mark]) == []


async def test_a_window_that_did_not_show_the_clip_on_its_start_is_made_up_for() -> None:
    """Here no window does; the earlier one, read later by another walker, has it: a batch of its own."""
    raw = [*at(MARKS), *spread(9_000, end=START + 8 * DAY, first=20_000)]

    async def fault(request: Any, answer: Any) -> Any:
        start = datetime.fromisoformat(request.query["started_at"])
        starts = {f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (start, start + timedelta(seconds=1))}
        hide = records(lambda page: [clip for clip in page if clip["created_at"] not in starts])
        return await hide(request, answer)

    async with sandbox(raw, edges="both", grid=None) as box:
        box.helix.fail(fault, times=None)
        batches = await drain(box.job(audit=0.0, started_at=START - DAY, ended_at=START + 8 * DAY, concurrency=4))
    assert found(batches) == ids_of(raw)


async def _clips(raw: list[Any]) -> AsyncGenerator[Clip]:
    async with sandbox(raw) as box:
        async for clip in box.job(audit=0.0):
            yield clip
