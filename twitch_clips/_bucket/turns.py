"""When the next turn comes, by what is left and by whether anybody may go; no I/O, no waiting."""

from twitch_clips.records import RateHeaders, RateStatus

from .estimate import Estimate
from .level import Level
from .queue import Turn
from .refusals import Refusals


class Turns:
    """A bucket without those who wait for it.

    Args:
        level: How full it is.
    """

    def __init__(self, level: Level) -> None:
        """Know nothing of the server yet."""
        self.estimate: Estimate = Estimate(level)
        self.refusals: Refusals = Refusals()

    @property
    def level(self) -> Level:
        """How full it is."""
        return self.estimate.level

    def status(self, now: float, waiting: int) -> RateStatus:
        """How it stands with so many who wait."""
        pause = self._pause(now)
        first, each = self.estimate.prospect(now)
        return RateStatus(
            limit=self.level.limit,
            remaining=0 if pause else self.level.whole(now),
            waiting=waiting,
            retry_after=max(self.wait(now), first + waiting * each),
        )

    def wait(self, now: float, *, background: bool = False) -> float:
        """Seconds until the next turn, but for one that goes ahead and is awaited."""
        goes_ahead = self.refusals.sends_ahead
        return max(self._pause(now), self.estimate.wait(now, background=background, goes_ahead=goes_ahead))

    def take(self, now: float, *, background: bool = False, was_awaited: bool = False) -> Turn:
        """A turn."""
        turn = self.estimate.take(now, background=background, was_awaited=was_awaited)
        self.refusals.note_turn(turn)
        return turn

    def give_back(self, turn: Turn) -> None:
        """It was not used."""
        self.estimate.give_back(turn)
        self.refusals.note_unused(turn)

    def note(self, now: float, turn: Turn, rate: RateHeaders | None, *, refused: bool, chance: float) -> float | None:
        """What came of a turn.

        Args:
            now: This moment.
            turn: The one that was used.
            rate: What the rate headers said, if there were any.
            refused: Whether the answer was a 429 for want of points.
            chance: A number from 0 to 1.

        Returns:
            For how many seconds Helix has given nothing but 429s, when that is too long for anyone to be kept waiting.
        """
        self.estimate.note(now, turn, rate, refused=refused)
        if not self.refusals.note(now, turn, heard=rate is not None, refused=refused, chance=chance):
            return None
        self.estimate.slow_down(now)
        return self.refusals.seconds(now) if self.refusals.has_lasted(now) else None

    def _pause(self, now: float) -> float:
        return max(0.0, self.refusals.paused_until - now)
