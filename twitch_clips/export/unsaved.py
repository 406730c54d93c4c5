"""What was written to a database and does not stand yet; and the checkpoint of a backfill that is saved with it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from .database import Database
from .sink import Piece

if TYPE_CHECKING:
    from sqlalchemy import Engine

T = TypeVar("T")


class Unsaved:
    """Pieces that were written and do not stand yet.

    Args:
        database: Where they are to stand.
        revives: Whether a clip that is marked as gone is so no more when it was seen since.

    Attributes:
        database: As given.
        revives: As given.
        pieces: In the order in which they were written.
    """

    def __init__(self, database: Database, *, revives: bool) -> None:
        """Hold nothing."""
        self.database = database
        self.revives = revives
        self.pieces: list[Piece] = []

    async def put(self, work: "Callable[[Engine, Sequence[Piece]], T]") -> T:
        """Take all that are here now, and have something done with them; if it fails they are here again.

        Raises:
            ExportError: The database fails.
        """
        pieces = self.pieces.copy()
        self.pieces.clear()
        try:
            return await self.database.call(lambda engine: work(engine, pieces))
        except BaseException:
            self.pieces[:0] = pieces  # after a cancel they may stand already: twice does no harm
            raise

    def add(self, engine: "Engine", pieces: Sequence[Piece]) -> None:
        """Have pieces stand: for `put`."""
        from . import sql_tables  # noqa: PLC0415  (SQLAlchemy is loaded where it is used)

        with engine.begin() as connection:
            sql_tables.upsert(connection, pieces, revives=self.revives)


class SqlCheckpoint:
    """The checkpoint of one question. It is for one run at a time: one that finds another's does not replace it.

    Args:
        unsaved: What a save has stand with it.
        question: Such as `broadcaster_id=1234`.
    """

    def __init__(self, unsaved: Unsaved, question: str) -> None:
        """Touch nothing yet."""
        self._unsaved = unsaved
        self._question = question
        self._revision = 0

    async def load(self) -> str | None:
        """What was saved last.

        Raises:
            ExportError: The database fails.
        """
        from . import sql_tables  # noqa: PLC0415  (SQLAlchemy is loaded where it is used)

        self._revision, text = await self._unsaved.database.run(
            lambda connection: sql_tables.load_checkpoint(connection, self._question)
        )
        return text

    async def save(self, text: str, /) -> None:
        """Have what was written before stand together with the text, in one transaction.

        Raises:
            CheckpointError: Another run has saved one since; nothing is changed.
            ExportError: The database fails, and is as it was.
        """

        def save(engine: "Engine", pieces: Sequence[Piece]) -> None:
            from . import sql_tables  # noqa: PLC0415  (SQLAlchemy is loaded where it is used)

            with engine.begin() as connection:
                sql_tables.save_checkpoint(connection, self._question, text, self._revision + 1)
                sql_tables.upsert(connection, pieces, revives=self._unsaved.revives)
            self._revision += 1  # here, as a cancel would not hear of it

        await self._unsaved.put(save)
