"""A file of JSON Lines with its checkpoint."""

import asyncio
import errno
import json
import os
import re
import resource
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from twitch_clips import Clip, StateStore, make_converter
from twitch_clips.cli.exits import Failure
from twitch_clips.cli.jsonl import JsonLines
from twitch_clips.testing import light_clips

_START = int(datetime(2024, 5, 1, tzinfo=UTC).timestamp())
CLIPS = [make_converter().structure(dict(raw), Clip) for raw in light_clips(range(_START, _START + 4), range(4))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where there is no file yet."""
    return tmp_path / "clips.jsonl"


@pytest.fixture
def checkpoint(path: Path) -> Path:
    """Beside it."""
    return path.with_name("clips.jsonl.checkpoint")


def _ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


async def _writing(path: Path, clips: Sequence[Clip], state: str | None) -> None:
    with JsonLines(path) as file:
        await file.load()
        file.write(clips)
        if state is not None:
            await file.save(state)


async def _loading(path: Path) -> tuple[str | None, int]:
    with JsonLines(path) as file:
        return await file.load(), file.clips


def _write(path: Path, clips: Sequence[Clip] = CLIPS[:2], *, state: str | None = None) -> None:
    """As a run does; without a state it is killed before the commit."""
    asyncio.run(_writing(path, clips, state))


def _load(path: Path) -> tuple[str | None, int]:
    """What the next run finds."""
    return asyncio.run(_loading(path))


def _refused(path: Path) -> str:
    """What the next run is told."""
    with pytest.raises(Failure) as caught:
        _load(path)
    return caught.value.message


@contextmanager
def _no_file_above(size: int) -> Generator[None]:
    """As a disk that is full."""
    earlier = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, earlier[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, earlier)


def test_what_was_committed_is_there_in_the_next_run(path: Path) -> None:
    """The clips, their number, and what the backfill wanted kept."""
    assert isinstance(JsonLines(path), StateStore)
    _write(path, CLIPS[:2], state="two")
    assert _load(path) == ("two", 2)
    _write(path, CLIPS[2:], state="four")
    _write(path, [], state="and no more")
    assert _load(path) == ("and no more", 4)
    assert _ids(path) == [clip.id for clip in CLIPS]


def test_what_was_not_committed_is_cut_off(path: Path) -> None:
    """Whole clips and half ones: the run was killed before it could say that they are there."""
    _write(path, CLIPS[:2], state="two")
    _write(path, CLIPS[2:])
    with path.open("a", encoding="utf-8") as file:
        file.write('{"id": "Hal')
    assert _load(path) == ("two", 2)
    assert _ids(path) == [clip.id for clip in CLIPS[:2]]


def test_a_run_that_is_killed_before_its_first_commit_leaves_a_file_that_is_known(path: Path) -> None:
    """The next one begins anew."""
    _write(path, CLIPS)
    assert path.read_bytes()
    assert _load(path) == (None, 0)
    assert path.read_bytes() == b""


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A disk that takes its time, until this is set."""
    fsync, goes_on = os.fsync, threading.Event()

    def slow(handle: int) -> None:
        goes_on.wait()
        fsync(handle)

    monkeypatch.setattr(os, "fsync", slow)
    return goes_on


async def test_a_commit_is_of_what_was_written_before_it(path: Path, disk: threading.Event) -> None:
    """A backfill also saves in between, for a reason of its own: what is written meanwhile belongs to the next."""
    disk.set()
    with JsonLines(path) as file:
        await file.load()
        file.write(CLIPS[:2])
        disk.clear()
        saving = asyncio.create_task(file.save("two"))
        await asyncio.sleep(0)
        file.write(CLIPS[2:])
        disk.set()
        await saving
    assert await _loading(path) == ("two", 2)
    assert _ids(path) == [clip.id for clip in CLIPS[:2]]


async def test_a_save_that_is_cancelled_waits_for_the_disk(path: Path, disk: threading.Event) -> None:
    """So that two never cross."""
    disk.set()
    with JsonLines(path) as file:
        await file.load()
        disk.clear()
        saving = asyncio.create_task(file.save("late"))
        await asyncio.sleep(0)
        saving.cancel()
        await asyncio.sleep(0)
        assert not saving.done()
        disk.set()
        with pytest.raises(asyncio.CancelledError):
            await saving
        assert await file.load() == "late"


def test_a_checkpoint_that_cannot_be_written_stays_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says what to do."""
    _write(path, state="two")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(Failure) as caught:
            _write(path, CLIPS[2:], state="four")
    assert caught.value.message == (
        f"cannot write the checkpoint of {path}: No space left on device; "
        "what was committed stays: run the same command again to go on"
    )
    assert _load(path) == ("two", 2)


def test_a_disk_that_is_full_in_the_middle_of_a_line_does_no_harm(path: Path) -> None:
    """What of it is there is cut off by the next run."""
    _write(path, state="two")
    size = path.stat().st_size
    with _no_file_above(size + 100), pytest.raises(Failure) as caught:
        _write(path, CLIPS[2:], state="four")
    assert caught.value.message == (
        f"cannot write {path}: File too large; what was committed stays: run the same command again to go on"
    )
    assert path.stat().st_size == size + 100
    assert _load(path) == ("two", 2)
    assert path.stat().st_size == size


def test_two_runs_at_once_are_refused(path: Path) -> None:
    """The second; once the first is done, it goes on."""
    with JsonLines(path):
        assert _refused(path) == f"{path} is being written by another run: wait for it, or give another -o"
    _write(path, state="two")


def test_a_file_of_somebody_else_is_left_alone(path: Path, checkpoint: Path) -> None:
    """Unless there is nothing in it."""
    path.write_text("precious\n", encoding="utf-8")
    assert _refused(path) == f"{path} was there before, without a checkpoint: give another -o, or move it away"
    assert (path.read_text(encoding="utf-8"), checkpoint.exists()) == ("precious\n", False)
    path.write_bytes(b"")
    _write(path, state="two")


def test_a_checkpoint_without_its_file_says_so(path: Path, checkpoint: Path) -> None:
    """No file is made; without the checkpoint it begins anew."""
    _write(path, state="two")
    path.unlink()
    assert _refused(path) == (
        f"{path} is not there, but its checkpoint is: bring it back, or delete {checkpoint} to begin anew"
    )
    assert not path.exists()
    checkpoint.unlink()
    _write(path, state="two")


@pytest.mark.parametrize(("pattern", "change"), [(rb"\n\Z", b""), (rb"(?s).+", b""), (rb"\A", b"changed ")])
def test_a_file_that_was_changed_is_left_alone(path: Path, checkpoint: Path, pattern: bytes, change: bytes) -> None:
    """Shorter than what was committed, or with no line ending there."""
    _write(path, state="two")
    size = path.stat().st_size
    changed = re.sub(pattern, change, path.read_bytes())
    path.write_bytes(changed)
    assert _refused(path) == (
        f"{path} is not as the last run left it ({size:,} bytes at least): bring it back, "
        f"or move it and {checkpoint} away to begin anew"
    )
    assert path.read_bytes() == changed


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"form": "twitch-clips jsonl 2", "bytes": 0, "clips": 0, "state": null}',
        b'{"form": "twitch-clips jsonl 1", "bytes": -1, "clips": 0, "state": null}',
        b'{"form": "twitch-clips jsonl 1", "bytes": 0, "clips": true, "state": null}',
        b'{"form": "twitch-clips jsonl 1", "bytes": 0, "clips": 0, "state": {}}',
    ],
)
def test_a_checkpoint_that_is_none_is_told(path: Path, checkpoint: Path, text: bytes) -> None:
    """Whatever it holds; nothing is cut off."""
    _write(path, state="two")
    size = path.stat().st_size
    checkpoint.write_bytes(text)
    assert _refused(path) == (
        f"{checkpoint} is damaged, or of another version: bring back a copy, or move it and {path} away to begin anew"
    )
    assert path.stat().st_size == size


def test_what_the_system_refuses_is_one_line(path: Path, checkpoint: Path, tmp_path: Path) -> None:
    """A folder in the way, or none where there should be one."""
    path.mkdir()
    assert _refused(path) == f"cannot write {path}: Is a directory"
    lost = tmp_path / "nowhere" / "clips.jsonl"
    assert _refused(lost) == f"cannot write {lost}: No such file or directory"
    path.rmdir()
    checkpoint.mkdir()
    path.touch()
    assert _refused(path) == f"cannot read the checkpoint of {path}: Is a directory"


def test_what_is_no_file_is_refused(path: Path) -> None:
    """Such as a terminal or a pipe, which forget what they were given."""
    path.symlink_to(os.devnull)
    assert _refused(path) == f"{path} is not an ordinary file: give another -o"


def test_a_folder_that_takes_no_more_files_is_told(path: Path, checkpoint: Path) -> None:
    """Before anything is asked for; the file itself stays empty."""
    checkpoint.with_name("clips.jsonl.checkpoint.new").mkdir()
    assert (_refused(path)).startswith(f"cannot write the checkpoint of {path}: Is a directory; ")
    assert path.read_bytes() == b""
