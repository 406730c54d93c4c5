"""Files that take another's place, work that is waited for, and what the system says."""

import asyncio
import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest

from tests.backfill.conftest import sandbox
from twitch_clips import ExportError
from twitch_clips.export import sync, write
from twitch_clips.export.disk import NewFile, check_place, in_thread, to_the_end, told

from .conftest import NAMES, fail, held, listed, put


def test_a_new_file_takes_the_place_once_it_is_whole(tmp_path: Path) -> None:
    """To drop it then does nothing."""
    path = tmp_path / "clips"
    put(path, b"earlier")
    new = NewFile(path)
    new.file.write(b"later")
    assert held(path) == b"earlier"
    new.put_in_place()
    new.drop()
    assert held(path) == b"later"
    assert listed(tmp_path) == {"clips"}


def test_a_new_file_that_is_dropped_was_never_there(tmp_path: Path) -> None:
    """Once or twice."""
    path = tmp_path / "clips"
    new = NewFile(path)
    new.file.write(b"later")
    assert listed(tmp_path) == {".clips.new"}
    new.drop()
    new.drop()
    assert listed(tmp_path) == set()


def test_one_that_fails_when_it_is_in_place_is_not_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the one that another run has begun under the same name would go."""
    path = tmp_path / "clips"
    new = NewFile(path)
    new.file.write(b"first")
    with monkeypatch.context() as patched:
        fail(patched, 2, ("fsync",))
        with pytest.raises(ExportError, match="No space left on device"):
            new.put_in_place()
    second = NewFile(path)
    new.drop()
    second.file.write(b"second")
    second.put_in_place()
    assert held(path) == b"second"


def test_one_that_another_run_has_just_put_in_place_is_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was opened under its old name."""
    path, open_ = tmp_path / "clips", os.open
    first = NewFile(path)
    first.file.write(b"first")

    def late(name: Path, flags: int, mode: int = 0o777) -> int:
        file = open_(name, flags, mode)
        monkeypatch.undo()
        first.put_in_place()
        return file

    monkeypatch.setattr(os, "open", late)
    with pytest.raises(ExportError, match=r"clips was written by another run just now: try again$"):
        NewFile(path)
    assert held(path) == b"first"


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    """And nothing is left beside it."""
    (tmp_path / "clips").mkdir()
    with pytest.raises(ExportError, match=r"^cannot write .*clips: Is a directory$"):
        NewFile(tmp_path / "clips")
    assert listed(tmp_path) == {"clips"}


def test_a_place_that_is_well_is_not_touched(tmp_path: Path) -> None:
    """With a file, without one, and behind a link."""
    put(tmp_path / "there", b"earlier")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    for name in ("there", "not there", "link"):
        check_place(tmp_path / name)
    assert listed(tmp_path) == {"there", "link"}


@pytest.mark.parametrize("name", [*NAMES, "clips.parquet", "archive/", "sync.sqlite"])
async def test_a_disk_without_locks(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some network drives are: it is said so, whatever is written to them."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    async with sandbox([]) as box:
        monkeypatch.setattr(fcntl, "flock", refuse)
        with pytest.raises(ExportError, match=r"cannot lock .*: No locks available; give a place on another disk"):
            await (
                sync(box.clips, tmp_path / name, game_id="1")
                if name == "sync.sqlite"
                else write(box.job(), f"{tmp_path}/{name}")
            )
        assert box.helix.targets == []


def test_what_the_system_says_is_told_in_its_words() -> None:
    """With what to do, if there is anything; without the error behind it."""
    for error, words in [(OSError(errno.ENOSPC, "Full"), "Full"), (OSError("odd"), "odd")]:
        with pytest.raises(ExportError) as caught, told("write it", "; wait"):
            raise error
        assert str(caught.value) == f"cannot write it: {words}; wait"
        assert caught.value.__suppress_context__


async def test_work_in_a_thread_is_waited_for_when_every_task_is_cancelled() -> None:
    """As at the end of an event loop: a file that the thread has would be closed under it."""
    goes_on, done = threading.Event(), list[str]()

    def work() -> str:
        goes_on.wait(60)
        done.append("work")
        return "result"

    waiting = asyncio.create_task(in_thread(work))
    await asyncio.sleep(0)
    for _ in range(2):
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)
    assert not waiting.done()
    goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert done == ["work"]
    assert await in_thread(work) == "result"


async def test_work_that_fails_fails_whoever_waits() -> None:
    """Unless that one was cancelled: nothing is said of it elsewhere then. Work can be cancelled, too."""
    said = list[object]()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: said.append(context))
    for ending in ("fail", "cancel", None):
        work: asyncio.Future[None] = loop.create_future()
        waiting = asyncio.create_task(to_the_end(work))
        await asyncio.sleep(0)
        if ending:
            waiting.cancel()
            await asyncio.sleep(0)
        if ending == "cancel":
            work.cancel()
        else:
            work.set_exception(ZeroDivisionError())
        with pytest.raises(asyncio.CancelledError if ending else ZeroDivisionError):
            await waiting
        del work, waiting
    assert said == []
