"""The only reader of time. The loop's own clock is monotonic: a wrong or jumping local clock changes nothing."""

import asyncio


def monotonic() -> float:
    """Seconds on the running loop's clock; only differences mean anything."""
    return asyncio.get_running_loop().time()


async def sleep(seconds: float) -> None:
    """Pause this task."""
    await asyncio.sleep(seconds)
