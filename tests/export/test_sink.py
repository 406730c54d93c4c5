"""What stands for a sink, and what is wrong with what does not: told before anything is asked."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.backfill.conftest import MemoryStore, sandbox
from twitch_clips import Batch, ClipPage, ExportError, QueryError
from twitch_clips.export import Csv, JsonLines, Piece, Sink, sink_for, write
from twitch_clips.export.dataset import ParquetDataset
from twitch_clips.export.parquet import Parquet
from twitch_clips.export.sink import require
from twitch_clips.export.sql import Sql

from .conftest import listed, put


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("clips.jsonl", JsonLines),
        ("clips.JSONL.gz", JsonLines),
        (".jsonl", JsonLines),
        ("clips.csv", Csv),
        ("a.jsonl.csv.gz", Csv),
    ],
)
def test_a_suffix_tells_the_kind(name: str, kind: type[Sink]) -> None:
    """In capitals, too; of a path of either kind."""
    for target in (name, Path(name)):
        sink = sink_for(target)
        assert type(sink) is kind
        assert isinstance(sink, Sink)
        assert str(sink) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("clips.parquet", Parquet),
        ("clips.sqlite", Sql),
        ("clips.sqlite3", Sql),
        ("clips.DB", Sql),
        ("sqlite:///clips", Sql),
        ("postgresql://localhost/clips.jsonl", Sql),
        ("archive/", ParquetDataset),
        ("clips.jsonl/", ParquetDataset),
    ],
)
def test_a_url_is_a_database_and_a_slash_makes_a_folder(name: str, kind: type[Sink]) -> None:
    """Whatever suffix there is."""
    assert type(sink_for(name)) is kind


async def test_a_folder_takes_backfills_alone(tmp_path: Path) -> None:
    """One that is there needs no slash."""
    assert type(sink_for(tmp_path)) is ParquetDataset
    async with sandbox([]) as box:
        with pytest.raises(
            QueryError, match=r"is a folder, which backfills add to: give a file such as clips.parquet$"
        ):
            await write(box.clips.by_broadcaster("1000001"), tmp_path)
        assert box.helix.targets == []


@pytest.mark.parametrize("name", ["clips", "clips.json", "clips.gz", "jsonl", "clips.jsonl.zip", "clips.xlsx"])
def test_another_suffix_is_of_no_known_kind(name: str) -> None:
    """The error says which there are."""
    with pytest.raises(QueryError, match=rf"^'{name}' is of no known kind: give a file .*jsonl, .*csv, .*a folder/"):
        sink_for(name)


@pytest.mark.parametrize("target", ["", b"clips.jsonl", 7, None, sys.stdout], ids=repr)
def test_what_is_no_path_is_no_target(target: Any) -> None:
    """Nor is an open file."""
    with pytest.raises(QueryError, match=r"^a target is a path, a URL or a Sink, not "):
        sink_for(target)


async def test_what_is_wrong_with_source_or_target_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    """And nothing is made."""
    source: Any = [1, 2]
    async with sandbox([]) as box:
        with pytest.raises(QueryError, match=r"clips come from a ClipStream or a Backfill, not from \[1, 2\]"):
            await write(source, tmp_path / "clips.jsonl")
        with pytest.raises(QueryError, match="of no known kind"):
            await write(box.job(), tmp_path / "clips.txt")
        with pytest.raises(QueryError, match=r"has a checkpoint of its own, and .*clips.jsonl keeps one: leave out"):
            await write(box.job(checkpoint=MemoryStore()), tmp_path / "clips.jsonl")
        job = box.job()
        await job.plan()
        box.helix.targets.clear()
        with pytest.raises(QueryError, match="the job has begun, or is closed: make a new one"):
            await write(job, tmp_path / "clips.jsonl")
        assert box.helix.targets == []
    assert listed(tmp_path) == set()


async def test_a_place_where_no_file_can_be_is_told_before_anything_is_asked(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is not there or may not be written to, a folder, a device, a link to itself, an impossible name."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "null").symlink_to(os.devnull)
    (tmp_path / "round").symlink_to(tmp_path / "round")
    long = tmp_path / ("a" * 300)
    async with sandbox([]) as box:
        for place, problem in [
            (tmp_path / "nowhere" / path.name, f"there is no folder {tmp_path / 'nowhere'}; make it first"),
            (tmp_path / "folder", "is a folder: give a file in it"),
            (tmp_path / "null", "is not an ordinary file: give another one"),
            (tmp_path / "a\0", "no file can have the name"),
            (long, "File name too long"),
        ]:
            for sink in (Csv(place), JsonLines(place)):
                for source in (box.job(), box.clips.by_broadcaster("1000001")):
                    with pytest.raises(ExportError) as caught:
                        await write(source, sink)
                    assert problem in str(caught.value)
        with pytest.raises(ExportError, match="File name too long"):
            await write(box.job(), f"{long}.jsonl")
        put(path)
        monkeypatch.setattr(os, "access", partial(_may_be_written, tmp_path))
        with pytest.raises(ExportError, match=f"^cannot write {path}, or beside it: Permission denied$"):
            await write(box.job(), path)
        assert box.helix.targets == []


def _may_be_written(folder: Path, place: Path, _mode: int) -> bool:
    return place == folder


async def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    """However it is written."""
    path = tmp_path / "clips.jsonl"
    path.symlink_to(path)
    async with sandbox([]) as box:
        with pytest.raises(ExportError, match="Too many levels of symbolic links"):
            await write(box.clips.by_broadcaster("1000001"), path)


def test_a_piece_is_what_both_sources_give() -> None:
    """Each has clips, and when they were fetched."""
    assert Piece == Batch | ClipPage
    assert all(hasattr(kind, name) for kind in (Batch, ClipPage) for name in ("clips", "fetched_at"))


def test_a_library_that_is_missing_is_told() -> None:
    """With what to install."""
    require("parquet", "json", "json.decoder")
    with pytest.raises(ExportError) as caught:
        require("parquet", "json", "no_such_library")
    assert str(caught.value) == "no_such_library is missing: pip install 'twitch-clips[parquet]'"


@pytest.mark.parametrize(("library", "name"), [("pyarrow", "c.parquet"), ("pyarrow", "c/"), ("sqlalchemy", "c.db")])
async def test_a_library_that_is_broken_is_told_before_anything_is_asked(
    library: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one whose own libraries are missing: it is there, and cannot be loaded."""
    put(tmp_path / f"{library}.py", b"raise ImportError('libnothing.so.1: cannot open shared object file\\nAt all.')")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, library, raising=False)
    async with sandbox([]) as box:
        with pytest.raises(ExportError) as caught:
            await write(box.job(), f"{tmp_path}/{name}")
        assert box.helix.targets == []
    assert str(caught.value).startswith(
        f"{library} cannot be loaded (libnothing.so.1: cannot open shared object file): "
    )
    assert caught.value.__context__ is None
