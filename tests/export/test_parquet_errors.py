"""What is wrong with a Parquet file, a folder or their checkpoints is said in one sentence; what was there stands."""

import json
import os
import resource
import shutil
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from twitch_clips import CheckpointError, ExportError, TwitchClipsError
from twitch_clips.export.dataset import ParquetDataset
from twitch_clips.export.parquet import Parquet

from .tables import batch, clip, contents, found, ids, page

Kind = type[Parquet | ParquetDataset]
KINDS = pytest.mark.parametrize(("kind", "name"), [(Parquet, "clips.parquet"), (ParquetDataset, "archive")])
QUESTION = "broadcaster_id=007"


async def begin(sink: Parquet | ParquetDataset) -> Parquet:
    """Open it, for a backfill; its store."""
    await sink.open()
    store = cast("Parquet", sink.of(QUESTION) if isinstance(sink, ParquetDataset) else sink)
    await store.load()
    return store


async def run(sink: Parquet | ParquetDataset, *numbers: int) -> None:
    """A run of a backfill that finds these clips."""
    try:
        store = await begin(sink)
        await sink.write(batch(numbers))
        await store.save("text")
        await sink.commit()
    finally:
        await sink.close()


async def spool(sink: Parquet | ParquetDataset, *numbers: int) -> None:
    """One that is killed when these clips are committed, and no reader sees them yet."""
    store = await begin(sink)
    await sink.write(batch(numbers))
    await store.save("text")
    await sink.close()


async def stream(sink: Parquet) -> None:
    """One of a stream."""
    try:
        await sink.open()
        await sink.write(page(9))
        await sink.commit()
    finally:
        await sink.close()


@contextmanager
def no_larger_than(size: int) -> Generator[None]:
    """No file can be made any larger than so many bytes, as on a disk that is full."""
    earlier = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, earlier[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, earlier)


@KINDS
async def test_pyarrow_is_missing(kind: Kind, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said when it is opened."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportError, match=r"^pyarrow is missing: pip install 'twitch-clips\[parquet\]'$"):
        await kind(tmp_path / name).open()


@pytest.mark.parametrize(
    ("sink", "words"),
    [
        (Parquet("/nowhere/clips.parquet"), "there is no folder /nowhere; make it first"),
        (Parquet("/proc"), "is a folder"),
        (ParquetDataset("/nowhere/archive"), "there is no folder /nowhere; make it first"),
        (ParquetDataset("/proc"), "is a file system of its own"),
        (ParquetDataset(__file__), "is not a folder"),
    ],
)
async def test_a_place_that_is_none(sink: Parquet | ParquetDataset, words: str) -> None:
    """Said when it is opened."""
    with pytest.raises(ExportError, match=words):
        await sink.open()


async def test_a_folder_that_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said when it is opened."""

    def refuse(*_arguments: object) -> bool:
        return False

    monkeypatch.setattr(os, "access", refuse)
    with pytest.raises(ExportError, match=r"archive, or beside it: Permission denied$"):
        await ParquetDataset(tmp_path / "archive").open()


def no_parquet(path: Path) -> None:
    """A text."""
    path.write_text("something else altogether", encoding="utf-8")


def other_columns(path: Path) -> None:
    """What another program has made."""
    pl.DataFrame({"id": ["Clip"]}).write_parquet(path)


def blanked(path: Path) -> None:
    """Some of the first pages."""
    data = bytearray(path.read_bytes())
    data[40:80] = bytes(40)
    path.write_bytes(data)


def gone(path: Path) -> None:
    """Nothing."""
    path.unlink()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (no_parquet, "is damaged, or no file of this form: bring back a copy"),
        (blanked, "is damaged, or no file of this form: bring back a copy"),
        (other_columns, "holds something else than clips: give another file"),
        (gone, r"is not as the last run left it \(2 rows\): bring back what belongs together"),
    ],
)
async def test_a_file_that_a_backfill_does_not_know(tmp_path: Path, change: Callable[[Path], None], words: str) -> None:
    """It stays as it is."""
    path = tmp_path / "clips.parquet"
    await run(Parquet(path), 1, 2)
    change(path)
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(ExportError, match=words):
        await run(Parquet(path), 3)
    assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize("is_a_backfills", [True, False])
async def test_a_file_that_was_there_before(tmp_path: Path, *, is_a_backfills: bool) -> None:
    """It is not added to, and nothing is left beside it."""
    path = tmp_path / "clips.parquet"
    await (run(Parquet(path), 9) if is_a_backfills else stream(Parquet(path)))
    for left in found(tmp_path, "*.spool*"):
        left.unlink()
    before = contents(tmp_path)
    with pytest.raises(ExportError, match=r"was there before, and this backfill has not written it: give another"):
        await run(Parquet(path), 3)
    assert contents(tmp_path) == before


async def test_an_older_copy_of_the_file(tmp_path: Path) -> None:
    """Clips would be missing from it."""
    path = tmp_path / "clips.parquet"
    await run(Parquet(path), 1)
    shutil.copy(path, tmp_path / "older")
    await run(Parquet(path), 2)
    shutil.move(tmp_path / "older", path)
    with pytest.raises(ExportError, match=r"is not as the last run left it \(2 rows\)"):
        await run(Parquet(path), 3)
    assert ids(path) == [clip(1).id]


async def test_an_older_copy_of_the_checkpoint(tmp_path: Path) -> None:
    """Clips that are in the file would be read, and put into it, again."""
    path = tmp_path / "clips.parquet"
    await run(Parquet(path), 1)
    checkpoint = tmp_path / "clips.parquet.spool.checkpoint"
    older = checkpoint.read_bytes()
    await run(Parquet(path), 2)
    checkpoint.write_bytes(older)
    with pytest.raises(ExportError, match=r"is not as the last run left it \(1 rows\)"):
        await run(Parquet(path), 2)
    assert ids(path) == [clip(1).id, clip(2).id]


async def test_a_stream_does_not_replace_what_a_backfill_has_written(tmp_path: Path) -> None:
    """The checkpoint would not be the file's any more."""
    path = tmp_path / "clips.parquet"
    await run(Parquet(path), 1)
    before = contents(tmp_path)
    with pytest.raises(ExportError, match=r"is what a backfill has written, with .*checkpoint: give another file"):
        await stream(Parquet(path))
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("kind", "name", "extra"),
    [
        (Parquet, "clips.parquet", {"mark": 7, "rows": 0}),
        (Parquet, "clips.parquet", {"mark": "a", "rows": -1}),
        (Parquet, "clips.parquet", {"mark": "a", "rows": "many"}),
        (ParquetDataset, "archive", {"parts": "many"}),
        (ParquetDataset, "archive", {"parts": -1}),
    ],
)
async def test_a_checkpoint_that_is_damaged(kind: Kind, name: str, extra: dict[str, Any], tmp_path: Path) -> None:
    """Its own part is read with care, too."""
    await run(kind(tmp_path / name), 1)
    [checkpoint] = found(tmp_path, "*.spool.checkpoint")
    kept = json.loads(checkpoint.read_text(encoding="utf-8"))
    checkpoint.write_text(json.dumps(kept | {"extra": extra}), encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"spool\.checkpoint is damaged: bring back a copy"):
        await run(kind(tmp_path / name), 2)


