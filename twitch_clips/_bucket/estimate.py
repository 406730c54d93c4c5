"""How many points are left, by what was spent here and what the headers say; no I/O, no waiting."""

import math

from twitch_clips.records import RateHeaders

from .level import FILL_SECONDS, Level, in_transit, paced_wait
from .queue import Turn

_SHARED_FOR = 60.0  # seconds since others were last seen to spend
_KEPT = 0.1  # of the limit, by the background for the others
_KEPT_FOR = 60.0  # seconds since one of the others spent
_FORGOTTEN = 0.02  # of a long round trip, with each shorter one
_HEARD_FOR = 10.0  # seconds for which headers are trusted to go on coming
_SLOWER = 0.85  # of the refill, when a 429 shows that less comes back
_FASTER = 0.005  # of the whole refill, each second, until the next one
_WEIGHT, _NOTABLE = 0.05, 0.1  # of one interval in their mean; of the mean, to take note of
_STEP = 4.0  # seconds: those who wait are sorted anew whenever the refill changes


class Estimate:
    """The level of a bucket on the server.

    It counts what is spent here, and so needs nobody's word to keep below the limit. The headers tell what cannot be
    known here, another limit and others who spend, and only ever lower the count.
    """

    def __init__(self, level: Level) -> None:
        """Nothing was spent here yet."""
        self.level: Level = level
        self._given = 0
        self._last = -math.inf  # turn
        self._last_live = -math.inf  # the same, but for the background's; or others were seen to spend
        self._round_trip = 0.0  # seconds, of the slowest lately
        self._heard_at = -math.inf
        self._shared_at = -math.inf
        self._mean = self._spacing = 0.0  # seconds between turns that were awaited
        self._raised_at = -math.inf  # when the refill was last changed

    def wait(self, now: float, *, background: bool = False, goes_ahead: bool = False) -> float:
        """Seconds until the next turn; for one that goes ahead to see, without regard to others who spend."""
        wait = self.level.wait(now, 1 + self._kept(now, background=background))
        if not goes_ahead and self._is_shared(now):
            wait = max(wait, paced_wait(self.level, now, self._last, self._heard_at, self._round_trip))
        return wait

    def prospect(self, now: float, *, background: bool = False) -> tuple[float, float]:
        """Seconds until the first turn, and between two while somebody waits, as far as is known.

        The first is below 0 when there are points for several at once.
        """
        each = 1 / self.level.refill
        if self._is_shared(now) and self._spacing > each:  # others have their part of the refill
            return self.wait(now, background=background), self._spacing
        return self.level.due(now, 1 + self._kept(now, background=background)), each

    def take(self, now: float, *, background: bool = False, was_awaited: bool = False) -> Turn:
        """A turn."""
        self._measure(now - self._last, was_awaited=was_awaited)
        self.level = self.level.take(now)
        self._given += 1
        self._last = now
        if not background:
            self._last_live = now
        return Turn(self._given, now)

    def give_back(self, turn: Turn) -> None:
        """A turn was not used; its point is there again, but for what those since may have spent of it meanwhile."""
        since = self._given - turn.number
        self.level = self.level.returned(self._last, since)

    def note(self, now: float, turn: Turn, rate: RateHeaders | None, *, refused: bool) -> None:
        """What came of a turn."""
        seconds = now - turn.granted_at
        self._round_trip += max(seconds - self._round_trip, (seconds - self._round_trip) * _FORGOTTEN)
        if rate is not None:
            self._heard_at = now
            self._hear(now, turn, rate, refused=refused)
        elif refused:
            self.level = self.level.lowered(now, self.level.limit)
        whole = self.level.limit / FILL_SECONDS
        steps = (now - self._raised_at) // _STEP
        if self.level.refill < whole and steps:
            self._set_refill(now, min(whole, self.level.refill + whole * _FASTER * _STEP * steps))

    def slow_down(self, now: float) -> None:
        """Nothing but 429s shows that less comes back than the limit says, where no headers tell it."""
        if now - self._heard_at > _HEARD_FOR:
            self._set_refill(now, self.level.refill * _SLOWER)

    def _set_refill(self, now: float, refill: float) -> None:
        self.level = self.level.refilling(now, refill)
        self._raised_at = now

    def _kept(self, now: float, *, background: bool) -> float:
        """Points that are left alone."""
        # What the server may not have got back yet when the request arrives; a bucket of one point has none to keep.
        kept = min(in_transit(self.level.refill, self._round_trip), self.level.limit - 1)
        if background and now - self._last_live < _KEPT_FOR:
            kept += self.level.limit * _KEPT
        return kept

    def _measure(self, seconds: float, *, was_awaited: bool) -> None:
        if not was_awaited:
            self._mean = self._spacing = 0.0  # nobody waited: it says nothing of the refill
            return
        self._mean += (seconds - self._mean) * (_WEIGHT if self._mean else 1.0)
        if abs(self._mean - self._spacing) > self._spacing * _NOTABLE:
            self._spacing = self._mean  # in steps: those who wait are sorted anew whenever it changes

    def _hear(self, now: float, turn: Turn, rate: RateHeaders, *, refused: bool) -> None:
        since = self._given - turn.number  # which the server may not have counted yet
        missing = rate.limit - rate.remaining
        if rate.limit != self.level.limit:
            self.level = self.level.resized(now, rate.limit).lowered(now, missing + since)
        elif refused or self.level.contradicts(rate, turn.granted_at, self._slack(now)):
            self.level = self.level.lowered(now, missing + since)
            self._shared_at = self._last_live = now

    def _is_shared(self, now: float) -> bool:
        return now - self._shared_at < _SHARED_FOR

    def _slack(self, now: float) -> float:
        """Points by which the server may have less without anybody else's doing; none once others are known of."""
        return 0.0 if self._is_shared(now) else in_transit(self.level.refill, self._round_trip)
