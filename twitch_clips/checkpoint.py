"""Where to go on from: a point in a listing, as a short token; and the place where longer work keeps how far it is."""

import asyncio
import base64
import binascii
import contextlib
import inspect
import os
import threading
import zlib
from collections.abc import Awaitable, Mapping
from pathlib import Path
from stat import S_IMODE
from typing import Protocol, Self, runtime_checkable
from urllib.parse import parse_qsl, urlencode

import attrs

from .errors import CheckpointError

_WRITING = threading.Lock()  # event loops in several threads may use one file
_PREFIX = "tc1-"  # version 1; another prefix is another form
_CHECKSUM_BYTES = 4
_POSITION = frozenset({"cursor", "place", "served", "limit", "given", "filtered"})


@attrs.frozen(kw_only=True)
class Checkpoint:
    """Where a stream stands: `AsyncClips.resume` takes it, or its token, in this process or another one.

    `str(checkpoint)` is the token: letters, digits, `-` and `_`, 200 to 400 characters. It holds the question (ids and
    instants), the cursor, and how far the page behind it was read; neither credentials nor `where`, which has to be
    given again. Keep the token; the attributes are what the streams need, and may change.

    Attributes:
        question: The parameters that ask the first page, as sent.
        cursor: The one that the page at hand was asked with; `None` for the first page.
        place: Records of that page that were dealt with.
        served: Records that Helix served before that page.
        limit: The stream's `limit`.
        given: Clips given so far, counted against `limit`.
        filtered: Whether the stream had a `where`.
    """

    question: tuple[tuple[str, str], ...]
    cursor: str | None = None
    place: int = 0
    served: int = 0
    limit: int | None = None
    given: int = 0
    filtered: bool = False

    def __str__(self) -> str:
        """The token."""
        position = {
            "cursor": self.cursor,
            "place": self.place,
            "served": self.served,
            "limit": self.limit,
            "given": self.given,
            "filtered": 1 if self.filtered else None,
        }
        told = [*self.question, *((name, str(value)) for name, value in position.items() if value is not None)]
        text = urlencode(told).encode()
        checksum = zlib.crc32(text).to_bytes(_CHECKSUM_BYTES, "big")
        return _PREFIX + _encoded(checksum + text)

    @classmethod
    def parse(cls, token: str) -> Self:
        """The checkpoint that a token stands for.

        Raises:
            CheckpointError: It is none, is damaged, or comes from a version that writes it differently.
        """
        fields = dict(_read(token))
        try:
            return cls._made_of(fields)
        except (KeyError, ValueError):
            pass
        raise CheckpointError(f"not a checkpoint of this version: {token[:20]!r}…")

    def top(self) -> Self | None:
        """The start of the same listing; `None` where the question itself holds a cursor, as `before` does."""
        if any(name == "before" for name, _ in self.question):
            return None
        return attrs.evolve(self, cursor=None, place=0, served=0, given=0)

    @classmethod
    def _made_of(cls, fields: Mapping[str, str]) -> Self:
        place, served, given = (_count(fields[name]) for name in ("place", "served", "given"))
        return cls(
            question=tuple((name, value) for name, value in fields.items() if name not in _POSITION),
            cursor=fields.get("cursor"),
            place=place,
            served=served,
            limit=_count(fields["limit"]) if "limit" in fields else None,
            given=given,
            filtered="filtered" in fields,
        )


def _encoded(blob: bytes) -> str:
    return base64.urlsafe_b64encode(blob).decode().rstrip("=")


def _read(token: object) -> list[tuple[str, str]]:
    if not isinstance(token, str):
        raise CheckpointError(f"a checkpoint is a string such as {_PREFIX}…, not {token!r:.60}")
    token = token.strip()
    if not token.startswith(_PREFIX):
        raise CheckpointError(f"not a checkpoint of this version ({_PREFIX}…): {token[:20]!r}")
    encoded = token.removeprefix(_PREFIX)
    try:
        blob = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        blob = b""
    checksum, text = blob[:_CHECKSUM_BYTES], blob[_CHECKSUM_BYTES:]
    # Bits of the last character may stand for nothing: a change of them is no other token, but is damage.
    if not text or zlib.crc32(text).to_bytes(_CHECKSUM_BYTES, "big") != checksum or _encoded(blob) != encoded:
        raise CheckpointError("the checkpoint is damaged: characters of it are missing or were changed")
    return parse_qsl(text.decode(errors="replace"), keep_blank_values=True)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


