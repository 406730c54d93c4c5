"""A file that grows and says how far it is: what is added to it is there once, wherever a run was killed.

Beside `clips.jsonl` stands `clips.jsonl.checkpoint`. It holds the file's length together with what the backfill wants
kept, and is replaced at one stroke once the file's bytes are on the disk. Whatever lies beyond that length was not
committed: the next run cuts it off and reads those clips again.
"""

import asyncio
import json
import os
import zlib
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Self, cast

import attrs

from twitch_clips import CheckpointError, ExportError, FileStore

from .disk import in_thread, is_at, is_there, lock, to_the_end, told

_TAIL = 256  # bytes before the mark, by which a file is known again
_GO_ON = "; what was committed stays: run it again to go on"


@attrs.frozen(kw_only=True)
class Mark:
    """What a checkpoint says.

    Attributes:
        length: Bytes of the file that were committed.
        tail: A checksum of the last of them.
        clips: Clips in them.
        state: What the backfill wants kept; `None` before its first commit.
        extra: What the format wants kept.
    """

    length: int = 0
    tail: int = 0
    clips: int = 0
    state: str | None = None
    extra: Mapping[str, Any] = attrs.field(factory=dict[str, Any])

    def written(self, form: str) -> str:
        """As JSON."""
        return json.dumps({"form": form} | attrs.asdict(self))

    @classmethod
    def read(cls, text: str, form: str) -> Self:
        """From JSON.

        Raises:
            ValueError: It is damaged, or of another form.
        """
        try:
            kept = json.loads(text)
            length, tail, clips, state, extra = (kept[field.name] for field in attrs.fields(cls))
            counts_are_whole = all(type(count) is int and count >= 0 for count in (length, tail, clips))
            is_sound = counts_are_whole and (state is None or isinstance(state, str)) and isinstance(extra, dict)
            if kept["form"] == form and is_sound:
                return cls(length=length, tail=tail, clips=clips, state=state, extra=cast("dict[str, Any]", extra))
        except (KeyError, TypeError, RecursionError):
            pass
        raise ValueError(text[:40])


