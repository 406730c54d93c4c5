"""A listing of Get Clips, page by page: from a question and a place in it to sheets, until it is over."""

from . import _clock
from ._helix import decode
from ._helix.answer import Answer
from ._helix.page import Page
from ._helix.query import ClipsQuery
from ._helix.walk import Step, Walk, leads_nowhere
from ._session import Session, Tally
from ._sheet import Sheet
from .checkpoint import Checkpoint
from .errors import CursorRejected, ListingBroken
from .events import ListingRestarted
from .names import Names

_BROKEN = {
    Step.ROUND: "the listing goes round: its cursor leads to clips that were given already, asked for twice",
    Step.SHORT: "Helix rejected the cursor, and started again the listing ended before the place where it was",
    Step.EMPTY: "ten empty pages in a row, each with a cursor that leads on",
}


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
        self._served = start.served
        self._first_place = start.place
        self._barren_from: tuple[str | None, int, int] | None = None
        self._walk = Walk(start.cursor, start.served)
        # What another process gave is not remembered here, and would be given again.
        self._may_restart = start.cursor is None

    @property
    def question(self) -> tuple[tuple[str, str], ...]:
        """With absolute times; with an id in place of a name once that was looked up."""
        return (self._query if self._is_fixed else self._query.fixed(_clock.now())).written()

    async def aclose(self) -> None:
        """It holds nothing between two pages."""

    async def turn(self, tally: Tally) -> Sheet:
        """The page that the cursor leads to; one request, and one more for a name the first time.

        Raises:
            TwitchClipsError: As `Session.ask`; `CursorRejected` when starting the listing again did not help or would
                give clips twice.
        """
        if not self._is_fixed:
            id_ = await self._names.id_of(self._query, tally) if self._query.is_named else None
            self._query, self._is_fixed = self._query.fixed(_clock.now(), id_), True
        while True:
            try:
                asked = self._query.parameters(self._cursor)
                page, answer = await self._session.ask("clips", asked, decode.page, tally)
            except CursorRejected:
                if self._cursor is None or not self._may_restart or not self._walk.is_whole:
                    raise
                self._restart()
            else:
                return self._sheet(page, answer)

    def _restart(self) -> None:
        self._may_restart = False
        # With something left to pass, nothing was given here; what another process gave is known by its place alone.
        self._place = self._first_place if self._place else 0
        self._cursor, self._served, self._barren_from = None, 0, None
        self._walk.restart()
        self._session.events.emit(ListingRestarted())

    def _sheet(self, page: Page, answer: Answer) -> Sheet:
        walk, asked, start, served = self._walk, self._cursor, self._place, self._served
        records, is_repeated, passed = len(page.records), walk.repeats, walk.to_pass
        cursor = None if leads_nowhere(page.cursor) else page.cursor
        is_new = walk.note(page.ids)
        is_barren = not is_new and len(walk.known) == len(set(page.ids))
        step = Step.ONLY if self._query.before else walk.step(records, fresh=not is_barren, cursor=cursor)
        self._move(step, cursor, records, is_barren=is_barren)
        has_moved = (self._cursor, self._served) != (asked, served)
        return Sheet(
            records=page.records,
            is_plain=is_new and page.is_sound,
            step=step,
            answered_at=answer.headers.get("Date") or _clock.now(),
            known=walk.known,
            is_repeated=is_repeated,
            not_before=self._query.not_before,
            asked=asked,
            cursor=cursor if step is Step.ONLY else self._cursor,
            served=served,
            behind=(
                (self._cursor, max(self._place, walk.to_pass), self._served)
                if has_moved
                else (asked, max(start, records, passed), served)
            ),
            start=min(start, records),
            passed=passed,
            failure=None if step is Step.ON else _failure(step),
        )

    def _move(self, step: Step, cursor: str | None, records: int, *, is_barren: bool) -> None:
        """Stand where the next page is to be asked for."""
        if step is Step.ROUND:
            if self._barren_from is not None:
                # What the pages that brought nothing stood for may come yet.
                (self._cursor, self._served, self._place), self._barren_from = self._barren_from, None
            self._walk.turn_back(self._cursor)
        if step is not Step.ON and step is not Step.EMPTY:
            return
        if not is_barren:
            self._barren_from = None
        elif self._barren_from is None:
            self._barren_from = self._cursor, self._served, self._place
        # A page may have come shorter than it was when the checkpoint was taken: the rest to pass lies behind it.
        self._cursor, self._place, self._served = cursor, max(0, self._place - records), self._walk.served


def _failure(step: Step) -> ListingBroken | None:
    return ListingBroken(_BROKEN[step]) if step in _BROKEN else None
