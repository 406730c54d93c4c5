"""Reads the pages of a stream: one position, moved by whoever takes clips, and lost by no error or cancel.

A page is a `Sheet`, and is read in one or more parts, its leaves. Leaves may be cut ahead of the one that is read; that
gives nothing yet. Only taking a clip moves the position, so whoever is interrupted has taken nothing.
"""

import asyncio
import logging
from collections import deque
from operator import length_hint
from typing import TYPE_CHECKING, Protocol

import attrs

from ._caller import line_outside
from ._helix.walk import Step
from ._session import Session, Tally
from ._sheet import Leaf, Sheet, Terms, cut
from .checkpoint import Checkpoint
from .errors import CappedWarning, CursorRejected, ResultCapped, TwitchClipsError, UnknownName
from .events import ListingCapped, PageRead, RecordSkipped
from .records import Clip, End, StreamStats

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDS = {Step.EXHAUSTED: End.EXHAUSTED, Step.CAPPED: End.CAPPED, Step.ONLY: End.LIMIT}
_NOT_NAMED = frozenset({"first", "not_before"})


class Source(Protocol):
    """Where a reader gets its pages from."""

    async def turn(self, tally: Tally) -> Sheet | None:
        """The next page; `None` when there is none."""
        ...

    async def aclose(self) -> None:
        """Let go what it holds. It is not asked for a page after that, but one may be on its way."""
        ...

    @property
    def question(self) -> tuple[tuple[str, str], ...] | None:
        """What a checkpoint keeps of it; `None` where none can be taken."""
        ...


