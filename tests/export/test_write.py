"""Backfills into files: killed anywhere and started again, each clip is there once; and what else `write` is given."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.backfill.conftest import DAY, START, MemoryStore, Raw, at, ids_of, sandbox, spread
from tests.conftest import NOW
from twitch_clips import (
    BackfillIncomplete,
    CheckpointError,
    ExportError,
    ServerError,
    StateStore,
)
from twitch_clips.export import Piece, Sink, write
from twitch_clips.testing import faults, light_clips

from .conftest import checkpoint_of, fail, ids_in, listed, sink_at
from .tables import snapshots

RAW = spread(300)


class Log:
    """A sink of a user's own, which is no store: what was asked of it, and what was committed."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.asked: list[str] = []
        self.ids: list[str] = []
        self._written: list[str] = []

    async def open(self) -> None:
        """Note it."""
        self.asked.append("open")

    async def write(self, piece: Piece, /) -> None:
        """Keep the ids."""
        self.asked.append("write")
        self._written += [clip.id for clip in piece.clips]

    async def commit(self) -> None:
        """Have them stand."""
        self.asked.append("commit")
        self.ids += self._written
        self._written = []

    async def close(self) -> None:
        """Drop what does not."""
        self.asked.append("close")
        self._written = []


class KeepingLog(Log):
    """One that is a store, too."""

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__()
        self.text: str | None = None

    async def load(self) -> str | None:
        """What was saved last."""
        return self.text

    async def save(self, text: str, /) -> None:
        """Keep it, with the ids."""
        self.text = text
        await self.commit()


class ManyLog(Log):
    """One that keeps the checkpoints of many."""

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__()
        self.stores: dict[str, MemoryStore] = {}

    def of(self, question: str, /) -> StateStore:
        """That of one."""
        return self.stores.setdefault(question, MemoryStore())


