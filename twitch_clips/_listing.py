"""A listing of Get Clips, page by page: from a question and a place in it to sheets, until it is over."""

from datetime import datetime
from functools import partial
from typing import Protocol

from . import _clock
from ._helix import decode
from ._helix.answer import Answer, read_date
from ._helix.query import ClipsQuery
from ._helix.walk import Step, Walk
from ._session import Session, Tally
from ._sheet import Sheet
from .checkpoint import Checkpoint
from .errors import CursorRejected, ListingBroken
from .events import ListingRestarted
from .names import Names

_BROKEN = {
    Step.ROUND: "the listing goes round: its cursor leads to clips that were given already, asked for twice",
    Step.EMPTY: "ten empty pages in a row, each with a cursor that leads on",
}


class Source(Protocol):
    """Where a stream has its sheets from."""

    async def turn(self, tally: Tally) -> Sheet | None:
        """The next one; `None` when there is none."""
        ...

    @property
    def question(self) -> tuple[tuple[str, str], ...] | None:
        """What a checkpoint keeps of it; `None` where none can be taken."""
        ...


class Listing:
    """The pages of one question."""

    def __init__(self, session: Session, names: Names, query: ClipsQuery, start: Checkpoint) -> None:
        """Stand at a checkpoint; ask nothing yet."""
        self._session = session
        self._names = names
        self._query = query
        self._is_fixed = False
        self._cursor = start.cursor
        self._place = start.place
        self._walk = Walk(start.cursor, start.served)
        # What another process gave is not remembered here, and would be given again.
        self._may_restart = start.cursor is None

    @property
    def question(self) -> tuple[tuple[str, str], ...]:
        """With absolute times; with an id in place of a name once that was looked up."""
        return (self._query if self._is_fixed else self._query.fixed(_clock.now())).written()

    async def turn(self, tally: Tally) -> Sheet:
        """The page that the cursor leads to; one request, and one more for a name the first time.

        Raises:
            TwitchClipsError: As `Session.ask`; `CursorRejected` when starting the listing again did not help or would
                give clips twice.
        """
        if not self._is_fixed:
            id_ = await self._names.id_of(self._query, tally)
            self._query, self._is_fixed = self._query.fixed(_clock.now(), id_), True
        try:
            page, answer = await self._ask(tally)
        except CursorRejected:
            if self._cursor is None or not self._may_restart or not self._walk.is_whole:
                raise
            self._restart()
            page, answer = await self._ask(tally)
        return self._sheet(page, answer)

    async def _ask(self, tally: Tally) -> tuple[decode.Page, Answer]:
        return await self._session.ask("clips", self._query.parameters(self._cursor), decode.page, tally)

    def _restart(self) -> None:
        self._may_restart = False
        self._cursor = None
        self._place = 0
        self._walk.restart()
        self._session.events.emit(ListingRestarted())

    def _sheet(self, page: decode.Page, answer: Answer) -> Sheet:
        walk, asked, start = self._walk, self._cursor, self._place
        served, is_repeated = walk.served, walk.repeats
        ids = [record.id for record in page.records]
        distinct = set(ids)
        known = walk.note(distinct)
        if self._query.before is None:
            step = walk.step(len(ids), fresh=len(known) < len(distinct), cursor=page.cursor)
        else:
            step = Step.ONLY
        if step in {Step.ON, Step.EMPTY}:
            self._cursor, self._place = page.cursor, 0
        return Sheet(
            records=page.records,
            is_plain=page.is_sound and not known and len(distinct) == len(ids),
            step=step,
            answered_at=partial(_answered_at, answer, _clock.now()),
            known=known,
            is_repeated=is_repeated,
            not_before=self._query.not_before,
            asked=asked,
            cursor=page.cursor,
            served=served,
            served_with=walk.served,
            start=min(start, len(ids)),
            failure=ListingBroken(_BROKEN[step]) if step in _BROKEN else None,
        )


def _answered_at(answer: Answer, received_at: datetime) -> datetime:
    return read_date(answer.headers) or received_at
