"""Databases that cannot be had or written: a sentence that says what to do, no password, and what was there stands."""

import sqlite3
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.exc import OperationalError

from tests.backfill.conftest import sandbox, spread
from twitch_clips import ExportError, QueryError
from twitch_clips.export import Sql, write

from .conftest import PASSWORD, Place, PostgresServer, listening, page

Fail = Callable[[int, BaseException], None]
CABLE = OperationalError("", {}, RuntimeError("the cable is out"))


async def refused(target: str | Path) -> str:
    """Why it cannot be opened; without the password, or errors of others, wherever one looks."""
    sink = Sql(target, timeout=0.01)
    with pytest.raises(ExportError) as caught:
        await sink.open()
    await sink.close()
    told = "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
    for text in (told, repr(caught.value), repr(sink), str(sink)):
        assert PASSWORD not in text
        assert "k%40ttle" not in text
    return str(caught.value)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It stays as it is."""
    path = tmp_path / "clips.db"
    path.write_text("a diary, and a long one at that" * 100, encoding="utf-8")
    assert await refused(path) == f"cannot use {path}: file is not a database; give another file"
    assert path.read_text(encoding="utf-8").startswith("a diary")


async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Nothing is asked of Helix."""
    path = tmp_path / "no" / "clips.sqlite"
    words = f"cannot use {path}: unable to open database file; its folder has to exist, and to let this user make files"
    assert await refused(path) == words
    async with sandbox(spread(3)) as box:
        with pytest.raises(ExportError, match="unable to open database file"):
            await write(box.job(), path)
        assert box.helix.targets == []


async def test_a_table_that_holds_something_else(place: Place) -> None:
    """It lacks columns, or has another key; it stays as it is."""
    place.ask("CREATE TABLE clips (id INTEGER PRIMARY KEY, title TEXT)")
    assert ": its table 'clips' lacks broadcaster_id, broadcaster_name, created_at, " in await refused(place.target)
    place.ask("DROP TABLE clips")
    sink = Sql(place.target)
    await sink.open()
    await sink.close()
    place.ask("CREATE TABLE other AS SELECT * FROM clips")
    place.ask("DROP TABLE clips")
    place.ask("ALTER TABLE other RENAME TO clips")
    words = ": its table 'clips' has another key than id; give another database, or rename that table"
    assert words in await refused(place.target)
    assert place.ask("SELECT * FROM clips") == []


async def test_a_file_that_another_program_writes_to(tmp_path: Path) -> None:
    """After some seconds of waiting."""
    path = tmp_path / "clips.sqlite"
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    words = "database is locked; another program is writing to it: try again when that is done"
    assert await refused(path) == f"cannot use {path}: {words}"
    other.close()


async def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """What was committed stands."""
    path = tmp_path / "clips.sqlite"

    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 60").close()

    sink = Sql(path)
    await sink.open()
    await sink.write(page([1]))
    await sink.commit()
    await sink.close()
    await sink.write(page(range(2, 2000)))
    with (
        listening("connect", limit),
        pytest.raises(
            ExportError, match=r": database or disk is full; make room; what was committed stands: run it ag"
        ),
    ):
        await sink.commit()
    await sink.database.close()
    assert Place(str(path)).column("id") == ["Otter-00001"]
    await sink.commit()
    assert len(Place(str(path)).column("id")) == 1999
    await sink.close()


async def test_a_short_stream_that_fails_at_any_step(place: Place, failing: Fail) -> None:
    """What was there stands, and the commit can be tried again."""
    sink = Sql(place.target)
    await sink.open()
    for step in (1, 2):
        await sink.write(page([step, step + 1]))
        failing(step, CABLE)
        with pytest.raises(ExportError, match="the cable is out"):
            await sink.commit()
        assert place.ask("SELECT count(*) FROM clips") == [(step if step > 1 else 0,)]
        await sink.commit()
        assert place.ask("SELECT count(*) FROM clips") == [(step + 1,)]
    await sink.close()


