"""Helix's own bucket: points that come back all the time, and the headers that tell of them."""

import math

import attrs
from aiohttp import web

from .manners import Manners

Payer = tuple[str, str | None]
"""Client id, and the user's id if the token is a user's: each has a bucket to itself (the guide)."""

_MINUTE = 60
# What a client has to wait for one point is seldom an exact float: a millionth of a point is not held against it.
_ROUNDING = 1e-6
_ABSURD = (
    {"Ratelimit-Limit": "0", "Ratelimit-Remaining": "-1", "Ratelimit-Reset": "99999999999999999999"},
    {"Ratelimit-Limit": "eight hundred", "Ratelimit-Remaining": "", "Ratelimit-Reset": "soon"},
    {"Ratelimit-Limit": "1e400", "Ratelimit-Remaining": "NaN", "Ratelimit-Reset": "-1"},
)


@attrs.define
class _Points:
    left: float
    at: float


class Buckets:
    """One bucket per payer, full at the start.

    Args:
        limit: Points in a full bucket.
    """

    def __init__(self, limit: int) -> None:
        """Keep the limit; it may be changed at any time."""
        self.limit = limit
        self._points: dict[Payer, _Points] = {}
        self._answers = 0

    def fill(self) -> None:
        """Make every bucket full."""
        self._points.clear()

    def spend(self, payer: Payer, count: int, now: float, manners: Manners) -> bool:
        """Whether there were so many points to spend at `now`, in seconds since the start."""
        points = self._refilled(payer, now, manners)
        if not manners.counts_points:
            return True
        if points.left < count - _ROUNDING:
            return False
        points.left = max(0.0, points.left - count)
        return True

    def headers(self, payer: Payer, wall: float, manners: Manners) -> dict[str, str]:
        """What an answer to `payer` at `wall` (POSIX seconds) says."""
        if manners.rate_headers == "missing":
            return {}
        if manners.rate_headers == "absurd":
            self._answers += 1
            return _ABSURD[self._answers % len(_ABSURD)]
        points = self._points[payer]
        left = 0.0 if manners.rate_headers == "nothing_left" else points.left
        return {
            "Ratelimit-Limit": str(self.limit),
            "Ratelimit-Remaining": str(math.floor(left + _ROUNDING)),
            "Ratelimit-Reset": str(math.ceil(wall + self._seconds_to_reset(left, points.at, manners))),
        }

    def _seconds_to_reset(self, left: float, now: float, manners: Manners) -> float:
        if manners.reset == "minute":
            return _MINUTE - now % _MINUTE
        missing = self.limit - left
        return (missing if manners.reset == "full" else min(missing, 1)) * _MINUTE / self.limit

    def _refilled(self, payer: Payer, now: float, manners: Manners) -> _Points:
        points = self._points.setdefault(payer, _Points(left=self.limit, at=now))
        a_minute = self.limit if manners.refill is None else manners.refill
        at_once = manners.reset == "minute"
        minutes = now // _MINUTE - points.at // _MINUTE if at_once else (now - points.at) / _MINUTE
        points.left = min(self.limit, points.left + minutes * a_minute)
        points.at = now
        return points


BUCKETS = web.AppKey("buckets", Buckets)