class Reader:
    """Reads one source to its end.

    Attributes:
        source: Where its sheets come from.
        at_hand: The clips of the current leaf that nobody has taken yet. To take one is to give it.
        end: Why there are no more; `None` until somebody asked for one too many.
        owed: An error that came where nobody could hear it: raised to whoever asks next.
    """

    def __init__(self, session: Session, source: Source, start: Checkpoint | None, terms: Terms) -> None:
        """Stand at the start; ask nothing yet."""
        self.source = source
        self.at_hand: Iterator[Clip] = iter(())
        self.end: End | None = None
        self.owed: Exception | None = None
        self._session = session
        self._start = start
        self._terms = terms
        self._tally = Tally()
        self._pages = self._duplicates = self._invalid = 0
        self._leaf: Leaf | None = None
        self._ahead: deque[Leaf] = deque()
        self._given_with_ahead = terms.given
        self._over: End | None = None  # why nothing more can be cut
        self._is_warned = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()
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
        given = self._terms.given if self._leaf is None else self._leaf.given_with
        return StreamStats(
            requests=self._tally.requests,
            pages=self._pages,
            clips=given - self._terms.given,
            duplicates=self._duplicates,
            invalid=self._invalid,
            waited=self._tally.waited,
        )

    async def ready(self) -> bool:
        """Have a clip in `at_hand`, from further pages if the current one has none left; `False` at the end."""
        async with self._turning():
            self._raise_owed()
            while not length_hint(self.at_hand):  # another task may have turned the page
                if not await self._open_next():
                    return False
            return True

    async def leaf(self) -> Leaf | None:
        """The current leaf, or the next one if all its clips were taken; `None` at the end."""
        async with self._turning():
            self._raise_owed()
            if not length_hint(self.at_hand) and not await self._open_next():
                return None
            return self._leaf

    async def take_all(self) -> list[Clip]:
        """All clips that are left; none is taken before all of them are there."""
        more = True
        while more:
            async with self._turning():
                self._raise_owed()
                more = self.end is None and await self._extend()
        if self.end is not None:  # it may have been closed while a page was on its way
            return []
        if self._over is End.CAPPED:
            self._tell_of_cap(self.checkpoint)
        clips = list(self.at_hand)
        for leaf in self._ahead:
            clips += leaf.rest
            self._leaf, self.at_hand = leaf, leaf.rest
        self._ahead.clear()
        self.end = self._over
        return clips

    async def aclose(self) -> None:
        """Give no more."""
        self.at_hand = iter(())
        self._ahead.clear()
        self.end = self.end or End.CLOSED
        await self.source.aclose()

    def _turning(self) -> asyncio.Lock:
        """The lock around a page's turn; a lock that was waited for in another event loop is no use in this one."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._lock = loop, asyncio.Lock()
        return self._lock

    def _raise_owed(self) -> None:
        error, self.owed = self.owed, None
        if error is not None:
            raise error

    async def _open_next(self) -> bool:
        if self.end is None and not self._ahead and not await self._extend():
            self.end = self.end or self._over
            if self.end is End.CAPPED:
                self._tell_of_cap(None)
        if self.end is not None:  # it may have been closed while the page was on its way
            return False
        self._leaf = self._ahead.popleft()
        self.at_hand = self._leaf.rest
        return True

    async def _extend(self) -> bool:
        """Cut one more leaf; `False` when there is none."""
        try:
            return self._over is None and await self._cut_next()
        except TwitchClipsError as error:
            self._place(error)
            raise
        except StopAsyncIteration as error:
            problem = error
        # It would read as the end, though it comes from a source of tokens or from `where`.
        raise RuntimeError("StopAsyncIteration was raised where a page was asked for or filtered") from problem

    async def _cut_next(self) -> bool:
        if self._terms.limit is not None and self._given_with_ahead >= self._terms.limit:
            self._over = End.LIMIT
            return False
        last = self._ahead[-1] if self._ahead else self._leaf
        if last is not None and not last.leads_on:
            if obstacle := last.pass_obstacle():
                raise obstacle
            if not last.is_last:
                return self._cut(last.sheet, last.end)
            if last.sheet.step in _ENDS:
                self._over = _ENDS[last.sheet.step]
                return False
        sheet = await self.source.turn(self._tally)
        if sheet is None:
            self._over = End.EXHAUSTED
            return False
        self._pages += 1
        self._cut(sheet, sheet.start)
        if self._session.events.wants(logging.DEBUG):
            leaf = self._ahead[-1]
            page = PageRead(records=len(sheet.records), clips=len(leaf.clips), duplicates=leaf.duplicates)
            self._session.events.emit(page)
        return True

    def _cut(self, sheet: Sheet, start: int) -> bool:
        skips_invalid = self._session.on_invalid == "skip"
        leaf = cut(sheet, start, self._given_with_ahead, self._terms, skips_invalid=skips_invalid)
        self._given_with_ahead += len(leaf.clips)
        self._ahead.append(leaf)
        if not sheet.is_plain:
            self._duplicates += leaf.duplicates
            self._invalid += len(leaf.skipped)
            for error in leaf.skipped:  # a hook may end its task: what was cut is kept by now
                self._session.events.emit(RecordSkipped(path=error.path, reason=error.reason))
        return True

    def _place(self, error: TwitchClipsError) -> None:
        """Give an error the point to go on from."""
        if not isinstance(error, UnknownName):
            error.checkpoint = self.checkpoint
        if isinstance(error, CursorRejected) and error.checkpoint is not None:
            error.checkpoint = error.checkpoint.top()

    def _tell_of_cap(self, checkpoint: Checkpoint | None) -> None:
        asked = " ".join(f"{name}={value}" for name, value in self.source.question or () if name not in _NOT_NAMED)
        message = (
            f"the listing of {asked} ended after {self._given_with_ahead} clips, at Helix's cap of about 1,000 "
            "results: there may be more; ask for shorter windows (started_at, ended_at), or all at once with backfill"
        )
        if self._terms.on_cap == "raise":
            error = ResultCapped(message)
            error.checkpoint = checkpoint
            raise error
        if self._is_warned:
            return
        self._is_warned = True
        self._session.events.emit(ListingCapped(asked=asked, clips=self._given_with_ahead))
        if self._terms.on_cap == "warn":
            self._asked_at.warn(message, CappedWarning)
