"""What JSON Lines and CSV have in common: a file of text that clips are added to."""

import gzip
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import attrs

from .disk import NewFile, check_place, in_thread, told
from .growing import GrowingFile
from .sink import Piece

_GZIP = 31  # zlib's name for gzip's header and trailer
_LEVEL = 6


@attrs.frozen(kw_only=True)
class Rows:
    """How clips are written.

    Attributes:
        form: What a checkpoint says of it: kind and version.
        header: What stands before the first clip.
        encode: A piece's clips.
    """

    form: str
    header: bytes = b""
    encode: Callable[[Piece], bytes]


class LinesFile:
    """A sink, and the `StateStore` of a backfill: after `load` it is a file that grows, else `commit` replaces it.

    Args:
        path: The file; its folder has to exist. One that ends in `.gz` is compressed.
        rows: How clips are written.

    Attributes:
        path: As given.
    """

    def __init__(self, path: str | os.PathLike[str], rows: Rows) -> None:
        """Touch nothing yet."""
        self.path: Path = Path(path)
        self._rows = rows
        self._is_packed = self.path.suffix.lower() == ".gz"
        pack = _packed if self._is_packed else bytes
        self._growing = GrowingFile(self.path, form=rows.form, header=rows.header, pack=pack)
        self._is_growing = False
        self._new: _NewLines | None = None

    def __str__(self) -> str:
        """The path."""
        return str(self.path)

    async def open(self) -> None:
        """Find out what can be known before a request is made.

        Raises:
            ExportError: There is no such folder, or the path is one.
        """
        check_place(self.path)

    async def load(self) -> str | None:
        """What the backfill wanted kept; what was not committed is cut off.

        Raises:
            ExportError: The file cannot be read or written, is being written by another run, or is of something else.
            CheckpointError: The same of its checkpoint.
        """
        self._is_growing = True
        return (await self._growing.load()).state

    async def write(self, piece: Piece, /) -> None:
        """Take clips.

        Raises:
            ExportError: The file cannot be written.
        """
        data = self._rows.encode(piece)
        if self._is_growing:
            self._growing.add(data, len(piece.clips))
        else:
            self._new_lines().add(data)

    async def save(self, text: str, /) -> None:
        """Have what was written stand, together with what the backfill wants kept.

        Raises:
            ExportError: The file cannot be written: what was committed before stands, and it can be tried again.
            CheckpointError: The same of its checkpoint.
        """
        await self._growing.save(text)

    async def commit(self) -> None:
        """Put what was written in place of what was there. Into a file that grows, `save` has put it.

        Raises:
            ExportError: The file cannot be written.
        """
        if not self._is_growing:
            await in_thread(self._new_lines().put_in_place)

    async def close(self) -> None:
        """Let it go."""
        self._growing.close()
        self._is_growing = False
        if self._new is not None:
            self._new.drop()
            self._new = None

    def _new_lines(self) -> "_NewLines":
        if self._new is None:
            self._new = _NewLines(self.path, is_packed=self._is_packed)
            self._new.add(self._rows.header)
        return self._new


class _NewLines:
    """A file of text, perhaps compressed, that takes another's place."""

    def __init__(self, path: Path, *, is_packed: bool) -> None:
        self._new = NewFile(path)
        self._told_as = f"write {path}"
        self._compress = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP) if is_packed else None

    def add(self, data: bytes) -> None:
        with told(self._told_as):
            self._new.file.write(data if self._compress is None else self._compress.compress(data))

    def put_in_place(self) -> None:
        if self._compress is not None:
            with told(self._told_as):
                self._new.file.write(self._compress.flush())
        self._new.put_in_place()

    def drop(self) -> None:
        self._new.drop()


def _packed(data: bytes) -> bytes:
    """A member of a gzip file by itself: several, one behind the other, are a gzip file."""
    return gzip.compress(data, _LEVEL, mtime=0)
