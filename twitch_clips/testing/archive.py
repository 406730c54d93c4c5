"""The clips that the sandbox has, kept so that a window of many thousands is found at once."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from random import Random
from zlib import crc32

import attrs

from .manners import Manners

Selector = tuple[str, str]
"""The name of a field and its value: `("game_id", "509658")`."""

_SELECTORS = ("broadcaster_id", "game_id")
_CREATED_AT = attrgetter("created_at")
_VIEWS = attrgetter("views")
_NUMBER = attrgetter("number")
_SCATTER = attrgetter("scatter")
_REMEMBERED = 64


@attrs.define(eq=False, weakref_slot=False)
class Entry:
    """A clip, and what it is looked up by; `created_at` in POSIX seconds.

    Whoever serves it writes `views` over the view count of `raw`.
    """

    raw: Mapping[str, object]
    clip_id: str
    number: int
    created_at: float
    views: int
    scatter: float
    """0 to 1, by the clip's id alone: what looks like chance and is the same every time."""


@attrs.frozen(kw_only=True)
class Question:
    """What a listing is of: created from `started_at` on and before `ended_at`, POSIX seconds, or infinite."""

    selector: Selector
    started_at: float
    ended_at: float
    is_featured: bool | None


class Archive:
    """Every clip, by id and by what listings are asked by.

    Args:
        clips: As Helix writes them; they are kept, not changed, and read whole only when they are served.
    """

    def __init__(self, clips: Iterable[Mapping[str, object]] = ()) -> None:
        """Take them in."""
        self._by_id: dict[str, Entry] = {}
        self._shelves: dict[Selector, list[Entry]] = {}
        self._entries: list[Entry] = []
        self._chance = Random(1)
        self._ordered = lru_cache(_REMEMBERED)(self._order)
        self._later: Callable[[], Iterable[Mapping[str, object]]] | None = None
        self._later_selectors: Collection[Selector] = ()
        self._later_prefix = ""
        self._take_in(clips)

    def add_later(
        self, selectors: Collection[Selector], prefix: str, clips: Callable[[], Iterable[Mapping[str, object]]]
    ) -> None:
        """Take in more as soon as they are asked for, so that whoever does not ask need not wait for them.

        Args:
            selectors: All that they can be listed by.
            prefix: What their ids begin with.
            clips: Gives them, once: for one of the selectors, or for such an id.
        """
        self._later, self._later_selectors, self._later_prefix = clips, selectors, prefix

    def add(self, clips: Iterable[Mapping[str, object]]) -> None:
        """Take in more."""
        for raw in clips:
            self._add(raw, lambda shelf, entry: insort(shelf, entry, key=_CREATED_AT))
        self._ordered.cache_clear()

    def remove(self, ids: Iterable[str]) -> None:
        """Forget the clips with these ids."""
        wanted = set(ids)
        if not wanted <= self._by_id.keys():
            self._fetch()
        gone = {self._by_id.pop(clip_id) for clip_id in wanted}
        for shelf in (*self._shelves.values(), self._entries):
            shelf[:] = [entry for entry in shelf if entry not in gone]
        self._ordered.cache_clear()

    def by_id(self, clip_id: str, now: float) -> Entry | None:
        """The clip with this id, if it was made by `now`."""
        if clip_id not in self._by_id and clip_id.startswith(self._later_prefix):
            self._fetch()
        entry = self._by_id.get(clip_id)
        return entry if entry is not None and entry.created_at <= now else None

    def has(self, selector: Selector) -> bool:
        """Whether there was ever a clip of this game or channel."""
        return selector in self._shelves or selector in self._later_selectors

    def move_views(self, count: int) -> None:
        """Let so many clips be watched: each gains from 1 to some tenth of its views."""
        for entry in self._chance.sample(self._entries, min(count, len(self._entries))):
            entry.views += 1 + self._chance.randint(0, entry.views // 10)
        self._ordered.cache_clear()

    def listing(self, question: Question, now: float, manners: Manners, query: int = 0) -> Sequence[Entry]:
        """What Helix would list at `now`, all of it, in its order.

        Args:
            question: What is asked.
            now: Wall time, POSIX seconds.
            manners: How to behave.
            query: What it forgets by: the same number, the same clips; 0: it forgets nothing.
        """
        if question.selector in self._later_selectors:
            self._fetch()
        shelf = self._shelves.get(question.selector, [])
        from_start = bisect_left if manners.edges in {"start", "both"} else bisect_right
        to_end = bisect_right if manners.edges == "both" else bisect_left
        low = from_start(shelf, question.started_at, key=_CREATED_AT)
        high = min(
            to_end(shelf, question.ended_at, key=_CREATED_AT),
            bisect_right(shelf, now - manners.late.total_seconds(), key=_CREATED_AT),
        )
        is_wide = (
            manners.lossy_over is not None
            and question.ended_at - question.started_at > manners.lossy_over.total_seconds()
        )
        return self._ordered(question.selector, low, high, question.is_featured, is_wide, manners, query)

    def _fetch(self) -> None:
        if self._later is not None:
            clips, self._later = self._later(), None
            self._take_in(clips)

    def _take_in(self, clips: Iterable[Mapping[str, object]]) -> None:
        for raw in clips:
            self._add(raw, list[Entry].append)
        for shelf in self._shelves.values():
            shelf.sort(key=_CREATED_AT)

    def _add(self, raw: Mapping[str, object], put: Callable[[list[Entry], Entry], object]) -> None:
        clip_id = str(raw["id"])
        created_at = datetime.fromisoformat(str(raw["created_at"]))
        entry = Entry(
            raw,
            clip_id,
            len(self._entries),
            (created_at if created_at.tzinfo else created_at.replace(tzinfo=UTC)).timestamp(),
            int(str(raw["view_count"])),
            crc32(clip_id.encode()) / 2**32,
        )
        self._by_id[clip_id] = entry
        self._entries.append(entry)
        for name in _SELECTORS:
            put(self._shelves.setdefault((name, str(raw[name])), []), entry)

    def _order(  # noqa: PLR0913, PLR0917  (all that a listing depends on, for it to be remembered by)
        self,
        selector: Selector,
        low: int,
        high: int,
        is_featured: bool | None,  # noqa: FBT001  (a filter's value, not a flag)
        is_wide: bool,  # noqa: FBT001  (the same)
        manners: Manners,
        query: int,
    ) -> Sequence[Entry]:
        listed = [
            entry
            for entry in self._shelves.get(selector, [])[low:high]
            if (is_featured is None or entry.raw.get("is_featured", False) is is_featured)
            and not (is_wide and entry.scatter < manners.lossy_share)
            and entry.clip_id not in manners.hidden
            and not (query and _share(query, entry) < manners.forgetful)
        ]
        if manners.order == "random":
            return sorted(listed, key=_SCATTER)
        listed.sort(key=_NUMBER)
        listed.sort(key=_VIEWS, reverse=True)  # twice is faster than once by a pair; those alike keep their order
        return listed


def _share(query: int, entry: Entry) -> float:
    """0 to 1, by the query and the clip alone: a hash of numbers is the same in every process."""
    # The hash alone would have two queries forget the same clips, or never the same ones.
    return crc32(b"%x" % hash((query, entry.scatter))) / 2**32
