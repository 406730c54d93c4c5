"""What time it is for Helix: the machine's own clock may be wrong, or jump."""

from datetime import UTC, datetime, timedelta

from twitch_clips import _clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AGREEING = timedelta(minutes=1)
_DOUBTED = 3600.0  # seconds


class ServerClock:
    """Helix's time by its latest answer; the machine's until the first one."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._ahead: timedelta | None = None
        self._doubted_since: float | None = None

    @property
    def is_set(self) -> bool:
        """Whether Helix has told the time."""
        return self._ahead is not None

    def learn(self, told: datetime) -> None:
        """Helix has just said what time it is.

        Where neither the time since its last answer nor the machine's clock agrees, either Helix is wrong, or the
        machine stood still, as a virtual one does that is halted: so what it goes on saying for an hour is believed.
        """
        moment = _clock.monotonic()
        if not self.is_set or any(abs(told - other) <= _AGREEING for other in (self.now(), _clock.now())):
            self._doubted_since = None
        elif self._doubted_since is None:
            self._doubted_since = moment
        if self._doubted_since is None or moment - self._doubted_since >= _DOUBTED:
            self._ahead = told - _EPOCH - timedelta(seconds=moment)

    def forget(self) -> None:
        """The loop's clock is another one from now on."""
        self._ahead = self._doubted_since = None

    def now(self) -> datetime:
        """The time, to the second; rounded down, as Helix rounds when a clip was made."""
        return self.at(_clock.monotonic())

    def at(self, moment: float) -> datetime:
        """What time it was, or will be, at a moment of the loop's clock."""
        if self._ahead is None:
            exact = _clock.now() + timedelta(seconds=moment - _clock.monotonic())
        else:
            exact = _EPOCH + timedelta(seconds=moment) + self._ahead
        return exact.replace(microsecond=0)
