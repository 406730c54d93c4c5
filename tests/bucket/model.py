"""A bucket as Helix is said to keep one, written from the reports alone."""

import math

from twitch_clips import RateHeaders

_ROUNDING = 1e-3  # points


class Server:
    """A limit, and what comes back all the time.

    Args:
        limit: Points that it holds.
    """

    def __init__(self, limit: int) -> None:
        """Start full."""
        self.limit = limit
        self.refused: int = 0
        self._left: float = limit
        self._at: float = 0.0

    def arrive(self, now: float) -> RateHeaders:
        """A request comes; what its answer's headers say."""
        if not self.spend(now, 1):
            self.refused += 1
        return RateHeaders(limit=self.limit, remaining=math.floor(self._left + _ROUNDING))

    def spend(self, now: float, points: int) -> bool:
        """Whether there were so many points."""
        self._left = min(self.limit, self._left + (now - self._at) * self.limit / 60)
        self._at = now
        if self._left < points - _ROUNDING:
            return False
        self._left = max(0.0, self._left - points)
        return True
