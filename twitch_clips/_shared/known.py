"""What a process knows of a shared bucket without asking; no I/O."""

import math

import attrs

from twitch_clips._bucket.level import Level
from twitch_clips._bucket.queue import Turn
from twitch_clips.records import RateHeaders, RateStatus

from .wire import News, Seen, SharedTurn, Told

_REFUSED = 1.0  # seconds of a pause, until the server says how long it is
_SAME = 1e-3  # seconds


@attrs.define
class Known:
    """What a process knows of the bucket without asking.

    Attributes:
        level: On the loop's clock.
        processes: How many share the bucket.
        given: The number of the last turn that is known.
        offset: Seconds by which the server's clock is ahead of the loop's.
        paused_until: On the loop's clock.
        is_open: Whether anything is known.
        round_trip: Seconds, of the slowest lately.
    """

    level: Level
    processes: int = 1
    given: int = 0
    offset: float = 0.0
    paused_until: float = -math.inf
    is_open: bool = False
    round_trip: float = 0.0
    _pause: float = -math.inf  # the latest one the server told of, on its clock

    def learn(self, now: float, told: Told) -> bool:
        """Take over what the server says; whether that is a pause which was not known of."""
        self.offset = told.now - now
        self.level = attrs.evolve(told.level, full_at=told.level.full_at - self.offset)
        self.processes = told.processes
        self.is_open = told.is_open
        self.round_trip = told.round_trip
        if told.offer.turn is not None:
            self.given = told.offer.turn.number
        self.paused_until = now + told.pause if told.pause else -math.inf
        until = told.now + told.pause
        is_new = told.pause > 0 and until > self._pause + _SAME
        self._pause = until if is_new else self._pause
        return is_new

    def values(self, news: News, chance: float) -> list[float]:
        """What the server is told, in the script's order."""
        level = attrs.evolve(self.level, full_at=self.level.full_at + self.offset)
        return news.values(chance, level, self.given)

    def suspect(self, now: float) -> None:
        """There was a 429, of which the server has not been told."""
        self.paused_until = max(self.paused_until, now + _REFUSED)

    def status(self, now: float) -> RateStatus:
        """How the bucket stands, but for who waits."""
        pause = max(0.0, self.paused_until - now)
        return RateStatus(
            limit=self.level.limit,
            remaining=0 if pause else self.level.whole(now),
            waiting=0,
            retry_after=max(pause, self.level.wait(now)),
        )

    def seen(self, now: float, turn: Turn, rate: RateHeaders | None, *, refused: bool) -> Seen:
        """What is to be told of an answer."""
        if not isinstance(turn, SharedTurn):
            # One of this process alone, and the answer comes when the server is back.
            turn = SharedTurn(self.given, turn.granted_at, at=turn.granted_at + self.offset)
        return Seen(
            at=turn.at,
            number=turn.number,
            limit=0 if rate is None else rate.limit,
            remaining=0 if rate is None else rate.remaining,
            refused=refused,
            seconds=now - turn.granted_at + turn.took,
            is_live=turn.is_live,
        )
