"""A folder of Parquet files by channel and month, which backfills add to: `archive/broadcaster=1234/month=2024-05/`.

Nothing but finished parts is in it, so that whoever reads it needs not know what to leave out. What a backfill has
committed and no part has yet lies beside it, in `archive.checkpoint/`: a spool and a checkpoint for each question. A
spool that is large enough, or whose run is over, becomes the parts of one generation, and is emptied after that. Their
names are the question and the generation's number. If a run is killed in between, the next time the same rows, and
perhaps some more, become parts of the same names: none is there twice.
"""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from twitch_clips import CheckpointError, ExportError, QueryError, StateStore

from .disk import check_folder, in_thread, is_folder, sync_folder, told
from .growing import GrowingFile
from .sink import Piece, require

if TYPE_CHECKING:
    import pyarrow as pa

_FORM = "twitch-clips parquet dataset 1"


class ParquetDataset:
    """A folder of Parquet files that DuckDB, Polars and pyarrow read as it lies, for backfills.

        duckdb   select * from read_parquet('archive/**/*.parquet', hive_partitioning = true)
        polars   pl.scan_parquet("archive/")
        pyarrow  pyarrow.dataset.dataset("archive", partitioning="hive")

    Files have the columns of `Parquet`; `broadcaster` and `month` are those of their folders. Clips show after each
    65,536, and at the end of a run.

    It holds the clips of as many backfills as you like, at the same time too, of one at a time for each channel or
    game; all by channel or all by game, as else clips were there twice. A folder for each channel of a game makes many
    small files: for a game take `Parquet`. `archive.checkpoint/` beside it belongs to it.

    Args:
        path: The folder; the one that it is in has to exist.

    Attributes:
        path: As given.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Touch nothing yet."""
        self.path: Path = Path(path)
        self._parts: _Parts | None = None

    def __str__(self) -> str:
        """The path."""
        return str(self.path)

    async def open(self) -> None:
        """Find out what can be known before a request is made.

        Raises:
            ExportError: pyarrow is missing, the folder cannot be made or written to, or the path is none.
        """
        await in_thread(partial(require, "parquet", "pyarrow", "pyarrow.parquet"))
        check_folder(self.path)

    def of(self, question: str, /) -> StateStore:
        """The checkpoint store of a channel or game, whose clips are to be written from now on.

        Raises:
            QueryError: Those of another one are being written.
        """
        if self._parts is None:
            self._parts = _Parts(self.path, question)
        if self._parts.question != question:
            raise QueryError(f"{self.path} is in use: give each backfill a ParquetDataset of its own")
        return self._parts

    async def write(self, piece: Piece, /) -> None:
        """Take clips.

        Raises:
            QueryError: They are a stream's.
        """
        self._of_a_backfill().add(piece)

    async def commit(self) -> None:
        """Have all that was committed in the folder.

        Raises:
            ExportError: It cannot be written: what was committed stands.
            QueryError: The source is a stream.
        """
        await self._of_a_backfill().finish()

    async def close(self) -> None:
        """Let it go."""
        if self._parts is not None:
            self._parts.close()
            self._parts = None

    def _of_a_backfill(self) -> "_Parts":
        if self._parts is None:
            raise QueryError(f"a stream cannot be added to {self.path}: give a file such as clips.parquet")
        return self._parts


