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
    SHORT = "started again, it ends before the place where it was"
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
    def to_pass(self) -> int:
        """Records that lie between here and the place where the listing was when it was started again."""
        return max(0, self._known - self.served)

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
            self._cursors.add([cursor])

    @property
    def known(self) -> frozenset[str] | set[str]:
        """Those ids of the page noted last that earlier pages had."""
        return self._ids.known

    def note(self, ids: Sequence[str]) -> bool:
        """Remember the ids of a page; whether none came before, neither on an earlier page nor on this one."""
        return self._ids.add(ids)

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
            if self.served >= CAP:
                return Step.CAPPED
            return Step.SHORT if self.to_pass else Step.EXHAUSTED
        goes_round = cursor in self._cursors or self._barren >= _BARREN_PAGES
        if not goes_round:
            self._cursors.add([cursor])
            if self._empty < _EMPTY_PAGES:
                return Step.ON
            self._empty = 0
            return Step.EMPTY
        if self.served >= CAP:
            return Step.CAPPED
        asks_again = not again and not self._stalled
        self._stalled = True
        self._again = asks_again and records > 0  # an empty page gave nothing that could come twice
        return Step.AGAIN if asks_again else Step.ROUND

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
    """The last 2,000 strings or a few more, and no growth beyond.

    Attributes:
        known: Those of the batch added last that were in earlier ones.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        self.known: frozenset[str] | set[str] = _NONE
        self._all: set[str] = set()
        self._batches: deque[Sequence[str]] = deque()

    def __contains__(self, one: str) -> bool:
        """Whether it is remembered."""
        return one in self._all

    def add(self, batch: Sequence[str]) -> bool:
        """Remember some and forget the oldest; whether all of them were new, and none twice.

        How the set has grown tells that at no further cost: nearly every batch is new.
        """
        before = len(self._all)
        self._all.update(batch)
        is_new = len(self._all) - before == len(batch)
        self.known = _NONE
        if not is_new:
            self.known = {one for earlier in self._batches for one in earlier}.intersection(batch)
            batch = [one for one in dict.fromkeys(batch) if one not in self.known]
        if batch:
            self._batches.append(batch)
        while self._batches and len(self._all) - len(self._batches[0]) >= _REMEMBERED:
            self._all.difference_update(self._batches.popleft())
        return is_new


def leads_nowhere(cursor: str | None) -> bool:
    """Whether there is no cursor, or one that says `{"b": null, "a": ""}`, as the last one of Twitch's own examples."""
    return not cursor or cursor in _NOWHERE


_NOWHERE: Sequence[str] = ("eyJiIjpudWxsLCJhIjoiIn0", "eyJiIjpudWxsLCJhIjoiIn0=")
