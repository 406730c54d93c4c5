"""Looking clips up by their ids: what Helix knows of them now, and whether it knows them at all."""

import asyncio

from twitch_clips import AsyncClips, ClipPage, Progress

from .followed import Followed
from .rows import Aged

_AT_ONCE = 4  # requests
_AT_A_TIME = 10_000  # ids: the database looks all clips of a channel over to find the next ones
_MINUTE = 60.0
_INSTANT = 1e-3  # seconds


class Refresh:
    """The look-ups of one sync.

    Args:
        clips: Asks.
        followed: Where the clips are.

    Attributes:
        requests: Requests made.
        gone: Clips that were found to be gone, and were not marked so before.
    """

    def __init__(self, clips: AsyncClips, followed: Followed) -> None:
        """Ask nothing yet."""
        self._clips = clips
        self._followed = followed
        self._began_at = asyncio.get_running_loop().time()
        self._looked_up = self._wanted = 0
        self.requests: int = 0
        self.gone: int = 0

    @property
    def progress(self) -> Progress:
        """How far it is."""
        elapsed = max(asyncio.get_running_loop().time() - self._began_at, _INSTANT)
        left = self._wanted - self._looked_up
        return Progress(
            fraction=self._looked_up / self._wanted if self._wanted else 1.0,
            clips=self._looked_up,
            requests=self.requests,
            requests_per_minute=self.requests / elapsed * _MINUTE,
            seconds_left=left * elapsed / self._looked_up if self._looked_up else None,
        )

    async def look_up_doubted(self) -> None:
        """Those that were marked as gone and have been listed since, each alone."""
        for clip_id in await self._followed.doubted():
            await self._look_up_alone(clip_id)

    async def look_up_all(self) -> None:
        """All that the sweeps of this run did not show, by page: a request per 100, and one for each not found."""
        fetched, every = await self._followed.count()
        self._wanted = every - fetched
        last: Aged | None = None
        while rows := await self._followed.aged(last, _AT_A_TIME):
            last = rows[-1]
            await self._look_up(rows)
            self._looked_up += len(rows)

    async def _look_up(self, rows: list[Aged]) -> None:
        stream = self._clips.by_ids([row.id for row in rows], concurrency=_AT_ONCE)
        async for page in stream.pages():
            await self._followed.renew(page)
        self.requests += stream.stats.requests
        known = {row.id for row in rows if row.is_gone}
        for clip_id in stream.missing:
            if clip_id not in known and await self._look_up_alone(clip_id):
                self.gone += 1

    async def _look_up_alone(self, clip_id: str) -> bool:
        """Whether Helix knows no such clip: it may know one that it left out of a hundred."""
        stream = self._clips.by_ids([clip_id])
        pages: list[ClipPage] = []
        async for page in stream.pages():
            await self._followed.renew(page)
            pages.append(page)
        self.requests += stream.stats.requests
        for page in pages if stream.missing else ():
            await self._followed.mark_gone(clip_id, page.fetched_at)
        return bool(stream.missing)