async def test_a_kill_before_any_step(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a run that adds to what is there, too: the next one makes it whole, and each clip is there once."""
    folder = tmp_path / "run"
    folder.mkdir()
    async with sandbox(RAW) as box:
        with monkeypatch.context() as patched:
            taken = snapshots(patched, folder, tmp_path)
            for days in (20, 40):
                await write(box.job(ended_at=START + days * DAY), folder / path.name)
        for left in taken:
            await write(box.job(), left / path.name)
            assert ids_in(left / path.name) == ids_of(RAW)
            assert listed(left) <= {path.name, checkpoint_of(path).name} | {
                name for name in listed(left) if name.endswith(".new")
            }
    assert len(taken) > 10


async def test_a_step_that_fails_ends_the_run_and_the_next_makes_it_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any step, in one run after the other."""
    count = 0
    async with sandbox(RAW) as box:
        for failing in range(1, 30):
            with monkeypatch.context() as patched:
                fail(patched, failing)
                try:
                    count += await write(box.job(max_window=20 * DAY), path)
                except (ExportError, CheckpointError) as error:
                    assert "No space left on device" in str(error)  # noqa: PT017  (that most fail is seen by the count)
            found = ids_in(path)
            assert len(set(found)) == len(found)
        assert await write(box.job(), path) == 0
    assert ids_in(path) == ids_of(RAW)


async def test_a_backfill_that_is_cancelled_goes_on_from_there(path: Path) -> None:
    """As Ctrl-C does, at any moment."""
    async with sandbox(RAW, latency=1) as box:
        for seconds in (0.5, 1.5, 3.5, 5.5):
            writing = asyncio.create_task(write(box.job(max_window=5 * DAY, concurrency=1, audit=0.0), path))
            await asyncio.sleep(seconds)
            writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await writing
        some = len(ids_in(path))
        assert 0 < some < len(RAW)
        assert await write(box.job(), path) == len(RAW) - some
    assert ids_in(path) == ids_of(RAW)


async def test_the_next_run_adds_what_is_new(path: Path) -> None:
    """Late clips of the last days, and those of a wider range on either side; the file only grows."""
    start = NOW - 10 * DAY
    raw = spread(200, start=start - 10 * DAY, end=NOW)
    late = at([NOW - timedelta(minutes=30)], first=5000)
    async with sandbox(raw) as box:
        counts = [await write(box.job(started_at=start, ended_at=None), path)]
        assert ids_in(path) == ids_of(raw, start, NOW)
        box.helix.add(*late)
        counts.append(await write(box.job(started_at=start, ended_at=None), path))
        counts.append(await write(box.job(started_at=start - 10 * DAY, ended_at=None), path))
    assert counts == [len(ids_of(raw, start, NOW)), 1, 200 - counts[0]]
    assert ids_in(path) == ids_of([*raw, *late], start - 10 * DAY, NOW)


async def test_the_clips_of_another_channel_are_refused(path: Path) -> None:
    """Nothing is asked; the file is as it was."""
    async with sandbox(RAW) as box:
        await write(box.job(), path)
        asked = len(box.helix.targets)
        with pytest.raises(CheckpointError, match="is of broadcaster_id=1000001, and this is of broadcaster_id=7"):
            await write(box.job(broadcaster_id="7"), path)
        assert len(box.helix.targets) == asked
    assert ids_in(path) == ids_of(RAW)


async def test_an_error_of_helix_leaves_what_was_committed(path: Path) -> None:
    """The next run goes on."""
    async with sandbox(RAW) as box:
        box.helix.fail(faults.status(500), skip=4, times=None)
        with pytest.raises(ServerError):
            await write(box.job(max_window=5 * DAY, concurrency=1, audit=0.0), path)
        assert 0 < len(ids_in(path)) < len(RAW)
        box.helix.heal()
        await write(box.job(), path)
    assert ids_in(path) == ids_of(RAW)


async def test_a_job_that_could_not_begin_can_be_asked_again(path: Path) -> None:
    """The file is its own, though it was opened before."""
    sink = sink_at(path)
    async with sandbox(RAW) as box, box.job(login="Example_Streamer") as job:
        job.keep_in(sink)
        box.helix.fail(faults.status(500), on="users", times=None)
        with pytest.raises(ServerError):
            await anext(job.batches())
        box.helix.heal()
        async for batch in job.batches():
            await sink.write(batch)
            await job.commit(batch)
        await sink.close()
    assert ids_in(path) == ids_of(RAW)


def dense(count: int) -> list[Raw]:
    """So many clips in ten minutes."""
    second = int((START + 10 * DAY).timestamp())
    return list(light_clips([second + place % 600 for place in range(count)], range(count), start=9000))


@pytest.mark.parametrize("kind", [Log, KeepingLog])
async def test_gaps_are_raised_once_all_is_written(tmp_path: Path, kind: type[Log]) -> None:
    """Into a file, and a sink of one's own."""
    path, log = tmp_path / "clips.jsonl", kind()
    async with sandbox([*RAW, *dense(1300)]) as box:
        for target in (path, log):
            with pytest.raises(BackfillIncomplete, match=r"gaps: 2026-01-11T00:00:00Z to 2026-01-11T00:10:00Z"):
                await write(box.job(), target)
    found = ids_in(path)
    assert len(found) == len(set(found)) > 1000
    assert set(ids_of(RAW)) <= set(found) == set(log.ids)
    assert log.asked[-2:] == ["commit", "close"]


async def test_a_sink_of_ones_own_gets_a_stream(tmp_path: Path) -> None:
    """One commit for all of it; a path of any kind does the same for a file."""
    log = Log()
    assert isinstance(log, Sink)
    async with sandbox(RAW) as box:
        assert await write(box.clips.by_broadcaster("1000001"), log) == len(RAW)
        assert await write(box.clips.by_broadcaster("1000001"), tmp_path / "Clips.CSV") == len(RAW)
        assert await write(box.clips.by_ids(log.ids[:150]), str(tmp_path / "clips.jsonl")) == 150
    assert log.asked == ["open", "write", "write", "write", "commit", "close"]
    assert sorted(log.ids) == ids_of(RAW) == ids_in(tmp_path / "Clips.CSV")
    assert ids_in(tmp_path / "clips.jsonl") == sorted(log.ids[:150])


async def test_a_sink_of_ones_own_gets_a_backfill_at_least_once() -> None:
    """It is committed before the job is, which may have a checkpoint of its own then."""
    log, store = Log(), MemoryStore()
    async with sandbox(RAW) as box:
        assert await write(box.job(checkpoint=store), log) == len(RAW)
        assert await write(box.job(checkpoint=store), log) == 0
    assert sorted(log.ids) == ids_of(RAW)
    assert log.asked[:3] == ["open", "write", "commit"]


@pytest.mark.parametrize("kind", [KeepingLog, ManyLog])
async def test_a_sink_of_ones_own_can_keep_the_checkpoint(kind: type[Log]) -> None:
    """By itself, or of each question."""
    log = kind()
    async with sandbox(RAW) as box:
        assert await write(box.job(login="Example_Streamer"), log) == len(RAW)
        assert await write(box.job(), log) == 0
    assert sorted(log.ids) == ids_of(RAW)
    if isinstance(log, ManyLog):
        assert list(log.stores) == ["broadcaster_id=1000001"]


async def test_a_sink_that_cannot_be_opened_is_closed() -> None:
    """Nothing is asked; the job is as good as new."""

    class Shut(KeepingLog):
        async def open(self) -> None:
            raise ExportError("no")

    log = Shut()
    async with sandbox(RAW) as box:
        for source in (job := box.job(), box.clips.by_broadcaster("1000001")):
            with pytest.raises(ExportError, match="no"):
                await write(source, log)
        assert box.helix.targets == []
        assert await write(job, KeepingLog()) == len(RAW)
    assert log.asked == ["close", "close"]
