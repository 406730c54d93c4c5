"""What the probe asks of the rate limit: a burst, and then looks at the points that come back."""

import asyncio

from twitch_clips import AsyncClips, Window

from .probe_listings import Subject
from .probe_meter import Meter
from .probe_verdicts import Look, Refill

_MOST = 80  # requests of a burst: 400s were reported for more than a hundred in a short time
_LEAST = 10
_SHARE = 10
_AT_ONCE = 20
_LOOKS = 7
_BETWEEN = 0.75  # seconds
_LONGEST = 70.0  # seconds that a Reset is waited for


async def ask_bucket(clips: AsyncClips, subject: Subject, window: Window, meter: Meter) -> Refill:
    """Spend a tenth of the bucket, 80 points at most, and look for some seconds; some 90 requests of one clip each."""
    first = await _look(clips, subject, window, meter)
    if first is None:
        return Refill(1, (), None)
    count = max(_LEAST, min(_MOST, first.limit // _SHARE))
    room = asyncio.Semaphore(_AT_ONCE)

    async def spend() -> None:
        async with room:
            await subject.page(clips, window, page_size=1)

    await asyncio.gather(*(spend() for _ in range(count)))
    looks: list[Look] = []
    for _ in range(_LOOKS):
        look = await _look(clips, subject, window, meter)
        if look is None:
            break
        looks.append(look)
        if not look.missing:
            break
        await _pause(_BETWEEN)
    return Refill(count, looks, await _look_at_reset(clips, subject, window, meter))


async def _look_at_reset(clips: AsyncClips, subject: Subject, window: Window, meter: Meter) -> Look | None:
    """What is in the bucket as soon as the time is reached that one more answer gives."""
    look = await _look(clips, subject, window, meter)
    if look is None or look.reset_in is None or look.reset_in > _LONGEST:
        return None
    await _pause(max(0.0, look.reset_in))
    return await _look(clips, subject, window, meter)


async def _look(clips: AsyncClips, subject: Subject, window: Window, meter: Meter) -> Look | None:
    """What one answer says; `None` where it says nothing."""
    clock = asyncio.get_running_loop().time
    sent = clock()
    page = await subject.page(clips, window, page_size=1)
    if (rate := meter.rate) is None:
        return None
    reset_in = None if rate.reset_at is None else rate.reset_at - page.fetched_at.timestamp()
    # The point was spent somewhere between.
    return Look((sent + clock()) / 2, rate.limit, rate.remaining, reset_in)


async def _pause(seconds: float) -> None:
    await asyncio.sleep(seconds)  # noqa: TID251  (the client's own clock is not public)