@runtime_checkable
class StateStore(Protocol):
    """Where a backfill or a watch keeps how far it is: one text, replaced as a whole.

    Both methods may be asynchronous. A store that is also where the clips go, such as a database, can save both in one
    transaction.
    """

    def load(self) -> str | Awaitable[str | None] | None:
        """What was saved last; `None` when nothing was."""
        ...

    def save(self, text: str, /) -> Awaitable[None] | None:
        """Keep it in place of what was saved before; whole or not at all."""
        ...


async def load_from(store: StateStore) -> str | None:
    """What a store holds; `None` where there is nothing in it.

    Raises:
        CheckpointError: It cannot be read, or is no text.
    """
    loaded = store.load()
    text = await loaded if inspect.isawaitable(loaded) else loaded
    if text is not None and not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  (it is anybody's)
        raise CheckpointError(f"the checkpoint's store gave {text!r:.60} and not a text")
    return text


async def save_to(store: StateStore, text: str) -> None:
    """Have a store keep a text.

    Raises:
        CheckpointError: It cannot be written.
    """
    saving = store.save(text)
    if inspect.isawaitable(saving):
        await saving


@runtime_checkable
class StateStores(Protocol):
    """Where the checkpoints of many backfills are kept, such as a database: it has a `StateStore` for each question."""

    def of(self, question: str, /) -> StateStore:
        """The store of one: `question` is such as `broadcaster_id=1234`, whatever name the channel was given by."""
        ...


class FileStore:
    """A file, replaced at one stroke: whoever reads it, or is killed while it is written, has the old text or the new.

    It is for one job at a time: one that finds the text of another in its place does not replace it.

    Args:
        path: The file; its folder has to exist.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Touch nothing yet."""
        self._path = Path(path)
        self._known: str | None = None
        self._tried: str | None = None

    def __str__(self) -> str:
        """The path."""
        return str(self._path)

    async def load(self) -> str | None:
        """What it holds; `None` where there is no such file.

        Raises:
            CheckpointError: It cannot be read, or its folder does not exist.
        """
        return await asyncio.to_thread(self._load)

    async def save(self, text: str, /) -> None:
        """Write it, down to the disk. Cancelling waits for the disk: two writes never cross.

        Raises:
            CheckpointError: It cannot be written, or another job has written it since; what it held before stands.
        """
        # No task of its own: when a loop is ended those are cancelled, while a thread goes on.
        writing = asyncio.get_running_loop().run_in_executor(None, self._save, text)
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            raise

    def _load(self) -> str | None:
        try:
            self._known = self._path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            if self._path.parent.is_dir():
                return None
            problem = _problem(error)  # else it would turn out when there is much to keep
        except (OSError, ValueError) as error:
            problem = _problem(error)
        else:
            return self._known
        raise CheckpointError(f"the checkpoint {self} cannot be read: {problem}")

    def _save(self, text: str) -> None:
        try:
            with _WRITING:
                if self._is_of_another():
                    problem = "another job has written it since; give each job a checkpoint of its own"
                else:
                    self._tried = text  # it may be there already when the disk fails
                    replace_file(self._path, text)
                    self._known = text
                    return
        except (OSError, ValueError) as error:
            problem = _problem(error)
        raise CheckpointError(f"the checkpoint {self} cannot be written ({problem}): what it held before stands")

    def _is_of_another(self) -> bool:
        try:
            return self._path.read_text(encoding="utf-8") not in {self._known, self._tried}
        except FileNotFoundError:
            return False


def replace_file(path: Path, text: str) -> None:
    """Put a text in place of what a file holds, at one stroke and down to the disk; its mode and links stay.

    Raises:
        OSError: It cannot be written; what the file held before stands.
    """
    path = path.resolve()
    written = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with written.open("w", encoding="utf-8") as file:
            with contextlib.suppress(FileNotFoundError):
                os.fchmod(file.fileno(), S_IMODE(path.stat().st_mode))
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            written.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _problem(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
