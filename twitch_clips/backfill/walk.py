"""One walk over one window: its pages in Helix's order, until they end or somebody has seen enough."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum

import attrs

from twitch_clips import _clock
from twitch_clips._helix.answer import read_date
from twitch_clips._helix.page import Invalid
from twitch_clips._helix.walk import Step
from twitch_clips._listing import Listing
from twitch_clips._session import Tally
from twitch_clips._sheet import Sheet
from twitch_clips.errors import (
    CursorRejected,
    DecodeError,
    ListingBroken,
    ServerError,
    TransportError,
)
from twitch_clips.records import Clip

from .windows import slot_of

_DEEP = (ServerError, TransportError, DecodeError, CursorRejected, ListingBroken)
"""What can be wrong with the depth of one listing, where its first page works."""


class Outcome(Enum):
    """How a walk ended."""

    ENDED = "the listing ended below the cap"
    CAPPED = "Helix's cap"
    LEFT = "it was left"
    FAILED = "it fails for good"


@attrs.define(kw_only=True)
class Walk:
    """What one walk showed.

    Attributes:
        outcome: How it ended.
        clips: Each once, by id, in Helix's order.
        rows: The slot and the views of each.
        delivered: Clips that came, those that came twice included: the length of the list, as cursors are offsets.
        pages: How many came.
        reason: What failed.
        unreadable: Records that are no clips.
        fetched_at: When Helix answered last.
    """

    outcome: Outcome = Outcome.LEFT
    clips: dict[str, Clip] = attrs.field(factory=dict[str, Clip])
    rows: list[tuple[int, int]] = attrs.field(factory=list[tuple[int, int]])
    delivered: int = 0
    pages: int = 0
    reason: str = ""
    unreadable: list[DecodeError] = attrs.field(factory=list[DecodeError])
    fetched_at: datetime = attrs.field(factory=_clock.now)

    def note(self, sheet: Sheet) -> None:
        """Take in a page."""
        self.pages += 1
        for record in sheet.records:
            if isinstance(record, Invalid):
                self.unreadable.append(record.error)
                continue
            self.delivered += not sheet.is_repeated
            if record.id not in self.clips:
                self.clips[record.id] = record
                self.rows.append((slot_of(record.created_at), record.view_count))
        told = sheet.answered_at
        self.fetched_at = (read_date(told) or self.fetched_at) if isinstance(told, str) else told


Judge = Callable[[Walk], bool]
"""Whether to read on after a page that leads on."""


async def walk(listing: Listing, tally: Tally, goes_on: Judge) -> Walk:
    """Read a listing until it ends, fails, or is left.

    A failure of its first page is nobody's but Helix's, and is raised.

    Args:
        listing: At its top.
        tally: What requests are counted in.
        goes_on: Asked after each page that leads on.

    Raises:
        TwitchClipsError: The first page failed; or credentials are refused, or no turn is to be had.
    """
    seen = Walk()
    while True:
        try:
            sheet = await listing.turn(tally)
        except _DEEP as error:
            if not seen.pages:
                raise
            seen.outcome, seen.reason = Outcome.FAILED, str(error)
            return seen
        seen.note(sheet)
        if sheet.step is Step.EXHAUSTED:
            seen.outcome = Outcome.ENDED
            return seen
        if sheet.step is Step.CAPPED:
            seen.outcome = Outcome.CAPPED
            return seen
        if sheet.failure is not None:
            seen.outcome, seen.reason = Outcome.FAILED, str(sheet.failure)
            return seen
        if not goes_on(seen):
            return seen
