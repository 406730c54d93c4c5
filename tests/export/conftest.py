"""What the tests of JSON Lines and CSV share: files to write, what is in them, a disk that fails."""

import csv
import errno
import gzip
import io
import json
import os
import resource
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from twitch_clips.export import Csv, JsonLines

from .tables import batch, clip

NAMES = ("clips.jsonl", "clips.jsonl.gz", "clips.csv", "clips.csv.gz")
STEPS = ("pwrite", "fsync", "replace", "ftruncate", "fchmod")
LinesSink = Csv | JsonLines


@pytest.fixture(params=NAMES)
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Where there is no file yet, in each format."""
    name: str = request.param
    return tmp_path / name


def sink_at(path: Path) -> LinesSink:
    """What writes such a file."""
    return Csv(path) if ".csv" in path.name else JsonLines(path)


def text_of(path: Path) -> str:
    """What is in a file, unpacked."""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


def records_of(path: Path) -> list[dict[str, Any]]:
    """The clips in a file, as Python's own modules read them."""
    text = text_of(path)
    if ".csv" in path.name.lower():
        return list(csv.DictReader(io.StringIO(text, newline="")))
    return [json.loads(line) for line in text.splitlines()]


def ids_in(path: Path) -> list[str]:
    """Theirs, sorted; each as often as it is there."""
    return sorted(record["id"] for record in records_of(path)) if path.exists() else []


def held(path: Path) -> bytes:
    """What a file holds."""
    return path.read_bytes()


def put(path: Path, data: bytes = b"") -> None:
    """Have a file hold this."""
    path.write_bytes(data)


def move(path: Path, to: Path) -> Path:
    """Have a file elsewhere."""
    return path.replace(to)


def remove(path: Path) -> None:
    """Have a file no more."""
    path.unlink()


def checkpoint_of(path: Path) -> Path:
    """The file beside it."""
    return path.with_name(f"{path.name}.checkpoint")


def listed(folder: Path) -> set[str]:
    """The names in a folder."""
    return {one.name for one in folder.iterdir()}


def numbered(*numbers: int) -> list[str]:
    """The ids of the clips of these numbers."""
    return [clip(number).id for number in numbers]


async def grow(path: Path, *numbers: int, state: str) -> None:
    """As a run does that finds these clips."""
    sink = sink_at(path)
    await sink.open()
    try:
        await sink.load()
        await sink.write(batch(numbers))
        await sink.save(state)
        await sink.commit()
    finally:
        await sink.close()


async def loaded(path: Path) -> str | None:
    """What the next run finds."""
    sink = sink_at(path)
    await sink.open()
    try:
        return await sink.load()
    finally:
        await sink.close()


def fail(monkeypatch: pytest.MonkeyPatch, failing: int, names: tuple[str, ...] = STEPS) -> Callable[[], int]:
    """Have one step on the disk fail, by its number; how many were taken so far is what the answer says."""
    steps = 0

    def counted(step: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **options: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == failing:
                raise OSError(errno.ENOSPC, "No space left on device")
            return step(*args, **options)

        return count

    for name in names:
        monkeypatch.setattr(os, name, counted(getattr(os, name)))
    return lambda: steps


@contextmanager
def no_file_above(size: int) -> Generator[None]:
    """As a disk that is full."""
    earlier = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, earlier[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, earlier)
        signal.signal(signal.SIGXFSZ, ignored)
