"""The tables of a database of clips, and all that is asked of it. The one place that knows SQLAlchemy.

Functions that take a connection work in its transaction.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Double,
    Engine,
    Index,
    MetaData,
    Table,
    Text,
    case,
    create_engine,
    event,
    false,
    func,
    inspect,
    literal,
    null,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeDecorator

from twitch_clips import CheckpointError

from .address import Address
from .fields import FIELDS
from .rows import Aged, Row, in_text, rows_of
from .sink import Piece

Failure = SQLAlchemyError
Insert = postgresql.Insert | sqlite.Insert
_CACHE = 16_384  # KiB
_WAL_PAGES = 8192  # of 4 KiB, before they are put into the file: ids are in no order, so each batch touches many
_PREPARING = 0x7C11_B5_00  # any number that is ours: one run at a time makes the tables


class _UtcText(TypeDecorator[datetime]):
    """Text such as `2026-06-01T12:00:00Z`: SQLite has no type for times, but its date functions read it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else in_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


_Instant = DateTime(timezone=True).with_variant(_UtcText(), "sqlite")


def _columns() -> Iterator[Column[Any]]:
    yield Column("id", Text, primary_key=True)
    for name in ("url", "broadcaster_id", "title"):
        yield Column(name, Text, nullable=False)
    yield Column("view_count", BigInteger, nullable=False)
    yield Column("created_at", _Instant, nullable=False)
    for name in ("embed_url", "broadcaster_name", "creator_id", "creator_name", "video_id", "game_id", "language"):
        yield Column(name, Text, nullable=False)
    yield Column("thumbnail_url", Text, nullable=False)
    yield Column("duration", Double, nullable=False)
    yield Column("vod_offset", BigInteger)
    yield Column("is_featured", Boolean, nullable=False)
    for name in ("fetched_at", "first_seen", "last_seen"):
        yield Column(name, _Instant, nullable=False)
    yield Column("gone_at", _Instant)


_metadata = MetaData()
_clips = Table("clips", _metadata, *_columns())
for _name in ("broadcaster_id", "game_id"):
    Index(f"ix_clips_{_name}_created_at", _clips.c[_name], _clips.c.created_at)
