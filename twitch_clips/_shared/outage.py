"""When to look again for a server that is away, and what the log says of it; no I/O, no waiting."""

import math

from twitch_clips.events import log

_FIRST_PAUSE = 0.25  # seconds between two attempts to reach the server, doubled
_LONGEST_PAUSE = 2.0
_LONGEST_OF_ALL = 30.0  # where it comes and goes
_STEADY = 30.0  # seconds without an outage, after which the next one is another story


class Outages:
    """Those of one bucket: a line when the server goes and one when it is back, and fewer of them where it flaps.

    Args:
        name: What the log calls the server.
    """

    def __init__(self, name: str) -> None:
        """There was none yet."""
        self._name = name
        self._pause = _FIRST_PAUSE
        self._longest = _LONGEST_PAUSE
        self._back_at = -math.inf

    def begin(self, now: float, reason: str) -> None:
        """The server is away."""
        if now - self._back_at > _STEADY:
            self._pause, self._longest = _FIRST_PAUSE, _LONGEST_PAUSE
        else:
            # Whoever asked found that out by waiting in vain: not every second anew.
            self._longest = min(2 * self._longest, _LONGEST_OF_ALL)
        log.warning("%s is away (%s): until it is back, this process keeps to a share", self._name, reason)

    def next_pause(self) -> float:
        """Seconds until the next attempt."""
        pause = self._pause
        self._pause = min(2 * pause, self._longest)
        return pause

    def end(self, now: float) -> None:
        """The server is back."""
        self._back_at = now
        log.info("%s is back", self._name)
