"""A listing of clips as a stream: `async for`, pages, a position to keep."""

from collections.abc import AsyncIterator, Callable
from typing import Self

from ._reader import Reader, Source
from ._session import Session
from ._sheet import Terms
from .checkpoint import Checkpoint
from .records import Clip, ClipPage, End, StreamStats


class ClipStream(AsyncIterator[Clip]):
    """The clips of one listing, in Helix's order (by falling `view_count`), fetched a page at a time when needed.

    (The order is Helix's promise, https://dev.twitch.tv/docs/api/reference/#get-clips, and was seen broken:
    twitchdev/issues#1147. Nothing here relies on it.)

    `AsyncClips.by_game`, `by_broadcaster` and `resume` make it. It is read once: a second `async for` goes on where the
    first stopped. Between clips it owns no socket, task or frame, so leaving a loop early needs no clean-up. Each page
    costs one request.

    No clip is lost without a word: the stream ends complete, or raises. After an error or a cancel it is still good:
    the next clip asks for the same page again (behind an invalid record, it goes on behind that), and `checkpoint`,
    also on the error, is the point to go on from in another process. A caller whose own time-out is shorter than a page
    takes never gets on. Tasks may share a stream; each clip goes to one of them.

    A clip that comes again on a later page is left out, by its id (the last 2,000 are remembered). Pages are cut from a
    list that moves: `stats.duplicates` above 0 means that as many clips may have been skipped.

    Raises:
        UnknownName: The login or game does not exist.
        AuthError: No access token could be had.
        ClosedError: The `AsyncClips` was closed.
        RateLimited: Helix goes on answering 429, or a turn would come later than `max_wait`.
        TransportError: No whole answer came, however often it was asked for.
        ResponseError: Helix answered with an error.
        DecodeError: Helix answered with something that is no page, or (after the clips before it) with a bad record.
        ListingBroken: The listing goes round below Helix's cap.
        ResultCapped: It ended at the cap (with `on_cap="raise"`).
    """

    def __init__(
        self, session: Session, make_source: Callable[[], Source], start: Checkpoint | None, terms: Terms
    ) -> None:
        """Prepare the listing; nothing is sent yet."""
        self._made_of = session, make_source, start, terms
        self._reader = Reader(session, make_source(), start, terms)

    def __aiter__(self) -> Self:
        """Itself: there is one position."""
        return self

    async def __anext__(self) -> Clip:
        """The next clip; a request when the page at hand is used up."""
        reader = self._reader
        for clip in reader.at_hand:
            return clip
        if not await reader.ready():
            raise StopAsyncIteration
        return next(reader.at_hand)

    async def first(self) -> Clip | None:
        """The next clip, or `None` at the end; a request when the page at hand is used up."""
        return await anext(self, None)

    async def collect(self) -> list[Clip]:
        """All clips that are left, at one request a page.

        It takes all or none: interrupted by an error or a cancel, the stream stands where it stood before, and what
        was fetched is kept for the next call. (With `on_cap="raise"` a capped listing can be read with `async for`
        only. A record that cannot be read is raised here once; another process that resumes meets it again.)
        """
        return await self._reader.take_all()

    def pages(self) -> AsyncIterator[ClipPage]:
        """What is left, page by page, the rest of a page half read first; one request a page.

        Pages hold what the stream would give, so they may be empty; a page with an invalid record comes in two. It is
        as good after an error as the stream is.
        """
        return _Pages(self._reader)

    def restart(self) -> Self:
        """A fresh stream that begins where this one began, with the same question and terms."""
        return type(self)(*self._made_of)

    async def aclose(self) -> None:
        """Give no more, at no request; `checkpoint` still leads on."""
        await self._reader.aclose()

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close."""
        await self.aclose()

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The point behind the clip that was given last, for `AsyncClips.resume`.

        On a list that stands still it leads to exactly the next clip; on one that moves it is as exact as the API's
        paging.
        """
        return self._reader.checkpoint

    @property
    def end(self) -> End | None:
        """Why there are no more clips; `None` until it was asked for one too many."""
        return self._reader.end

    @property
    def stats(self) -> StreamStats:
        """What it has cost and given so far."""
        return self._reader.stats


class _Pages(AsyncIterator[ClipPage]):
    """The pages of a stream."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def __anext__(self) -> ClipPage:
        """The next one, or the rest of the one that is read."""
        leaf = await self._reader.leaf()
        if leaf is None:
            raise StopAsyncIteration
        return ClipPage(clips=tuple(leaf.rest), cursor=leaf.cursor, fetched_at=leaf.fetched_at)


def reader_of(stream: ClipStream) -> Reader:
    """What reads a stream's pages, for those who read several at once."""
    return stream._reader  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  (its own module)
