"""What the probe asks of new clips: how long after they were made they are listed."""

import asyncio
from datetime import datetime, timedelta

from twitch_clips import AsyncClips, Window

from .probe_listings import Listed, Subject, floored
from .probe_verdicts import GRID, Lateness

_BACK = (60, 20, 10, 0)  # minutes that are listed, of which the widest that stays below the cap is taken
_BELOW_CAP = 900
_BETWEEN = 30.0  # seconds from one look to the next, at the least
_LOOKS = 12


async def ask_lateness(clips: AsyncClips, subject: Subject, minutes: int, now: datetime) -> Lateness:
    """Look at the newest clips again and again for so many minutes; one request and more for each look, 12 at most."""
    clock = asyncio.get_running_loop().time
    begun = clock()
    started_at, listed = await _begin(clips, subject, now)
    known, seconds, earlier = set(listed.ids), list[tuple[float, float]](), now
    between = max(_BETWEEN, minutes * 60 / _LOOKS)
    for look in range(1, int(minutes * 60 / between) + 1) if listed.is_whole else ():
        await asyncio.sleep(begun + look * between - clock())  # noqa: TID251  (the client's own clock is not public)
        asked_at = now + timedelta(seconds=clock() - begun)
        listed = await subject.read(clips, _until(started_at, asked_at), _BELOW_CAP)
        read_at = now + timedelta(seconds=clock() - begun)
        if not listed.is_whole:
            break  # it lacks the new ones above all: they have no views yet
        for clip in listed.clips.values():
            if clip.id not in known:
                least, most = ((instant - clip.created_at).total_seconds() for instant in (earlier, read_at))
                seconds.append((max(0.0, least), max(0.0, most)))
        known |= listed.ids
        earlier = asked_at
    return Lateness(minutes, seconds, listed.is_whole)


async def _begin(clips: AsyncClips, subject: Subject, now: datetime) -> tuple[datetime, Listed]:
    """From when on to list, and what is listed by now."""
    for back in _BACK:
        started_at = floored(now) - timedelta(minutes=back)
        listed = await subject.read(clips, _until(started_at, now), _BELOW_CAP)
        if listed.is_whole:
            return started_at, listed
    return floored(now), Listed({}, is_whole=False)


def _until(started_at: datetime, now: datetime) -> Window:
    """Up to the mark ahead, and one more: the server's clock may be ahead of what we take it for."""
    return Window(started_at=started_at, ended_at=floored(now) + 2 * GRID)
