"""Names to ids and back: logins and users, titles and games."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
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

    async def id_of(self, query: ClipsQuery, tally: Tally) -> str:
        """The id that a question names; one request, or none for a known name.

        Raises:
            UnknownName: Twitch knows no such login or game.
        """
        directory = self.users if query.selector == "login" else self.games
        return await directory.id_of(query.value, tally)

    async def channel(self, query: ClipsQuery, tally: Tally) -> User | None:
        """The channel of a question; one request. `None` for an id that Twitch does not know (a banned channel's, say).

        Raises:
            UnknownName: Twitch knows no such login.
        """
        if query.selector == "login":
            return await self.users.record_of(query.value, tally)
        return (await self.users.find((), [query.value], tally)).get(query.value)


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
            BadRequest: Helix refuses the ids, or every name of a hundred.
        """
        wanted = {self._name: _listed(names), "id": _listed(ids)}
        for name in wanted[self._name]:
            check_name(self._name, name)
        for id_ in wanted["id"]:
            check_id("id", id_)
        found: dict[str, T] = {}
        for batch in _batches(wanted[self._name]):
            found |= await self._find(batch, tally)
        for batch in _batches(wanted["id"]):
            found |= await self._ask("id", batch, tally)
        return found

    async def id_of(self, name: str, tally: Tally) -> str:
        """The id of one name."""
        key = _folded(name)
        kept, until = self._ids.get(key, ("", 0.0))
        if kept and _clock.monotonic() < until:
            return kept
        record = await self.record_of(name, tally)
        self._keep(key, record)
        return record.id

    async def record_of(self, name: str, tally: Tally) -> T:
        """The user or game of one name; one request."""
        what = "channel" if self._kind is User else "game"
        try:
            found = await self._ask(self._name, [name], tally)
        except BadRequest as error:
            raise UnknownName(what, (name,), str(error)) from error
        if not found:
            raise UnknownName(what, (name,))
        return found[name]

    async def _find(self, batch: Sequence[str], tally: Tally) -> dict[str, T]:
        """One request; where a malformed name spoils it for all, one for each half and so on down to that name."""
        found: dict[str, T] = {}
        parts, malformed, is_well = [batch], 0, False
        while parts:
            part = parts.pop()
            try:
                found |= await self._ask(self._name, part, tally)
                is_well = True
                continue
            except BadRequest as error:
                refusal = error
            if len(part) > 1:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]
                continue
            malformed += 1
            if malformed == len(batch) > 1:
                raise refusal
            if parts and not is_well:
                await self._ask("id", ["1"], tally)  # never malformed: where it is refused too, it is not for the names
                is_well = True
        return found

    async def _ask(self, by: str, batch: Sequence[str], tally: Tally) -> dict[str, T]:
        """What is known of up to a hundred names or ids, at the cost of one request."""
        parameters = [(by, one.strip()) for one in batch]
        records, _ = await self._session.ask(self._path, parameters, self._read, tally)
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


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), MAX_AT_ONCE):
        yield values[start : start + MAX_AT_ONCE]


def _folded(name: str) -> str:
    return name.strip().casefold()
