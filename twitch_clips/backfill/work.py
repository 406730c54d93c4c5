"""The work of a backfill: from what is left of the range to batches, one window at a time."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import attrs

from twitch_clips._helix.times import GRID
from twitch_clips.events import ClipsMissed, Emitter, WindowGivenUp, WindowRead
from twitch_clips.records import Clip, Proof, Window

from .audit import Audit
from .edges import Edges
from .ledger import Ledger, hash_of
from .reader import Reading, WindowReader
from .report import Batch
from .sweep import Attempt, Span, Sweep
from .walk import Outcome, Walk
from .windows import DAY, Stretches, slot_of, start_of, window_of

_SECOND = timedelta(seconds=1)
_DONE = frozenset({Proof.ENDED, Proof.AUDITED})


@attrs.define
class Tallies:
    """What one run came to.

    Attributes:
        windows: How many of each proof.
        gaps: Windows that are gaps.
        unsettled: Windows to be read again.
        clips: Clips given.
        audited: Days that were read again by themselves.
        missed: Clips that only reading again showed.
    """

    windows: Counter[Proof] = attrs.field(factory=Counter[Proof])
    gaps: list[Window] = attrs.field(factory=list[Window])
    unsettled: list[Window] = attrs.field(factory=list[Window])
    clips: int = 0
    audited: int = 0
    missed: int = 0


class Work:
    """What is left of a range, and how it becomes batches.

    Args:
        reader: Reads windows.
        ledger: What was given so far.
        reach: The range, as far as it lies before now.
        todo: What of it is to be read: exactly.
        settled: The slot from which on windows are too young.
        sweep: Says which window comes next.
        audit: Says which days are read again.
        events: Hears of it.
        save: Keeps the ledger.

    Attributes:
        left: What was not read yet.
        tallies: What it came to so far.
    """

    def __init__(  # noqa: PLR0913  (its parts, each by its name)
        self,
        *,
        reader: WindowReader,
        ledger: Ledger,
        reach: Stretches,
        todo: Stretches,
        settled: int,
        sweep: Sweep,
        audit: Audit,
        events: Emitter,
        save: Callable[[], Awaitable[None]],
    ) -> None:
        """Read nothing yet."""
        self.left = todo
        self.tallies = Tallies()
        self.sweep = sweep
        self._reader = reader
        self._ledger = ledger
        self._reach = reach
        self._todo = todo
        self._settled = settled
        self._audit = audit
        self._events = events
        self._save = save
        self._edges = Edges()

    def hand_out(self, batch: Batch) -> None:
        """A batch goes to whoever takes them."""
        tallies, proof = self.tallies, batch.proof
        tallies.windows[proof] += 1
        tallies.clips += len(batch.clips)
        if proof not in _DONE:
            (tallies.unsettled if proof is Proof.UNSETTLED else tallies.gaps).append(batch.window)

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
                continue
            attempt.complete(self._rows(attempt, walk))
            return self._batches(attempt, reading, is_audited=is_audited)

    def _goes_on(self, attempt: Attempt, seen: Walk) -> bool:
        if self._is_of_another(attempt, seen):
            return False
        return not seen.rows or attempt.goes_on(self._rows(attempt, seen), seen.pages)

    def _is_of_another(self, attempt: Attempt, seen: Walk) -> bool:
        """Whether nothing is to be seen of a window, as the slot before it, asked for its last second, is so full."""
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
        if walk.outcome is Outcome.ENDED or (attempt.hi - attempt.lo == 1 and walk.outcome is not Outcome.LEFT):
            return True
        rows = self._rows(attempt, walk)
        if walk.outcome is Outcome.FAILED:
            attempt.fail(rows)
        else:
            attempt.give_up(rows)
        reason = walk.reason or "too many clips for one listing"
        self._events.emit(WindowGivenUp(window=window_of(attempt.lo, attempt.hi), pages=walk.pages, reason=reason))
        return False

    async def _read_days_again(self, attempt: Attempt, reading: Reading) -> bool | None:
        """Read some days of a wide window again by themselves.

        Returns:
            Whether there were any, and none had anything new; `None` where the window has to be read more narrowly.
        """
        if reading.proof is not Proof.ENDED or attempt.hi > self._settled:
            return False
        days = self._audit.days(attempt.lo, attempt.hi, (slot for slot, _ in self._rows(attempt, reading)))
        is_right = True
        for lo, hi in days:
            day = await self._reader.walk(lo, hi, early=False)
            self.tallies.audited += 1
            is_right = is_right and day.outcome is Outcome.ENDED
            missing = {
                id_: clip
                for id_, clip in day.clips.items()
                if id_ not in reading.clips and lo <= slot_of(clip.created_at) < hi
            }
            if not missing:
                continue
            is_right = False
            await self._reader.again(attempt.lo, attempt.hi, reading)
            if not missing.keys() <= reading.clips.keys():
                await self._narrow(attempt, missing)
                return None
            window = window_of(attempt.lo, attempt.hi)
            self._events.emit(ClipsMissed(window=window, clips=len(missing), max_window=None))
        return bool(days) and is_right

    async def _narrow(self, attempt: Attempt, missing: Mapping[str, Clip]) -> None:
        """Have no windows so wide any more, and those read again that were."""
        width = await self._reader.width_that_shows(next(iter(missing.values())), attempt.lo, attempt.hi)
        self.sweep.widest = min(width, self.sweep.widest or width)
        max_window = self.sweep.widest * GRID
        again = Stretches(self._ledger.reopen(max_window)) & self._reach
        self._todo |= again
        self.left |= again
        for lo, hi in again.spans():
            self.sweep.add(lo, hi)
        self.tallies.missed += len(missing)
        window = window_of(attempt.lo, attempt.hi)
        self._events.emit(ClipsMissed(window=window, clips=len(missing), max_window=max_window))
        await self._save()

    def _is_too_wide(self, attempt: Attempt) -> bool:
        """Whether it was found out meanwhile that windows so wide lack clips."""
        return self.sweep.widest is not None and attempt.hi - attempt.lo > self.sweep.widest

    def _batches(self, attempt: Attempt, reading: Reading, *, is_audited: bool) -> list[Batch]:
        start, end = start_of(attempt.lo), start_of(attempt.hi)
        clips = reading.clips | self._edges.owed(start)
        inside = [clip for clip in clips.values() if start <= clip.created_at < end and clip.created_at in self._todo]
        self._edges.give(start, inside)
        self._reader.joined.add(attempt.hi)
        proof = reading.proof
        if proof is Proof.ENDED:
            proof = Proof.UNSETTLED if attempt.hi > self._settled else Proof.AUDITED if is_audited else proof
        self.tallies.missed += reading.missed
        is_doubtful = attempt.hi - attempt.lo > DAY and self._audit.share > 0
        batches = [
            self._give(
                part,
                [clip for clip in inside if part.started_at <= clip.created_at < part.ended_at],
                proof,
                reading.fetched_at,
                is_doubtful=is_doubtful,
                reason=reading.reason,
            )
            for part in Stretches([window_of(attempt.lo, attempt.hi)]) & self._todo
        ]
        on_the_end = [clip for clip in reading.clips.values() if clip.created_at == end and end in self._todo]
        late = self._edges.late(end, on_the_end)
        return [*batches, self._extra(end, late, reading.fetched_at)] if late else batches

    def _extra(self, mark: datetime, clips: Sequence[Clip], fetched_at: datetime) -> Batch:
        """Clips on a mark whose window was given already."""
        window = Window(started_at=mark, ended_at=mark + _SECOND)
        return self._give(window, clips, Proof.ENDED, fetched_at)

    def _give(  # noqa: PLR0913  (what a batch is made of)
        self,
        window: Window,
        clips: Sequence[Clip],
        proof: Proof,
        fetched_at: datetime,
        *,
        is_doubtful: bool = False,
        reason: str = "",
    ) -> Batch:
        if known := self._ledger.known(window):
            clips = [clip for clip in clips if hash_of(clip.id) not in known]
        is_done = proof in _DONE
        self._ledger.take(window, (clip.id for clip in clips), is_done=is_done, is_doubtful=is_doubtful)
        self.left -= Stretches([window])
        self._events.emit(WindowRead(window=window, clips=len(clips), proof=proof, reason=reason))
        ordered = tuple(sorted(clips, key=lambda clip: (clip.created_at, clip.id)))
        return Batch(window=window, clips=ordered, proof=proof, fetched_at=fetched_at)