class _Parts:
    """The clips of one question in a folder, and the checkpoint of its backfill."""

    def __init__(self, path: Path, question: str) -> None:
        self.question = question
        self._path = path.resolve()
        self._folder = self._path.with_name(f"{self._path.name}.checkpoint")
        self._selector, _, value = question.partition("=")
        self._name = f"{self._selector}-{quote(value, safe='')}"
        self._spool = GrowingFile(self._folder / f"{self._name}.spool", form=_FORM)

    async def load(self) -> str | None:
        """What the backfill wanted kept; what was not committed is cut off."""
        await in_thread(self._prepare)
        kept = await self._spool.load()
        made = kept.extra.get("parts", 0)
        if type(made) is not int or made < 0:
            raise CheckpointError(f"{self._spool.path}.checkpoint is damaged: bring back a copy")
        if made and not await in_thread(self._has_parts):
            raise self._refusal(
                f"has no clips of {self.question} any more, and would not get them again: bring its files back, "
                f"or move {self._spool.path}* away to begin anew"
            )
        return kept.state

    def add(self, piece: Piece) -> None:
        from . import arrow  # noqa: PLC0415  (it loads pyarrow)

        if piece.clips:
            self._spool.add(arrow.packed(piece), len(piece.clips))

    async def save(self, text: str, /) -> None:
        """Have what was written stand, together with what the backfill wants kept."""
        from . import arrow  # noqa: PLC0415  (it loads pyarrow)

        await self._spool.save(text, {"parts": self._made})
        if self._spool.mark.clips >= arrow.ROWS:
            await self.finish()

    async def finish(self) -> None:
        """Make parts of what was committed."""
        if self._spool.mark.clips:
            await in_thread(self._make_parts)
            await self._spool.empty({"parts": self._made + 1})

    def close(self) -> None:
        self._spool.close()

    @property
    def _made(self) -> int:
        """The generation that was finished last."""
        generation: int = self._spool.mark.extra.get("parts", 0)
        return generation

    def _prepare(self) -> None:
        with told(f"read {self._path}"):
            # In this order: another backfill makes the one before the other.
            is_in_use = is_folder(self._path) and any(self._path.iterdir())
            if is_in_use and not is_folder(self._folder):
                raise self._refusal(
                    f"was there before, without {self._folder}: bring that back, or give another folder"
                )
            # Not by `glob`, which takes a folder that cannot be read for an empty one.
            files = self._folder.iterdir() if is_folder(self._folder) else ()
            known = [path.name for path in files if path.name.endswith(".spool.checkpoint")]
            if any(not name.startswith(f"{self._selector}-") for name in known):
                raise self._refusal(
                    f"holds clips by another selector than {self._selector}, and some would be there twice: "
                    "give another folder"
                )
            if f"{self._name}.spool.checkpoint" not in known and self._has_parts():
                raise self._refusal(
                    f"has clips of {self.question}, and their checkpoint is gone from {self._folder}: bring it back, "
                    f"or move its files {self._name}.*.parquet away to begin anew"
                )
        with told(f"write {self._folder}"):
            self._folder.mkdir(exist_ok=True)

    def _has_parts(self) -> bool:
        with told(f"read {self._path}"):
            return any(self._path.glob(f"*/*/{self._name}.*.parquet"))

    def _make_parts(self) -> None:
        from . import arrow  # noqa: PLC0415  (it loads pyarrow)

        folders = {self._path.parent, self._path}
        spooled = arrow.spooled(self._spool.path, start=0, end=self._spool.mark.clips)
        with told(f"write {self._path}", "; what was committed stays: run it again to go on"):
            for broadcaster, month, table in arrow.parts(spooled):
                place = self._path / f"broadcaster={quote(broadcaster, safe='')}" / f"month={month}"
                place.mkdir(parents=True, exist_ok=True)
                self._put(table, place / f"{self._name}.{self._made + 1:05}.parquet")
                folders |= {place, place.parent}
            for folder in folders:
                sync_folder(folder)

    def _put(self, table: "pa.Table", place: Path) -> None:
        from . import arrow  # noqa: PLC0415  (it loads pyarrow)

        new = self._folder / f"{self._name}.new"  # not beside it: Polars reads whatever is in there
        with new.open("wb") as file:
            with arrow.Writer(file) as writer:
                writer.write(table)
                writer.end()
            file.flush()
            os.fsync(file.fileno())
        new.replace(place)

    def _refusal(self, words: str) -> ExportError:
        return ExportError(f"{self._path} {words}")
