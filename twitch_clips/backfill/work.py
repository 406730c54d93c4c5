"""The work of a backfill: reads what is left of a range, one window at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from twitch_clips._helix.times import GRID
from twitch_clips.errors import TwitchClipsError
from twitch_clips.events import ClipsMissed, Emitter, WindowGivenUp
from twitch_clips.records import Clip, Proof

from .audit import Audit
from .batches import Batches
from .reader import Reading, WindowReader
from .report import Batch
from .sweep import Attempt, Span, Sweep
from .walk import Outcome, Walk
from .windows import DAY, slot_of, window_of


class Work:
    """What is left of a range, and how it is read.

    Args:
        reader: Reads windows.
        batches: Makes batches of them.
        sweep: Says which window comes next.
        audit: Says which days are read again.
        events: Hears of it.
        save: Keeps the ledger.

    Attributes:
        batches: As given.
        sweep: As given.
    """

    def __init__(  # noqa: PLR0913  (its parts, each by its name)
        self,
        *,
        reader: WindowReader,
        batches: Batches,
        sweep: Sweep,
        audit: Audit,
        events: Emitter,
        save: Callable[[], Awaitable[None]],
    ) -> None:
        """Read nothing yet."""
        self.batches = batches
        self.sweep = sweep
        self._reader = reader
        self._audit = audit
        self._events = events
        self._save = save

    async def read(self, span: Span) -> list[Batch]:
        """Read the next window of a span, whatever it takes, and what comes with it.

        Raises:
            TwitchClipsError: Helix, or the way to it, fails altogether.
        """
        while True:
            attempt = self.sweep.window(span)
            walk = await self._reader.walk(attempt.lo, attempt.hi, lambda seen: self._goes_on(attempt, seen))  # noqa: B023  (it is done before the next)
            if self._is_of_another(attempt, walk):
                self._reader.joined.add(attempt.lo)
                continue
            if not self._is_whole(attempt, walk):
                continue
            reading = await self._reader.settle(attempt.lo, attempt.hi, walk)
            is_audited = await self._read_days_again(attempt, reading)
            if is_audited is None or self._is_too_wide(attempt):
                self.batches.keep(reading.clips.values())
                continue
            attempt.complete(self._rows(attempt, walk))
            self._reader.joined.add(attempt.hi)
            is_doubtful = attempt.hi - attempt.lo > DAY and self._audit.share > 0
            return self.batches.make(attempt.lo, attempt.hi, reading, is_audited=is_audited, is_doubtful=is_doubtful)

    def _goes_on(self, attempt: Attempt, seen: Walk) -> bool:
        if self._is_of_another(attempt, seen):
            return False
        rows = self._rows(attempt, seen)
        return not rows or attempt.goes_on(rows, seen.pages)

    def _is_of_another(self, attempt: Attempt, seen: Walk) -> bool:
        """Whether all that came is of the slot before the window, which was asked for its last second and is full."""
        is_over = seen.outcome is Outcome.ENDED or not seen.rows or attempt.lo in self._reader.joined
        return not is_over and not self._rows(attempt, seen)

    @staticmethod
    def _rows(attempt: Attempt, seen: Walk | Reading) -> Sequence[tuple[int, int]]:
        """Those of the window itself; a server without the grid or with another edge gives more."""
        if all(attempt.lo <= slot < attempt.hi for slot, _ in seen.rows):
            return seen.rows
        return [row for row in seen.rows if attempt.lo <= row[0] < attempt.hi]

    def _is_whole(self, attempt: Attempt, walk: Walk) -> bool:
        """Whether a walk is all that can be had of its window; else it is given up."""
        is_unreadable = bool(walk.unreadable) and not self._reader.skips_unreadable
        if attempt.hi - attempt.lo == 1 or (walk.outcome is Outcome.ENDED and not is_unreadable):
            return True
        rows, reason = self._rows(attempt, walk), walk.reason or "too many clips for one listing"
        if walk.outcome is Outcome.FAILED:
            attempt.fail(rows)
        elif walk.outcome is Outcome.ENDED:
            attempt.fail(rows)
            reason = str(walk.unreadable[0])  # narrower windows say where it is, and lose no more than that
        else:
            attempt.give_up(rows)
        self.batches.keep(walk.clips.values())
        self._events.emit(WindowGivenUp(window=window_of(attempt.lo, attempt.hi), pages=walk.pages, reason=reason))
        return False

    async def _read_days_again(self, attempt: Attempt, reading: Reading) -> bool | None:
        """Read some days of a wide window again by themselves.

        Returns:
            Whether there were any, and none had anything new; `None` where the window has to be read more narrowly.
        """
        lo, hi = attempt.lo, attempt.hi
        if reading.proof is not Proof.ENDED or not self.batches.is_settled(hi, reading.fetched_at):
            return False
        days = self._audit.days(lo, hi, (slot for slot, _ in self._rows(attempt, reading)))
        left, is_right = len(days), bool(days)
        try:
            for day in days:
                has_nothing_new = await self._read_day_again(attempt, reading, *day)
                left -= 1
                if has_nothing_new is None:
                    return None
                is_right = is_right and has_nothing_new
        finally:
            self._audit.give_back(lo, hi, left)
        return is_right

    async def _read_day_again(self, attempt: Attempt, reading: Reading, lo: int, hi: int) -> bool | None:
        day = await self._reader.walk(lo, hi, early=False)
        missing = {
            id_: clip
            for id_, clip in day.clips.items()
            if id_ not in reading.clips and lo <= slot_of(clip.created_at) < hi
        }
        self.batches.keep(missing.values())
        if missing:
            await self._reader.again(attempt.lo, attempt.hi, reading)
        self.batches.tallies.audited += 1
        if not missing:
            return day.outcome is Outcome.ENDED
        if not missing.keys() <= reading.clips.keys():
            await self._narrow(attempt, missing)
            return None
        window = window_of(attempt.lo, attempt.hi)
        self._events.emit(ClipsMissed(window=window, clips=len(missing), max_window=None))
        return False

    async def _narrow(self, attempt: Attempt, missing: Mapping[str, Clip]) -> None:
        """Have no windows so wide any more, and those read again that were."""
        # Whatever breaks the search off, what was found out must not be forgotten for it.
        try:
            width = await self._reader.width_that_shows(next(iter(missing.values())), attempt.lo, attempt.hi)
        except TwitchClipsError:  # the next request tells of it
            width = DAY
        except asyncio.CancelledError:
            await self._narrow_to(DAY, attempt, missing)
            raise
        await self._narrow_to(width, attempt, missing)

    async def _narrow_to(self, width: int, attempt: Attempt, missing: Mapping[str, Clip]) -> None:
        self.sweep.widest = min(width, self.sweep.widest or width)
        max_window = self.sweep.widest * GRID
        for lo, hi in self.batches.reopen(max_window):
            self.sweep.add(lo, hi)
        self.batches.tallies.missed += len(missing)
        window = window_of(attempt.lo, attempt.hi)
        self._events.emit(ClipsMissed(window=window, clips=len(missing), max_window=max_window))
        await self._save()

    def _is_too_wide(self, attempt: Attempt) -> bool:
        """Whether it was found out meanwhile that windows so wide lack clips."""
        return self.sweep.widest is not None and attempt.hi - attempt.lo > self.sweep.widest
