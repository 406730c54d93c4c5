"""A save that failed and is tried again: what it had put on the disk may be what a checkpoint there speaks of."""

from pathlib import Path

import pytest

from twitch_clips import CheckpointError, ExportError
from twitch_clips.export import Parquet

from .conftest import fail, grow, ids_in, loaded, numbered, sink_at
from .tables import batch, ids, snapshots

CLIPS = {"one": numbered(0, 1), "two": numbered(0, 1, 2), "three": numbered(0, 1, 2, 3)}


async def test_a_kill_while_a_save_is_tried_again(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever step had failed, and whenever the kill comes: the next run finds a checkpoint and its clips."""
    failing, is_over = 0, False
    while not is_over:
        failing += 1
        folder = tmp_path / f"run {failing}"
        folder.mkdir()
        await grow(folder / path.name, 0, 1, state="one")
        sink = sink_at(folder / path.name)
        await sink.load()
        await sink.write(batch([2]))
        with monkeypatch.context() as patched:
            steps = fail(patched, failing)
            try:
                await sink.save("two")
            except (ExportError, CheckpointError):
                await sink.write(batch([3]))
        with monkeypatch.context() as patched:
            (tmp_path / f"kills {failing}").mkdir()
            taken = snapshots(patched, folder, tmp_path / f"kills {failing}")
            await sink.save("three")
        await sink.close()
        for left in (*taken, folder):
            state = await loaded(left / path.name)
            assert state is not None
            assert ids_in(left / path.name) == CLIPS[state if steps() >= failing else "two"]
        is_over = steps() < failing
    assert failing > 4


async def test_a_commit_between_a_save_that_failed_and_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Parquet file gets what was committed, and the rest once that is."""
    failing, is_over = 0, False
    while not is_over:
        failing += 1
        path = tmp_path / f"{failing}.parquet"
        sink = Parquet(path)
        await sink.load()
        await sink.write(batch([0, 1]))
        await sink.save("one")
        await sink.write(batch([2]))
        with monkeypatch.context() as patched:
            steps = fail(patched, failing)
            try:
                await sink.save("two")
            except (ExportError, CheckpointError):
                await sink.commit()
                assert ids(path) == CLIPS["one"]
        await sink.save("two")
        await sink.commit()
        await sink.close()
        assert ids(path) == CLIPS["two"]
        is_over = steps() < failing
    assert failing > 4
