"""A folder of Parquet files: read as it lies, for several backfills at once, and not for streams."""

# The stubs of pyarrow and Polars leave parameters without types:
# pyright: reportUnknownMemberType=false

import asyncio
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import duckdb
import polars as pl
import pyarrow.dataset
import pytest

from tests.backfill.conftest import DAY, START, Raw, ids_of, sandbox, spread
from twitch_clips import ExportError, QueryError, StateStore, StateStores
from twitch_clips.export import Sink, write
from twitch_clips.export.arrow import SCHEMA
from twitch_clips.export.dataset import ParquetDataset
from twitch_clips.testing import light_clips

from .tables import FETCHED_AT, batch, clip, found, ids, page, read, rows

OTHER = "2000002"


def of_another(count: int) -> list[Raw]:
    """Clips of a second channel, an hour apart."""
    moments = [int(START.timestamp()) + 3600 * number for number in range(count)]
    return list(light_clips(moments, [1] * count, broadcaster_id=OTHER, start=50_000))


async def fill(
    sink: ParquetDataset, numbers: Iterable[int], *, question: str = "broadcaster_id=007", **fields: Any
) -> None:
    """A run of a backfill that finds these clips."""
    await sink.open()
    store = sink.of(question)
    await cast("asyncio.Future[str | None]", store.load())
    await sink.write(batch(list(numbers), **fields))
    await cast("asyncio.Future[None]", store.save("text"))
    await sink.commit()
    await sink.close()


async def test_it_is_read_as_it_lies(tmp_path: Path) -> None:
    """By each of those it is meant for, as its docstring says: the columns of a clip, and those of the folders."""
    path = tmp_path / "archive"
    raw = [*spread(200), *of_another(100)]
    async with sandbox(raw) as box:
        await write(box.job(), ParquetDataset(path))
        await write(box.job(broadcaster_id=OTHER), ParquetDataset(path))
    told = ids_of(raw)
    assert ids(path) == told
    files = f"{path}/**/*.parquet"
    assert sorted(pl.scan_parquet(files, hive_partitioning=True).select("id").collect()["id"]) == told
    dataset = pyarrow.dataset.dataset(path, partitioning="hive")
    assert sorted(map(str, dataset.to_table()["id"].to_pylist())) == told
    assert dataset.schema.remove(len(SCHEMA)).remove(len(SCHEMA)) == SCHEMA
    assert dataset.schema.names[len(SCHEMA) :] == ["broadcaster", "month"]
    query = (
        "SELECT count(*) FROM read_parquet($1, hive_partitioning = true) WHERE broadcaster = $2 AND month = '2026-01'"
    )
    assert duckdb.execute(query, [files, OTHER]).fetchall() == [(100,)]
    assert {one.suffix for one in path.rglob("*") if one.is_file()} == {".parquet"}


async def test_folders_are_channels_and_months(tmp_path: Path) -> None:
    """By UTC; the rows of a file are in the order of time."""
    path = tmp_path / "archive"
    await fill(ParquetDataset(path), [5, 3, 4, 2])
    assert sorted(str(file.relative_to(path)) for file in path.rglob("*.parquet")) == [
        "broadcaster=007/month=2026-01/broadcaster_id-007.00001.parquet",
        "broadcaster=007/month=2026-02/broadcaster_id-007.00001.parquet",
    ]
    february = pl.read_parquet(path / "broadcaster=007" / "month=2026-02", hive_partitioning=False)
    assert february["id"].to_list() == [clip(4).id, clip(5).id]
    assert read(path) == rows([clip(number) for number in range(2, 6)], FETCHED_AT)


async def test_a_run_that_finds_nothing_adds_nothing(tmp_path: Path) -> None:
    """One that finds more adds files, and leaves those that are there alone."""
    path = tmp_path / "archive"
    raw = spread(300)
    async with sandbox(raw) as box:
        await write(box.job(ended_at=START + 20 * DAY), ParquetDataset(path))
        first = {file: file.stat() for file in path.rglob("*.parquet")}
        assert await write(box.job(ended_at=START + 20 * DAY), ParquetDataset(path)) == 0
        assert {file: file.stat() for file in path.rglob("*.parquet")} == first
        await write(box.job(), ParquetDataset(path))
    after = {file: file.stat() for file in path.rglob("*.parquet")}
    assert first.items() < after.items()
    assert {file.name.split(".")[1] for file in after} == {"00001", "00002"}
    assert ids(path) == ids_of(raw)


