"""A listing of clips, page by page."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Self

from ._helix.query import ClipsQuery
from ._session import Session
from .records import Clip


class ClipStream(AsyncIterator[Clip]):
    """The clips of one listing, in Helix's order (by falling `view_count`), fetched a page at a time when needed.

    `AsyncClips.by_game` and `by_broadcaster` make it. It is read once: a second `async for` goes on where the first
    stopped. Between clips it owns no socket, task or frame, so leaving a loop early needs no clean-up.

    Each page costs one request. After an error the next clip asks for the same page again, so nothing is lost; a page
    with an invalid record raises `DecodeError` each time. Tasks may share a stream; each clip goes to one of them.

    Raises:
        AuthError: No access token could be had.
        ClosedError: The `AsyncClips` was closed.
        TransportError: No whole answer came.
        ResponseError: Helix answered with an error.
        DecodeError: Helix answered with something that is not a page of clips.
    """

    def __init__(self, session: Session, query: ClipsQuery, *, limit: int | None) -> None:
        """Prepare the listing; nothing is sent yet."""
        self._session = session
        self._query = query
        self._left = limit  # clips that later pages may still give
        self._cursor: str | None = None
        self._ended = limit == 0
        self._page: Iterator[Clip] = iter(())
        self._turning = asyncio.Lock()

    def __aiter__(self) -> Self:
        """Itself: there is one position."""
        return self

    async def __anext__(self) -> Clip:
        """The next clip; one request when the page at hand is used up."""
        for clip in self._page:
            return clip
        async with self._turning:
            while True:
                for clip in self._page:  # another task may have turned the page
                    return clip
                if self._ended:
                    raise StopAsyncIteration
                await self._turn()

    async def collect(self) -> list[Clip]:
        """All clips that are left, at one request a page."""
        return [clip async for clip in self]

    async def first(self) -> Clip | None:
        """The next clip, or `None` at the end."""
        return await anext(self, None)

    async def _turn(self) -> None:
        page = await self._session.page(self._query, self._cursor)
        clips = page.clips
        if self._left is not None:
            clips = clips[: self._left]
            self._left -= len(clips)
        self._page = iter(clips)
        self._cursor = page.cursor
        self._ended = page.cursor is None or self._left == 0
