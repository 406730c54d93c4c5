"""A file that a backfill adds to, with its checkpoint: whatever a run comes to, each clip is there once."""

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from twitch_clips import CheckpointError, ExportError, StateStore
from twitch_clips.export import Csv, Sink

from .conftest import (
    checkpoint_of,
    fail,
    grow,
    held,
    ids_in,
    listed,
    loaded,
    no_file_above,
    numbered,
    put,
    sink_at,
    text_of,
)
from .tables import batch


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A disk that takes its time, until this is set."""
    fsync, goes_on = os.fsync, threading.Event()

    def slow(handle: int) -> None:
        goes_on.wait(60)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", slow)
    goes_on.set()
    return goes_on


async def test_what_was_saved_is_there_in_the_next_run(path: Path) -> None:
    """The clips, and what the backfill wanted kept; also when there is nothing new."""
    assert isinstance(sink_at(path), StateStore)
    assert isinstance(sink_at(path), Sink)
    await grow(path, 0, 1, state="two")
    assert await loaded(path) == "two"
    await grow(path, 2, 3, state="four")
    await grow(path, state="and no more")
    assert await loaded(path) == "and no more"
    assert ids_in(path) == numbered(0, 1, 2, 3)
    assert listed(path.parent) == {path.name, checkpoint_of(path).name}


async def test_a_run_that_finds_nothing_leaves_a_file_that_can_be_read(path: Path) -> None:
    """Also a compressed one, which no bytes at all would not be; clips can come later."""
    await grow(path, state="none")
    assert ids_in(path) == []
    await grow(path, state="none yet")
    await grow(path, 1, state="one")
    assert ids_in(path) == numbered(1)
    assert text_of(path).count("id,url") == (1 if isinstance(sink_at(path), Csv) else 0)


@pytest.mark.parametrize("tail", [b"", b'{"id": "Hal', b"\x1f\x8b\x08", b"\n" * 999])
async def test_what_was_not_saved_is_cut_off(path: Path, tail: bytes) -> None:
    """Whatever a run that was killed has left behind the rest."""
    await grow(path, 0, 1, state="two")
    whole = held(path)
    put(path, whole + tail)
    assert await loaded(path) == "two"
    assert held(path) == whole


async def test_what_was_written_and_not_saved_is_dropped_by_closing(path: Path) -> None:
    """Also for whoever opens the same sink again."""
    sink = sink_at(path)
    for state, number in (("one", 1), ("two", 2)):
        await sink.load()
        await sink.write(batch([number]))
        await sink.save(state)
        await sink.write(batch([7]))
        await sink.close()
        await sink.close()
    assert await loaded(path) == "two"
    assert ids_in(path) == numbered(1, 2)


async def test_a_file_that_got_nothing_goes_again(path: Path) -> None:
    """Unless it was there before, with nothing in it."""
    assert await loaded(path) is None
    assert listed(path.parent) == set()
    put(path)
    assert await loaded(path) is None
    assert listed(path.parent) == {path.name}


async def test_a_save_is_of_what_was_written_before_it(path: Path, disk: threading.Event) -> None:
    """A backfill also saves in between, for a reason of its own: what is written meanwhile belongs to the next."""
    sink = sink_at(path)
    await sink.load()
    await sink.write(batch([0, 1]))
    disk.clear()
    saving = asyncio.create_task(sink.save("two"))
    await asyncio.sleep(0)
    await sink.write(batch([2]))
    disk.set()
    await saving
    await sink.close()
    assert await loaded(path) == "two"
    assert ids_in(path) == numbered(0, 1)


@pytest.mark.parametrize("times", [1, 3])
async def test_a_save_that_is_cancelled_waits_for_the_disk(path: Path, disk: threading.Event, times: int) -> None:
    """However often: else the file would be closed, and open to other runs, while a thread writes to it."""
    sink = sink_at(path)
    await sink.load()
    await sink.write(batch([1]))
    disk.clear()
    saving = asyncio.create_task(sink.save("late"))
    for _ in range(times):
        await asyncio.sleep(0.1 if disk.is_set() else 0)
        saving.cancel()
    await asyncio.sleep(0)
    assert not saving.done()
    disk.set()
    with pytest.raises(asyncio.CancelledError):
        await saving
    await sink.close()
    assert await loaded(path) == "late"
    assert ids_in(path) == numbered(1)


async def test_a_save_that_fails_after_a_cancel_is_a_cancel(
    path: Path, disk: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is lost by it: the same can be saved again."""
    sink = sink_at(path)
    await grow(path, 1, state="one")
    await sink.load()
    await sink.write(batch([2]))
    with monkeypatch.context() as patched:
        disk.clear()
        fail(patched, 1, ("replace",))
        saving = asyncio.create_task(sink.save("two"))
        await asyncio.sleep(0)
        saving.cancel()
        disk.set()
        with pytest.raises(asyncio.CancelledError):
            await saving
    await sink.save("two")
    await sink.close()
    assert ids_in(path) == numbered(1, 2)