_is_gone = _clips.c.gone_at.is_not(None)
Index("ix_clips_gone_at", _clips.c.gone_at, sqlite_where=_is_gone, postgresql_where=_is_gone)
_checkpoints = Table(
    "twitch_clips_checkpoints",
    _metadata,
    Column("question", Text, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
)
_staged = Table("twitch_clips_staged", MetaData(), *_columns(), prefixes=["TEMPORARY"])


def engine_of(address: Address, timeout: float) -> Engine:
    """What connects to a database; no connection is made yet.

    Args:
        address: Which one.
        timeout: Seconds to wait for a connection, and for a lock of another program.
    """
    if address.path is not None:
        engine = create_engine(
            URL.create("sqlite", database=str(address.path)), connect_args={"timeout": timeout}, paramstyle="named"
        )
        event.listen(engine, "connect", _settle)
        event.listen(engine, "begin", _begin)
        return engine
    url = URL.create(
        "postgresql+psycopg",
        address.user,
        address.password,
        address.host,
        address.port,
        address.database,
        {"connect_timeout": str(max(2, round(timeout))), **address.options},
    )
    return create_engine(url, pool_pre_ping=True)  # a backfill takes hours: connections are lost meanwhile


def _settle(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # Python's own way begins no transaction before a SELECT or a CREATE
    if connection.execute("PRAGMA page_count").fetchone() == (0,):
        with suppress(sqlite3.OperationalError):  # another run is making the file at this moment
            connection.execute("PRAGMA journal_mode = WAL").close()  # others can read while a run writes
    if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
        # When the power fails the last transactions may be gone then, but each with its checkpoint.
        connection.execute("PRAGMA synchronous = NORMAL").close()
        connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}").close()
    connection.execute(f"PRAGMA cache_size = -{_CACHE}").close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # one that begins by reading could not wait for another's writing


def prepare(connection: Connection) -> str | None:
    """Make the tables that are not there, and find out whether they can be written; what is wrong with one that is."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_PREPARING)))
    there = inspect(connection)
    for table in _metadata.sorted_tables:
        if there.has_table(table.name):
            lacks = set(table.columns.keys()) - {column["name"] for column in there.get_columns(table.name)}
            if lacks:
                return f"table {table.name!r} lacks {', '.join(sorted(lacks))}"
            key = table.primary_key.columns.keys()
            if there.get_pk_constraint(table.name)["constrained_columns"] != key:
                return f"table {table.name!r} has another key than {key[0]}"
    is_lost = there.has_table(_checkpoints.name) and not there.has_table(_clips.name)
    if is_lost and any(connection.execute(select(_checkpoints))):  # what they speak of would not be read again
        return f"table {_checkpoints.name!r} is of clips whose table is gone"
    _metadata.create_all(connection)
    connection.execute(_upserted(_clips, connection, _clips, revives=False, where=false()))  # needs the same rights
    return None


def upsert(connection: Connection, pieces: Iterable[Piece], *, revives: bool) -> None:
    """Add clips, and renew those that are there and were fetched earlier, or at the same time.

    Args:
        connection: In a transaction.
        pieces: Have the clips; of a clip that is there several times the latest stands.
        revives: Whether a clip that was marked as gone, and was seen after that, is so no more.
    """
    _upsert_rows(connection, _clips, pieces, revives=revives)


def stage(connection: Connection, pieces: Iterable[Piece]) -> None:
    """Keep clips in a table that only this connection sees, and that goes with it."""
    _staged.create(connection, checkfirst=True)
    _upsert_rows(connection, _staged, pieces, revives=False)


def unstage(connection: Connection) -> None:
    """Have what was staged stand, as `upsert` does."""
    connection.execute(_upserted(_clips, connection, _staged, revives=True, where=true()))
    _staged.drop(connection)


def load_checkpoint(connection: Connection, question: str) -> tuple[int, str | None]:
    """How often the checkpoint of a question was saved, and the checkpoint."""
    kept = connection.execute(
        select(_checkpoints.c.revision, _checkpoints.c.text).where(_checkpoints.c.question == question)
    ).one_or_none()
    return (0, None) if kept is None else (kept.revision, kept.text)


def save_checkpoint(connection: Connection, question: str, text: str, revision: int) -> None:
    """Put a checkpoint in place of the one with the revision before.

    Raises:
        CheckpointError: Another one is in its place.
    """
    kept: Row = {"question": question, "text": text, "revision": revision}
    saving = (
        update(_checkpoints)
        .where(_checkpoints.c.question == question, _checkpoints.c.revision == revision - 1)
        .values(kept)
        if revision > 1
        else _insert(_checkpoints, connection).values(kept).on_conflict_do_nothing()
    )
    if connection.execute(saving, execution_options={"preserve_rowcount": True}).rowcount != 1:
        raise CheckpointError(
            f"another run has saved the checkpoint of {question} in this database since: wait for it, and run it again"
        )


def aged(connection: Connection, subject: Sequence[str], before: datetime, after: Aged | None, most: int) -> list[Aged]:
    """Up to `most` clips that were fetched before a moment, the oldest first; those after one of them, if given."""
    name, value = subject
    asked = (
        select(_clips.c.fetched_at, _clips.c.id, _is_gone)
        .where(_clips.c[name] == value, _clips.c.fetched_at < before)
        .order_by(_clips.c.fetched_at, _clips.c.id)
        .limit(most)
    )
    if after is not None:
        place = literal(after.fetched_at, _Instant), literal(after.id)
        asked = asked.where(tuple_(_clips.c.fetched_at, _clips.c.id) > tuple_(*place))
    return [Aged(*row) for row in connection.execute(asked)]


def doubted(connection: Connection, subject: Sequence[str]) -> list[str]:
    """Ids of clips that were marked as gone and have been listed since."""
    is_listed, of_question = _clips.c.last_seen > _clips.c.gone_at, _clips.c[subject[0]] == subject[1]
    return list(connection.scalars(select(_clips.c.id).where(_is_gone, is_listed, of_question)))


def mark_gone(connection: Connection, clip_id: str, at: datetime) -> None:
    """Say of a clip that it is gone, unless it was seen later."""
    connection.execute(update(_clips).where(_clips.c.id == clip_id, _clips.c.last_seen <= at).values(gone_at=at))


def count(connection: Connection, subject: Sequence[str], since: datetime) -> tuple[int, int]:
    """Clips fetched since a moment; and all."""
    name, value = subject
    of = select(func.count()).where(_clips.c[name] == value)
    fetched, every = (connection.execute(one).scalar_one() for one in (of.where(_clips.c.fetched_at >= since), of))
    return fetched, every


def take_lock(engine: Engine, key: int) -> Connection | None:
    """A connection that holds a lock in PostgreSQL until `give_up_lock`; `None` where another one has it."""
    connection = engine.connect()
    try:
        if connection.scalar(select(func.pg_try_advisory_lock(key))):
            connection.commit()
            return connection
    except BaseException:
        give_up_lock(connection)
        raise
    connection.close()
    return None


def give_up_lock(connection: Connection) -> None:
    """Close a connection for good: in the pool it would live on, and the lock with it."""
    connection.invalidate()
    connection.close()


def _upsert_rows(connection: Connection, table: Table, pieces: Iterable[Piece], *, revives: bool) -> None:
    if rows := rows_of(pieces, in_text if connection.dialect.name == "sqlite" else lambda moment: moment):
        statement = _upsert(_insert(table, connection).values(dict.fromkeys(rows[0])), table, revives=revives)
        # Straight to the driver: what SQLAlchemy does to each row takes longer than SQLite itself.
        connection.exec_driver_sql(str(statement.compile(dialect=connection.dialect)), rows)


def _upserted(
    table: Table, connection: Connection, source: Table, *, revives: bool, where: ColumnElement[bool]
) -> Insert:
    chosen = select(source).where(where).order_by(source.c.id)
    return _upsert(_insert(table, connection).from_select(source.columns.keys(), chosen), table, revives=revives)


def _upsert(insert: Insert, table: Table, *, revives: bool) -> Insert:
    new, had = insert.excluded, table.c
    renewed: dict[str, ColumnElement[Any]] = {name: new[name] for name in (*FIELDS, "fetched_at", "last_seen")}
    if revives:
        renewed["gone_at"] = case((new.last_seen > had.gone_at, null()), else_=had.gone_at)
    is_later = new.fetched_at >= had.fetched_at
    return insert.on_conflict_do_update(index_elements=[had.id], set_=renewed, where=is_later)


def _insert(table: Table, connection: Connection) -> Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
