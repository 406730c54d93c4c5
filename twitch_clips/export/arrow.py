"""Clips as Arrow and as Parquet: the one place that knows pyarrow. Synchronous; nothing here knows of checkpoints."""

# pyarrow's stubs leave parameters without types:
# pyright: reportUnknownMemberType=false

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import IO, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from twitch_clips import ExportError

from .fields import FIELDS, values_of
from .rows import MOST
from .sink import Piece

ROWS = 65_536
"""Of a row group, and about those that are held in memory at once."""

_FEW = 1_024  # clips

_TIME = pa.timestamp("us", tz="UTC")  # Parquet has no seconds, and DuckDB and Polars take these as they are
_TYPES = {
    "view_count": pa.int64(),
    "created_at": _TIME,
    "duration": pa.float64(),
    "vod_offset": pa.int64(),
    "is_featured": pa.bool_(),
}
SCHEMA = pa.schema(
    [
        *(pa.field(name, _TYPES.get(name, pa.string()), nullable=name == "vod_offset") for name in FIELDS),
        pa.field("fetched_at", _TIME, nullable=False),
    ]
)
"""The fields of `Clip` in their order, and when Helix answered."""

# What many clips have in common: a dictionary of any other field would hold nearly all of it.
_REPEATED = [
    *("broadcaster_id", "broadcaster_name", "creator_id", "creator_name", "video_id", "game_id", "language"),
    *("duration", "fetched_at"),
]
_POOL = pa.system_memory_pool()  # with the default one, small arrays that a thread lets go leave holes: 20 MiB of them
_KEY = b"twitch-clips"


def batch_of(*pieces: Piece) -> pa.RecordBatch:
    """The clips of pieces, in their order."""
    clips = [clip for piece in pieces for clip in piece.clips]
    columns = zip(*map(values_of, clips), strict=True) if clips else [()] * len(FIELDS)
    fetched_at = [piece.fetched_at for piece in pieces for _ in piece.clips]
    arrays: list[pa.Array[Any]] = [
        _array(column, type_) for column, type_ in zip([*columns, fetched_at], SCHEMA.types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _array(column: Sequence[object], type_: pa.DataType) -> "pa.Array[Any]":
    try:
        return pa.array(column, type_, memory_pool=_POOL)
    except OverflowError:
        capped = [min(value, MOST) if isinstance(value, int) else value for value in column]
        return pa.array(capped, type_, memory_pool=_POOL)


def table_of(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """All of them, one behind the other."""
    return pa.Table.from_batches(list(batches), SCHEMA)


def packed(piece: Piece) -> bytes:
    """The clips of a piece as a message of Arrow's, to stand in a spool behind others."""
    return batch_of(piece).serialize().to_pybytes()


def spooled(path: Path, *, start: int, end: int) -> Iterator[pa.RecordBatch]:
    """The rows of a spool, from one up to another.

    Raises:
        ExportError: It is damaged or cannot be read.
    """
    seen = 0
    with _sound(path), pa.OSFile(str(path), "rb") as file:
        while seen < end:
            batch = ipc.read_record_batch(ipc.read_message(file), SCHEMA)
            yield batch.slice(max(0, start - seen))
            seen += batch.num_rows


def rows_of(path: Path) -> tuple[int, str]:
    """How many rows a Parquet file has, and the mark that its `Writer` gave it; empty where it has none.

    Raises:
        ExportError: It is no Parquet file of clips, or cannot be read.
    """
    with _sound(path), path.open("rb") as file, pq.ParquetFile(file) as parquet:
        schema, rows = parquet.schema_arrow, parquet.metadata.num_rows
    if not schema.equals(SCHEMA):
        raise ExportError(f"{path} holds something else than clips: give another file, or move it away")
    return rows, (schema.metadata or {}).get(_KEY, b"").decode(errors="replace")


def read_parquet(path: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a Parquet file, so many at once.

    Raises:
        ExportError: It is damaged or cannot be read.
    """
    with _sound(path), path.open("rb") as file, pq.ParquetFile(file, page_checksum_verification=True) as parquet:
        yield from parquet.iter_batches(batch_size=ROWS)


def row_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in tables of `ROWS`, each by `created_at`; the last one has what is left."""
    held, rows = list[pa.RecordBatch](), 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        while rows >= ROWS:
            whole = table_of(held)
            yield whole.slice(0, ROWS).sort_by("created_at")
            held, rows = whole.slice(ROWS).to_batches(), rows - ROWS
    if rows:
        yield table_of(held).sort_by("created_at")


class Writer:
    """A Parquet file that is written by row groups.

    Args:
        file: Where to; it is not closed.
        mark: What `rows_of` is to tell.

    Raises:
        OSError: From each method: it cannot be written.
    """

    def __init__(self, file: IO[bytes], mark: str = "") -> None:
        """Begin it."""
        schema = SCHEMA.with_metadata({_KEY: mark.encode()})
        self._writer = pq.ParquetWriter(
            file,
            schema,
            compression="zstd",
            use_dictionary=_REPEATED,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  (the stubs lack it)
            write_page_checksum=True,
        )
        self._pieces = list[Piece]()
        self._clips = self._rows = 0
        self._batches = list[pa.RecordBatch]()

    def add(self, piece: Piece) -> bool:
        """Take clips, in their order: whether there are enough of them to `flush`."""
        self._pieces.append(piece)
        self._clips += len(piece.clips)
        if self._clips >= _FEW:
            self._pack()
        return self._rows >= ROWS

    def flush(self) -> None:
        """Write what was taken as a row group; of more rows than `ROWS`, as several."""
        self._pack()
        self.write(table_of(self._batches))
        self._batches.clear()
        self._rows = 0

    def write(self, table: pa.Table) -> None:
        """Add a row group; of more rows than `ROWS`, several."""
        self._writer.write_table(table, row_group_size=ROWS)

    def end(self) -> None:
        """Make it whole."""
        self._writer.close()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave it as it is."""
        self.drop()

    def drop(self) -> None:
        """Leave it as it is."""
        self._writer.is_open = False  # else it would try to make it whole when it is collected

    def _pack(self) -> None:
        # Pages of a hundred cost twice as much by themselves, and each clip takes four times as much memory as its row.
        self._batches.append(batch_of(*self._pieces))
        self._pieces.clear()
        self._rows += self._clips
        self._clips = 0


def parts(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, str, pa.Table]]:
    """The same rows by channel and month: the channel's id, a month such as `2024-05`, and its rows by `created_at`."""
    table = table_of(batches).sort_by([("broadcaster_id", "ascending"), ("created_at", "ascending")])
    instants = table["created_at"].cast(pa.timestamp("us"))  # UTC without its name: no data on time zones are needed
    months = [str(text)[: len("2024-05")] for text in instants.cast(pa.string()).to_pylist()]
    start = 0
    for (broadcaster, month), rows in groupby(zip(table["broadcaster_id"].to_pylist(), months, strict=True)):
        count = sum(1 for _ in rows)
        yield str(broadcaster), month, table.slice(start, count)
        start += count


@contextmanager
def _sound(path: Path) -> Generator[None]:
    """Turn what pyarrow and the system say of a file that is read into an `ExportError`."""
    try:
        yield
    except (pa.ArrowException, OSError, EOFError) as error:
        problem = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else None
    else:
        return
    if problem:
        raise ExportError(f"cannot read {path}: {problem}")
    raise ExportError(f"{path} is damaged, or no file of this form: bring back a copy, or move it away to begin anew")
