"""Files: one that takes another's place when it is whole; and what the system says of them, in words."""

import asyncio
import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import IO, TypeVar

from twitch_clips import ExportError

T = TypeVar("T")


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
        self._given = path
        self._place = Path(os.path.realpath(path))
        # One name for all times: a run that is killed leaves no more than one such file behind.
        self.path: Path = self._place.with_name(f".{self._place.name}.new")
        self._check_that_nobody_adds_to_it()
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
        with told(f"write {self._given}"):
            self.file.flush()
            os.fsync(self.file.fileno())
        self._check_that_nobody_adds_to_it()
        with told(f"write {self._given}"):
            self.path.replace(self._place)
            self.file.close()
            sync_folder(self._place.parent)

    def drop(self) -> None:
        """Have it gone, unless it has taken the other's place."""
        if not self.file.closed:
            with suppress(OSError):
                self.path.unlink()
            with suppress(OSError):  # what is still in its buffer has nowhere to go
                self.file.close()

    def _check_that_nobody_adds_to_it(self) -> None:
        with told(f"write {self._given}"):
            if any(is_there(path.with_name(f"{path.name}.checkpoint")) for path in (self._given, self._place)):
                raise ExportError(
                    f"{self._given} is what a backfill has written, with a checkpoint beside it: give another file"
                )
            try:
                file = os.open(self._place, os.O_RDWR)
            except FileNotFoundError:
                return
        try:
            lock(file, self._given)  # a backfill that has committed nothing so far has no checkpoint
        finally:
            os.close(file)

    def _make_ours(self) -> None:
        # Whoever had it before may have put it in place since: it would be the file itself that is cut.
        if not is_at(self.file.fileno(), self.path):
            raise ExportError(f"{self._given} was written by another run just now: try again")
        self.file.truncate(0)
        if is_there(self._place):
            os.fchmod(self.file.fileno(), S_IMODE(self._place.stat().st_mode))


def is_there(path: Path) -> bool:
    """Whether a path leads to anything.

    Raises:
        OSError: It cannot be told. (`Path.exists` of Python 3.14 takes that for nothing.)
    """
    return _mode_of(path) is not None


def is_folder(path: Path) -> bool:
    """Whether a path leads to a folder.

    Raises:
        OSError: It cannot be told.
    """
    return S_ISDIR(_mode_of(path) or 0)


def check_place(path: Path) -> None:
    """Find out what can be known of a file's place without touching it.

    Raises:
        ExportError: There is no such folder, or it cannot be written to; or the path is a folder or a device.
    """
    _check_name(path)
    with told(f"write {path}"):
        if is_folder(path):
            raise ExportError(f"{path} is a folder: give a file in it")
        if is_there(path) and not S_ISREG(path.stat().st_mode):
            raise ExportError(f"{path} is not an ordinary file: give another one")
        place = Path(os.path.realpath(path))
        _check_that_it_may_be_made(path, path.parent, place.parent, place)


def check_folder(path: Path) -> None:
    """Find out what can be known of a folder's place, and of that beside it, without touching it.

    Raises:
        ExportError: It cannot be made or written to; or the path is none.
    """
    _check_name(path)
    with told(f"write {path}"):
        if path.is_mount():
            raise ExportError(f"{path} is a file system of its own, and needs a place beside it: give a folder in it")
        if is_there(path) and not is_folder(path):
            raise ExportError(f"{path} is not a folder: give another one")
        _check_that_it_may_be_made(path, Path(os.path.realpath(path)).parent, path)


def _mode_of(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # the last of a name with a NUL
        return None


def _check_name(path: Path) -> None:
    if "\0" in str(path):
        raise ExportError(f"no file can have the name {str(path)!r}: give another one")


def _check_that_it_may_be_made(path: Path, folder: Path, *places: Path) -> None:
    if not is_folder(folder):
        raise ExportError(f"cannot write {path}: there is no folder {folder}; make it first")
    if not all(os.access(one, os.W_OK) for one in {folder, *places} if is_there(one)):
        raise ExportError(f"cannot write {path}, or beside it: Permission denied")


def lock(file: int, path: Path, refusal: ExportError | None = None) -> None:
    """Keep other runs off a file, until it is closed or this process ends.

    Args:
        file: The file.
        path: What it is called.
        refusal: What to raise where another run has it.

    Raises:
        ExportError: Another run has it, or it is not an ordinary file, or no file can be locked there.
    """
    if not S_ISREG(os.fstat(file).st_mode):
        raise ExportError(f"{path} is not an ordinary file: give another one")
    refusal = refusal or ExportError(f"{path} is being written by another run: wait for it, or give another file")
    with told(f"lock {path}", "; give a place on another disk"):  # some network drives have no locks
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusal from None


def is_at(file: int, path: Path) -> bool:
    """Whether an open file is the one that a path leads to by now."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


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
        raise ExportError(f"cannot {what}: {error.strerror or error}{advice}") from None


async def to_the_end(work: "asyncio.Future[T]") -> T:
    """Wait for work that must not be left half done: when cancelled, however often, be so once it is over."""
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return work.result()
    if not work.cancelled():
        work.exception()  # else asyncio tells of an error that nobody has asked for
    raise cancelled


async def in_thread(work: Callable[[], T]) -> T:
    """Have work done beside the event loop; `to_the_end`, as a thread cannot be stopped."""
    # No task of its own, which whoever ends the loop would cancel, to go on while the thread does.
    return await to_the_end(asyncio.get_running_loop().run_in_executor(None, work))
