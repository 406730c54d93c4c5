"""A lock, so that two syncs of one question into one database cannot be under way at once. A kill releases it."""

import os
from collections.abc import AsyncGenerator, Generator, Iterable
from contextlib import asynccontextmanager, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from twitch_clips import ExportError

from .database import Database
from .disk import is_at, lock, told

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


@asynccontextmanager
async def locked(database: Database, question: str) -> AsyncGenerator[None]:
    """Keep other syncs of the question out: by a file beside that of SQLite, or by an advisory lock in PostgreSQL.

    Raises:
        ExportError: Another one is under way, or the lock cannot be had.
    """
    refusal = ExportError(f"{question} in {database.address} is being synced by another run: wait for it")
    if (path := database.address.path) is not None:
        path = path.resolve()
        with _file_locked(path.with_name(f"{path.name}.{question.replace('=', '-')}.lock"), refusal):
            yield
        return
    held: list[Connection] = []  # here at once, even if whoever waits for it is cancelled
    try:
        await database.call(lambda engine: held.extend(_taken(engine, question)))
        if not held:
            raise refusal
        yield
    finally:
        await database.call(lambda _: _let_go(held))


def _let_go(held: "Iterable[Connection]") -> None:
    from . import sql_tables  # noqa: PLC0415  (SQLAlchemy is loaded where it is used)

    for connection in held:
        sql_tables.give_up_lock(connection)


def _taken(engine: "Engine", question: str) -> "Generator[Connection]":
    from . import sql_tables  # noqa: PLC0415  (SQLAlchemy is loaded where it is used)

    key = blake2b(f"twitch-clips sync {question}".encode(), digest_size=8).digest()
    connection = sql_tables.take_lock(engine, int.from_bytes(key, signed=True))
    if connection is not None:
        yield connection


@contextmanager
def _file_locked(path: Path, refusal: ExportError) -> Generator[None]:
    file = _locked_file(path, refusal)
    try:
        yield
    finally:
        # Before it is let go: whoever has it open by then finds that it is not it any more.
        path.unlink(missing_ok=True)
        os.close(file)


def _locked_file(path: Path, refusal: ExportError) -> int:
    while True:
        with told(f"write {path}"):
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            lock(file, path, refusal)
        except BaseException:
            os.close(file)
            raise
        if is_at(file, path):
            return file
        os.close(file)  # the one that had it has just ended
