"""A process's own part of the bucket, for while the server is away; no I/O, no waiting."""

from twitch_clips import _clock
from twitch_clips._bucket.level import Level
from twitch_clips._bucket.queue import Turn
from twitch_clips._bucket.turns import Turns
from twitch_clips.records import RateHeaders, RateStatus

from .known import Known
from .wire import Offer


class Share:
    """As large a part of the bucket as others leave, as empty as the whole was.

    Args:
        now: This moment.
        known: The whole.
        share: Points, if the user says how many; else the whole is divided by those who share it.
    """

    def __init__(self, now: float, known: Known, share: int | None) -> None:
        """Begin where the whole was left."""
        self._share = share
        self._processes = known.processes
        self._limit = known.level.limit
        self._full_at = known.level.full_at
        limit = self._part(known.level.limit)
        refill = known.level.refill * limit / known.level.limit
        self._turns = Turns(Level(limit, known.level.full_at, refill))
        self._turns.estimate.note(now, Turn(granted_at=now - known.round_trip), None, refused=False)
        if known.is_open or known.paused_until > now:
            refused = known.paused_until > now
            self._turns.refusals.note(now, Turn(granted_at=now), heard=True, refused=refused, chance=_clock.chance())

    @property
    def refill(self) -> float:
        """Points a second that come back."""
        return self._turns.level.refill

    def status(self, now: float) -> RateStatus:
        """How it stands, but for who waits."""
        return self._turns.status(now, 0)

    def ask(self, now: float, *, background: bool) -> Offer:
        """A turn, or after how long to ask again."""
        wait = self._turns.wait(now, background=background)
        if closed_for := self._turns.refusals.closed_for(now):
            return Offer(None, wait, closed_for)
        return Offer(None, wait, wait) if wait else Offer(self._turns.take(now, background=background))

    def observe(self, now: float, turn: Turn, rate: RateHeaders | None, *, refused: bool) -> float | None:
        """Take note of an answer; the seconds of 429s when nobody should be kept waiting any longer."""
        if rate is not None:
            part = self._part(rate.limit)
            self._limit = rate.limit
            rate = RateHeaders(limit=part, remaining=rate.remaining * part // rate.limit)
        return self._turns.note(now, turn, rate, refused=refused, chance=_clock.chance())

    def give_back(self, turn: Turn) -> None:
        """A turn was not used."""
        self._turns.give_back(turn)

    def advance(self, now: float) -> float:
        """Seconds by which the whole is full later for what was spent here since this was last asked.

        A part with as many seconds to go as the whole is as empty as the whole, so the whole is as far as its parts on
        average: each moves it by its own progress times its size.
        """
        level = self._turns.level
        progress = max(level.full_at, now) - max(self._full_at, now)
        self._full_at = level.full_at
        return progress * level.limit / self._limit

    def _part(self, limit: int) -> int:
        return max(1, limit // self._processes) if self._share is None else min(self._share, limit)
