"""A run that is killed, or simply over: what the next one asks for, and what it says of a checkpoint that is none."""

import asyncio
import errno
import os
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOW
from twitch_clips import Batch, CheckpointError, Proof, QueryError, Window

from .conftest import DAY, END, HOUR, MINUTE, START, MemoryStore, at, drain, found, ids_of, proofs, sandbox, spread

RAW = spread(2600)
ROOT = Path(__file__).parents[2]


class AsyncStore(MemoryStore):
    """One whose methods are asynchronous."""

    async def load(self) -> str | None:  # type: ignore[override]
        """What was saved last."""
        await asyncio.sleep(1)
        return super().load()

    async def save(self, text: str, /) -> None:  # type: ignore[override]
        """Keep it."""
        await asyncio.sleep(1)
        super().save(text)


async def test_a_wider_range_adds_what_is_new() -> None:
    """On either side; what was done is not asked for again."""
    store = MemoryStore()
    inner = {"started_at": START + 20 * DAY + 7 * MINUTE, "ended_at": START + 25 * DAY + 3 * MINUTE}
    async with sandbox(RAW) as box:
        first = await drain(box.job(checkpoint=store, **inner))
        plan = await box.job(checkpoint=store).plan()
        assert plan.done == (Window(**inner),)
        second = await drain(job := box.job(checkpoint=store))
    assert found([*first, *second]) == ids_of(RAW)
    assert all(
        batch.window.ended_at <= inner["started_at"] or batch.window.started_at >= inner["ended_at"] for batch in second
    )
    assert job.report.complete


async def test_the_tail_is_unsettled_and_comes_again_with_new_clips_only() -> None:
    """Its end lies beyond now: not done, and no gap."""
    store, start = MemoryStore(), NOW - 2 * DAY
    raw = spread(500, start=start, end=NOW)
    late = at([NOW - 30 * MINUTE, NOW - 5 * MINUTE + timedelta(seconds=1)], first=5000)
    async with sandbox(raw, late=20 * MINUTE) as box:
        options = {"checkpoint": store, "started_at": start, "ended_at": NOW + 30 * DAY}
        first = await drain(job := box.job(**options))
        assert job.report.complete
        assert [batch.window.ended_at for batch in first if batch.proof is Proof.UNSETTLED] == [NOW]
        assert job.report.unsettled == (Window(started_at=NOW - HOUR, ended_at=NOW + 30 * DAY),)
        box.helix.add(*late)
        await asyncio.sleep(3 * 3600)
        second = await drain(job := box.job(**options))
        assert all(batch.window.started_at >= NOW - HOUR for batch in second)
        third = await drain(job := box.job(**options))
    assert found([*first, *second]) == ids_of([*raw, *late], start, NOW)
    assert found(third) == []
    assert proofs(third) == {Proof.UNSETTLED}


async def test_another_querys_checkpoint_is_refused() -> None:
    """Nothing is asked; the error names both."""
    store = MemoryStore()
    async with sandbox(RAW[:50]) as box:
        await drain(box.job(checkpoint=store))
        before = len(box.helix.targets)
        with pytest.raises(CheckpointError, match=r"is of broadcaster_id=1000001, and this is of broadcaster_id=7"):
            await anext(box.job(checkpoint=store, broadcaster_id="7"))
        assert len(box.helix.targets) == before
        login = box.job(checkpoint=store, login="Example_Streamer")
        assert await drain(login) == []


@pytest.mark.parametrize("make", [MemoryStore, AsyncStore])
async def test_a_store_of_ones_own_may_be_asynchronous(make: Callable[[], MemoryStore]) -> None:
    """Or not."""
    store = make()
    async with sandbox(RAW) as box:
        batches = await drain(box.job(checkpoint=store))
        assert await drain(box.job(checkpoint=store)) == []
    assert found(batches) == ids_of(RAW)
    assert store.saves >= len(batches)


async def test_a_store_that_gives_no_text_is_refused() -> None:
    """Before anything is asked."""
    store: Any = MemoryStore()
    store.text = b"{}"
    async with sandbox([]) as box:
        with pytest.raises(CheckpointError, match=r"gave b'{}' and not a text"):
            await anext(box.job(checkpoint=store))
        assert box.helix.targets == []


