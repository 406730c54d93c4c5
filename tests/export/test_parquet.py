"""One Parquet file: what is in it for whoever reads it, and what a stream and a backfill make of it."""

# pyarrow's stubs leave parameters without types:
# pyright: reportUnknownMemberType=false

import asyncio
from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from tests.backfill.conftest import START, ids_of, sandbox, spread
from tests.conftest import client, listing
from twitch_clips import StateStore, StateStores, TransportError
from twitch_clips.export import Sink, write
from twitch_clips.export.arrow import ROWS
from twitch_clips.export.parquet import Parquet
from twitch_clips.testing import JUST_CHATTING, FakeHelix, faults

from .tables import COLUMNS, batch, clip, found, ids, page, read, rows


async def fill(sink: Parquet, *numbers: int) -> None:
    """A run of a backfill that finds these clips."""
    await sink.open()
    await sink.load()
    await sink.write(batch(numbers))
    await sink.save(str(numbers))
    await sink.commit()
    await sink.close()


async def test_a_stream_becomes_a_file(tmp_path: Path) -> None:
    """DuckDB and Polars read the clips as they were given, and when they were fetched."""
    path = tmp_path / "clips.parquet"
    async with FakeHelix(listing(250)) as helix, client(helix) as clips:
        stream = clips.by_game(game_id=JUST_CHATTING)
        assert await write(stream, Parquet(path)) == 250
        given = [page async for page in stream.restart().pages()]
    assert read(path) == sorted(row for page in given for row in rows(page.clips, page.fetched_at))
    assert [row[0] for row in pl.read_parquet(path).rows()] == [clip.id for page in given for clip in page.clips]
    assert [one.name for one in found(tmp_path)] == ["clips.parquet"]


async def test_types_are_what_readers_expect(tmp_path: Path) -> None:
    """Ids are text with their zeros, times are UTC, an offset may be null."""
    path = tmp_path / "clips.parquet"
    sink = Parquet(path)
    await sink.open()
    await sink.write(page(0, 1, title='"two"\n\u2028lines \U0001f600'))
    await sink.commit()
    await sink.close()
    assert read(path)[0][2] == "007"
    frame = pl.read_parquet(path)
    assert frame.schema == pl.Schema(
        dict.fromkeys(COLUMNS, pl.String())
        | dict.fromkeys(("view_count", "vod_offset"), pl.Int64())
        | dict.fromkeys(("created_at", "fetched_at"), pl.Datetime("us", "UTC"))
        | {"duration": pl.Float64(), "is_featured": pl.Boolean()}
    )
    assert frame["vod_offset"].to_list() == [0, None]
    told = duckdb.execute("SELECT DISTINCT typeof(COLUMNS(* EXCLUDE fetched_at)) FROM read_parquet($1)", [str(path)])
    assert set(told.fetchall()[0]) == {"VARCHAR", "BIGINT", "TIMESTAMP WITH TIME ZONE", "DOUBLE", "BOOLEAN"}


async def test_a_stream_replaces_what_was_there(tmp_path: Path) -> None:
    """Whatever it was; not before the stream has ended."""
    path = tmp_path / "clips.parquet"
    path.write_text("something", encoding="utf-8")
    async with FakeHelix(listing(250)) as helix, client(helix) as clips:
        helix.fail(faults.close(), skip=1, times=None)
        with pytest.raises(TransportError):
            await write(clips.by_game(game_id=JUST_CHATTING), Parquet(path))
        assert path.read_text(encoding="utf-8") == "something"
        assert [one.name for one in found(tmp_path)] == ["clips.parquet"]
        helix.heal()
        await write(clips.by_game(game_id=JUST_CHATTING), Parquet(path))
    assert len(ids(path)) == 250


@pytest.mark.parametrize("is_a_stream", [True, False])
async def test_no_clips_make_a_file_with_no_rows(tmp_path: Path, *, is_a_stream: bool) -> None:
    """It has its columns, so that whoever reads it needs not know."""
    path = tmp_path / "clips.parquet"
    async with sandbox([]) as box:
        source = box.clips.by_game(game_id=JUST_CHATTING) if is_a_stream else box.job()
        assert await write(source, Parquet(path)) == 0
        assert read(path) == []
        if not is_a_stream:
            await write(box.job(), Parquet(path))
    assert read(path) == []


