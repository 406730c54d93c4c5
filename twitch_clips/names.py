"""Names to ids and back: logins and users, titles and games."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from . import _clock
from ._helix import decode
from ._helix.query import MAX_AT_ONCE, ClipsQuery, check_id, check_name
from ._session import Session, Tally
from .errors import BadRequest, QueryError, UnknownName
from .records import Game, User

T = TypeVar("T", User, Game)
_KEPT = 1000
_SECONDS_KEPT = 3600.0  # names change hands


class Names:
    """The two look-ups of one `AsyncClips`."""

    def __init__(self, session: Session) -> None:
        """Know no name yet."""
        self.users: _Directory[User] = _Directory(
            session, path="users", kind=User, name="login", name_of=lambda user: user.login
        )
        self.games: _Directory[Game] = _Directory(
            session, path="games", kind=Game, name="name", name_of=lambda game: game.name
        )

    async def id_of(self, query: ClipsQuery, tally: Tally) -> str | None:
        """The id that a question names; `None` where it holds an id already. One request, or none for a known name.

        Raises:
            UnknownName: Twitch knows no such login or game.
        """
        if query.selector == "login":
            return await self.users.id_of(query.value, tally)
        return await self.games.id_of(query.value, tally) if query.selector == "game" else None


class _Directory(Generic[T]):
    """Users or games."""

    def __init__(self, session: Session, *, path: str, kind: type[T], name: str, name_of: Callable[[T], str]) -> None:
        self._session = session
        self._path = path
        self._kind: type[T] = kind
        self._name = name
        self._name_of: Callable[[T], str] = name_of
        self._ids: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def find(self, names: Iterable[str], ids: Iterable[str], tally: Tally) -> dict[str, T]:
        """What is known of each name and id, under the name or id as given; the unknown are left out.

        Raises:
            QueryError: One of them is no name, or no id.
        """
        wanted = {self._name: _listed(names), "id": _listed(ids)}
        for name in wanted[self._name]:
            check_name(self._name, name)
        for id_ in wanted["id"]:
            check_id("id", id_)
        found: dict[str, T] = {}
        for by, values in wanted.items():
            for start in range(0, len(values), MAX_AT_ONCE):
                found |= await self._find(by, values[start : start + MAX_AT_ONCE], tally)
        return found

    async def id_of(self, name: str, tally: Tally) -> str:
        """The id of one name."""
        key = _folded(name)
        kept, until = self._ids.get(key, ("", 0.0))
        if kept and _clock.monotonic() < until:
            return kept
        found = await self._find(self._name, [name], tally)
        if not found:
            raise UnknownName("channel" if self._kind is User else "game", (name,))
        self._keep(key, found[name])
        return found[name].id

    async def _find(self, by: str, batch: Sequence[str], tally: Tally) -> dict[str, T]:
        """One request; where a malformed name spoils it for all, one for each half and so on down to that name."""
        parameters = [(by, one.strip()) for one in batch]
        try:
            records, _ = await self._session.ask(self._path, parameters, self._read, tally)
        except BadRequest:
            if len(batch) == 1:
                return {}
            records = None
        if records is None:
            middle = len(batch) // 2
            return await self._find(by, batch[:middle], tally) | await self._find(by, batch[middle:], tally)
        for record in records:
            self._keep(_folded(self._name_of(record)), record)
        if by == "id":
            known = {record.id: record for record in records}
            return {id_: known[id_] for id_ in batch if id_ in known}
        if len(batch) == 1:
            return dict(zip(batch, records, strict=False))  # the server knows best whom it means
        named = {_folded(self._name_of(record)): record for record in records}
        return {name: named[_folded(name)] for name in batch if _folded(name) in named}

    def _read(self, body: bytes) -> list[T]:
        return decode.items(body, self._kind)

    def _keep(self, key: str, record: T) -> None:
        self._ids[key] = record.id, _clock.monotonic() + _SECONDS_KEPT
        self._ids.move_to_end(key)
        if len(self._ids) > _KEPT:
            self._ids.popitem(last=False)


def _listed(values: Iterable[str]) -> list[str]:
    if isinstance(values, str):
        raise QueryError(f"give a list of names or ids, not one string: [{values!r}]")
    return list(dict.fromkeys(values))


def _folded(name: str) -> str:
    return name.strip().casefold()
