"""What time it is for Helix: the machine's own clock may be wrong, or jump."""

from datetime import UTC, datetime, timedelta

from twitch_clips import _clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ServerClock:
    """Helix's time by its latest answer; the machine's until the first one."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._ahead: timedelta | None = None

    @property
    def is_set(self) -> bool:
        """Whether Helix has told the time."""
        return self._ahead is not None

    def learn(self, told: datetime) -> None:
        """Helix has just said what time it is."""
        self._ahead = told - _EPOCH - timedelta(seconds=_clock.monotonic())

    def forget(self) -> None:
        """The loop's clock is another one from now on."""
        self._ahead = None

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
