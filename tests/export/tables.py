"""What the tests of Parquet share: pieces made by hand, and files read by those who will read them."""

# Polars leaves parameters without types:
# pyright: reportUnknownMemberType=false

import os
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import duckdb
import polars as pl
import pytest

from twitch_clips import Batch, Clip, ClipPage, Proof, Window

START = datetime(2026, 1, 31, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
FETCHED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
COLUMNS = [*(field.name for field in attrs.fields(Clip)), "fetched_at"]
STEPS = ("fsync", "replace", "ftruncate", "pwrite", "mkdir")


def clip(number: int, **fields: Any) -> Clip:
    """One of channel 007, made half an hour after the one before."""
    given: dict[str, Any] = {
        "id": f"Clip-{number:05}",
        "url": f"https://clips.twitch.tv/Clip-{number:05}",
        "broadcaster_id": "007",
        "title": f"nr. {number}",
        "view_count": number,
        "created_at": START + number * HOUR / 2,
        "vod_offset": None if number % 3 else number,
    }
    return Clip(**(given | fields))


def page(*numbers: int, **fields: Any) -> ClipPage:
    """Clips as a stream gives them."""
    return ClipPage(clips=tuple(clip(number, **fields) for number in numbers), cursor=None, fetched_at=FETCHED_AT)


def batch(numbers: Sequence[int], **fields: Any) -> Batch:
    """Clips as a backfill gives them."""
    window = Window(started_at=START, ended_at=START + HOUR)
    return Batch(window=window, clips=page(*numbers, **fields).clips, proof=Proof.ENDED, fetched_at=FETCHED_AT)


def rows(clips: Sequence[Clip], fetched_at: datetime) -> list[tuple[object, ...]]:
    """Those that such clips are to be, by id."""
    return sorted((*attrs.astuple(clip), fetched_at) for clip in clips)


def read(path: Path) -> list[tuple[Any, ...]]:
    """The rows of a file, or of all files of a folder, by id: what DuckDB and Polars both say."""
    files = f"{path}/**/*.parquet" if path.is_dir() else str(path)
    texts = ", ".join(f"epoch_us({name}) AS {name}" if name.endswith("_at") else name for name in COLUMNS)
    by_duckdb = duckdb.execute(f"SELECT {texts} FROM read_parquet($1) ORDER BY id", [files]).fetchall()  # noqa: S608
    told = pl.scan_parquet(path).select(COLUMNS).sort("id").collect().rows()
    as_instants = [tuple(_micros(value) if isinstance(value, datetime) else value for value in row) for row in told]
    assert as_instants == by_duckdb
    return told


def found(folder: Path, pattern: str = "*") -> list[Path]:
    """What there is in a folder; with a pattern, in any folder of it."""
    return sorted(folder.iterdir() if pattern == "*" else folder.rglob(pattern))


def contents(folder: Path) -> dict[Path, bytes]:
    """Every file of a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def ids(path: Path) -> list[str]:
    """Those of a file, or of all files of a folder; sorted, and each as often as it is there."""
    is_there = any(path.rglob("*.parquet")) if path.is_dir() else path.exists()
    return [row[0] for row in read(path)] if is_there else []


def snapshots(monkeypatch: pytest.MonkeyPatch, folder: Path, to: Path) -> list[Path]:
    """What a kill before each step on the disk would leave of a folder: copies, as they come about."""
    taken, made = list[Path](), list[Path]()

    def watched(step: Callable[..., Any]) -> Callable[..., Any]:
        def watch(*args: Any, **options: Any) -> Any:
            if len(taken) == len(made):  # copying takes steps of its own
                taken.append(to / f"{len(taken):03}")
                made.append(shutil.copytree(folder, taken[-1]))
            return step(*args, **options)

        return watch

    for name in STEPS:
        monkeypatch.setattr(os, name, watched(getattr(os, name)))
    return taken


def _micros(moment: datetime) -> int:
    return round(moment.timestamp()) * 1_000_000
