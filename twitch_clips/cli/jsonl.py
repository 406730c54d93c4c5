"""A file of JSON Lines that grows and says how far it is: each clip is in it once, wherever a run was killed.

Beside `clips.jsonl` stands `clips.jsonl.checkpoint`. It holds the file's length together with what the backfill wants
kept, and is replaced at one stroke once the file's bytes are on the disk. Whatever lies beyond that length was not
committed: the next run cuts it off and reads those clips again.
"""

import asyncio
import fcntl
import json
import os
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Self

import attrs

from twitch_clips import Clip

from .exits import Failure
from .output import json_line

_FORM = "twitch-clips jsonl 1"
_GO_ON = "; what was committed stays: run the same command again to go on"


@attrs.frozen(kw_only=True)
class _Mark:
    """What a checkpoint says.

    Attributes:
        length: Bytes of the file that were committed.
        clips: Lines in them.
        state: What the backfill wants kept; `None` before its first commit.
    """

    length: int = 0
    clips: int = 0
    state: str | None = None

    def written(self) -> str:
        """As JSON."""
        return json.dumps({"form": _FORM, "bytes": self.length, "clips": self.clips, "state": self.state})

    @classmethod
    def read(cls, text: str) -> Self:
        """From JSON.

        Raises:
            ValueError: It is damaged, or of another form.
        """
        try:
            told = json.loads(text)
            form, length, clips, state = (told[name] for name in ("form", "bytes", "clips", "state"))
            counts_are_whole = all(type(count) is int and count >= 0 for count in (length, clips))
            if form == _FORM and counts_are_whole and (state is None or isinstance(state, str)):
                return cls(length=length, clips=clips, state=state)
        except (KeyError, TypeError, RecursionError):
            pass
        raise ValueError(text[:40])


class JsonLines:
    """A file of clips that is a backfill's `StateStore`, too: `with JsonLines(path) as file: ...`.

    It is locked meanwhile. What goes wrong with either file is a `Failure` in one line; nothing that was there before
    is lost.

    Args:
        path: The file; its folder has to exist.

    Attributes:
        path: The same.
    """

    def __init__(self, path: Path) -> None:
        """Touch nothing yet."""
        self.path = path
        self._checkpoint = path.with_name(f"{path.name}.checkpoint")
        self._file = -1
        self._closing = ExitStack()
        self._mark = _Mark()

    @property
    def clips(self) -> int:
        """How many are in it."""
        return self._mark.clips

    def __enter__(self) -> Self:
        """Open the file, or make it."""
        with self._told("write"), ExitStack() as stack:
            self._file = self._open()
            stack.callback(os.close, self._file)
            self._lock()
            self._closing = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        """Let it go."""
        self._closing.close()

    async def load(self) -> str | None:
        """What the backfill wanted kept; what was not committed is cut off."""
        self._mark = await asyncio.to_thread(self._load)
        return self._mark.state

    def write(self, clips: Sequence[Clip]) -> None:
        """Add clips at the end; a `save` commits them."""
        lines = memoryview("".join(f"{json_line(clip)}\n" for clip in clips).encode())
        rest = lines
        with self._told("write", _GO_ON):
            while rest:
                rest = rest[os.write(self._file, rest) :]
        self._mark = attrs.evolve(self._mark, length=self._mark.length + len(lines), clips=self.clips + len(clips))

    async def save(self, text: str, /) -> None:
        """Commit what was written up to this call. Cancelling waits for the disk: two saves never cross."""
        # As nothing is awaited before, the text and the length are of the same moment.
        mark = self._mark = attrs.evolve(self._mark, state=text)
        saving = asyncio.ensure_future(asyncio.to_thread(self._save, mark))
        try:
            await asyncio.shield(saving)
        except asyncio.CancelledError:
            await asyncio.wait([saving])
            raise

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_APPEND
        try:
            return os.open(self.path, flags)
        except FileNotFoundError:
            if self._checkpoint.exists():
                raise self._refusal(
                    f"is not there, but its checkpoint is: bring it back, or delete {self._checkpoint} to begin anew"
                ) from None
            return os.open(self.path, flags | os.O_CREAT, 0o666)

    def _lock(self) -> None:
        if not S_ISREG(os.fstat(self._file).st_mode):
            raise self._refusal("is not an ordinary file: give another -o")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise self._refusal("is being written by another run: wait for it, or give another -o") from None

    def _load(self) -> _Mark:
        with self._told("read the checkpoint of"):
            size = os.fstat(self._file).st_size
            try:
                text = self._checkpoint.read_text(encoding="utf-8")
            except FileNotFoundError:
                text = None
            except UnicodeDecodeError:
                text = ""
        if text is None:
            if size:
                raise self._refusal("was there before, without a checkpoint: give another -o, or move it away")
            self._save(_Mark())  # so that the first clips are known to be ours
            return _Mark()
        mark = self._read(text)
        self._cut(size, mark)
        return mark

    def _read(self, text: str) -> _Mark:
        try:
            return _Mark.read(text)
        except ValueError:
            raise Failure(
                f"{self._checkpoint} is damaged, or of another version: bring back a copy, "
                f"or move it and {self.path} away to begin anew"
            ) from None

    def _cut(self, size: int, mark: _Mark) -> None:
        """Leave nothing in the file but what was committed."""
        with self._told("read"):
            is_ours = size >= mark.length and (not mark.length or os.pread(self._file, 1, mark.length - 1) == b"\n")
        if not is_ours:
            raise self._refusal(
                f"is not as the last run left it ({mark.length:,} bytes at least): bring it back, "
                f"or move it and {self._checkpoint} away to begin anew"
            )
        with self._told("write"):
            os.ftruncate(self._file, mark.length)

    def _save(self, mark: _Mark) -> None:
        # One name for all times: a run that is killed here leaves no more than one such file behind.
        new = self._checkpoint.with_name(f"{self._checkpoint.name}.new")
        with self._told("write the checkpoint of", _GO_ON):
            os.fsync(self._file)
            with new.open("w", encoding="utf-8") as file:
                file.write(mark.written())
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._checkpoint)
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    @contextmanager
    def _told(self, what: str, advice: str = "") -> Generator[None]:
        """Turn what the system says into a `Failure`."""
        try:
            yield
        except OSError as error:
            raise Failure(f"cannot {what} {self.path}: {error.strerror or error}{advice}") from None

    def _refusal(self, words: str) -> Failure:
        return Failure(f"{self.path} {words}")
