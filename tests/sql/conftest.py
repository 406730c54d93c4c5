"""What the tests of databases share: a file of SQLite and a real PostgreSQL, and what is in them."""

import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, event

from twitch_clips import Clip, ClipPage

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
PASSWORD = "k@ttle/7"
MISSING = "there is no PostgreSQL on this machine: on Debian, apt-get install postgresql"


class Killed(BaseException):
    """What stands for a kill: nobody handles it."""


@attrs.frozen
class Place:
    """A database: what a user names it by, and how to look into it by other means than the package's."""

    target: str

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What it answers; times as texts, whole seconds of UTC."""
        if "://" in self.target:
            with psycopg.connect(self.target) as connection:
                cursor = connection.execute(statement.replace("?", "%s").encode(), values)
                answer = cursor.fetchall() if cursor.description else []
        else:
            with closing(sqlite3.connect(self.target)) as file, file:
                answer = file.execute(statement, values).fetchall()
        return [tuple(in_text(value) if isinstance(value, datetime) else value for value in row) for row in answer]

    def column(self, name: str) -> list[Any]:
        """One of `clips`, by id."""
        return [value for _, value in sorted(self.ask(f"SELECT id, {name} FROM clips"))]  # noqa: S608  (a test's own)

    def left(self) -> tuple[int, int]:
        """How many clips and checkpoints there are; none where there are no tables yet."""
        with suppress(sqlite3.OperationalError, psycopg.errors.UndefinedTable):
            return len(self.ask("SELECT 1 FROM clips")), len(self.ask("SELECT 1 FROM twitch_clips_checkpoints"))
        return 0, 0


def in_text(moment: datetime) -> str:
    """As a file of SQLite has it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class PostgresServer:
    """A PostgreSQL of its own, which keeps nothing when it stops."""

    def __init__(self, programs: Path) -> None:
        """Listen on a free port of this machine."""
        self._programs = programs
        # It refuses to be run by root, and another user cannot look into pytest's folders.
        self._owner = pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam("nobody")
        self._folder = Path(tempfile.mkdtemp(prefix="twitch-clips-postgres-"))
        (self._folder / "password").write_text(PASSWORD, encoding="utf-8")
        for path in (self._folder, self._folder / "password"):
            shutil.chown(path, self._owner.pw_uid, self._owner.pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port: int = listener.getsockname()[1]
        self._databases = 0
        secret = f"--pwfile={self._folder}/password"
        self._run(
            "initdb", "--auth=scram-sha-256", "--username=bot", secret, "--no-sync", "--locale=C", "--encoding=UTF8"
        )
        fast = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses=127.0.0.1"
        self._run(
            "pg_ctl", "start", "-w", "-l", f"{self._folder}/log", "-o", f"-p {self.port} -k {self._folder} {fast}"
        )

    def url(self, database: str, user: str = "bot") -> str:
        """That of a database."""
        return f"postgresql://{user}:k%40ttle%2F7@127.0.0.1:{self.port}/{database}"

    def create(self) -> str:
        """The URL of a new database."""
        self._databases += 1
        name = f"clips_{self._databases}"
        self.tell(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def tell(self, *commands: sql.Composed | sql.SQL, database: str = "postgres") -> None:
        """Have its owner say something."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for command in commands:
                connection.execute(command)

    def stop(self) -> None:
        """Be gone at once."""
        self._run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603  (found where Debian puts it)
            [self._programs / program, "-D", self._folder / "data", *arguments],
            check=True,
            user=self._owner.pw_uid,
            group=self._owner.pw_gid,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def listening(name: str, hear: Callable[..., None]) -> Generator[None]:
    """Have all databases tell of an event."""
    event.listen(Engine, name, hear)
    try:
        yield
    finally:
        event.remove(Engine, name, hear)


@pytest.fixture(scope="session")
def postgres() -> Generator[PostgresServer]:
    """A PostgreSQL: the newest that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    server = PostgresServer(found[-1].parent if found else pytest.skip(MISSING))
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A database of each kind, with nothing in it."""
    if request.param == "sqlite":
        return Place(str(tmp_path / "clips.sqlite"))
    server: PostgresServer = request.getfixturevalue("postgres")
    return Place(server.create())


@pytest.fixture
def failing() -> Generator[Callable[[int, BaseException], None]]:
    """Have the database fail at a step, counted from 1: a statement, or the commit of a transaction."""
    steps: list[Callable[[], None]] = []

    def step(*_: object) -> None:
        for count in steps:
            count()

    def fail(at: int, failure: BaseException) -> None:
        left = at

        def count() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise failure

        steps[:] = [count]

    with listening("before_cursor_execute", step), listening("commit", step):
        yield fail


def clip(number: int, **fields: Any) -> Clip:
    """One of a channel."""
    given: dict[str, Any] = {
        "id": f"Otter-{number:05}",
        "url": f"https://clips.twitch.tv/Otter-{number:05}",
        "broadcaster_id": "1000001",
        "title": f"nr. {number}",
        "view_count": number,
        "created_at": T0 - number * HOUR,
    }
    return Clip(**(given | fields))


def page(numbers: Iterable[int], at: datetime = T0, **fields: Any) -> ClipPage:
    """Clips that Helix gave together, at a moment."""
    return ClipPage(clips=tuple(clip(number, **fields) for number in numbers), cursor=None, fetched_at=at)
