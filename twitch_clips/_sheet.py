"""A page of a listing as a stream reads it: which of its records are given, and how many were taken. Pure.

A `Sheet` is the page as it came. A `Leaf` is a part of it: from where the reader is to the sheet's end, or to what
stops the reader, such as an invalid record or the stream's limit.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from operator import length_hint
from typing import Literal, cast

import attrs

from . import _clock
from ._helix.answer import read_date
from ._helix.page import Invalid
from ._helix.walk import Step
from .errors import DecodeError, TwitchClipsError
from .records import Clip

Where = Callable[[Clip], bool]
"""A function of a clip; not an asynchronous one. `limit` counts the clips for which it is true."""
OnCap = Literal["ignore", "warn", "raise"]
"""What is done at Helix's cap of about 1,000 results: nothing, a `CappedWarning`, or a `ResultCapped`."""
_NONE_KNOWN: frozenset[str] = frozenset()
_OVER = frozenset({Step.EXHAUSTED, Step.CAPPED})


@attrs.define(kw_only=True)  # not frozen: one is made for every page, and freezing costs more than the rest
class Sheet:
    """One page as it came.

    Attributes:
        records: In Helix's order.
        is_plain: Whether all of them are clips, and none was there before.
        step: What follows from it.
        answered_at: The server's `Date`, or our time where it gave none.
        known: Ids that earlier pages had.
        is_repeated: Whether they are known because the page was asked for again.
        not_before: Clips made before it are left out.
        asked: The cursor that led here; `None` for the first page.
        cursor: The one to go on with.
        served: Records that the listing served before it.
        behind: Where a reader in another process goes on once all of it is dealt with: cursor, place in the page that
            it leads to, records served before that page.
        start: Place of the first record to give; another process gave those before it.
        passed: Records from its beginning on that were given before the listing was started again.
        failure: What is wrong with the listing at its end.
    """

    records: Sequence[Clip | Invalid]
    is_plain: bool
    step: Step
    answered_at: str | datetime
    known: frozenset[str] | set[str] = _NONE_KNOWN
    is_repeated: bool = False
    not_before: datetime | None = None
    asked: str | None = None
    cursor: str | None = None
    served: int = 0
    behind: tuple[str | None, int, int] = (None, 0, 0)
    start: int = 0
    passed: int = 0
    failure: TwitchClipsError | None = None


@attrs.frozen(kw_only=True)
class Terms:
    """What a stream was asked for beside the question itself.

    Attributes:
        where: A predicate that its clips must pass.
        limit: How many clips it gives at most; `None` for all.
        given: How many of those were given before it began.
        on_cap: What it does at Helix's cap.
    """

    where: Where | None = None
    limit: int | None = None
    given: int = 0
    on_cap: OnCap = "warn"


@attrs.define(kw_only=True)
class Leaf:
    """A part of a sheet, to be read clip by clip.

    Attributes:
        sheet: Where it was cut from.
        clips: The ones to give.
        places: Place of each in the sheet; `None` when they lie side by side.
        start: The place where it was cut.
        end: The place behind it: all records before that are dealt with once its clips are given.
        given: Clips that the stream gave before it.
        obstacle: What stops the reader behind it: an invalid record, what `where` raised, a broken listing.
        behind: The place where to go on once that was raised.
        duplicates: Records that were left out, as earlier ones have the same id.
        skipped: Those that were left out, as they cannot be read.
        rest: Its clips that were not given yet.
    """

    sheet: Sheet
    clips: Sequence[Clip]
    places: Sequence[int] | None
    start: int
    end: int
    given: int
    obstacle: Exception | None = None
    behind: int = 0
    duplicates: int = 0
    skipped: Sequence[DecodeError] = ()
    rest: Iterator[Clip] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin at its first clip."""
        self.rest = iter(self.clips)
        if self.sheet.failure is not None:
            self._meet_failure()

    @property
    def given_with(self) -> int:
        """Clips that the stream gave, those of this leaf included."""
        return self.given + len(self.clips) - length_hint(self.rest)

    @property
    def place(self) -> int:
        """The first record that is not dealt with."""
        left = length_hint(self.rest)
        if not left:
            return self.end
        if self.places is None:
            return self.start + len(self.clips) - left
        return self.places[-left]

    @property
    def leads_on(self) -> bool:
        """Whether nothing comes behind it but the next page."""
        return self.sheet.step is Step.ON and self.is_last

    @property
    def is_last(self) -> bool:
        """Whether it reaches to the sheet's end."""
        return self.obstacle is None and self.end == len(self.sheet.records)

    @property
    def position(self) -> tuple[str | None, int, int]:
        """Where a reader in another process goes on: cursor, place behind it, records served before it."""
        sheet, place = self.sheet, self.place
        if place == len(sheet.records):
            return sheet.behind
        return sheet.asked, max(place, sheet.passed), sheet.served

    @property
    def cursor(self) -> str | None:
        """The cursor to go on with once all of it is given; `None` at the end, and where the sheet goes on."""
        return self.sheet.cursor if self.is_last and self.sheet.step not in _OVER else None

    @property
    def fetched_at(self) -> datetime:
        """When the sheet came, by the server's clock if it could be read."""
        told = self.sheet.answered_at
        return (read_date(told) or _clock.now()) if isinstance(told, str) else told

    def pass_obstacle(self) -> Exception | None:
        """Go behind what stops the reader, and say what it was."""
        obstacle, self.obstacle = self.obstacle, None
        if obstacle is not None:
            self.end = self.behind
            if obstacle is not self.sheet.failure:
                self._meet_failure()
        return obstacle

    def _meet_failure(self) -> None:
        """At the sheet's end there is what is wrong with the listing."""
        if self.is_last and self.sheet.failure is not None:
            self.obstacle, self.behind = self.sheet.failure, self.end


