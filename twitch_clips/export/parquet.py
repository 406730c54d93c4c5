"""Parquet: one typed file, which a stream replaces and a backfill adds to.

A Parquet file cannot grow. What a backfill commits goes to `clips.parquet.spool` with its checkpoint beside it, and at
the end of a run the file's rows and the spool's become a new file, which takes the file's place at one stroke; then the
spool is emptied. A run that is killed between the two does no harm: the checkpoint says how many rows the file had
before, so whatever it has more is what it has of the spool.
"""

import os
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from twitch_clips import CheckpointError, ExportError

from .disk import NewFile, check_place, in_thread, is_there, told
from .growing import GrowingFile
from .sink import Piece, require

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

_FORM = "twitch-clips parquet 1"


class Parquet:
    """A Parquet file: the fields of `Clip` and `fetched_at`; ids are strings, times UTC, `vod_offset` may be null.

    A stream replaces it. Of a backfill it is the checkpoint store, too; what is committed shows in the file at the end
    of a run, by row groups of 65,536 rows, each by `created_at`. Until then it is in `clips.parquet.spool` beside it
    (some 250 bytes a clip). The file, the spool and `clips.parquet.spool.checkpoint` belong together.

    Each run that finds clips writes the file anew: for an archive that grows for years take a `ParquetDataset`.

    Args:
        path: The file; its folder has to exist.

    Attributes:
        path: As given.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Touch nothing yet."""
        self.path: Path = Path(path)
        self._spool = GrowingFile(self.path.with_name(f"{self.path.name}.spool"), form=_FORM)
        self._mark: str | None = None
        self._new: _NewParquet | None = None

    def __str__(self) -> str:
        """The path."""
        return str(self.path)

    async def open(self) -> None:
        """Find out what can be known before a request is made.

        Raises:
            ExportError: pyarrow is missing, there is no such folder, or the path is one.
        """
        await in_thread(partial(require, "parquet", "pyarrow", "pyarrow.parquet"))
        check_place(self.path)

    async def load(self) -> str | None:
        """What the backfill wanted kept; what was not committed is cut off.

        Raises:
            ExportError: The file cannot be read or written, is being written by another run, or is of something else.
            CheckpointError: The same of its checkpoint.
        """
        kept = await self._spool.load()
        self._mark = _mark_in(kept.extra, self._spool.path) or uuid4().hex
        await in_thread(self._rows)
        return kept.state

    async def write(self, piece: Piece, /) -> None:
        """Take clips.

        Raises:
            ExportError: The file is being written by another run, or is what a backfill has written.
        """
        from . import arrow  # noqa: PLC0415  (it loads pyarrow)

        if self._mark is not None:
            if piece.clips:
                self._spool.add(arrow.packed(piece), len(piece.clips))
            return
        self._new = self._new or self._beside()
        if self._new.add(piece):
            await in_thread(self._new.flush)

    async def save(self, text: str, /) -> None:
        """Have what was written stand in the spool, together with what the backfill wants kept.

        Raises:
            ExportError: The spool cannot be written: what was committed before stands, and it can be tried again.
            CheckpointError: The same of its checkpoint.
        """
        await self._spool.save(text, {"mark": self._mark, "rows": self._rows_before})

    async def commit(self) -> None:
        """Put what was written in place of what was there; of a backfill, have what was saved in the file behind it.

        Raises:
            ExportError: The file cannot be read or written: what was committed stands.
        """
        if self._mark is None:
            await in_thread(self._replace)
        elif "mark" in self._spool.mark.extra:  # else nothing was saved, and the file would not be known again
            await in_thread(self._merge)
            if self._spool.mark.clips:
                await self._spool.empty({"mark": self._mark, "rows": self._rows_before + self._spool.mark.clips})

    async def close(self) -> None:
        """Let it go."""
        self._spool.close()
        self._mark = None
        if self._new is not None:
            self._new.drop()
            self._new = None

    @property
    def _rows_before(self) -> int:
        """What the file had when the spool was begun."""
        rows: int = self._spool.mark.extra.get("rows", 0)
        return rows

    def _beside(self) -> "_NewParquet":
        checkpoint = self._spool.path.with_name(f"{self._spool.path.name}.checkpoint")
        with told(f"write {self.path}"):
            if is_there(checkpoint):
                raise ExportError(f"{self.path} is what a backfill has written, with {checkpoint}: give another file")
        return _NewParquet(self.path)

    def _replace(self) -> None:
        self._new = self._new or self._beside()
        self._new.flush()
        self._new.put_in_place()

    def _merge(self) -> None:
        """Have the spool's rows in the file, as far as they are not in it yet."""
        from . import arrow  # noqa: PLC0415  (it loads pyarrow)

        rows, before, spooled = self._rows(), self._rows_before, self._spool.mark.clips
        if rows == before + spooled and self._is_there():
            return
        there = arrow.read_parquet(self.path) if self._is_there() else iter(())
        added = arrow.spooled(self._spool.path, start=rows - before, end=spooled)
        new = _NewParquet(self.path, str(self._mark))
        try:
            new.write(arrow.row_groups(chain(there, added)))
            new.put_in_place()
        finally:
            new.drop()

    def _rows(self) -> int:
        """Of the file, which has to be as the last run left it, or with more of the spool."""
        from . import arrow  # noqa: PLC0415  (it loads pyarrow)

        before = self._rows_before
        rows, mark = arrow.rows_of(self.path) if self._is_there() else (0, self._mark)
        if mark != self._mark:
            raise ExportError(f"{self.path} was there before, and this backfill has not written it: give another file")
        if not before <= rows <= before + self._spool.mark.clips:
            raise ExportError(
                f"{self.path} is not as the last run left it ({before:,} rows): bring back what belongs together, "
                f"or move it and {self._spool.path}* away to begin anew"
            )
        return rows

    def _is_there(self) -> bool:
        with told(f"read {self.path}"):
            return is_there(self.path)


class _NewParquet:
    """A Parquet file that takes another's place once it is whole."""

    def __init__(self, path: Path, mark: str = "") -> None:
        from . import arrow  # noqa: PLC0415  (it loads pyarrow)

        self._new = NewFile(path)
        self._told_as = f"write {path}"
        self._writer = arrow.Writer(self._new.file, mark)

    def add(self, piece: Piece) -> bool:
        return self._writer.add(piece)

    def flush(self) -> None:
        with told(self._told_as):
            self._writer.flush()

    def write(self, tables: "Iterable[pa.Table]") -> None:
        with told(self._told_as):
            for table in tables:
                self._writer.write(table)

    def put_in_place(self) -> None:
        with told(self._told_as):
            self._writer.end()
        self._new.put_in_place()

    def drop(self) -> None:
        self._writer.drop()
        self._new.drop()


def _mark_in(extra: "Mapping[str, Any]", spool: Path) -> str | None:
    """What the file is known by, which the first save keeps.

    Raises:
        CheckpointError: It is damaged.
    """
    mark, rows = extra.get("mark"), extra.get("rows", 0)
    if isinstance(mark, str | None) and type(rows) is int and rows >= 0:
        return mark
    raise CheckpointError(f"{spool}.checkpoint is damaged: bring back a copy")
