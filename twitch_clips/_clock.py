"""The only reader of time and chance."""

import asyncio
import random
import time
from datetime import UTC, datetime


def monotonic() -> float:
    """Seconds on the running loop's clock; only differences mean anything, and a wrong wall clock changes nothing."""
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:  # no loop runs; theirs is this one
        return time.monotonic()


def now() -> datetime:
    """Wall time, aware, UTC: that of the loop where the loop keeps one, as a virtual one does."""
    try:
        wall_time = getattr(asyncio.get_running_loop(), "wall_time", time.time)
    except RuntimeError:  # no loop runs
        wall_time = time.time
    return datetime.fromtimestamp(wall_time(), UTC)


def chance() -> float:
    """Any number from 0 to 1."""
    return random.random()  # noqa: S311  (it spreads pauses, it guards nothing)


async def sleep(seconds: float) -> None:
    """Pause this task."""
    await asyncio.sleep(seconds)
