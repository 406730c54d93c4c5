"""The token bucket: one request spends a point, a sixtieth of the limit comes back each second.

Helix refills continuously: `Ratelimit-Reset` is when the bucket is full again, so whoever waits for it wastes up to a
minute (measured by users of the API, see twitchdev/issues#597).
"""

import asyncio
import math
import sys
from collections import deque
from typing import Protocol

import attrs

from . import _clock
from .errors import QueryError, RateLimited
from .records import RateHeaders, RateStatus

DEFAULT_LIMIT = 800
_FILL_SECONDS = 60.0
_FIRST_PAUSE = 1.0  # seconds after a 429, doubled for each one that the next request meets
_LONGEST_PAUSE = 8.0
_SHORTEST_SHARE = 0.75  # of a pause; the rest is chance, so that processes do not come back together
_EARLY = 1e-6  # seconds; below it a wait is rounding, and could be slept through for ever


@attrs.frozen
class Level:
    """How full a bucket is, as one number: the moment at which nothing will be missing any more.

    Attributes:
        limit: Points that it holds.
        full_at: On the caller's clock; in the past when the bucket is full.
    """

    limit: int
    full_at: float

    def wait(self, now: float, points: int = 1) -> float:
        """Seconds until there are so many whole points."""
        seconds = self.full_at + self._cost * points - now - _FILL_SECONDS
        return seconds if seconds > _EARLY else 0.0

    def left(self, now: float) -> int:
        """Whole points that are there."""
        return self.limit - math.ceil(max(0.0, self.full_at - now - _EARLY) / self._cost)

    def take(self, now: float) -> "Level":
        """The level after a point was spent."""
        return Level(self.limit, max(self.full_at, now) + self._cost)

    def returned(self) -> "Level":
        """The level after a point that was taken was not spent."""
        return Level(self.limit, self.full_at - self._cost)

    def lowered(self, now: float, rate: RateHeaders, under_way: int) -> "Level":
        """The level after an answer's headers; they may lower it, but a late answer never raises it.

        Args:
            now: This moment.
            rate: What the answer's headers said.
            under_way: Requests sent and not answered: the server may not have counted them yet.
        """
        missing = (self.full_at - now) / self._cost
        reported = rate.limit - rate.remaining + under_way
        if rate.limit == self.limit and reported <= missing <= rate.limit:
            return self
        # No more than all can be missing: whatever is wrong with a header, the next turn is one refill away.
        lacking = min(max(missing, reported), rate.limit)
        return Level(rate.limit, now + lacking * _FILL_SECONDS / rate.limit)

    @property
    def _cost(self) -> float:
        return _FILL_SECONDS / self.limit


