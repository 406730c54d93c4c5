"""A database that follows one question: what a sync puts there, finds there, and has to look up again."""

from datetime import UTC, datetime

from . import sql_tables
from .database import Database
from .rows import Aged
from .sink import Piece
from .unsaved import SqlCheckpoint, Unsaved


class Followed:
    """The clips of one question in a database.

    Sweeps say nothing of clips that are gone: they neither mark one nor clear its mark. Only a look-up by id does.

    Args:
        database: The database.
        name: `broadcaster_id` or `game_id`.
        value: Its value.

    Attributes:
        question: Both.
        checkpoint: The checkpoint of what is swept once, saved together with what `take` was given.
        begun: When the first answer of this run came, by the server's clock; far ahead before.
    """

    def __init__(self, database: Database, name: str, value: str) -> None:
        """Touch nothing yet."""
        self._database = database
        self._subject = name, value
        self._unsaved = Unsaved(database, revives=False)
        self.question: str = f"{name}={value}"
        self.checkpoint: SqlCheckpoint = SqlCheckpoint(self._unsaved, self.question)
        self.begun: datetime = datetime.max.replace(tzinfo=UTC)

    def take(self, piece: Piece) -> None:
        """Have what a sweep showed stand with the next save of `checkpoint`."""
        self._unsaved.pieces.append(piece)
        self.begun = min(self.begun, piece.fetched_at.replace(microsecond=0))

    async def add(self, piece: Piece) -> None:
        """Have what a sweep showed stand now."""
        self.take(piece)
        await self._unsaved.put(self._unsaved.add)

    async def renew(self, piece: Piece) -> None:
        """Have what was looked up by id stand now: what is in it is not gone."""
        await self._database.run(lambda connection: sql_tables.upsert(connection, [piece], revives=True))

    async def mark_gone(self, clip_id: str, at: datetime) -> None:
        """Helix knew the clip no more when it was asked for it alone."""
        await self._database.run(lambda connection: sql_tables.mark_gone(connection, clip_id, at))

    async def doubted(self) -> list[str]:
        """Ids of clips that were marked as gone and have been listed since."""
        return await self._database.run(lambda connection: sql_tables.doubted(connection, self._subject))

    async def aged(self, last: Aged | None, most: int) -> list[Aged]:
        """Up to `most` clips that this run has not read, the oldest fetched first; those after `last`, if given."""
        return await self._database.run(
            lambda connection: sql_tables.aged(connection, self._subject, self.begun, last, most)
        )

    async def count(self) -> tuple[int, int]:
        """Clips that were fetched in this run; and all."""
        return await self._database.run(lambda connection: sql_tables.count(connection, self._subject, self.begun))