class GrowingFile:
    """A file that is added to, for one run at a time: it is locked from `load` to `close`.

    Args:
        path: The file; its folder has to exist.
        form: What the checkpoint is to say of its kind and version.
        header: What stands before everything else.
        pack: What is done to the bytes of each commit before they are written, such as compressing them.

    Attributes:
        path: As given.
        mark: What was committed.

    Raises:
        ExportError: From each method: the file cannot be read or written, or is of something else.
        CheckpointError: The same of its checkpoint.
    """

    def __init__(self, path: Path, *, form: str, header: bytes = b"", pack: Callable[[bytes], bytes] = bytes) -> None:
        """Touch nothing yet."""
        self.path = path
        self.mark: Mark = Mark()
        self._form = form
        self._header = header
        self._pack = pack
        self._checkpoint_path = path.with_name(f"{path.name}.checkpoint")
        self._checkpoint = FileStore(self._checkpoint_path)
        # As far as the file was written whole: a checkpoint may say so, although saving it has failed.
        self._end = self.mark
        self._file = -1
        self._is_new = False
        self._has_checkpoint = False
        self._added = bytearray()
        self._added_clips = 0

    async def load(self) -> Mark:
        """Open the file, or make it; cut off what was not committed; say what was."""
        self.close()
        await in_thread(self._open)
        # Not before it is locked: another run may have been about to commit more.
        text = await self._checkpoint.load()
        await in_thread(partial(self._recognise, text))
        return self.mark

    def add(self, data: bytes, clips: int) -> None:
        """Take what so many clips are written as; `save` puts it into the file."""
        self._added += data
        self._added_clips += clips

    async def save(self, state: str | None, extra: Mapping[str, Any] | None = None) -> None:
        """Commit what was added before, and what is to be kept with it. Cancelling waits for the disk.

        Args:
            state: What the backfill wants kept.
            extra: What the format wants kept; `None` for what it kept before.
        """
        # As nothing is awaited before, all of it is of the same moment.
        data, clips = bytes(self._added), self._added_clips
        self._added, self._added_clips = bytearray(), 0
        extra = self.mark.extra if extra is None else extra
        length = self._end.length
        try:
            await to_the_end(asyncio.ensure_future(self._save(data, clips, state, extra)))
        finally:
            if self._end.length == length:  # the data were not put there
                self._added = bytearray(data) + self._added
                self._added_clips += clips

    async def empty(self, extra: Mapping[str, Any]) -> None:
        """Have nothing in it any more, as it has been put elsewhere. What was added since waits for the next `save`.

        If a `save` failed, and was not tried again, all stays: there may be more in it than is elsewhere.
        """
        if self._end.length > self.mark.length:
            return
        mark = Mark(state=self.mark.state, extra=extra)
        await to_the_end(asyncio.ensure_future(self._mark_as(mark)))
        with self._told("write"):
            os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Let it go, and what was not saved. A file that was made and got nothing goes again."""
        self._added, self._added_clips = bytearray(), 0
        self.mark = self._end = Mark()
        if self._file < 0:
            return
        with suppress(OSError):
            # A checkpoint may be in its place although saving it has failed.
            if self._is_new and not is_there(self._checkpoint_path) and is_at(self._file, self.path):
                self.path.unlink()
        os.close(self._file)
        self._file = -1

    def _open(self) -> None:
        self._is_new = False
        with self._told("write"):
            try:
                self._file = os.open(self.path, os.O_RDWR)
            except FileNotFoundError:
                if is_there(self._checkpoint_path):
                    raise self._refusal(
                        f"is not there, but its checkpoint is: bring it back, or delete {self._checkpoint_path} "
                        "to begin anew"
                    ) from None
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
                self._is_new = True
        lock(self._file, self.path)
        self._check_that_it_is_there()

    def _check_that_it_is_there(self) -> None:
        # A run before may have removed it as empty, its owner may have moved it, a stream may have taken its place.
        with self._told("read"):
            if not is_at(self._file, self.path):
                raise self._refusal("was moved away or replaced in the meantime: bring it back, and run it again")

    def _recognise(self, text: str | None) -> None:
        size = os.fstat(self._file).st_size
        self._has_checkpoint = text is not None
        if text is None:
            if size:
                raise self._refusal("was there before, without a checkpoint: give another file, or move it away")
            return
        try:
            self.mark = self._end = Mark.read(text, self._form)
        except ValueError:
            raise CheckpointError(
                f"{self._checkpoint_path} is damaged, or of another kind or version: bring back a copy, "
                f"or move it and {self.path} away to begin anew"
            ) from None
        if size < self.mark.length or self._tail(self.mark.length) != self.mark.tail:
            raise self._refusal(
                f"is not as the last run left it ({self.mark.length:,} bytes at least): bring it back, "
                f"or move it and {self._checkpoint_path} away to begin anew"
            )
        with self._told("write"):
            os.ftruncate(self._file, self.mark.length)

    def _tail(self, length: int) -> int:
        start = max(0, length - _TAIL)
        with self._told("read"):
            return zlib.crc32(os.pread(self._file, length - start, start))

    async def _save(self, data: bytes, clips: int, state: str | None, extra: Mapping[str, Any]) -> None:
        self._check_that_it_is_there()
        if data or not self._end.length:
            if not self._has_checkpoint:
                await self._mark_as(Mark(extra=extra))  # else a kill would leave bytes that might be anybody's
            self._end = await in_thread(partial(self._put, data, clips))
        await self._mark_as(attrs.evolve(self._end, state=state, extra=extra))

    async def _mark_as(self, mark: Mark) -> None:
        await self._checkpoint.save(mark.written(self._form))
        self._has_checkpoint = True
        self.mark = self._end = mark

    def _put(self, data: bytes, clips: int) -> Mark:
        """Write behind what is there, down to the disk; the length that comes of it, and the tail."""
        length = self._end.length
        rest = memoryview(self._pack(data if length else self._header + data))
        with self._told("write", _GO_ON):
            os.ftruncate(self._file, length)  # an attempt that failed may have left something there
            while rest:
                count = os.pwrite(self._file, rest, length)
                rest, length = rest[count:], length + count
            os.fsync(self._file)
        return Mark(length=length, tail=self._tail(length), clips=self._end.clips + clips)

    @contextmanager
    def _told(self, what: str, advice: str = "") -> Generator[None]:
        with told(f"{what} {self.path}", advice):
            yield

    def _refusal(self, words: str) -> ExportError:
        return ExportError(f"{self.path} {words}")