class Bucket(Protocol):
    """What decides when a request may go."""

    async def acquire(self, *, max_wait: float | None = None) -> float:
        """Wait for a turn.

        Args:
            max_wait: Seconds that the caller would wait; `None` for as long as it takes.

        Returns:
            Seconds that it took.

        Raises:
            RateLimited: The turn did not come within `max_wait`; at once, as soon as it is known that it will not.
        """
        ...

    def observe(self, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Take note of an answer. Called once after every `acquire`.

        Args:
            rate: What the rate headers said; `None` when none, or no answer, came.
            refused: Whether the answer was a 429 for want of points.
        """
        ...

    @property
    def status(self) -> RateStatus:
        """How it stands. `retry_after` is above 0 while a refusal has everyone pause."""
        ...


@attrs.frozen(eq=False)
class _Waiter:
    """Somebody in the queue.

    Attributes:
        turn: Whether it may go; not done while it waits.
        until: On the loop's clock, the moment from which it would not wait any more.
    """

    turn: "asyncio.Future[bool]"
    until: float


class TokenBucket:
    """A bucket for one process: first come, first served, and corrected by the API's rate headers.

    After a 429 everyone pauses (a second, doubled up to eight for each one that follows), then one request goes ahead,
    and the rest when it was served.

    Args:
        limit: Points to reckon with until the first answer says the real number.

    Raises:
        QueryError: `limit` is not above 0.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        """Start full."""
        if isinstance(limit, bool) or not limit > 0:
            raise QueryError(f"limit must be above 0 points, not {limit!r}")
        self._level = Level(limit, 0.0)
        self._under_way: int = 0
        self._queue: deque[_Waiter] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._refusals: int = 0  # in a row; above 0 only one request goes at a time
        self._paused_until: float = -math.inf

    @property
    def status(self) -> RateStatus:
        """How it stands, on the running loop's clock."""
        now = _clock.monotonic()
        waiting = sum(not waiter.turn.done() for waiter in self._queue)
        pause = max(0.0, self._paused_until - now)
        return RateStatus(
            limit=self._level.limit,
            remaining=0 if pause else self._level.left(now),
            waiting=waiting,
            retry_after=max(pause, self._level.wait(now, waiting + 1)),
        )

    async def acquire(self, *, max_wait: float | None = None) -> float:
        """Wait for a turn. At once while there are points, else until the next one has come back.

        With `max_wait` it is refused at once where the points that are missing, or a pause, take longer; and in the
        end when nobody could know: while one request goes ahead after a refusal.
        """
        loop, now = self._enter_loop(), _clock.monotonic()
        if not self._queue and self._is_open() and not self._wait(now):
            self._take(now)
            return 0.0
        if max_wait is not None and (expected := self.status.retry_after) > max_wait:
            raise RateLimited(expected, "the token bucket is empty")
        waiter = _Waiter(loop.create_future(), math.inf if max_wait is None else now + max_wait)
        self._queue.append(waiter)
        self._serve(now)
        if not await self._turn(loop, waiter):
            # How long the one that goes ahead after a refusal will take is not known.
            raise RateLimited(self.status.retry_after or _FIRST_PAUSE, "no turn came within max_wait")
        return _clock.monotonic() - now

    def observe(self, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Take note of an answer, or of a request that got none."""
        now = _clock.monotonic()
        self._finish()
        if rate is not None:
            self._level = self._level.lowered(now, rate, self._under_way)
        if not refused:
            # An answer to what was sent before the pause says nothing about now.
            self._refusals = self._refusals if now < self._paused_until else 0
        elif now >= self._paused_until:
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._refusals)
            self._refusals = min(self._refusals + 1, 8)
            self._paused_until = now + pause * (_SHORTEST_SHARE + (1 - _SHORTEST_SHARE) * _clock.chance())
            self._refuse(self._paused_until)
        if self._queue:
            self._serve(now)

    def _enter_loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # Those who waited in another loop are gone with it.
            self._loop, self._timer, self._under_way = loop, None, 0
            self._queue.clear()
        return loop

    async def _turn(self, loop: asyncio.AbstractEventLoop, waiter: _Waiter) -> bool:
        timer = None if waiter.until == math.inf else loop.call_at(waiter.until, self._expire, waiter)
        try:
            return await waiter.turn
        except asyncio.CancelledError:
            if not waiter.turn.cancelled() and waiter.turn.result():  # its turn had come, and it is not going to use it
                self._finish()
                self._level = self._level.returned()
            self._serve(_clock.monotonic())
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def _expire(self, waiter: _Waiter) -> None:
        now = _clock.monotonic()
        self._serve(now)  # its turn may come in the same moment
        if not waiter.turn.done():
            waiter.turn.set_result(False)
            self._serve(now)

    def _refuse(self, moment: float) -> None:
        """Tell those who would not wait until then."""
        for waiter in self._queue:
            if waiter.until < moment and not waiter.turn.done():
                waiter.turn.set_result(False)

    def _serve(self, now: float) -> None:
        """Give turns to those in front, and set the one timer for the next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._queue and (self._queue[0].turn.done() or (self._is_open() and not self._wait(now))):
            turn = self._queue.popleft().turn
            if not turn.done():
                self._take(now)
                turn.set_result(True)
        if self._queue and self._is_open() and self._loop is not None:
            self._timer = self._loop.call_later(self._wait(now), lambda: self._serve(_clock.monotonic()))

    def _is_open(self) -> bool:
        """Whether the next one may go as soon as there are points: after a refusal one goes ahead alone."""
        return not self._refusals or not self._under_way

    def _wait(self, now: float) -> float:
        pause = self._paused_until - now
        return max(pause if pause > _EARLY else 0.0, self._level.wait(now))

    def _take(self, now: float) -> None:
        self._level = self._level.take(now)
        self._under_way += 1

    def _finish(self) -> None:
        # A request of a loop that is gone ends when its memory is cleared, and was not counted in this one.
        self._under_way = max(0, self._under_way - 1)


class NoLimit:
    """No limit at all, for servers of your own."""

    @property
    def status(self) -> RateStatus:
        """Always open."""
        return RateStatus(limit=sys.maxsize, remaining=sys.maxsize, waiting=0, retry_after=0.0)

    async def acquire(self, *, max_wait: float | None = None) -> float:  # noqa: ARG002  (it never waits)
        """Go at once."""
        return 0.0

    def observe(self, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Take no note."""
