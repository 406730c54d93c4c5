"""A backfill whose checkpoint is kept where its clips go."""

from collections.abc import Callable
from typing import Any

import pytest

from twitch_clips import CheckpointError, QueryError, StateStore, StateStores

from .conftest import MemoryStore, drain, found, ids_of, sandbox, spread

RAW = spread(300)


class Stores:
    """One for each question."""

    def __init__(self) -> None:
        """None yet."""
        self.kept: dict[str, MemoryStore] = {}

    def of(self, question: str, /) -> StateStore:
        """That of one."""
        return self.kept.setdefault(question, MemoryStore())


@pytest.mark.parametrize("make", [MemoryStore, Stores])
async def test_a_store_is_as_good_as_a_checkpoint(make: Callable[[], Any]) -> None:
    """What was committed is not asked for again; a store of many has one for each question, by id."""
    store = make()
    assert isinstance(store, StateStore) is (make is MemoryStore)
    assert isinstance(store, StateStores) is (make is Stores)
    async with sandbox(RAW) as box:
        job = box.job(login="Example_Streamer")
        job.keep_in(store)
        job.keep_in(store)
        assert found(await drain(job)) == ids_of(RAW)
        job = box.job()
        job.keep_in(store)
        assert await drain(job) == []
        job = box.job(broadcaster_id="7")
        job.keep_in(store)
        if isinstance(store, Stores):
            assert found(await drain(job)) == []
            assert list(store.kept) == ["broadcaster_id=1000001", "broadcaster_id=7"]
        else:
            with pytest.raises(CheckpointError, match="is of broadcaster_id=1000001, and this is of broadcaster_id=7"):
                await drain(job)


async def test_a_store_that_holds_no_text_is_refused() -> None:
    """One of many, too."""
    stores: Any = Stores()
    stores.kept["broadcaster_id=1000001"] = broken = MemoryStore()
    broken.text = "{}"
    async with sandbox([]) as box:
        job = box.job()
        job.keep_in(stores)
        with pytest.raises(CheckpointError, match=r"^not the checkpoint of a backfill"):
            await drain(job)
        assert box.helix.targets == []


async def test_a_job_with_a_checkpoint_of_its_own_keeps_to_it() -> None:
    """Unless it is the same."""
    own = MemoryStore()
    async with sandbox(RAW) as box:
        job = box.job(checkpoint=own)
        job.keep_in(own)
        with pytest.raises(QueryError, match=r"has a checkpoint of its own, and .* keeps one: leave out `checkpoint`"):
            job.keep_in(MemoryStore())
        await drain(job)
    assert own.text is not None


async def test_another_store_can_be_given_until_it_begins() -> None:
    """As long as nothing was asked, nothing depends on it."""
    first, second = MemoryStore(), MemoryStore()
    async with sandbox(RAW) as box:
        job = box.job()
        job.keep_in(first)
        job.keep_in(second)
        await job.plan()
        job.keep_in(second)
        with pytest.raises(QueryError, match="the job has begun, or is closed: make a new one"):
            job.keep_in(first)
        await drain(job)
    assert (first.text, second.saves > 0) == (None, True)


async def test_a_job_that_has_begun_or_is_closed_is_refused() -> None:
    """What it has given is in no checkpoint, or it gives nothing any more."""
    async with sandbox(RAW) as box:
        begun, closed = box.job(), box.job()
        await begun.plan()
        await closed.aclose()
        for job in (begun, closed):
            with pytest.raises(QueryError, match="the job has begun, or is closed: make a new one"):
                job.keep_in(MemoryStore())
