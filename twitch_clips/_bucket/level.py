"""The arithmetic of a token bucket: pure, in seconds of the caller's clock and points."""

import math

import attrs

from twitch_clips.records import RateHeaders

FILL_SECONDS = 60.0
_EARLY = 1e-6  # seconds; below it a wait is rounding, and could be slept through for ever
_ROUNDING = 1e-6  # points
_WIDEST = 3.0  # seconds of round trip beyond which an answer is slow for other reasons than its way
_SOUGHT = 0.05  # of the limit: where those who share a bucket keep it
_SOUGHT_AT_LEAST = 8.0  # points
_OURS = 0.25  # of what comes back until the next headers, when others draw on it too
_SHARERS = 16  # how many may draw on points that are left before they overdraw them within a round trip
_LONGEST_STEP = 8.0  # seconds


@attrs.frozen
class Level:
    """How full a bucket is, as one number: the moment at which nothing will be missing any more (GCRA).

    Attributes:
        limit: Points that it holds.
        full_at: On the caller's clock; in the past when the bucket is full.
        refill: Points a second that come back.
    """

    limit: int
    full_at: float
    refill: float

    @classmethod
    def full(cls, limit: int) -> "Level":
        """A full bucket whose points come back within a minute."""
        return cls(limit, -math.inf, limit / FILL_SECONDS)

    def missing(self, now: float) -> float:
        """Points that are not there."""
        return max(0.0, (self.full_at - now) * self.refill)

    def left(self, now: float) -> float:
        """Points that are there; below 0 when turns ahead are given away."""
        return self.limit - self.missing(now)

    def whole(self, now: float) -> int:
        """Whole points that are there."""
        return max(0, math.floor(self.left(now) + _ROUNDING))

    def due(self, now: float, points: float) -> float:
        """Seconds until there are so many points; below 0 when there are."""
        return self.full_at - now - (self.limit - points) / self.refill

    def wait(self, now: float, points: float = 1) -> float:
        """Seconds until there are so many points."""
        seconds = self.due(now, points)
        return seconds if seconds > _EARLY else 0.0

    def take(self, now: float) -> "Level":
        """The level after a point was spent."""
        return Level(self.limit, max(self.full_at, now) + 1 / self.refill, self.refill)

    def returned(self, last: float, since: int) -> "Level":
        """The level after a point that was taken was not spent; never better than if it had not been taken.

        Without it the bucket may have been full before those that were taken since, so that less came back.

        Args:
            last: When the last point was taken.
            since: How many were taken behind this one.
        """
        least = min(self.full_at, last + since / self.refill)
        return Level(self.limit, max(self.full_at - 1 / self.refill, least), self.refill)

    def lowered(self, now: float, missing: float) -> "Level":
        """The level with so many points missing, if more than are; no more than all can be."""
        # Whatever is wrong with a header, the next turn is one refill away.
        return Level(self.limit, max(self.full_at, now + min(missing, self.limit) / self.refill), self.refill)

    def resized(self, now: float, limit: int) -> "Level":
        """The level of a bucket of another size with as many points missing."""
        refill = limit / FILL_SECONDS
        return Level(limit, now + min(self.missing(now), limit) / refill, refill)

    def refilling(self, now: float, refill: float) -> "Level":
        """The level with as many points missing that come back at another rate."""
        return Level(self.limit, now + self.missing(now) / refill, refill)

    def contradicts(self, rate: RateHeaders, granted_at: float, slack: float) -> bool:
        """Whether an answer's headers prove that others spend: own requests cannot have made so many points missing.

        Every own request is in the level from its turn on, so the server, which counts it later, cannot have missed
        more at any moment since then than the level says of `granted_at`, seen from today; but for one point that is
        rounded away, and for what comes back during a round trip (`in_transit`).

        Args:
            rate: What the headers say.
            granted_at: When the request's turn came.
            slack: Points that are left out of account.
        """
        return rate.limit - rate.remaining > self.missing(granted_at) + 1 + slack


def in_transit(refill: float, seconds: float) -> float:
    """Points that come back during a round trip: by so many the server may see a bucket emptier than it was on sending.

    Two requests that leave apart may arrive together.
    """
    return refill * min(seconds, _WIDEST)


def paced_wait(level: Level, now: float, last: float, heard_at: float, seconds: float) -> float:
    """Seconds until a process that shares a bucket with others, unseen but for the headers, may send the next request.

    All of them read the same number of points left, so if each sends at a rate that depends on that number alone, their
    shares are even, and the bucket settles where the rates add up to the refill: at 5 % of the limit by the root of
    their number. Nobody meets a 429, and nobody has to know how many there are.

    Args:
        level: What is left, by the last headers and the refill since.
        now: This moment.
        last: When the last turn came.
        heard_at: When the last headers came.
        seconds: A round trip.
    """

    def is_time(wait: float) -> bool:
        moment = now + wait
        left = level.left(moment) * _OURS + level.left(heard_at) * (1 - _OURS)
        return (moment - last) * pace(level, left, seconds) >= 1

    if is_time(0.0):
        return 0.0
    early, late = 0.0, _LONGEST_STEP
    while late - early > _EARLY * 100:
        middle = (early + late) / 2
        early, late = (early, middle) if is_time(middle) else (middle, late)
    return late


def pace(level: Level, left: float, seconds: float) -> float:
    """Requests a second at which one of several that share a bucket sends.

    Args:
        level: Says how many points the bucket holds, and how fast they come back.
        left: Points that are left.
        seconds: A round trip.
    """
    sought = max(0.0, left) / max(level.limit * _SOUGHT, _SOUGHT_AT_LEAST)
    if sought < 1:
        return level.refill * sought * sought
    # Plenty is left: faster, but not so fast that all together overdraw it before the next answer says so.
    return min(level.refill * sought, max(level.refill, left / (_SHARERS * max(seconds, _EARLY))))
