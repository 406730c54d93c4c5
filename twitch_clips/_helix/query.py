"""Questions to Helix, checked, and the query parameters that ask them."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, Self, TypeGuard, TypeVar

import attrs

from twitch_clips.errors import CheckpointError, QueryError

from . import times

T = TypeVar("T")
MAX_PAGE_SIZE = 100
MAX_AT_ONCE = 100  # ids, logins or names in one request
Selector = Literal["game_id", "broadcaster_id", "game", "login"]
SELECTORS: tuple[Selector, ...] = ("login", "broadcaster_id", "game", "game_id")
Parameters = list[tuple[str, str]]
_SURROGATES = re.compile("[\ud800-\udfff]")  # cannot be sent, and would be dropped on the way
_INSTANTS = {name: name for name in ("started_at", "ended_at", "not_before")}
_NAME_FOR: Mapping[str, Selector] = {"game_id": "game", "broadcaster_id": "login"}
_ID_FOR: Mapping[str, Selector] = {"game": "game_id", "login": "broadcaster_id"}


@attrs.frozen(kw_only=True)
class ClipsQuery:
    """Which clips to list.

    Attributes:
        selector: What `value` is; a name (`game`, `login`) is looked up before the first page.
        value: The id or name.
        started_at: Start of the window, as it goes out.
        ended_at: Its end, as it goes out.
        since: A window that ends now and is not fixed yet: its length, or its start.
        not_before: Clips made before it are left out here, as Helix rounds to 10 minutes.
        is_featured: Only featured clips, only others, or all.
        page_size: Records that every page asks for.
        before: The cursor of the one page to ask for, backwards.

    Raises:
        QueryError: Helix would refuse it, or answer it with an empty list.
    """

    selector: Selector
    value: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    since: datetime | timedelta | None = None
    not_before: datetime | None = None
    is_featured: bool | None = None
    page_size: int = MAX_PAGE_SIZE
    before: str | None = None

    def __attrs_post_init__(self) -> None:
        """Check each argument, and those that exclude each other."""
        _check_selector(self.selector, self.value)
        if not is_whole(self.page_size) or not 1 <= self.page_size <= MAX_PAGE_SIZE:
            raise QueryError(f"page_size must be a whole number from 1 to {MAX_PAGE_SIZE}, not {self.page_size!r}")
        if not _is_flag(self.is_featured):
            raise QueryError(f"is_featured must be True, False or None, not {self.is_featured!r}")
        if self.before is not None:
            check_cursor("before", self.before)
        if self.since is not None and (self.started_at is not None or self.ended_at is not None):
            raise QueryError("give since, or started_at with or without ended_at, not both")
        if self.ended_at is not None:
            if self.started_at is None:
                raise QueryError("ended_at needs a started_at: alone, Helix ignores it")
            if self.ended_at <= self.started_at:
                raise QueryError("ended_at must be after started_at")

    @property
    def is_named(self) -> bool:
        """Whether a name has to be looked up first."""
        return self.selector in _ID_FOR

    def fixed(self, now: datetime, id_: str | None = None) -> "ClipsQuery":
        """The same question with an id in place of the name, and instants in place of `since`.

        Raises:
            QueryError: `since` lies ahead of now, or before there was time.
        """
        query = self
        if id_ is not None:
            query = attrs.evolve(query, selector=_ID_FOR[self.selector], value=id_)
        if self.since is None:
            return query
        start = times.before(now, self.since) if isinstance(self.since, timedelta) else self.since
        if start > now:
            raise QueryError(f"since is ahead of now: {times.write_instant(start)}")
        # Outwards, as Helix cuts both ends down: else the newest clips would be missing.
        ended_at = times.raised(now)
        if ended_at <= now:
            ended_at += times.GRID
        return attrs.evolve(query, since=None, not_before=start, started_at=times.floored(start), ended_at=ended_at)

    def parameters(self, after: str | None) -> Parameters:
        """The query parameters of the page that the cursor `after` leads to; `None` is the first page."""
        parameters = [(self.selector, self.value), ("first", str(self.page_size))]
        if self.started_at is not None:
            parameters.append(("started_at", times.write_instant(self.started_at)))
        if self.ended_at is not None:
            parameters.append(("ended_at", times.write_instant(self.ended_at)))
        if self.is_featured is not None:
            parameters.append(("is_featured", "true" if self.is_featured else "false"))
        if self.before is not None:
            parameters.append(("before", self.before))
        elif after is not None:
            parameters.append(("after", after))
        return parameters

    def written(self) -> tuple[tuple[str, str], ...]:
        """What a checkpoint keeps of it: the parameters of its first page, and the exact start."""
        kept = self.parameters(None)
        if self.not_before is not None:
            kept.append(("not_before", times.write_instant(self.not_before)))
        return tuple(kept)

    @classmethod
    def read(cls, kept: Iterable[tuple[str, str]]) -> Self:
        """The question that a checkpoint keeps.

        Raises:
            CheckpointError: It keeps none.
        """
        fields = dict(kept)
        try:
            [selector] = fields.keys() & {*_ID_FOR, *_NAME_FOR}
            return cls(
                selector=selector,  # type: ignore[arg-type]
                value=fields.pop(selector),
                page_size=int(fields.pop("first")),
                is_featured={"true": True, "false": False, None: None}[fields.pop("is_featured", None)],
                before=fields.pop("before", None),
                **{_INSTANTS[name]: times.read_instant(name, text) for name, text in fields.items()},
            )
        except (QueryError, TypeError, ValueError, KeyError):
            pass
        raise CheckpointError("the checkpoint holds no question to Get Clips")


def refuse_unknown(options: Mapping[str, object], known: Collection[str]) -> None:
    """Refuse keyword arguments that are not there, as Python does.

    Raises:
        TypeError: There is no such argument.
    """
    if unknown := options.keys() - set(known):
        raise TypeError(f"unexpected keyword argument: {', '.join(sorted(unknown))}")


def one_selector(options: Iterable[tuple[Selector, T | None]]) -> tuple[Selector, T]:
    """The one argument that says whose clips are asked for, and what it says, unchecked.

    Args:
        options: Those that could, and what each says; `None` where it is not given.

    Raises:
        QueryError: None is given, or several.
    """
    asked = list(options)
    given: list[tuple[Selector, T]] = [(name, value) for name, value in asked if value is not None]
    if len(given) != 1:
        *others, last = (name for name, _ in asked)
        raise QueryError(f"give exactly one of {', '.join(others)} and {last}")
    return given[0]


def _is_flag(value: object) -> bool:
    return value is None or isinstance(value, bool)


def is_text(value: object) -> TypeGuard[str]:
    """Whether it is a string, and no lone half of a character is in it: that could be neither sent nor printed."""
    return isinstance(value, str) and not _SURROGATES.search(value)


def is_whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number; `True` and `False` are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def check_cursor(name: str, cursor: object) -> None:
    """Refuse what is no cursor.

    Raises:
        QueryError: It is no text that could be sent, or empty: Helix would start at the top again.
    """
    if not is_text(cursor) or not cursor:
        raise QueryError(f"{name} must be a cursor that Helix gave, not {cursor!r}")


def check_id(name: str, value: object, hint: str = "") -> None:
    """Refuse what is no id of a user or a game.

    Raises:
        QueryError: It is not made of digits. Given a login in place of an id, Helix may answer an empty list.
    """
    if not (isinstance(value, str) and value.isascii() and value.isdigit()):
        raise QueryError(f"{name} must be a string of digits, not {value!r}{hint}")


def check_name(name: str, value: object) -> None:
    """Refuse what is no name.

    Raises:
        QueryError: It is no text that could be sent, or there is nothing in it.
    """
    if not is_text(value) or not value.strip():
        raise QueryError(f"{name} must be a name, not {value!r}")


def _check_selector(selector: Selector, value: object) -> None:
    if selector in _ID_FOR:
        check_name(selector, value)
        return
    named = isinstance(value, str) and value.strip() and not value.strip().isdigit()
    check_id(selector, value, f": did you mean {_NAME_FOR[selector]}={value!r}?" if named else "")
