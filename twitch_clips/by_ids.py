"""Clips by their ids: a hundred a request, several requests at once, in the order given."""

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterable, Iterator
from datetime import datetime
from typing import Self, cast

import attrs

from . import _clock
from ._helix import decode
from ._helix.answer import Answer, read_rate
from ._helix.links import clip_id
from ._helix.page import Invalid, Page
from ._helix.query import MAX_AT_ONCE, is_whole
from ._helix.walk import Step
from ._session import Session, Tally
from ._sheet import Sheet
from .errors import QueryError
from .records import Clip
from .stream import ClipStream

Ids = Iterable[str] | AsyncIterable[str]
_MOST_AT_ONCE = 100


class IdStream(ClipStream):
    """The clips of given ids, in that order, each once; fetched a hundred at a time when needed.

    `AsyncClips.by_ids` makes it. It is read as any `ClipStream`, but has no checkpoint. Ids are taken from an iterable
    as they are needed, for as many requests as are made at once; a wrong one among them raises `QueryError` when its
    turn comes, and the stream goes on behind it. Each hundred costs one request.

    Raises:
        QueryError: An id that came from an iterator is none.
        TwitchClipsError: As for `ClipStream`, but for its listing's errors.
    """

    def restart(self) -> Self:
        """A fresh stream of the same ids.

        Raises:
            QueryError: They came from an iterator, which can be read once.
        """
        if self._ids.are_read_once:
            raise QueryError("these ids came from an iterator, which can be read once: give a list")
        return super().restart()

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids that were asked for and answered, and of which Helix knows no clip, in the order given.

        The clip is deleted, or not published yet. An id that was not asked for yet is not among them, nor one that came
        with records by which it cannot be told what is missing, as they have no id.
        """
        return tuple(self._ids.missing)

    @property
    def asked(self) -> int:
        """How many ids have been asked for and answered."""
        return self._ids.asked

    @property
    def _ids(self) -> "IdSource":
        return cast("IdSource", self._reader.source)


@attrs.define
class _Batch:
    """Ids of one request, and the answer once it came."""

    ids: list[str]
    failure: QueryError | None = None  # what came behind them and is no id
    sheet: Sheet | None = None
    missing: list[str] = attrs.field(factory=list[str])


class IdSource:
    """Ids to sheets, a batch each."""

    question = None

    def __init__(self, session: Session, ids: Ids, concurrency: int) -> None:
        """Check what can be checked; take and ask nothing yet.

        Raises:
            QueryError: `ids` is one string or no iterable, one of a list is no id, or `concurrency` is out of range.
        """
        _check_iterable(ids)
        if not is_whole(concurrency) or not 1 <= concurrency <= _MOST_AT_ONCE:
            raise QueryError(f"concurrency must be a whole number from 1 to {_MOST_AT_ONCE}, not {concurrency!r}")
        if isinstance(ids, Collection):
            for one in ids:
                clip_id(one)
        self._session = session
        self._feed = _Feed(ids)
        self.are_read_once: bool = isinstance(ids, Iterator | AsyncIterator)
        self._concurrency = concurrency
        self._batches: deque[_Batch] = deque()
        self.missing: list[str] = []
        self.asked: int = 0

    async def turn(self, tally: Tally) -> Sheet | None:
        """The clips of the next batch; `None` when there are no more ids.

        As many requests are made at once as batches lie ahead; what was answered stays so when another fails.

        Raises:
            TwitchClipsError: As `Session.ask`.
        """
        if not self._batches or self._batches[0].sheet is None:
            await self._ask_ahead(tally)
        if not self._batches:
            return None
        batch = self._batches.popleft()
        self.asked += len(batch.ids)
        self.missing += batch.missing
        return batch.sheet

    async def aclose(self) -> None:
        """Let the user's iterable go."""
        self._batches.clear()
        await self._feed.aclose()

    async def _ask_ahead(self, tally: Tally) -> None:
        while len(self._batches) < self._concurrency:
            batch = await self._feed.batch()
            if batch is None:
                break
            self._batches.append(batch)
        waiting = [one for one in self._batches if one.sheet is None]
        outcomes = await asyncio.gather(*(self._answer(one, tally) for one in waiting), return_exceptions=True)
        # Another one's failure is found again when it is the first.
        if waiting and waiting[0].sheet is None and isinstance(outcomes[0], BaseException):
            raise outcomes[0]

    async def _answer(self, batch: _Batch, tally: Tally) -> None:
        records: list[Clip | Invalid] = []
        answered_at: str | datetime = _clock.now()
        if batch.ids:
            page, answer = await self._ask(batch.ids, tally)
            records += page.records
            answered_at = answer.headers.get("Date") or answered_at
            if len(batch.ids) > 1 and _reads_one_id(answer, records, batch.ids[0]):
                for one in batch.ids[1:]:
                    records += (await self._ask([one], tally))[0].records
        batch.sheet, batch.missing = _sorted(batch, records, answered_at)

    async def _ask(self, ids: list[str], tally: Tally) -> tuple[Page, Answer]:
        return await self._session.ask("clips", [("id", one) for one in ids], decode.page, tally)


