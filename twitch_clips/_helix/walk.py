"""When a listing is over: its cursors and ids tell, page by page.

Helix ends a listing in many ways. The cursor is gone, null or empty; it leads to an empty page; and past its cap of
about 1,000 results (993 to 1,100 were seen) it is gone (twitchdev/issues#133), stays the same for ever (#1045), or
moves on while clips come again (#1188). Below the cap the last two are no end but a fault.
"""

from collections import deque
from collections.abc import Sequence
from enum import Enum

CAP = 900  # records; below it no end was ever the cap's
_REMEMBERED = 2000
_BARREN_PAGES = 2
_EMPTY_PAGES = 10
_NONE: frozenset[str] = frozenset()


class Step(Enum):
    """What follows from a page."""

    ON = "go on"
    AGAIN = "ask for the same page again"
    EXHAUSTED = "the end"
    CAPPED = "the cap"
    ROUND = "it goes round"
    EMPTY = "nothing but empty pages"
    ONLY = "no other page was asked for"


class Walk:
    """One pass through a listing."""

    def __init__(self, cursor: str | None, served: int) -> None:
        """Begin at a cursor, after so many records."""
        self.served = served
        self._ids = Recent()
        self._empty = 0
        self._known = 0  # records to pass again after a restart, before new ones can be expected
        self._again = False
        self.turn_back(cursor)

    @property
    def repeats(self) -> bool:
        """Whether clips of the page that comes next were given before, for a reason of ours."""
        return self._again or self.served < self._known

    @property
    def is_whole(self) -> bool:
        """Whether every id since the top is remembered."""
        return self.served <= _REMEMBERED

    def restart(self) -> None:
        """Begin at the top again, with all ids in mind."""
        self._known = max(self.served, self._known)
        self._empty = self.served = 0
        self._again = False
        self.turn_back(None)

    def turn_back(self, cursor: str | None) -> None:
        """Stand at a cursor again after the walk went round: where it leads now is not known."""
        self._cursors = Recent()
        self._barren = 0
        self._stalled = False  # whether a page was asked for again, and no new clip came since
        if cursor is not None:
            self._cursors.add({cursor})

    def note(self, ids: set[str]) -> frozenset[str] | set[str]:
        """Those of a page's ids that were there before; from now on all of them were."""
        if self._ids.all.isdisjoint(ids):
            self._ids.add(ids)
            return _NONE
        known = ids & self._ids.all
        self._ids.add(ids - known)
        return known

    def step(self, records: int, *, fresh: bool, cursor: str | None) -> Step:
        """What follows from a page.

        Args:
            records: How many it had.
            fresh: Whether a new one was among them.
            cursor: Where it leads; `None` is nowhere.
        """
        again, self._again = self._again, False
        self._count(records, fresh=fresh, again=again)
        if cursor is None:
            return Step.CAPPED if self.served >= CAP else Step.EXHAUSTED
        goes_round = cursor in self._cursors.all or self._barren >= _BARREN_PAGES
        if not goes_round:
            self._cursors.add({cursor})
            if self._empty < _EMPTY_PAGES:
                return Step.ON
            self._empty = 0
            return Step.EMPTY
        if self.served >= CAP:
            return Step.CAPPED
        self._again = not again and not self._stalled
        self._stalled = True
        return Step.AGAIN if self._again else Step.ROUND

    def _count(self, records: int, *, fresh: bool, again: bool) -> None:
        if not records:
            self._empty += 1
            return
        self._empty = 0
        if fresh or self.served < self._known:
            self._barren = 0
            self._stalled = False
            self.served += records
        elif not again:
            self._barren = min(self._barren + 1, _BARREN_PAGES)


class Recent:
    """The last 2,000 strings or a few more, and no growth beyond."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self.all: set[str] = set()
        self._batches: deque[set[str]] = deque()

    def add(self, fresh: set[str]) -> None:
        """Remember some that were not remembered yet, and forget the oldest."""
        if not fresh:
            return
        self.all |= fresh
        self._batches.append(fresh)
        while len(self.all) - len(self._batches[0]) >= _REMEMBERED:
            self.all -= self._batches.popleft()


def leads_nowhere(cursor: str | None) -> bool:
    """Whether there is no cursor, or one that says `{"b": null, "a": ""}`, as the last one of Twitch's own examples."""
    return not cursor or cursor in _NOWHERE


_NOWHERE: Sequence[str] = ("eyJiIjpudWxsLCJhIjoiIn0", "eyJiIjpudWxsLCJhIjoiIn0=")
