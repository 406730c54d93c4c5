"""A database at work: each transaction runs in a thread of its own, one after the other."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from twitch_clips import ExportError

from .address import Address
from .disk import to_the_end
from .sink import require

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

T = TypeVar("T")


class Database:
    """A file of SQLite or a PostgreSQL, with the tables for clips and checkpoints.

    It is opened by the first thing that is asked of it, and can be opened again once it was closed.

    Args:
        address: Where it is.
        timeout: Seconds to wait for a connection, and for a lock of another program.

    Attributes:
        address: As given.
    """

    def __init__(self, address: Address, timeout: float) -> None:
        """Touch nothing yet."""
        self.address = address
        self._timeout = timeout
        self._threads: ThreadPoolExecutor | None = None
        self._engine: Engine | None = None

    async def call(self, work: "Callable[[Engine], T]") -> T:
        """Have something done in the thread, which may begin transactions. Cancelling waits until it is done.

        Raises:
            ExportError: The database cannot be had, or fails, or holds something else; or a library is missing.
        """
        if self._threads is None:
            self._threads = ThreadPoolExecutor(1, thread_name_prefix="twitch-clips-sql")
        loop = asyncio.get_running_loop()
        return await to_the_end(loop.run_in_executor(self._threads, self._attempt, work))

    async def run(self, work: "Callable[[Connection], T]") -> T:
        """Have something done in one transaction: all of it or nothing.

        Raises:
            ExportError: As `call`.
        """

        def in_transaction(engine: "Engine") -> T:
            with engine.begin() as connection:
                return work(connection)

        return await self.call(in_transaction)

    async def close(self) -> None:
        """Let the connections go, and the thread."""
        threads, self._threads = self._threads, None
        if threads is not None:
            try:
                await to_the_end(asyncio.get_running_loop().run_in_executor(threads, self._dispose))
            finally:
                threads.shutdown(wait=False)

    def _attempt(self, work: "Callable[[Engine], T]") -> T:
        if self.address.path is not None:
            require("sql", "sqlalchemy")
        else:
            require("postgres", "sqlalchemy", "psycopg")
        from . import sql_tables  # noqa: PLC0415  (SQLAlchemy is loaded where it is used)

        try:
            return work(self._opened())
        except sql_tables.Failure as error:
            problem = problem_of(error)
        # Outside, as the driver's errors hold statements, and might hold a password.
        raise ExportError(f"cannot use {self.address}: {self.address.hide(problem)}")

    def _opened(self) -> "Engine":
        from . import sql_tables  # noqa: PLC0415  (SQLAlchemy is loaded where it is used)

        if self._engine is None:
            engine = sql_tables.engine_of(self.address, self._timeout)
            try:
                with engine.begin() as connection:
                    self._refuse(sql_tables.prepare(connection))
            except BaseException:
                engine.dispose()
                raise
            self._engine = engine
        return self._engine

    def _refuse(self, problem: str | None) -> None:
        if problem is not None:
            raise ExportError(f"cannot use {self.address}: its {problem}; give another database, or rename that table")

    def _dispose(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def problem_of(error: Exception) -> str:
    """What is wrong, in the database's own words, and what to do."""
    cause: object = getattr(error, "orig", None) or error
    words = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    state = getattr(cause, "sqlstate", None)
    advice = next((advice for sign, advice in _ADVICE.items() if sign == state or sign in words), _GO_ON)
    return f"{words}; {advice}"


_GO_ON = "what was committed stands: run it again to go on"
_FREE_SPACE = f"make room; {_GO_ON}"
_ADVICE = {
    "database is locked": "another program is writing to it: try again when that is done",
    "file is not a database": "give another file",
    "unable to open": "its folder has to exist, and to let this user make files",
    "readonly": "let this user write to the file and its folder",
    "is full": _FREE_SPACE,
    "53100": _FREE_SPACE,  # SQLSTATE: disk full
    "42501": "let this user create and write tables there",  # insufficient privilege
    "connection": "see that the server runs, and that user, password and database are right",
}