class _Feed:
    """Takes ids from the user's iterable, each once, in batches."""

    def __init__(self, ids: Ids) -> None:
        self._ids: AsyncIterator[str] | Iterator[str] = aiter(ids) if isinstance(ids, AsyncIterable) else iter(ids)
        self._taken: set[str] = set()
        self._batch: list[str] = []
        self._taking: asyncio.Task[QueryError | None] | None = None

    async def batch(self) -> _Batch | None:
        """The next one; `None` when there are no more ids."""
        failure = await self._take()
        ids, self._batch = self._batch, []
        return _Batch(ids, failure) if ids or failure else None

    async def _take(self) -> QueryError | None:
        """Fill the batch; give back what stopped it."""
        if isinstance(self._ids, Iterator):
            for one in self._ids:
                if (failure := self._add(one)) or len(self._batch) == MAX_AT_ONCE:
                    return failure
            return None
        taking = self._taking
        # A task of an event loop that is gone went with it.
        if taking is None or taking.get_loop() is not asyncio.get_running_loop():
            taking = self._taking = asyncio.create_task(self._take_from(self._ids))
        # A cancel must not reach the user's generator: it would end there, and with it the listing.
        await asyncio.wait({taking})
        if self._taking is not taking:  # it was closed meanwhile
            self._batch = []
            return None
        self._taking = None
        return taking.result()

    async def aclose(self) -> None:
        """Take no more."""
        self._ids = iter(())
        taking, self._taking = self._taking, None
        if taking is not None and taking.get_loop() is asyncio.get_running_loop():
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)

    async def _take_from(self, ids: AsyncIterator[str]) -> QueryError | None:
        async for one in ids:
            if (failure := self._add(one)) or len(self._batch) == MAX_AT_ONCE:
                return failure
        return None

    def _add(self, id_or_url: str) -> QueryError | None:
        try:
            id_ = clip_id(id_or_url)
        except QueryError as error:
            return error
        if id_ not in self._taken:
            self._taken.add(id_)
            self._batch.append(id_)
        return None


def _check_iterable(ids: object) -> None:
    if isinstance(ids, str) or not isinstance(ids, Iterable | AsyncIterable):
        raise QueryError(f"ids must be a list or another iterable of ids or URLs, not {ids!r:.60}")


def _reads_one_id(answer: Answer, records: list[Clip | Invalid], first: str) -> bool:
    """Whether a server may have looked at the first of several ids only, as Twitch's own mock server does.

    Helix itself has rate headers on such an answer.
    """
    return read_rate(answer.headers) is None and all(record.id == first for record in records)


def _sorted(batch: _Batch, records: list[Clip | Invalid], answered_at: str | datetime) -> tuple[Sheet, list[str]]:
    """Records in the order of their ids, and the ids that have none."""
    found: dict[str, Clip | Invalid] = {record.id: record for record in records if isinstance(record, Invalid)}
    found |= {record.id: record for record in records if isinstance(record, Clip)}  # a good record beats a bad one
    ordered = [found[id_] for id_ in batch.ids if id_ in found]
    answered, placed = {record.id for record in ordered}, {id(record) for record in ordered}
    # What came unasked, such as records without an id, may be any of those that did not come: none is missing then.
    unasked = [
        record
        for record in records
        if id(record) not in placed and (isinstance(record, Invalid) or record.id not in answered)
    ]
    sheet = Sheet(
        records=[*ordered, *unasked],
        is_plain=not any(isinstance(record, Invalid) for record in records),
        step=Step.ON,
        answered_at=answered_at,
        failure=batch.failure,
    )
    return sheet, [] if unasked else [id_ for id_ in batch.ids if id_ not in answered]
