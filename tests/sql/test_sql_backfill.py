"""A backfill into a database: its clips and its checkpoint stand together, or not at all."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy.exc import OperationalError

from tests.backfill.conftest import DAY, START, ids_of, sandbox, spread
from twitch_clips import CheckpointError, ExportError, QueryError, StateStore, StateStores
from twitch_clips.export import Sql, write
from twitch_clips.testing import light_clips

from .conftest import HOUR, T0, Killed, Place, listening, page

RAW = spread(400)
QUESTION = "broadcaster_id=1000001"
Fail = Callable[[int, BaseException], None]


async def test_every_clip_is_there_once(place: Place) -> None:
    """And the next run, over a longer range, reads what is new alone."""
    async with sandbox(RAW) as box:
        assert await write(box.job(ended_at=START + 40 * DAY), place.target) < 400
        asked = len(box.helix.targets)
        assert await write(box.job(ended_at=START + 40 * DAY), place.target) == 0
        assert len(box.helix.targets) == asked
        await write(box.job(), place.target)
    assert place.column("id") == ids_of(RAW)
    assert place.ask("SELECT question FROM twitch_clips_checkpoints") == [(QUESTION,)]


@pytest.mark.parametrize("failure", [Killed(), OperationalError("", {}, RuntimeError("the cable is out"))], ids=repr)
async def test_a_run_that_ends_at_any_step(place: Place, failing: Fail, failure: BaseException) -> None:
    """Killed or failed, at each statement and commit in its turn: the next one goes on, and doubles nothing."""
    steps = 0
    async with sandbox(RAW) as box:
        while place.left() != (400, 1) or not steps:
            steps += 1
            failing(steps, failure)
            with suppress(Killed, ExportError):
                await write(box.job(audit=0.0), place.target)
            clips, checkpoints = place.left()
            assert bool(clips) <= bool(checkpoints)
        assert await write(box.job(audit=0.0), place.target) == 0
    assert place.column("id") == ids_of(RAW)
    assert steps > 10


async def test_two_jobs_share_a_database(place: Place) -> None:
    """Two channels at the same time, each with a checkpoint of its own."""
    moments = [int(START.timestamp()) + number * 3600 for number in range(1000)]
    other = list(light_clips(moments, range(1000), broadcaster_id="1000002", start=5000))
    async with sandbox([*RAW, *other]) as box:
        counts = await asyncio.gather(
            write(box.job(), place.target), write(box.job(broadcaster_id="1000002"), place.target)
        )
    assert [*counts] == [400, 1000]
    assert len(place.column("id")) == 1400
    assert len(place.ask("SELECT question FROM twitch_clips_checkpoints")) == 2


async def test_a_checkpoint_that_another_run_has_saved_is_not_replaced(place: Place) -> None:
    """Nor are its clips written: all of it is one transaction. What it has loaded since, it may replace."""
    mine, other = Sql(place.target), Sql(place.target)
    assert isinstance(mine, StateStores)
    kept, theirs = mine.of(QUESTION), other.of(QUESTION)
    assert isinstance(kept, StateStore)
    assert await kept.load() is None
    assert await theirs.load() is None
    await theirs.save("theirs")
    await mine.write(page([1]))
    for _ in range(2):
        with pytest.raises(CheckpointError, match=f"another run has saved the checkpoint of {QUESTION} in this"):
            await kept.save("mine")
        assert place.column("id") == []
    assert await kept.load() == "theirs"
    await kept.save("mine")
    await kept.save("mine again")
    assert place.column("id") == ["Otter-00001"]
    with pytest.raises(CheckpointError):
        await theirs.save("theirs")
    assert await theirs.load() == "mine again"
    for sink in (mine, other):
        await sink.close()


async def test_a_save_that_failed_can_be_tried_again(place: Place, failing: Fail) -> None:
    """With what was written meanwhile."""
    sink = Sql(place.target)
    await sink.open()
    kept = sink.of(QUESTION)
    await kept.load()
    await sink.write(page([1]))
    for step in (1, 2, 3):
        failing(step, OperationalError("", {}, RuntimeError("the cable is out")))
        with pytest.raises(
            ExportError, match=r"cannot use .*: the cable is out; what was committed stands: run it again"
        ):
            await kept.save("first")
        assert place.column("id") == []
        assert await kept.load() is None
    await sink.write(page([2], T0 + HOUR))
    await kept.save("second")
    assert place.column("id") == ["Otter-00001", "Otter-00002"]
    await sink.commit()
    await sink.close()


async def test_cancelling_a_save_waits_for_its_transaction(place: Place) -> None:
    """It stands then, and the next save knows of it."""
    sink, may_go_on = Sql(place.target), threading.Event()
    await sink.open()
    kept = sink.of(QUESTION)

    def wait(_: object) -> None:
        may_go_on.wait(5)

    with listening("commit", wait):
        await sink.write(page([1]))
        saving = asyncio.create_task(kept.save("text"))
        await asyncio.sleep(0)
        saving.cancel()
        await asyncio.sleep(0)
        assert not saving.done()
        may_go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await saving
    assert place.column("id") == ["Otter-00001"]
    await kept.save("more")
    assert place.ask("SELECT text FROM twitch_clips_checkpoints") == [("more",)]
    await sink.close()


async def test_a_database_can_be_a_checkpoint_alone(place: Place) -> None:
    """It opens when it is asked, and can be used again once it was closed."""
    sink = Sql(place.target)
    async with sandbox(RAW) as box:
        async with box.job(checkpoint=sink, ended_at=START + DAY) as job:
            assert sorted([clip.id async for clip in job]) == ids_of(RAW, START, START + DAY)
        await sink.close()
        async with box.job(checkpoint=sink, ended_at=START + DAY) as job:
            assert [clip async for clip in job] == []
    await sink.close()
    assert place.column("id") == []


async def test_a_job_with_a_checkpoint_of_its_own_is_refused(place: Place) -> None:
    """The message names the database, without a password."""
    async with sandbox(RAW) as box:
        with pytest.raises(QueryError, match="the job has a checkpoint of its own") as caught:
            await write(box.job(checkpoint="other.json"), place.target)
        assert "ttle" not in str(caught.value)
        assert box.helix.targets == []