def cut(sheet: Sheet, start: int, given: int, terms: Terms, *, skips_invalid: bool) -> Leaf:
    """The next leaf of a sheet.

    Args:
        sheet: The page.
        start: Where to cut.
        given: Clips that the stream gave so far.
        terms: What the stream was asked for.
        skips_invalid: Whether records that cannot be read are left out.
    """
    left = None if terms.limit is None else terms.limit - given
    if sheet.is_plain and terms.where is None and sheet.not_before is None:
        end = len(sheet.records) if left is None else min(len(sheet.records), start + left)
        clips = cast("Sequence[Clip]", sheet.records)
        if start or end < len(clips):
            clips = clips[start:end]
        return Leaf(sheet=sheet, clips=clips, places=None, start=start, end=end, given=given)
    return _Cutter(sheet, start, terms.where, skips_invalid=skips_invalid).leaf(given, left)


class _Cutter:
    """Goes through a sheet record by record."""

    def __init__(self, sheet: Sheet, start: int, where: Where | None, *, skips_invalid: bool) -> None:
        self._sheet = sheet
        self._start = start
        self._where = where
        self._skips_invalid = skips_invalid
        # A record that is no clip hides none: the one behind it with the same id is given.
        self._met = {record.id for record in sheet.records[:start] if isinstance(record, Clip)}
        self._clips: list[Clip] = []
        self._places: list[int] = []
        self._duplicates = 0
        self._skipped: list[DecodeError] = []

    def leaf(self, given: int, left: int | None) -> Leaf:
        """Up to the sheet's end, the stream's limit, or an obstacle."""
        obstacle: Exception | None = None
        end = behind = self._start
        for end in range(self._start, len(self._sheet.records)):
            if len(self._clips) == left:
                break
            record = self._sheet.records[end]
            if isinstance(record, Invalid):
                if self._sheet.is_repeated and f"\0{record.id}" in self._sheet.known:
                    continue  # it was dealt with when the page came first
                if not self._skips_invalid:
                    obstacle, behind = record.error, end + 1
                    break
                self._skipped.append(record.error)
                continue
            try:
                self._take(record, end)
            except Exception as error:  # noqa: BLE001  (the user's own predicate; raised when its turn comes)
                obstacle, behind = error, end
                break
        else:
            end = len(self._sheet.records)
        return Leaf(
            sheet=self._sheet,
            clips=self._clips,
            places=self._places,
            start=self._start,
            end=end,
            given=given,
            obstacle=obstacle,
            behind=behind,
            duplicates=self._duplicates,
            skipped=self._skipped,
        )

    def _take(self, clip: Clip, place: int) -> None:
        if clip.id in self._sheet.known:
            self._duplicates += not self._sheet.is_repeated
            return
        if clip.id in self._met:
            self._duplicates += 1
            return
        self._met.add(clip.id)
        if self._sheet.not_before is not None and clip.created_at < self._sheet.not_before:
            return
        if self._where is None or self._where(clip):
            self._clips.append(clip)
            self._places.append(place)
