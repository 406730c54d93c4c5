"""The clips that the sandbox has, kept so that a window of many thousands is found at once."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from random import Random
from zlib import crc32

import attrs

from .catalogue import RawClip
from .manners import Manners

Selector = tuple[str, str]
"""The name of a field and its value: `("game_id", "509658")`."""

_SELECTORS = ("broadcaster_id", "game_id")
_CREATED_AT = attrgetter("created_at")
_REMEMBERED = 64


@attrs.define(eq=False)
class Entry:
    """A clip, and what it is looked up by; `created_at` in POSIX seconds."""

    raw: RawClip
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
        clips: As Helix writes them; they are not changed.
    """

    def __init__(self, clips: Iterable[RawClip] = ()) -> None:
        """Take them in."""
        self._by_id: dict[str, Entry] = {}
        self._shelves: dict[Selector, list[Entry]] = {}
        self._entries: list[Entry] = []
        self._chance = Random(1)
        self._ordered = lru_cache(_REMEMBERED)(self._order)
        for raw in clips:
            self._add(raw, list[Entry].append)
        for shelf in self._shelves.values():
            shelf.sort(key=_CREATED_AT)

    def add(self, clips: Iterable[RawClip]) -> None:
        """Take in more."""
        for raw in clips:
            self._add(raw, lambda shelf, entry: insort(shelf, entry, key=_CREATED_AT))
        self._ordered.cache_clear()

    def remove(self, ids: Iterable[str]) -> None:
        """Forget the clips with these ids."""
        gone = {self._by_id.pop(clip_id) for clip_id in ids}
        for shelf in (*self._shelves.values(), self._entries):
            shelf[:] = [entry for entry in shelf if entry not in gone]
        self._ordered.cache_clear()

    def by_id(self, clip_id: str, now: float) -> Entry | None:
        """The clip with this id, if it was made by `now`."""
        entry = self._by_id.get(clip_id)
        return entry if entry is not None and entry.created_at <= now else None

    def has(self, selector: Selector) -> bool:
        """Whether there was ever a clip of this game or channel."""
        return selector in self._shelves

    def move_views(self, count: int) -> None:
        """Let so many clips be watched: each gains from 1 to some tenth of its views."""
        for entry in self._chance.sample(self._entries, min(count, len(self._entries))):
            entry.views += 1 + self._chance.randint(0, entry.views // 10)
            entry.raw = entry.raw | {"view_count": entry.views}
        self._ordered.cache_clear()

    def listing(self, question: Question, now: float, manners: Manners) -> Sequence[Entry]:
        """What Helix would list at `now`, all of it, in its order."""
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
        return self._ordered(question.selector, low, high, question.is_featured, is_wide, manners)

    def _add(self, raw: RawClip, put: Callable[[list[Entry], Entry], object]) -> None:
        clip_id = str(raw["id"])
        created_at = datetime.fromisoformat(str(raw["created_at"]))
        entry = Entry(
            raw,
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
    ) -> Sequence[Entry]:
        listed = [
            entry
            for entry in self._shelves.get(selector, [])[low:high]
            if (is_featured is None or entry.raw.get("is_featured", False) is is_featured)
            and not (is_wide and entry.scatter < manners.lossy_share)
            and entry.raw["id"] not in manners.hidden
        ]
        if manners.order == "random":
            return sorted(listed, key=lambda entry: entry.scatter)
        return sorted(listed, key=lambda entry: (-entry.views, entry.number))