@KINDS
async def test_a_spool_that_is_damaged(kind: Kind, name: str, tmp_path: Path) -> None:
    """What is behind the damage is not made up."""
    path = tmp_path / name
    await run(kind(path), 1)
    await spool(kind(path), *range(2, 40))
    [spooled] = found(tmp_path, "*.spool")
    data = bytearray(spooled.read_bytes())
    data[:64] = bytes(64)
    spooled.write_bytes(data)
    with pytest.raises(ExportError, match=r"spool is damaged"):
        await run(kind(path))
    assert ids(path) == [clip(1).id]


@KINDS
async def test_a_spool_that_cannot_be_read(kind: Kind, name: str, tmp_path: Path) -> None:
    """It has gone between the two."""
    sink = kind(tmp_path / name)
    store = await begin(sink)
    await sink.write(batch([1]))
    await store.save("text")
    [spooled] = found(tmp_path, "*.spool")
    spooled.unlink()
    with pytest.raises(ExportError, match=r"cannot read .*spool: No such file or directory$"):
        await sink.commit()
    await sink.close()


@KINDS
async def test_a_disk_that_is_full(kind: Kind, name: str, tmp_path: Path) -> None:
    """What was there can be read; the next run goes on."""
    path = tmp_path / name
    await run(kind(path), 1)
    await spool(kind(path), *range(2, 600))
    with no_larger_than(4000), pytest.raises(ExportError, match=r"cannot write .*: File too large"):
        await run(kind(path))
    assert ids(path) == [clip(1).id]
    await run(kind(path))
    assert ids(path) == [clip(number).id for number in range(1, 600)]


async def test_a_disk_that_is_full_for_a_stream(tmp_path: Path) -> None:
    """What was there stands."""
    path = tmp_path / "clips.parquet"
    await stream(Parquet(path))
    before = contents(tmp_path)
    with no_larger_than(1000), pytest.raises(ExportError, match=r"cannot write .*: File too large"):
        await stream(Parquet(path))
    assert contents(tmp_path) == before


async def test_the_checkpoints_of_a_folder_are_gone(tmp_path: Path) -> None:
    """All of them, or one: clips would be there twice."""
    path = tmp_path / "archive"
    await run(ParquetDataset(path), 1)
    folder = tmp_path / "archive.checkpoint"
    for left in folder.iterdir():
        left.unlink()
    with pytest.raises(ExportError, match=r"has clips of broadcaster_id=007, and their checkpoint is gone"):
        await run(ParquetDataset(path), 2)
    folder.rmdir()
    with pytest.raises(ExportError, match=r"was there before, without .*archive\.checkpoint: bring that back"):
        await run(ParquetDataset(path), 2)
    assert ids(path) == [clip(1).id]


@KINDS
async def test_errors_say_it_in_one_sentence(kind: Kind, name: str, tmp_path: Path) -> None:
    """Without the words of a library, and without its error as the cause."""
    path = tmp_path / name
    await run(kind(path), 1)
    for file in found(tmp_path, "*.spool"):
        file.write_bytes(b"")
        file.with_name(f"{file.name}.checkpoint").write_text("{}", encoding="utf-8")
    with pytest.raises(TwitchClipsError) as caught:
        await run(kind(path), 2)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
