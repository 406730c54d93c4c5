"""What reads a stream's sheets: one position, moved by whoever asks, and lost by no error or cancel."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from operator import length_hint

import attrs

from ._caller import line_outside
from ._helix.walk import Step
from ._listing import Source
from ._session import Session, Tally
from ._sheet import Leaf, Sheet, Terms, cut
from .checkpoint import Checkpoint
from .errors import CappedWarning, CursorRejected, ResultCapped, TwitchClipsError, UnknownName
from .events import RecordSkipped
from .records import Clip, End, StreamStats

_CAPPED = (
    "the listing ended after {} clips, at Helix's cap of about 1,000 results: there may be more; ask for shorter "
    "windows (started_at, ended_at), or all at once with backfill"
)
_ENDS = {Step.EXHAUSTED: End.EXHAUSTED, Step.CAPPED: End.CAPPED, Step.ONLY: End.LIMIT}


class Reader:
    """Reads one source to its end.

    Attributes:
        at_hand: The clips of the page that is open, as far as they were not taken. Take from it what you give.
        end: Why there are no more; `None` until somebody asked for one too many.
    """

    def __init__(self, session: Session, source: Source, start: Checkpoint | None, terms: Terms) -> None:
        """Stand at the start; ask nothing yet."""
        self.source = source
        self.at_hand: Iterator[Clip] = iter(())
        self.end: End | None = None
        self._session = session
        self._start = start
        self._terms = terms
        self._tally = Tally()
        self._pages = self._duplicates = self._invalid = 0
        self._leaf: Leaf | None = None
        self._unread: deque[Leaf] = deque()
        self._turning = asyncio.Lock()
        self._asked_at = line_outside()

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The point behind the clip that was taken last."""
        question = self.source.question
        if question is None or self._start is None:
            return None
        start = attrs.evolve(self._start, question=question)
        if self._leaf is None:
            return start
        cursor, place, served = self._leaf.position
        return attrs.evolve(start, cursor=cursor, place=place, served=served, given=self._leaf.given_with)

    @property
    def stats(self) -> StreamStats:
        """What it has cost and given so far."""
        return StreamStats(
            requests=self._tally.requests,
            pages=self._pages,
            clips=self._given() - self._terms.given,
            duplicates=self._duplicates,
            invalid=self._invalid,
            waited=self._tally.waited,
        )

    def close(self) -> None:
        """Give no more."""
        self.at_hand = iter(())
        self.end = self.end or End.CLOSED

    async def leaf(self, *, turned: bool = False) -> Leaf | None:
        """The open leaf, once there are clips at hand, if need be from further pages; `None` at the end.

        Args:
            turned: Whether another leaf will do, though it has none.
        """
        async with self._turning:
            while not length_hint(self.at_hand):  # another task may have turned the page
                if not await self._advance():
                    return None
                if turned:
                    break
            return self._leaf

    async def _advance(self) -> bool:  # noqa: PLR0911  (each ending has its line)
        if self.end is not None:
            return False
        if self._unread:
            return self._lay(self._unread.popleft())
        leaf, limit = self._leaf, self._terms.limit
        if limit is not None and self._given() >= limit:
            self.end = End.LIMIT
            return False
        if leaf is not None and not leaf.leads_on:
            if obstacle := leaf.pass_obstacle():
                raise self._placed(obstacle)
            if not leaf.is_last:
                return self._cut(leaf.sheet, leaf.end)
            if leaf.sheet.step in _ENDS:
                self._finish(_ENDS[leaf.sheet.step])
                return False
        try:
            sheet = await self.source.turn(self._tally)
        except TwitchClipsError as error:
            self._placed(error)
            raise
        if sheet is None:
            self.end = self.end or End.EXHAUSTED
            return False
        self._pages += 1
        return self._cut(sheet, sheet.start)

    def _cut(self, sheet: Sheet, start: int) -> bool:
        skips_invalid = self._session.on_invalid == "skip"
        leaf = cut(sheet, start, self._given(), self._terms, skips_invalid=skips_invalid)
        if not sheet.is_plain:
            self._duplicates += leaf.duplicates
            self._invalid += len(leaf.skipped)
            for error in leaf.skipped:
                self._session.events.emit(RecordSkipped(path=error.path, reason=error.reason))
        return self._lay(leaf)

    def _lay(self, leaf: Leaf) -> bool:
        self._leaf = leaf
        if self.end is None:
            self.at_hand = leaf.rest
        return self.end is None  # it may have been closed while the page was on its way

    def _given(self) -> int:
        return self._terms.given if self._leaf is None else self._leaf.given_with

    def take_back(self, taken: Sequence[tuple[Leaf, int]]) -> None:
        """Lay leaves back as they lay before so many clips of each were taken."""
        for leaf, clips in taken:
            leaf.unread(clips)
        leaves = [leaf for leaf, _ in taken]
        if leaves and self._leaf is not None:
            leaves += [self._leaf] * (self._leaf is not leaves[-1])
            self._unread.extendleft(reversed(leaves[1:]))
            self._lay(leaves[0])

    def _placed(self, error: Exception) -> Exception:
        """An error, with the point to go on from."""
        if isinstance(error, TwitchClipsError) and not isinstance(error, UnknownName):
            error.checkpoint = self.checkpoint
            if isinstance(error, CursorRejected) and error.checkpoint is not None:
                error.checkpoint = error.checkpoint.top()
        return error

    def _finish(self, end: End) -> None:
        self.end = end
        if end is not End.CAPPED or self._terms.on_cap == "ignore":
            return
        message = _CAPPED.format(self._given())
        if self._terms.on_cap == "raise":
            raise ResultCapped(message)
        self._asked_at.warn(message, CappedWarning)
