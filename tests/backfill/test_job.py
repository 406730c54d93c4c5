"""A backfill as its user meets it: batches, clips, commits, plan, progress, an early end."""

import asyncio
from itertools import pairwise

import pytest

from twitch_clips import BackfillIncomplete, Batch, ClosedError, Forbidden, Window
from twitch_clips.testing import faults

from .conftest import END, HOUR, MINUTE, START, MemoryStore, drain, found, ids_of, sandbox, spread

RAW = spread(2500)


async def test_every_clip_comes_once_and_no_window_meets_another() -> None:
    """Clips by `created_at` within a batch; windows half-open, disjoint, together the range."""
    async with sandbox(RAW) as box:
        job = box.job(audit=0.0)
        batches = await drain(job)
    assert found(batches) == ids_of(RAW)
    windows = sorted((batch.window for batch in batches), key=lambda window: window.started_at)
    assert windows[0].started_at == START
    assert windows[-1].ended_at == END
    assert all(one.ended_at == two.started_at for one, two in pairwise(windows))
    for batch in batches:
        moments = [clip.created_at for clip in batch.clips]
        assert moments == sorted(moments)
        assert all(batch.window.started_at <= moment < batch.window.ended_at for moment in moments)
    assert job.report.complete
    job.report.raise_if_incomplete()


async def test_what_was_read_and_not_taken_is_not_complete() -> None:
    """A job that is left early says so, though all of it may be read already."""
    async with sandbox(RAW) as box:
        job = box.job(audit=0.0, concurrency=64)
        async with job:
            taken = [await anext(job.batches())]
            await asyncio.sleep(3600)  # all the others are read
    assert {batch.window for batch in taken}.isdisjoint(job.report.unread)
    assert job.report.clips == len(taken[0].clips)
    with pytest.raises(BackfillIncomplete) as caught:
        job.report.raise_if_incomplete()
    assert caught.value.report.unread == (Window(started_at=taken[0].window.ended_at, ended_at=END),)


async def test_a_job_that_never_began_is_not_complete() -> None:
    """All of its range is unread."""
    async with sandbox(RAW) as box:
        job = box.job()
        assert job.report.unread == (Window(started_at=START, ended_at=END),)
        assert not job.report.complete
        assert job.progress.fraction == 0.0
        assert job.progress.seconds_left is None
        await job.aclose()
        assert [batch async for batch in job.batches()] == []
        assert box.helix.targets == []


async def test_a_job_of_a_client_that_was_closed_says_so() -> None:
    """Whether it has a name to look up or not."""
    async with sandbox(RAW) as box:
        await box.clips.aclose()
        for who in ({"login": "example_streamer"}, {"broadcaster_id": "1000001"}):
            with pytest.raises(ClosedError):
                await anext(box.job(**who).batches())


async def test_a_job_closed_while_it_begins_keeps_what_an_earlier_run_may_have_to_read_again() -> None:
    """The hashes of wide windows go once all was read, and nothing was."""
    store = MemoryStore()
    async with sandbox(RAW[:300], latency=1.0) as box:
        async with box.job(checkpoint=store) as job:
            await job.commit(await anext(job.batches()))
        kept = store.text
        job = box.job(login="example_streamer", checkpoint=store)
        taking = asyncio.ensure_future(anext(job.batches(), None))
        await asyncio.sleep(0.5)
        await job.aclose()
        assert await taking is None
    assert store.text == kept


async def test_the_simple_form_commits_behind_each_batch() -> None:
    """What was given when the loop is left is committed up to the batch at hand."""
    store = MemoryStore()
    async with sandbox(RAW) as box:
        job = box.job(checkpoint=store, audit=0.0)
        seen: list[str] = []
        clip = await anext(job)
        while store.saves < 2:
            seen.append(clip.id)
            clip = await anext(job)
        await job.aclose()
        rest = [clip.id async for clip in box.job(checkpoint=store, audit=0.0)]
    assert sorted(seen + rest) == ids_of(RAW)


async def test_two_tasks_share_the_clips() -> None:
    """Each clip goes to one of them."""
    async with sandbox(RAW) as box:
        job, seen = box.job(audit=0.0, concurrency=3), list[str]()

        async def take() -> None:
            async for clip in job:
                seen.append(clip.id)
                await asyncio.sleep(0)

        await asyncio.gather(take(), take())
    assert sorted(seen) == ids_of(RAW)


async def test_two_tasks_share_the_batches() -> None:
    """Each batch goes to one of them."""
    async with sandbox(RAW, latency=0.1) as box:
        job, seen = box.job(login="example_streamer", audit=0.0, concurrency=3), list[Batch]()

        async def take() -> None:
            async for batch in job.batches():
                seen.append(batch)
                await job.commit(batch)

        await asyncio.gather(take(), take())
    assert found(seen) == ids_of(RAW)
    assert job.report.complete


async def test_the_range_is_exact_where_parts_of_a_ten_minute_slot_are_done() -> None:
    """Windows of another run within a slot are not given again, nor covered by this run's."""
    raw, store = spread(600, end=START + 2 * HOUR), MemoryStore()
    inner = {"started_at": START + 63 * MINUTE, "ended_at": START + 65 * MINUTE}
    async with sandbox(raw) as box:
        first = await drain(box.job(checkpoint=store, **inner))
        second = await drain(box.job(checkpoint=store, ended_at=START + 2 * HOUR))
    assert found([*first, *second]) == ids_of(raw)
    windows = sorted((batch.window for batch in (*first, *second)), key=lambda window: window.started_at)
    assert all(one.ended_at <= two.started_at for one, two in pairwise(windows))


async def test_a_cancelled_taker_leaves_a_job_that_goes_on() -> None:
    """At whatever moment it is cancelled, also while a failure is being dealt with."""
    async with sandbox(RAW, latency=0.5) as box:
        job, seen, failures = box.job(audit=0.0, concurrency=3), list[Batch](), 0
        box.helix.fail(faults.status(403), skip=30)
        while not job.report.complete:
            try:
                async with asyncio.timeout(0.3):
                    async for batch in job.batches():
                        seen.append(batch)
            except TimeoutError:
                continue
            except Forbidden:
                failures += 1
    assert (failures, found(seen)) == (1, ids_of(RAW))


async def test_several_batches_are_committed_at_once() -> None:
    """With one writing of the checkpoint; none of them is asked for again."""
    store = MemoryStore()
    async with sandbox(RAW) as box:
        job = box.job(audit=0.0, checkpoint=store)
        async with job:
            batches = [batch async for batch in job.batches()]
            saves = store.saves
            await job.commit(*batches)
            assert store.saves == saves + 1
        assert len(batches) > 2
        asked = len(box.helix.targets)
        assert await drain(box.job(checkpoint=store)) == []
        assert len(box.helix.targets) == asked
