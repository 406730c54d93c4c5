"""What a 429 means for everyone: a pause, then one request that goes ahead; no I/O, no waiting."""

import math

from .queue import Turn

_FIRST_PAUSE = 1.0  # seconds after a 429, doubled for each one that the next request meets
_LONGEST_PAUSE = 8.0
_SHORTEST_SHARE = 0.75  # of a pause; the rest is chance, so that processes do not come back together
_ALONE = 3.0  # seconds for which an answer is awaited; then another request goes ahead
LONGEST = 180.0  # seconds of 429s after which nobody is kept waiting
_FORGOTTEN = 30.0  # seconds after a pause in which nobody asked: those who were refused have given up
_UNHEARD = 2  # answers without headers, after which nothing more is expected of the next


def lasting(seconds: float) -> str:
    """Why nobody is kept waiting any longer."""
    return f"Helix has answered 429 for {seconds:.0f} seconds"


class Refusals:
    """Whether all may go, one, or nobody. Before the first answer nothing is known, and one goes ahead too."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.paused_until = -math.inf
        self._ahead: Turn | None = None
        self._unheard = _UNHEARD
        self._begin_anew()

    @property
    def sends_ahead(self) -> bool:
        """Whether one request at a time goes."""
        return self._unheard > 0

    def closed_for(self, now: float) -> float:
        """Seconds for which one that goes ahead is awaited, at most; 0.0 when the next one may go after the pause."""
        if not self.sends_ahead or self._ahead is None:
            return 0.0
        return max(0.0, self._ahead.granted_at + _ALONE - now)

    def seconds(self, now: float) -> float:
        """For how long Helix has given nothing but 429s."""
        return max(0.0, now - self._since)

    def has_lasted(self, now: float) -> bool:
        """Whether that is too long for anyone to be kept waiting."""
        return self.seconds(now) >= LONGEST

    def note_turn(self, turn: Turn) -> None:
        """A turn was given."""
        if self.sends_ahead:
            self._ahead = turn

    def note_unused(self, turn: Turn) -> None:
        """It was given back."""
        if turn is self._ahead:
            self._ahead = None

    def forget_turn(self) -> None:
        """Nothing more will be heard of what is under way."""
        self._ahead = None

    def note(self, now: float, turn: Turn, *, heard: bool, refused: bool, chance: float) -> bool:
        """What came of a turn.

        Args:
            now: This moment.
            turn: The one that was used.
            heard: Whether the answer had rate headers.
            refused: Whether it was a 429 for want of points.
            chance: A number from 0 to 1.

        Returns:
            Whether a pause begins.
        """
        self.note_unused(turn)
        if turn.granted_at < self.paused_until:
            return False  # what was sent before a pause says nothing about now
        if refused:
            if turn.granted_at - self.paused_until > _FORGOTTEN:
                self._begin_anew()
            self._pause(now, chance)
        elif self._unheard:
            self._unheard = 0 if heard else self._unheard - 1
            if not self._unheard:
                self._begin_anew()
        return refused

    def _begin_anew(self) -> None:
        self._in_a_row, self._since = 0, math.inf

    def _pause(self, now: float, chance: float) -> None:
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._in_a_row)
        self.paused_until = now + pause * (_SHORTEST_SHARE + (1 - _SHORTEST_SHARE) * chance)
        self._unheard = _UNHEARD
        self._in_a_row = min(self._in_a_row + 1, 8)
        self._since = min(self._since, now)
