"""The token bucket: one request spends a point, a sixtieth of the limit comes back each second.

Helix refills continuously: `Ratelimit-Reset` is when the bucket is full again, so whoever waits for it wastes up to a
minute (measured by users of the API, see twitchdev/issues#597).
"""

import asyncio
import sys
from typing import Protocol, runtime_checkable

from . import _clock
from ._bucket.level import Level
from ._bucket.queue import Lane, Turn
from ._bucket.refusals import lasting
from ._bucket.turns import Turns
from .errors import QueryError, RateLimited
from .records import RateHeaders, RateStatus

DEFAULT_LIMIT = 800


class Bucket(Protocol):
    """What decides when a request may go.

    For each request `acquire` is awaited, and `observe` or `give_back` called afterwards, once, also when the request
    is cancelled. `twitch_clips.testing.check_bucket` tells whether one of your own keeps to this.
    """

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:
        """Wait for a turn. `observe` or `give_back` has to follow, once.

        Args:
            max_wait: Seconds that the caller would wait; `None` for as long as it takes.
            background: Whether it stands back for others: a backfill does, a bot's command does not.

        Raises:
            RateLimited: The turn would come later than `max_wait`; at once, as soon as that is known.
        """
        ...

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Take note of what came of a turn.

        Args:
            turn: The one that was used.
            rate: What the answer's rate headers said; `None` when none, or no answer, came.
            refused: Whether the answer was a 429 for want of points.
        """
        ...

    def give_back(self, turn: Turn) -> None:
        """Take back a turn with which nothing was sent."""
        ...

    @property
    def status(self) -> RateStatus:
        """How it stands. `retry_after` is above 0 while a refusal has everyone pause."""
        ...


@runtime_checkable
class KeyedBucket(Bucket, Protocol):
    """A bucket that stands for several, as one that is kept outside of the process does."""

    def keyed(self, key: str) -> Bucket:
        """The one of an API, application and payer; the same one for the same key. `AsyncClips` asks for it."""
        ...


class TokenBucket:
    """A bucket for one process: first come, first served, and corrected by the API's rate headers.

    It counts what is sent, and keeps within the limit by that. As long as nothing is known one request goes ahead.
    After a 429 everyone pauses (a second, doubled up to eight for each one that follows), then one goes ahead, and
    the rest when it was served. Where the headers show that others spend from the same bucket, it shares with them.

    It may be used in several event loops, one after the other: whoever still waits in the one before is turned away.

    Args:
        limit: Points to reckon with until the first answer says the real number.

    Raises:
        QueryError: `limit` is not above 0.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        """Start full."""
        if isinstance(limit, bool) or not limit > 0:
            raise QueryError(f"limit must be above 0 points, not {limit!r}")
        self._turns = Turns(Level.full(limit))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._live, self._background = Lane(), Lane()

    @property
    def status(self) -> RateStatus:
        """How it stands, on the running loop's clock."""
        return self._turns.status(_clock.monotonic(), len(self._live) + len(self._background))

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:
        """Wait for a turn. At once while there are points, else until the next one has come back.

        Args:
            max_wait: Seconds. It is refused at once where the points that are missing, those who wait in front, or a
                pause take longer; and in the end when nobody could know: while one request goes ahead after a refusal.
            background: Whether it stands back for others.

        Raises:
            RateLimited: The turn would come later than `max_wait`.
        """
        now = _clock.monotonic()
        self._enter_loop()
        lane = self._background if background else self._live
        turns = self._turns
        if not (self._live or lane or turns.refusals.closed_for(now) or turns.wait(now, background=background)):
            return turns.take(now, background=background)
        waiter = lane.join(now, max_wait)
        if waiter.until < (paused_until := turns.refusals.paused_until):
            lane.turn_away(waiter, RateLimited(paused_until - now, "everyone pauses after a 429"))
        self._serve(now)
        return await lane.outcome_of(waiter, self.give_back)

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Take note of an answer, or of a request that got none, as `Bucket.observe` says."""
        now = _clock.monotonic()
        seconds = self._turns.note(now, turn, rate, refused=refused, chance=_clock.chance())
        if refused:
            for lane in (self._live, self._background):
                lane.turn_away_until(now, self._turns.refusals.paused_until)
        if seconds is not None:
            for lane in (self._live, self._background):
                lane.turn_away_all(self._turns.wait(now), lasting(seconds))
        self._serve(now)

    def give_back(self, turn: Turn) -> None:
        """Its point is there again, for the next one."""
        self._turns.give_back(turn)
        self._serve(_clock.monotonic())

    def _enter_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        if self._loop is not None and not self._loop.is_closed():
            for lane in (self._live, self._background):
                self._loop.call_soon_threadsafe(lane.turn_away_all, 0.0, "another event loop took this bucket over")
        # Those who waited in another loop are gone with it, and so is the one that went ahead.
        self._loop, self._timer = loop, None
        self._live, self._background = Lane(), Lane()
        self._turns.refusals.forget_turn()

    def _serve(self, now: float) -> None:
        """Give turns to those in front, and set the one timer for the next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (loop := self._loop) is None or loop.is_closed():
            return  # what was under way there is cleared away after its end
        while waiter := self._live.first() or self._background.first():
            background = not self._live
            closed_for, wait = self._turns.refusals.closed_for(now), self._turns.wait(now, background=background)
            if closed_for or wait:
                self._turn_away_late(now)
                self._timer = loop.call_later(closed_for or wait, self._wake)
                return
            lane = self._background if background else self._live
            lane.serve(waiter, self._turns.take(now, background=background, was_awaited=True))

    def _turn_away_late(self, now: float) -> None:
        prospect = self._turns.estimate.prospect
        if self._live.has_bounds:
            self._live.turn_away_late(now, *prospect(now))
        if self._background.has_bounds:
            first, each = prospect(now, background=True)
            self._background.turn_away_late(now, first + len(self._live) * each, each)

    def _wake(self) -> None:
        self._timer = None
        self._serve(_clock.monotonic())


class NoLimit:
    """No limit at all, for servers of your own."""

    @property
    def status(self) -> RateStatus:
        """Always open."""
        return RateStatus(limit=sys.maxsize, remaining=sys.maxsize, waiting=0, retry_after=0.0)

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:  # noqa: ARG002  (it never waits)
        """Go at once."""
        return Turn(granted_at=_clock.monotonic())

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Take no note."""

    def give_back(self, turn: Turn) -> None:
        """Nothing was taken."""