async def test_a_full_disk_fails_the_commit_which_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the file held before stands."""
    path = tmp_path / "done.json"

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with sandbox(RAW) as box:
        job, seen = box.job(checkpoint=path, audit=0.0), list[Batch]()
        async with job:
            batches = job.batches()
            seen.append(await anext(batches))
            await job.commit(seen[0])
            before = path.read_text(encoding="utf-8")
            seen.append(await anext(batches))
            with monkeypatch.context() as patch:
                patch.setattr(os, "fsync", full)
                for _ in range(2):
                    with pytest.raises(CheckpointError, match="No space left on device"):
                        await job.commit(seen[1])
            assert path.read_text(encoding="utf-8") == before
            await job.commit(seen[1])
            await job.commit(seen[1])
        rest = await drain(box.job(checkpoint=path))
    assert found([*seen, *rest]) == ids_of(RAW)
    assert list(tmp_path.glob("*")) == [path]  # noqa: ASYNC240  (nobody waits)


async def test_a_batch_of_another_job_is_not_committed() -> None:
    """Nothing was taken of its window."""
    async with sandbox(RAW) as box:
        [batch, *_] = await drain(box.job(max_window=DAY))
        job = box.job(started_at=START + 9 * DAY)
        with pytest.raises(QueryError, match="no batch of this job has the window 2026-01-01T00:00:00Z to 2026-01-02"):
            await job.commit(batch)


async def test_a_batch_of_another_job_with_the_same_window_is_not_committed() -> None:
    """Whether this job's was taken or waits; its own is, then."""
    async with sandbox(RAW[:80]) as box:
        [other] = await drain(box.job(audit=0.0))
        job = box.job(audit=0.0, checkpoint=(store := MemoryStore()))
        await job.plan()
        with pytest.raises(QueryError, match="was not taken yet"):
            await job.commit(other)
        batch = await anext(job.batches())
        with pytest.raises(QueryError, match="not the batch of this job with the window 2026-01-01"):
            await job.commit(other)
        assert store.text is None
        await job.commit(batch)
        assert await drain(box.job(checkpoint=store)) == []


async def test_without_a_checkpoint_nothing_needs_to_be_committed() -> None:
    """What was taken is done; to commit it changes nothing."""
    async with sandbox(RAW) as box:
        job = box.job(audit=0.0)
        [first, *_] = await drain(job, commit=False)
        await job.commit(first)
        plan = await job.plan()
        assert (plan.requests, plan.done) == (0, (Window(started_at=START, ended_at=END),))


async def test_clips_that_a_loop_is_left_at_are_no_batch_to_warn_of() -> None:
    """The simple form has no batches to commit; beside it, those of `batches()` are warned of."""
    async with sandbox(RAW) as box:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            async with box.job(checkpoint=MemoryStore()) as job:
                await anext(job)
        assert caught == []
        job = box.job(checkpoint=MemoryStore(), audit=0.0)
        await anext(job)
        await anext(job.batches())
        with pytest.warns(UserWarning, match=r"^1 batch of a backfill was taken"):
            await job.__aexit__(None, None, None)


@pytest.mark.parametrize("who", [{"broadcaster_id": "1000001"}, {"login": "example_streamer"}], ids=str)
async def test_closing_it_while_its_store_is_read_asks_nothing(who: dict[str, str]) -> None:
    """Not even for the name."""
    async with sandbox(RAW) as box:
        job = box.job(checkpoint=AsyncStore(), **who)
        waiting = asyncio.create_task(anext(job.batches(), None))
        await asyncio.sleep(0.5)
        await job.aclose()
        assert await waiting is None
        assert box.helix.targets == []


async def test_uncommitted_batches_are_warned_about_on_the_users_line() -> None:
    """Where a checkpoint is kept, and the job ends without an error."""
    async with sandbox(RAW) as box:
        job = box.job(checkpoint=MemoryStore())
        await anext(job.batches())
        with pytest.warns(UserWarning, match="1 batch of a backfill was taken and never committed") as caught:
            await job.__aexit__(None, None, None)
        assert caught[0].filename == str(Path(__file__).with_name("conftest.py"))
        job = box.job(checkpoint=MemoryStore())
        with pytest.warns(UserWarning, match="batches of a backfill were taken and never committed"):
            await drain(job, commit=False)
        await drain(box.job(), commit=False)


async def test_an_error_in_the_loop_needs_no_warning() -> None:
    """It says enough."""

    async def fail() -> None:
        async with box.job(checkpoint=MemoryStore()) as job:
            await anext(job.batches())
            raise ZeroDivisionError

    async with sandbox(RAW) as box:
        with pytest.raises(ZeroDivisionError):
            await fail()


async def test_a_cancelled_taker_leaves_a_usable_checkpoint(tmp_path: Path) -> None:
    """As Ctrl-C does: what was committed is kept."""
    path, seen = tmp_path / "done.json", list[Batch]()

    async with sandbox(RAW, latency=0.2) as box:

        async def take() -> None:
            async with box.job(checkpoint=path, audit=0.0) as job:
                async for batch in job.batches():
                    await job.commit(batch)
                    seen.append(batch)

        task = asyncio.create_task(take())
        await asyncio.sleep(6)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert seen
        seen += await drain(box.job(checkpoint=path, audit=0.0))
    assert found(seen) == ids_of(RAW)
