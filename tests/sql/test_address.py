"""Paths and URLs of databases: what is none is refused where it is given, and no password is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from twitch_clips import QueryError
from twitch_clips.export import Sql, sink_for
from twitch_clips.export.address import Address


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("clips.sqlite", "clips.sqlite"),
        (Path("archive/clips.db"), "archive/clips.db"),
        ("sqlite:///clips.sqlite", "clips.sqlite"),
        ("sqlite:////srv/my clips%20.db", "/srv/my clips%20.db"),
    ],
)
def test_files(target: str | Path, path: str) -> None:
    """A path as it is, or behind three slashes."""
    assert Address.read(target) == Address(path=Path(path))
    assert str(Address.read(target)) == path


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_parts_of_a_url(scheme: str) -> None:
    """With all that URLs write in other characters."""
    url = f"{scheme}://b%40t:p%2Fw%3F@db.example:5433/my%20clips?sslmode=require&host=%2Frun"
    address = Address.read(url)
    assert address == Address(
        user="b@t",
        password="p/w?",
        host="db.example",
        port=5433,
        database="my clips",
        options={"sslmode": "require", "host": "/run"},
    )
    assert str(address) == "postgresql://b@t@db.example:5433/my clips"


def test_the_server_of_this_machine() -> None:
    """Without a host, a user or a port."""
    assert Address.read("postgresql:///clips") == Address(database="clips")
    assert str(Address.read("postgresql:///clips")) == "postgresql:///clips"


def test_a_host_that_is_a_number() -> None:
    """One with colons stands in brackets, which are none of it."""
    address = Address.read("postgresql://b@[::1]:5433/CLIPS_X")
    assert address == Address(user="b", host="::1", port=5433, database="CLIPS_X")
    assert str(address) == "postgresql://b@[::1]:5433/CLIPS_X"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bot:geh/eim@host/clips",
        "postgresql://bot:12/geheim@host/clips",
        "postgresql://bot:12?geheim@host/clips",
        "postgresql://bot:12#geheim@host/clips",
        "postgresql://bot:12/x#geheim@host/clips",
        "postgresql://bot:geheim@host",
        "postgresql://bot:geheim@host/",
        "postgresql://bot:geheim@host:port/clips",
        "postgresql://bot:geheim@[::1/clips",
        "postgresql:/bot:geheim@host/clips",
        "postgres:bot:geheim@host/clips.sqlite",
        "postgres:geheim",
    ],
)
@pytest.mark.parametrize("make", [Sql, sink_for])
def test_a_url_that_is_none_is_not_told(url: str, make: Callable[[str], object]) -> None:
    """What is wrong with it may be a part of the password."""
    with pytest.raises(
        QueryError, match=r"not the URL of a database, postgresql://USER:PASSWORD@HOST/DATABASE; in a pa"
    ) as caught:
        make(url)
    assert "geh" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("scheme", ["mysql", "postgresql+psycopg2", "sqlite+aiosqlite", "https", ""])
def test_other_databases(scheme: str) -> None:
    """The scheme alone is told."""
    with pytest.raises(QueryError, match=r"a database is sqlite:///FILE or postgresql://") as caught:
        Sql(f"{scheme}://bot:geheim@host/clips")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("target", ["sqlite:///", "sqlite:///:memory:", ":memory:"])
def test_a_database_in_memory_is_refused(target: str) -> None:
    """Nobody would have anything of it."""
    with pytest.raises(
        QueryError, match=r"^a database in memory is gone at the end: give a file, such as clips\.sqlite$"
    ):
        Sql(target)


@pytest.mark.parametrize("target", ["", b"clips.db", None, 1, "clips\0.db"])
def test_what_is_neither_path_nor_url(target: Any) -> None:
    """Before anything is touched."""
    with pytest.raises(QueryError, match="a database is the path of a file or a URL, not "):
        Sql(target)


def test_two_slashes_are_too_few() -> None:
    """What stands there in a URL is a host."""
    with pytest.raises(QueryError, match=r"^the URL of a file has three slashes: sqlite:///clips\.sqlite$"):
        Sql("sqlite://clips.sqlite")


@pytest.mark.parametrize(
    "target", ["a.sqlite", "b.sqlite3", Path("c.db"), "sqlite:///d", "postgresql://h/e", "postgres://h/e"]
)
def test_a_database_is_told_by_its_suffix_or_scheme(target: str | Path) -> None:
    """For `export.write`, which then makes such a sink."""
    assert isinstance(sink_for(target), Sql)


def test_passwords_are_hidden_in_any_words() -> None:
    """Should a driver tell them."""
    address = Address.read("postgresql://bot:geheim@host/clips?sslpassword=tief")
    assert address.hide("geheim, and tief, and that") == "***, and ***, and that"
    assert Address.read("clips.db").hide("geheim") == "geheim"
