"""The token bucket: one request spends a point, a sixtieth of the limit comes back each second.

Helix refills continuously: `Ratelimit-Reset` is when the bucket is full again, so whoever waits for it wastes up to a
minute (measured by users of the API, see twitchdev/issues#597).
"""

import asyncio
from typing import Protocol

import attrs

from . import _clock
from .errors import QueryError
from .records import RateHeaders

DEFAULT_LIMIT = 800
_FILL_SECONDS = 60.0
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

    def wait(self, now: float) -> float:
        """Seconds until there is a whole point."""
        seconds = self.full_at + self._cost - now - _FILL_SECONDS
        return seconds if seconds > _EARLY else 0.0

    def take(self, now: float) -> "Level":
        """The level after a point was spent."""
        return Level(self.limit, max(self.full_at, now) + self._cost)

    def lowered(self, now: float, rate: RateHeaders, under_way: int) -> "Level":
        """The level after an answer's headers; they may lower it, but a late answer never raises it.

        Args:
            now: This moment.
            rate: What the answer's headers said.
            under_way: Requests sent and not answered: the server may not have counted them yet.
        """
        missing = (self.full_at - now) / self._cost
        reported = rate.limit - rate.remaining + under_way
        # No more than all can be missing: whatever is wrong with a header, the next turn is one refill away.
        lacking = min(max(missing, reported), rate.limit)
        return Level(rate.limit, now + lacking * _FILL_SECONDS / rate.limit)

    @property
    def _cost(self) -> float:
        return _FILL_SECONDS / self.limit


class Bucket(Protocol):
    """What decides when a request may go."""

    async def acquire(self) -> None:
        """Wait for a turn."""
        ...

    def observe(self, rate: RateHeaders | None) -> None:
        """Take note of an answer. Called once after every `acquire`, with `None` when no rate headers came."""
        ...


class TokenBucket:
    """A bucket for one process: first come, first served, and corrected by the API's rate headers.

    Args:
        limit: Points to reckon with until the first answer says the real number.

    Raises:
        QueryError: `limit` is not above 0.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        """Start full."""
        if not limit > 0:
            raise QueryError(f"limit must be above 0 points, not {limit!r}")
        self._level = Level(limit, 0.0)
        self._under_way: int = 0
        self._queue = asyncio.Lock()  # its waiters are served in order, and a cancelled one just leaves

    async def acquire(self) -> None:
        """Wait for a turn. At once while there are points, else until the next one has come back."""
        async with self._queue:
            while wait := self._level.wait(_clock.monotonic()):
                await _clock.sleep(wait)
            self._level = self._level.take(_clock.monotonic())
            self._under_way += 1

    def observe(self, rate: RateHeaders | None) -> None:
        """Take note of an answer, or of a request that got none."""
        self._under_way -= 1
        if rate is not None:
            self._level = self._level.lowered(_clock.monotonic(), rate, self._under_way)


class NoLimit:
    """No limit at all, for servers of your own."""

    async def acquire(self) -> None:
        """Go at once."""

    def observe(self, rate: RateHeaders | None) -> None:
        """Take no note."""
