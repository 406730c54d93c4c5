"""What a watch is asked for, checked before any I/O."""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Self, TypedDict, cast

import attrs

from twitch_clips import _clock
from twitch_clips._helix.query import SELECTORS, ClipsQuery, Selector, one_selector, refuse_unknown
from twitch_clips._helix.times import Since, before, read_since
from twitch_clips.backfill.terms import read_store
from twitch_clips.checkpoint import StateStore
from twitch_clips.errors import QueryError

OVERLAP = timedelta(minutes=30)
_LONGEST_OVERLAP = timedelta(days=30)
_LONGEST_ROUND = 86_400.0


class WatchOptions(TypedDict, total=False):
    """The keyword arguments of `AsyncClips.watch`, which says what they mean."""

    login: str | Sequence[str]
    broadcaster_id: str | Sequence[str]
    game: str | Sequence[str]
    game_id: str | Sequence[str]
    since: Since | None
    every: float
    overlap: timedelta
    checkpoint: str | os.PathLike[str] | StateStore | None


class OneOf(TypedDict, total=False):
    """The keyword arguments of `ClipWatch.add` and `discard`."""

    login: str | None
    broadcaster_id: str | None
    game: str | None
    game_id: str | None


@attrs.frozen
class Key:
    """A channel or a game as it was given, whatever the case of its name.

    Attributes:
        selector: How it is given.
        value: The name or id.
    """

    selector: Selector
    value: str = attrs.field(eq=lambda value: value.strip().casefold())

    @classmethod
    def of(cls, selector: str, value: object) -> Self:
        """Of a name or an id.

        Raises:
            QueryError: It is none.
        """
        query = ClipsQuery(selector=cast("Selector", selector), value=cast("str", value))
        return cls(query.selector, query.value)

    @property
    def is_channel(self) -> bool:
        """Whether it is a channel, and not a game."""
        return self.selector in {"login", "broadcaster_id"}

    @property
    def id(self) -> str | None:
        """Its id, where it is one."""
        return self.value if self.selector in {"broadcaster_id", "game_id"} else None


@attrs.frozen(kw_only=True)
class Terms:
    """What a watch was asked for.

    Attributes:
        keys: Whose clips, each once, in the order given.
        since: From when on, for what the checkpoint does not know; `None`: from its beginning on.
        every: Seconds between two polls of one target.
        overlap: How far a poll reaches back behind the last one that went well.
        store: Where the checkpoint is kept.
    """

    keys: tuple[Key, ...]
    since: datetime | timedelta | None
    every: float
    overlap: timedelta
    store: StateStore | None

    @classmethod
    def of(cls, options: WatchOptions) -> Self:
        """From the arguments as they were given.

        Raises:
            QueryError: One of them is wrong.
            TypeError: There is no such argument.
        """
        refuse_unknown(options, WatchOptions.__annotations__)
        given = {name: values for name in SELECTORS if (values := options.get(name)) is not None}
        if not given:
            raise QueryError(f"give one of {', '.join(SELECTORS[:-1])} and {SELECTORS[-1]}; a list may be empty")
        keys = (Key.of(name, value) for name, values in given.items() for value in _listed(name, values))
        store = read_store(options.get("checkpoint"))
        if store is not None and not isinstance(store, StateStore):
            raise QueryError("checkpoint of a watch must be a path or one StateStore, not many of them")
        return cls(
            keys=tuple(dict.fromkeys(keys)),
            since=_since(options.get("since")),
            every=_every(options.get("every", 60.0)),
            overlap=_overlap(options.get("overlap", OVERLAP)),
            store=store,
        )

    def start(self, began_at: datetime) -> datetime:
        """From when on the clips of a target are given that is watched since a moment and not known before."""
        if self.since is None:
            return began_at
        return before(began_at, self.since) if isinstance(self.since, timedelta) else min(self.since, began_at)


def one_of(selectors: OneOf) -> Key:
    """The one target that is named.

    Raises:
        QueryError: There is none or more than one, or it is no name or id.
        TypeError: There is no such argument.
    """
    refuse_unknown(selectors, SELECTORS)
    return Key.of(*one_selector((name, selectors.get(name)) for name in SELECTORS))


def _listed(name: str, values: object) -> list[object]:
    if isinstance(values, str):
        return [values]
    if isinstance(values, Iterable) and not isinstance(values, bytes):
        return list(cast("Iterable[object]", values))
    raise QueryError(f"{name} must be a string or a list of them, not {values!r:.60}")


def _since(value: object) -> datetime | timedelta | None:
    if value is None:
        return None
    since, now = read_since(value), _clock.now()
    if isinstance(since, timedelta):
        before(now, since)
    elif since > now:
        raise QueryError(f"since is ahead of now: {value}")
    return since


def _every(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= _LONGEST_ROUND:
        raise QueryError(f"every must be seconds from 1 to {_LONGEST_ROUND:.0f}, not {value!r}")
    return float(value)


def _overlap(value: object) -> timedelta:
    if not isinstance(value, timedelta) or not timedelta(0) < value <= _LONGEST_OVERLAP:
        raise QueryError(f"overlap must be a timedelta above nothing, at most {_LONGEST_OVERLAP.days} days: {value!r}")
    return value