async def test_a_long_stream_that_fails_at_any_step(place: Place, failing: Fail) -> None:
    """What was there stands, and nothing of the stream does, until all of it is written again."""
    sink = Sql(place.target)
    await sink.write(page([1], view_count=9))
    await sink.commit()
    await sink.close()
    failed, is_written = 0, False
    while not is_written:
        await sink.open()
        failing(failed + 1, CABLE)
        try:
            for _ in range(2):
                await sink.write(page(range(1, 5001), view_count=50))
            await sink.commit()
            is_written = True
        except ExportError:
            failed += 1
            assert place.column("view_count") == [9]
            with pytest.raises(
                ExportError, match="has failed, and what was written to it is lost: close it, and write"
            ):
                await sink.commit()
        await sink.close()
    assert place.ask("SELECT count(*), min(view_count) FROM clips") == [(5000, 50)]
    assert failed > 8


async def test_a_server_that_does_not_run(closed_port: int) -> None:
    """The first line of what the driver says, and what to look at."""
    words = await refused(f"postgresql://bot:k%40ttle%2F7@127.0.0.1:{closed_port}/clips")
    assert words.startswith(f"cannot use postgresql://bot@127.0.0.1:{closed_port}/clips: connection failed: ")
    assert words.endswith("; see that the server runs, and that user, password and database are right")


async def test_a_wrong_password(postgres: PostgresServer) -> None:
    """It is not told."""
    url = postgres.create()
    assert "password authentication failed" in await refused(url.replace("ttle", "ttles"))
    assert 'database "nowhere" does not exist' in await refused(postgres.url("nowhere"))


async def test_an_option_that_the_driver_does_not_know(postgres: PostgresServer) -> None:
    """Its name is told, not its value; a password among the options is hidden, too."""
    assert 'invalid connection option "colour"' in await refused(
        postgres.url("clips?colour=teal&password=k%40ttle%2F7")
    )


async def test_a_user_who_may_not_write(postgres: PostgresServer) -> None:
    """Not make tables, or not write to those that are there: it is found out before anything is asked."""
    url = postgres.create()
    name = url.rpartition("/")[2]
    guest = sql.Identifier(f"guest_{name}")
    postgres.tell(
        sql.SQL("CREATE USER {} PASSWORD {}").format(guest, sql.Literal(PASSWORD)),
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM public"),
        database=name,
    )
    theirs = postgres.url(name, f"guest_{name}")
    advice = "; let this user create and write tables there"
    words = await refused(theirs)
    assert "permission denied for schema public" in words
    assert words.endswith(advice)
    sink = Sql(url)
    await sink.open()
    await sink.close()
    postgres.tell(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(guest), database=name)
    words = await refused(theirs)
    assert "permission denied for table" in words
    assert words.endswith(advice)


async def test_a_connection_that_was_lost_is_made_again(postgres: PostgresServer) -> None:
    """A backfill takes hours, and servers are restarted."""
    place = Place(postgres.create())
    sink = Sql(place.target)
    kept = sink.of("broadcaster_id=1")
    await kept.load()
    with psycopg.connect(place.target, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await sink.write(page([1]))
    await kept.save("text")
    await sink.close()
    assert place.left() == (1, 1)


@pytest.mark.parametrize(
    ("library", "target", "extra"),
    [
        ("sqlalchemy", "clips.db", "sql"),
        ("sqlalchemy", "postgresql://h/d", "postgres"),
        ("psycopg", "postgres://h/d", "postgres"),
    ],
)
async def test_a_library_that_is_missing(
    library: str, target: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said what to install, before anything else is done."""
    monkeypatch.setitem(sys.modules, library, None)
    assert await refused(target) == f"{library} is missing: pip install 'twitch-clips[{extra}]'"


@pytest.mark.parametrize("timeout", [-1.0, float("nan")])
def test_a_timeout_is_seconds(timeout: float) -> None:
    """From 0 on."""
    with pytest.raises(QueryError, match="timeout must be seconds from 0 on, not "):
        Sql("clips.db", timeout=timeout)
