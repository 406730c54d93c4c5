"""What a watch costs, and a warning where that is much."""

from twitch_clips import _clock
from twitch_clips._caller import Line
from twitch_clips._session import Session, Tally

_MINUTE = 60.0
_MEASURED = 900.0  # seconds: what is caught up with after an outage is no habit


class Cost:
    """The requests of one watch, next to the bucket that they come from.

    Args:
        session: Whose bucket it is.
        tally: Counts them.
        every: Seconds between two polls of a target.
        asked_at: The user's line.
    """

    def __init__(self, session: Session, tally: Tally, every: float, asked_at: Line) -> None:
        """Know of none yet."""
        self._session = session
        self._tally = tally
        self._every = every
        self._asked_at = asked_at
        self._is_told = False
        self._since = 0.0
        self._before = 0

    def begin(self) -> None:
        """Measure from now on."""
        self._since, self._before = _clock.monotonic(), self._tally.requests

    def weigh(self, targets: int) -> None:
        """Warn, once, if it costs more than half of the bucket to watch so many."""
        limit = self._session.buckets.status.limit
        costs = max(targets * _MINUTE / self._every, self._measured())
        if costs > limit / 2 and not self._is_told:
            self._is_told = True
            self._asked_at.warn(
                f"watching {targets} channels and games every {self._every:g} seconds costs {costs:.0f} requests a "
                f"minute, of {limit} that Twitch allows this application: watch fewer, or set a longer `every`",
                UserWarning,
            )

    def _measured(self) -> float:
        """Requests a minute, once there is enough to tell by."""
        now = _clock.monotonic()
        if now - self._since < _MEASURED:
            return 0.0
        rate = (self._tally.requests - self._before) * _MINUTE / (now - self._since)
        self.begin()
        return rate