async def test_clips_that_are_gone_are_not_taken_for_read(tmp_path: Path) -> None:
    """Somebody has deleted the folder, and not what is beside it: a run says what to do, and asks for no clips."""
    path, raw = tmp_path / "archive", spread(300)
    async with sandbox(raw) as box:
        await write(box.job(), ParquetDataset(path))
        shutil.rmtree(path)
        asked = len(box.helix.targets)
        words = (
            r"archive has no clips of broadcaster_id=1000001 any more, and would not get them again: bring its files"
        )
        with pytest.raises(ExportError, match=words):
            await write(box.job(), ParquetDataset(path))
        assert len(box.helix.targets) == asked
        for left in (tmp_path / "archive.checkpoint").glob("broadcaster_id-1000001.spool*"):
            left.unlink()
        await write(box.job(), ParquetDataset(path))
    assert ids(path) == ids_of(raw)


async def test_two_channels_at_once(tmp_path: Path) -> None:
    """Each with a spool and a checkpoint of its own."""
    path = tmp_path / "archive"
    raw = [*spread(200), *of_another(100)]
    async with sandbox(raw) as box:
        jobs = [box.job(), box.job(broadcaster_id=OTHER)]
        assert await asyncio.gather(*(write(job, ParquetDataset(path)) for job in jobs)) == [200, 100]
    assert ids(path) == ids_of(raw)


async def test_the_same_channel_at_once_is_refused(tmp_path: Path) -> None:
    """The one that comes second; the first goes on."""
    first, second = ParquetDataset(tmp_path / "archive"), ParquetDataset(tmp_path / "archive")
    await first.open()
    await cast("asyncio.Future[str | None]", first.of("broadcaster_id=007").load())
    with pytest.raises(ExportError, match=r"is being written by another run"):
        await fill(second, [1])
    await second.close()
    await first.close()
    await fill(second, [1])
    assert ids(second.path) == [clip(1).id]


async def test_one_sink_is_for_one_backfill_at_a_time(tmp_path: Path) -> None:
    """Else clips of the one would be taken for the other's."""
    sink = ParquetDataset(tmp_path / "archive")
    async with sandbox([*spread(50), *of_another(50)]) as box:
        with pytest.raises(QueryError, match=r"is in use: give each backfill a ParquetDataset of its own"):
            await asyncio.gather(write(box.job(), sink), write(box.job(broadcaster_id=OTHER), sink))


async def test_a_stream_is_refused(tmp_path: Path) -> None:
    """With clips or without; nothing is made."""
    sink = ParquetDataset(tmp_path / "archive")
    await sink.open()
    with pytest.raises(QueryError, match=r"archive: give a file such as clips\.parquet"):
        await sink.write(page(1))
    with pytest.raises(QueryError, match=r"archive: give a file such as clips\.parquet"):
        await sink.commit()
    await sink.close()
    assert found(tmp_path) == []


async def test_an_id_can_be_anything(tmp_path: Path) -> None:
    """It leads to no other folder, and stays what it is."""
    path = tmp_path / "archive"
    await fill(ParquetDataset(path), [1], question="broadcaster_id=../1 %", broadcaster_id="../1 %")
    [row] = read(path)
    assert row[2] == "../1 %"
    assert [one.name for one in found(tmp_path)] == ["archive", "archive.checkpoint"]


async def test_channels_and_games_do_not_go_together(tmp_path: Path) -> None:
    """A clip of both would be there twice."""
    path = tmp_path / "archive"
    await fill(ParquetDataset(path), [1])
    sink = ParquetDataset(path)
    with pytest.raises(ExportError, match=r"holds clips by another selector than game_id.*give another folder"):
        await fill(sink, [2], question="game_id=1")
    await sink.close()
    await fill(ParquetDataset(path), [3], question="broadcaster_id=8")
    assert ids(path) == [clip(1).id, clip(3).id]


def test_it_is_a_sink_and_holds_stores(tmp_path: Path) -> None:
    """One for each question."""
    sink = ParquetDataset(tmp_path / "archive")
    assert isinstance(sink, Sink)
    assert isinstance(sink, StateStores)
    assert not isinstance(sink, StateStore)
    assert isinstance(sink.of("broadcaster_id=1"), StateStore)
    assert str(sink) == str(tmp_path / "archive")
