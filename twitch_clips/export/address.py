"""Where a database is: a file of SQLite, or a PostgreSQL. Its name holds no password, nor does any error."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import attrs

from twitch_clips import QueryError

_POSTGRES = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
_FORM = "postgresql://USER:PASSWORD@HOST/DATABASE"
_SECRET = frozenset({"password", "sslpassword"})


@attrs.frozen(kw_only=True, repr=False)
class Address:
    """Where a database is.

    Attributes:
        path: The file of SQLite; `None` where it is PostgreSQL, of which the others are.
        user: Who connects.
        password: Theirs.
        host: The server; empty for the one of this machine.
        port: Where it listens.
        database: The one of the server's.
        options: What else the driver is told, such as `sslmode`.
    """

    path: Path | None = None
    user: str | None = None
    password: str | None = None
    host: str | None = None
    port: int | None = None
    database: str = ""
    options: Mapping[str, str] = attrs.field(factory=dict[str, str])

    @classmethod
    def read(cls, target: str | os.PathLike[str]) -> Self:
        """From a path or a URL.

        Raises:
            QueryError: It is neither, or of another database.
        """
        text: object = target
        if isinstance(target, os.PathLike):
            text = os.fspath(target)
        if not isinstance(text, str) or not text or "\0" in text:
            raise QueryError(f"a database is the path of a file or a URL, not {target!r:.60}")
        if not is_url(text):
            return cls._of_file(text)
        scheme, _, rest = text.partition(":")
        if scheme == "sqlite":
            if not rest.startswith("///"):
                raise QueryError("the URL of a file has three slashes: sqlite:///clips.sqlite")
            return cls._of_file(rest.removeprefix("///"))
        if scheme not in _POSTGRES:
            raise QueryError(f"a database is sqlite:///FILE or {_FORM}, not {scheme}://…")
        read = _split(text) if "://" in text else None
        if read is None:
            raise QueryError(f"not the URL of a database, {_FORM}; in a password, @ / ? # are written %40 %2F %3F %23")
        url, port = read
        return cls(
            user=_plain(url.username),
            password=_plain(url.password),
            host=url.hostname,
            port=port,
            database=unquote(url.path.removeprefix("/")),
            options=dict(parse_qsl(url.query)),
        )

    def __str__(self) -> str:
        """Its path, or its URL without password and options."""
        if self.path is not None:
            return str(self.path)
        host = f"[{self.host}]" if ":" in (self.host or "") else self.host or ""
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"postgresql://{user}{host}{port}/{self.database}"

    def hide(self, words: str) -> str:
        """The words without a password, should it be in them."""
        for secret in (self.password, *(self.options.get(name) for name in _SECRET)):
            words = words.replace(secret, "***") if secret else words
        return words

    @classmethod
    def _of_file(cls, path: str) -> Self:
        if path in {"", ":memory:"}:
            raise QueryError("a database in memory is gone at the end: give a file, such as clips.sqlite")
        return cls(path=Path(path))


def is_url(text: str) -> bool:
    """Whether a text is a URL, or was meant to be one: it may hold a password all the same."""
    return "://" in text or any(text.startswith(f"{scheme}:") for scheme in _POSTGRES)


def _split(text: str) -> tuple[SplitResult, int | None] | None:
    """The parts of a URL and its port; `None` where it is none. What is wrong may be a part of the password."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return None
    database = url.path.removeprefix("/")
    return None if url.fragment or not database or set(database) & set("/@") else (url, port)


def _plain(text: str | None) -> str | None:
    return None if text is None else unquote(text)