async def test_a_backfill_adds_to_its_file(tmp_path: Path) -> None:
    """Each run what is new; one that finds nothing leaves the file alone."""
    path = tmp_path / "clips.parquet"
    raw = spread(1200)
    middle = START + timedelta(days=30)
    async with sandbox(raw) as box:
        await write(box.job(ended_at=middle), Parquet(path))
        assert ids(path) == ids_of(raw, START, middle)
        await write(box.job(), Parquet(path))
        assert ids(path) == ids_of(raw)
        before = path.stat()
        assert await write(box.job(), Parquet(path)) == 0
        assert path.stat() == before
    assert (tmp_path / "clips.parquet.spool").stat().st_size == 0


async def test_clips_show_at_the_end_of_a_run(tmp_path: Path) -> None:
    """Those that were committed before an end that was none show at the end of the next run."""
    path = tmp_path / "clips.parquet"
    await fill(Parquet(path), 1)
    sink = Parquet(path)
    await sink.open()
    await sink.load()
    await sink.write(batch([2]))
    await sink.save("two")
    await sink.write(batch([3]))
    await sink.close()
    assert ids(path) == [clip(1).id]
    await sink.open()
    assert await sink.load() == "two"
    await sink.commit()
    assert ids(path) == [clip(1).id, clip(2).id]
    await sink.close()


async def test_row_groups_are_large_and_in_the_order_of_time(tmp_path: Path) -> None:
    """However small the batches and the runs."""
    path = tmp_path / "clips.parquet"
    sink = Parquet(path)
    await fill(sink, 3, 1, 2)
    await fill(sink, *range(ROWS + 9, 9, -1))
    await fill(sink, 5, 4)
    with pq.ParquetFile(path) as parquet:
        metadata = parquet.metadata
        sizes = [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)]
        groups = [parquet.read_row_group(place)["id"].to_pylist() for place in range(len(sizes))]
        column = metadata.row_group(0).column(0)
    assert sizes == [ROWS, 5]
    assert all(group == sorted(map(str, group)) for group in groups)
    assert column.compression == "ZSTD"
    assert column.is_stats_set
    assert len(set(ids(path))) == ROWS + 5


async def test_a_cancelled_commit_is_whole(tmp_path: Path) -> None:
    """It is waited for: nothing writes on behind the back of whoever has cancelled."""
    path = tmp_path / "clips.parquet"
    sink = Parquet(path)
    await sink.open()
    await sink.load()
    await sink.write(batch([1, 2]))
    await sink.save("two")
    commit = asyncio.create_task(sink.commit())
    await asyncio.sleep(0)
    commit.cancel()
    with pytest.raises(asyncio.CancelledError):
        await commit
    await sink.close()
    assert ids(path) == [clip(1).id, clip(2).id]
    await fill(Parquet(path), 3)
    assert ids(path) == [clip(number).id for number in (1, 2, 3)]


def test_it_is_a_sink_and_a_store() -> None:
    """The store of one backfill."""
    sink = Parquet("clips.parquet")
    assert isinstance(sink, Sink)
    assert isinstance(sink, StateStore)
    assert not isinstance(sink, StateStores)
    assert str(sink) == "clips.parquet"


async def test_a_stream_is_written_as_it_comes(tmp_path: Path) -> None:
    """In row groups, in its own order, and nothing of it is seen before its end."""
    path = tmp_path / "clips.parquet"
    sink = Parquet(path)
    await sink.open()
    for start in (0, ROWS - 10, 2 * ROWS):
        await sink.write(page(*range(start + ROWS - 1, start - 1, -1)))
    assert not found(tmp_path, "clips.parquet")
    assert found(tmp_path)[0].stat().st_size > ROWS
    await sink.commit()
    await sink.close()
    with pq.ParquetFile(path) as parquet:
        assert [parquet.metadata.row_group(place).num_rows for place in range(3)] == [ROWS] * 3
    assert pl.read_parquet(path)["id"][0] == clip(ROWS - 1).id
