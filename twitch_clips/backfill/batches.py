"""From windows that were read to batches: which clips are given, and what is said of them."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from datetime import datetime, timedelta

import attrs

from twitch_clips.events import ClipsMissed, Emitter, WindowRead
from twitch_clips.records import Clip, Proof, Window

from .edges import Edges
from .ledger import Ledger, hash_of
from .reader import Reading
from .report import Batch
from .windows import Stretches, start_of, window_of

_SECOND = timedelta(seconds=1)
_DONE = frozenset({Proof.ENDED, Proof.AUDITED})


@attrs.define
class Tallies:
    """What one run came to.

    Attributes:
        windows: How many of each proof.
        gaps: Windows that are gaps.
        unsettled: Windows to be read again.
        reasons: Why, for gaps and for those whose views moved.
        clips: Clips given.
        audited: Days that were read again by themselves.
        missed: Clips that only reading again showed.
    """

    windows: Counter[Proof] = attrs.field(factory=Counter[Proof])
    gaps: list[Window] = attrs.field(factory=list[Window])
    unsettled: list[Window] = attrs.field(factory=list[Window])
    reasons: dict[str, None] = attrs.field(factory=dict[str, None])
    clips: int = 0
    audited: int = 0
    missed: int = 0


class Batches:
    """What is left of a range, and what was given of it.

    Args:
        ledger: What was given so far.
        reach: The range, as far as it lies before now.
        todo: What of it is to be read: exactly.
        settle: A window whose end is younger is unsettled.
        events: Hears of it.

    Attributes:
        left: What was not read yet.
        tallies: What it came to so far.
    """

    def __init__(
        self, *, ledger: Ledger, reach: Stretches, todo: Stretches, settle: timedelta, events: Emitter
    ) -> None:
        """Give nothing yet."""
        self.left: Stretches = todo
        self.tallies: Tallies = Tallies()
        self._ledger = ledger
        self._reach = reach
        self._todo = todo
        self._settle = settle
        self._events = events
        self._edges = Edges()
        self._seen: dict[str, Clip] = {}

    def keep(self, clips: Iterable[Clip]) -> None:
        """Keep what a walk showed that is not given: should the window that covers it lack it, it is given with it."""
        self._seen.update((clip.id, clip) for clip in clips)

    def is_settled(self, hi: int, now: datetime) -> bool:
        """Whether a window that ends at a slot was old enough at a moment, by the server's clock."""
        return start_of(hi) <= now - self._settle

    def make(self, lo: int, hi: int, reading: Reading, *, is_audited: bool, is_doubtful: bool) -> list[Batch]:
        """The batches of a window; mostly one.

        Args:
            lo: Its first slot.
            hi: The slot behind its last one.
            reading: What is known of it.
            is_audited: Whether days of it were read again and had nothing new.
            is_doubtful: Whether it may turn out to lack clips.
        """
        start, end = start_of(lo), start_of(hi)
        seen = self._recall(start, end, reading)
        clips = reading.clips | self._edges.owed(start) | seen
        inside = [clip for clip in clips.values() if start <= clip.created_at < end and clip.created_at in self._todo]
        self._edges.give(start, inside)
        proof = reading.proof
        if proof is Proof.ENDED and not self.is_settled(hi, reading.fetched_at):
            proof = Proof.UNSETTLED
        elif proof is Proof.ENDED and is_audited and not seen:
            proof = Proof.AUDITED
        self.tallies.missed += reading.missed
        batches = [
            self._give(
                part,
                [clip for clip in inside if part.started_at <= clip.created_at < part.ended_at],
                attrs.evolve(reading, proof=proof),
                is_doubtful=is_doubtful,
            )
            for part in Stretches([window_of(lo, hi)]) & self._todo
        ]
        on_the_end = [clip for clip in reading.clips.values() if clip.created_at == end and end in self._todo]
        if late := self._edges.late(end, on_the_end):  # their window was given already
            window = Window(started_at=end, ended_at=end + _SECOND)
            batches.append(self._give(window, late, attrs.evolve(reading, proof=Proof.ENDED), is_doubtful=False))
        return batches

    def hand_out(self, batch: Batch) -> None:
        """A batch goes to whoever takes them."""
        tallies, proof = self.tallies, batch.proof
        tallies.windows[proof] += 1
        tallies.clips += len(batch.clips)
        if proof not in _DONE:
            (tallies.unsettled if proof is Proof.UNSETTLED else tallies.gaps).append(batch.window)

    def reopen(self, max_window: timedelta) -> list[tuple[int, int]]:
        """No window may be wider from now on: the spans of those that were, to be read again."""
        again = Stretches(self._ledger.reopen(max_window)) & self._reach
        self._todo |= again
        self.left |= again
        return again.spans()

    def _recall(self, start: datetime, end: datetime, reading: Reading) -> dict[str, Clip]:
        """Clips of a window that another walk showed and its own did not."""
        here = {id_: clip for id_, clip in self._seen.items() if start <= clip.created_at < end}
        for id_ in here:
            del self._seen[id_]
        missed = {id_: clip for id_, clip in here.items() if id_ not in reading.clips and clip.created_at in self._todo}
        if missed:
            reading.missed += len(missed)
            window = Window(started_at=start, ended_at=end)
            self._events.emit(ClipsMissed(window=window, clips=len(missed), max_window=None))
        return missed

    def _give(self, window: Window, clips: Sequence[Clip], reading: Reading, *, is_doubtful: bool) -> Batch:
        if known := self._ledger.known(window):
            clips = [clip for clip in clips if hash_of(clip.id) not in known]
        proof, reason = reading.proof, reading.reason
        self._ledger.take(window, (clip.id for clip in clips), is_done=proof in _DONE, is_doubtful=is_doubtful)
        self.left -= Stretches([window])
        if reason:
            self.tallies.reasons[reason] = None
        self._events.emit(WindowRead(window=window, clips=len(clips), proof=proof, reason=reason))
        ordered = tuple(sorted(clips, key=lambda clip: (clip.created_at, clip.id)))
        return Batch(window=window, clips=ordered, proof=proof, fetched_at=reading.fetched_at)


class BatchIterator(AsyncIterator[Batch]):
    """The batches of a job, as they are asked for.

    Args:
        take: Gives the next one; `StopAsyncIteration` ends it.
    """

    def __init__(self, take: Callable[[], Coroutine[None, None, Batch]]) -> None:
        """Take nothing yet."""
        self._take = take

    async def __anext__(self) -> Batch:
        """The next one."""
        return await self._take()
