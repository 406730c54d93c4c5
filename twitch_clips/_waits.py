"""Who waits for a turn, so that a long wait is told of while it lasts."""

import asyncio
import math

from . import _clock
from .events import Emitter, StillWaiting

_LONG = 5.0  # seconds
_ROUNDING = 0.01
_AGAIN = 60.0  # seconds between two lines about one jam


class Waits:
    """The waits of one client. A single timer watches over all of them: there may be thousands."""

    def __init__(self, events: Emitter) -> None:
        """Nobody waits."""
        self._events = events
        self._started: dict[int, float] = {}
        self._next: int = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._told_at: float = -math.inf

    def begin(self) -> int:
        """Somebody asks for a turn; the number is for `end`."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # Those of another loop are gone with it.
            self._loop, self._timer, self._started = loop, None, {}
        self._next += 1
        self._started[self._next] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(_LONG, self._look)
        return self._next

    def end(self, number: int) -> None:
        """It waits no more."""
        self._started.pop(number, None)

    def _look(self) -> None:
        now = _clock.monotonic()
        waited = now - next(iter(self._started.values()), now)
        rest = _LONG - waited if waited < _LONG - _ROUNDING else 0.0
        self._timer = None
        if self._started and self._loop is not None:
            self._timer = self._loop.call_later(rest or _LONG, self._look)
        if rest:
            self._told_at = -math.inf  # the jam is over
        elif now - self._told_at >= _AGAIN:
            self._told_at = now
            self._events.emit(StillWaiting(seconds=waited, waiting=len(self._started)))
