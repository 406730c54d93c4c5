"""`Sql`: clips in the table of a database, each once, with its latest values."""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from twitch_clips import ExportError, QueryError

from .address import Address
from .database import Database
from .sink import Piece
from .unsaved import SqlCheckpoint, Unsaved

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_IN_HAND = 5000  # clips of a stream; more are put down in the database, where nobody else sees them


class Sql:
    """A sink that adds clips to a database, and renews those that are there: a file of SQLite, or a PostgreSQL.

    The table `clips`, keyed by `id`, is made where there is none. It has the 17 fields of a clip under their own names
    (`vod_offset` is NULL where there is none), and:

    - `fetched_at`: when Helix gave these values. Values that were fetched earlier never replace them.
    - `first_seen`, `last_seen`: when Helix first and last gave the clip.
    - `gone_at`: when `sync` found that Helix knows the clip no more; NULL again when it is seen after that.

    Times are `timestamptz` in PostgreSQL, and in SQLite text such as `2026-06-01T12:00:00Z`, which its date functions
    read. Characters that cannot be stored (NUL, half a surrogate pair) become U+FFFD.

    A stream's clips come to stand in one transaction at its end. A backfill's do with each window, in one transaction
    with its checkpoint, which is in the table `twitch_clips_checkpoints`; jobs of several channels and games may share
    a database, also at the same time. A new file of SQLite is in WAL mode, so that others can read it meanwhile.

    Rows that you delete from `clips` are not read again, as the checkpoint says that they were: to begin anew, drop
    both tables. Where `clips` alone is gone, a run is refused.

    Args:
        target: The path of a file, or a URL: `sqlite:///clips.sqlite`, `postgresql://user:password@host/database`. The
            password is in no message.
        timeout: Seconds to wait for a connection, and for a lock that another program has.

    Attributes:
        database: What the rows of `sync` go to.

    Raises:
        QueryError: The target is neither, or of another database.
    """

    def __init__(self, target: str | os.PathLike[str], *, timeout: float = 30.0) -> None:
        """Touch nothing yet."""
        if not timeout >= 0:
            raise QueryError(f"timeout must be seconds from 0 on, not {timeout!r}")
        self.database: Database = Database(Address.read(target), timeout)
        self._unsaved = Unsaved(self.database, revives=True)
        self._keeps_state = False
        self._staging: Connection | None = None

    def __str__(self) -> str:
        """The address, but for the password."""
        return str(self.database.address)

    def __repr__(self) -> str:
        """With the same."""
        return f"Sql({str(self)!r})"

    async def open(self) -> None:
        """Connect, and make the tables that are not there.

        Raises:
            ExportError: The database cannot be had or written, or its tables hold something else; or a library is
                missing.
        """
        await self.database.call(lambda engine: None)  # noqa: ARG005  (opening is all)

    async def write(self, piece: Piece, /) -> None:
        """Take clips. Of a stream, many at a time are put down in a table that nobody else sees.

        Raises:
            ExportError: They cannot be put down.
        """
        self._unsaved.pieces.append(piece)
        if not self._keeps_state and sum(len(piece.clips) for piece in self._unsaved.pieces) >= _IN_HAND:
            await self._unsaved.put(self._stage)

    async def commit(self) -> None:
        """Have all that was written stand, in one transaction.

        Raises:
            ExportError: The database failed, and is as it was. It can be tried again unless some of a long stream was
                put down already: then all of it has to be written again, after `close`.
        """
        await self._unsaved.put(self._add)

    def of(self, question: str, /) -> "SqlCheckpoint":
        """The checkpoint of a backfill, saved together with the clips that were written before."""
        self._keeps_state = True
        return SqlCheckpoint(self._unsaved, question)

    async def close(self) -> None:
        """Let go; what was not committed is dropped."""
        self._unsaved.pieces.clear()
        staging, self._staging = self._staging, None
        if staging is not None:
            await self.database.call(lambda _: staging.close())
        await self.database.close()

    def _stage(self, engine: "Engine", pieces: Sequence[Piece]) -> None:
        from . import sql_tables  # noqa: PLC0415  (SQLAlchemy is loaded where it is used)

        if self._staging is None:
            self._staging = engine.connect()
        with self._put_down(self._staging):
            sql_tables.stage(self._staging, pieces)

    def _add(self, engine: "Engine", pieces: Sequence[Piece]) -> None:
        from . import sql_tables  # noqa: PLC0415  (SQLAlchemy is loaded where it is used)

        if self._staging is None:
            self._unsaved.add(engine, pieces)
            return
        with self._put_down(self._staging):
            sql_tables.stage(self._staging, pieces)
            sql_tables.unstage(self._staging)

    @contextmanager
    def _put_down(self, staging: "Connection") -> Generator[None]:
        if staging.invalidated:
            raise ExportError(
                f"{self} has failed, and what was written to it is lost: close it, and write all of it again"
            )
        try:
            with staging.begin():
                yield
        except BaseException:
            staging.invalidate()  # what was put down is gone with a connection, and another one would be made unasked
            raise