async def test_a_load_that_is_cancelled_lets_the_file_go(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though a thread was about to open it."""
    await grow(path, 1, state="one")
    goes_on, is_open, open_ = threading.Event(), threading.Event(), os.open

    def slow(*args: Any) -> int:
        is_open.set()
        goes_on.wait(60)
        return open_(*args)

    sink = sink_at(path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", slow)
        loading = asyncio.create_task(sink.load())
        await asyncio.sleep(0)
        is_open.wait(60)
        loading.cancel()
        await asyncio.sleep(0)
        goes_on.set()
        with pytest.raises(asyncio.CancelledError):
            await loading
    await sink.close()
    assert await loaded(path) == "one"


async def test_a_step_that_fails_can_be_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any step of a save, the last one included, after which the new checkpoint is in place already."""
    await grow(path, 0, state="one")
    taken = list[int]()
    for failing in range(1, 9):
        sink = sink_at(path)
        await sink.load()
        await sink.write(batch([failing]))
        with monkeypatch.context() as patched:
            steps = fail(patched, failing)
            try:
                await sink.save(f"{failing}")
            except (ExportError, CheckpointError) as error:
                assert "No space left on device" in str(error)  # noqa: PT017  (how often it is raised is seen below)
            taken.append(steps())
        await sink.write(batch([failing + 100]))
        await sink.save(f"{failing} again")
        await sink.close()
        assert await loaded(path) == f"{failing} again"
    assert taken == [1, 2, 3, 4, 5, 6, 7, 7]
    assert ids_in(path) == numbered(*range(9), *range(101, 109))


async def test_a_disk_that_is_full_in_the_middle_of_a_line_does_no_harm(path: Path) -> None:
    """What of it is there is cut off by the next run."""
    await grow(path, *range(100), state="many")
    size = len(held(path))
    with no_file_above(size + 20), pytest.raises(ExportError) as caught:
        await grow(path, *range(100, 200), state="more")
    assert str(caught.value) == f"cannot write {path}: File too large; what was committed stays: run it again to go on"
    assert len(held(path)) == size + 20
    assert await loaded(path) == "many"
    assert len(held(path)) == size


async def test_a_run_that_comes_while_another_ends_sees_all_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the file first and reads its checkpoint then: what the other commits in between would be cut off."""
    await grow(path, 1, state="one")
    sink, second = sink_at(path), sink_at(path)
    await sink.load()
    await sink.write(batch([2]))
    open_ = os.open

    def late(name: Any, *args: Any) -> int:
        monkeypatch.undo()
        asyncio.run(_end(sink))
        return open_(name, *args)

    monkeypatch.setattr(os, "open", late)
    assert await second.load() == "two"
    await second.close()
    assert ids_in(path) == numbered(1, 2)


async def _end(sink: Any) -> None:
    await sink.save("two")
    await sink.close()


async def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is written; the checkpoint is beside the link."""
    (tmp_path / "elsewhere").mkdir()
    path = tmp_path / "clips.jsonl"
    path.symlink_to(tmp_path / "elsewhere" / "real")
    await grow(path, 1, state="one")
    await grow(path, 2, state="two")
    assert path.is_symlink()
    assert ids_in(path) == numbered(1, 2)
    assert listed(tmp_path) == {"clips.jsonl", "clips.jsonl.checkpoint", "elsewhere"}
