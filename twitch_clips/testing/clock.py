"""The sandbox's time: that of the running loop, and a wall clock that goes with it."""

import asyncio
import time
from datetime import UTC, datetime
from email.utils import format_datetime

from aiohttp import web


class Clock:
    """Started in a running loop, and right as long as that loop runs.

    Args:
        now: Wall time at the start, aware; by default the loop's own `wall_time()`, or the real one if it has none.
    """

    def __init__(self, now: datetime | None) -> None:
        """Keep the settings."""
        self._now = now
        self._zero = 0.0
        self._wall_zero = 0.0

    def start(self) -> None:
        """Begin with the running loop's time."""
        loop = asyncio.get_running_loop()
        wall_time = self._now.timestamp if self._now is not None else getattr(loop, "wall_time", time.time)
        self._zero = loop.time()
        self._wall_zero = wall_time()

    def elapsed(self) -> float:
        """Seconds since the start; finer than wall time, whose floats step by a fraction of a microsecond."""
        return asyncio.get_running_loop().time() - self._zero

    def wall(self) -> float:
        """POSIX seconds."""
        return self._wall_zero + self.elapsed()

    def now(self) -> datetime:
        """Wall time, in UTC."""
        return datetime.fromtimestamp(self.wall(), UTC)

    def http_date(self) -> str:
        """The value of a `Date` header."""
        return format_datetime(self.now(), usegmt=True)


CLOCK = web.AppKey("clock", Clock)
