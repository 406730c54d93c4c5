"""Files: one that takes another's place when it is whole; and what the system says of them, in words."""

import asyncio
import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE, S_ISREG
from typing import IO

from twitch_clips import ExportError


class NewFile:
    """A file beside another one, whose place it takes once it is whole: until then, what was there stands.

    Args:
        path: The one whose place it takes. If that is a link, what it leads to.

    Attributes:
        path: Where it is written for the time being.
        file: To write to.

    Raises:
        ExportError: It cannot be written, or another run is writing it; or the file is a backfill's.
    """

    def __init__(self, path: Path) -> None:
        """Make it."""
        if path.with_name(f"{path.name}.checkpoint").exists():
            raise ExportError(f"{path} is what a backfill has written, with a checkpoint beside it: give another file")
        self._place = path.resolve()
        # One name for all times: a run that is killed leaves no more than one such file behind.
        self.path = self._place.with_name(f".{self._place.name}.new")
        with told(f"write {path}"):
            self.file: IO[bytes] = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666), "w+b")
        try:
            lock(self.file.fileno(), path)
            with told(f"write {path}"):
                self._make_ours()
        except BaseException:
            self.file.close()
            raise

    def put_in_place(self) -> None:
        """Have it take the other's place, once all of it is on the disk."""
        with told(f"write {self._place}"):
            self.file.flush()
            os.fsync(self.file.fileno())
            self.path.replace(self._place)
            sync_folder(self._place.parent)
        self.file.close()

    def drop(self) -> None:
        """Have it gone, unless it has taken the other's place."""
        if not self.file.closed:
            with suppress(OSError):
                self.path.unlink()
            with suppress(OSError):  # what is still in its buffer has nowhere to go
                self.file.close()

    def _make_ours(self) -> None:
        # Whoever had it before may have put it in place since: it would be the file itself that is cut.
        if not self.path.exists() or not os.path.samestat(self.path.stat(), os.fstat(self.file.fileno())):
            raise ExportError(f"{self._place} was written by another run just now: try again")
        self.file.truncate(0)
        if self._place.exists():
            os.fchmod(self.file.fileno(), S_IMODE(self._place.stat().st_mode))


def check_place(path: Path) -> None:
    """Find out what can be known of a file's place without touching it.

    Raises:
        ExportError: There is no such folder, or it cannot be written to; or the path is a folder.
    """
    if path.is_dir():
        raise ExportError(f"{path} is a folder: give a file in it")
    if not path.parent.is_dir():
        raise ExportError(f"cannot write {path}: there is no folder {path.parent}; make it first")
    if not os.access(path if path.exists() else path.resolve().parent, os.W_OK):
        raise ExportError(f"cannot write {path}: Permission denied")


def lock(file: int, path: Path) -> None:
    """Keep other runs off a file, until it is closed or this process ends.

    Raises:
        ExportError: Another run has it, or it is not an ordinary file.
    """
    if not S_ISREG(os.fstat(file).st_mode):
        raise ExportError(f"{path} is not an ordinary file: give another one")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ExportError(f"{path} is being written by another run: wait for it, or give another file") from None


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def told(what: str, advice: str = "") -> Generator[None]:
    """Turn what the system says into an `ExportError`: `cannot {what}: No space left on device{advice}`."""
    try:
        yield
    except OSError as error:
        problem = error.strerror or str(error)
    else:
        return
    raise ExportError(f"cannot {what}: {problem}{advice}")


async def to_the_end(work: "asyncio.Future[None]") -> None:
    """Wait for work that must not be left half done: when cancelled, be so once it is over."""
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise
