"""Reads windows: walks over them, until what they showed can be vouched for or it is known why not."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import attrs

from twitch_clips._helix.query import ClipsQuery
from twitch_clips._listing import Listing
from twitch_clips._session import Session, Tally
from twitch_clips.checkpoint import Checkpoint
from twitch_clips.errors import DecodeError
from twitch_clips.events import RecordSkipped
from twitch_clips.names import Names
from twitch_clips.records import Clip, Proof

from .walk import Judge, Outcome, Walk, walk
from .windows import DAY, slot_of, start_of

_TOP = Checkpoint(question=())
_SECOND = timedelta(seconds=1)
_MOVED = "its views moved while it was read"
_GRAVEST = (Proof.FAILED, Proof.SATURATED, Proof.UNSETTLED)
_AGAIN = 2  # times that a window is read again for what its moving views hid


def _to_the_end(_walk: Walk) -> bool:
    return True


@attrs.define(kw_only=True)
class Reading:
    """What is known of a window that was read to its end.

    Attributes:
        clips: By id; also some of outside of it, where Helix gave them.
        rows: The slot and the views of each, in Helix's order.
        proof: What can be said of it, but for its age and an audit.
        reason: Why it is a gap or unsettled.
        fetched_at: When Helix answered last.
        missed: Clips that only reading it again showed.
    """

    clips: dict[str, Clip]
    rows: list[tuple[int, int]]
    proof: Proof
    fetched_at: datetime
    reason: str = ""
    missed: int = 0


class WindowReader:
    """Reads windows of one channel or game.

    Args:
        session: Asks.
        names: Looks nothing up: the question has its id by now.
        query: The question, without times.
        tally: What requests are counted in.

    Attributes:
        joined: Slots before which a window was read to its end in this run. Windows that begin elsewhere are asked a
            second early: a server that leaves the start out (Twitch's mock does) would lose a clip on it.
    """

    def __init__(self, session: Session, names: Names, query: ClipsQuery, tally: Tally) -> None:
        """Ask nothing yet."""
        self._session = session
        self._names = names
        self._query = query
        self._tally = tally
        self.joined: set[int] = set()

    @property
    def skips_unreadable(self) -> bool:
        """Whether a record that is no clip is left out, rather than a gap."""
        return self._session.on_invalid == "skip"

    async def walk(
        self, lo: int, hi: int, goes_on: Judge = _to_the_end, *, is_featured: bool | None = None, early: bool = True
    ) -> Walk:
        """Walk over a window once.

        The end goes out a second past its mark: Helix floors it away, and Twitch's mock leaves the end itself out.
        """
        started_at = start_of(lo)
        if early and lo not in self.joined:
            started_at -= _SECOND
        query = attrs.evolve(
            self._query, started_at=started_at, ended_at=start_of(hi) + _SECOND, is_featured=is_featured
        )
        return await walk(Listing(self._session, self._names, query, _TOP), self._tally, goes_on)

    async def settle(self, lo: int, hi: int, first: Walk) -> Reading:
        """What a walk that came to its end is worth, after further ones where they are needed."""
        reading = Reading(
            clips=dict(first.clips),
            rows=first.rows,
            proof=Proof.ENDED,
            fetched_at=first.fetched_at,
        )
        if first.outcome is Outcome.ENDED:
            unreadable = first.unreadable
            if not await self._closes(lo, hi, first):
                reading.proof, reading.reason = Proof.UNSETTLED, _MOVED
            self._add(reading, first.clips)
            reading.fetched_at = first.fetched_at
        else:
            unreadable = await self._split(lo, hi, reading)
        self._judge_unreadable(reading, unreadable)
        return reading

    async def again(self, lo: int, hi: int, reading: Reading) -> None:
        """Read a window once more, and add what comes."""
        seen = await self.walk(lo, hi)
        self._add(reading, seen.clips)
        reading.fetched_at = seen.fetched_at

    async def width_that_shows(self, clip: Clip, lo: int, hi: int) -> int:
        """The greatest width, of those tried, at which Helix lists a clip that it left out of a window.

        Args:
            clip: It lies in the window.
            lo: The window's first slot.
            hi: The slot behind its last one.
        """
        slot = slot_of(clip.created_at)
        width = (hi - lo) // 2
        while width > DAY:
            start = min(max(lo, slot - width // 2), hi - width)
            seen = await self.walk(start, start + width, lambda walk: clip.id not in walk.clips, early=False)
            if clip.id in seen.clips:
                return width
            width //= 2
        return DAY

    async def _closes(
        self, lo: int, hi: int, walk: Walk, *, is_featured: bool | None = None, early: bool = True
    ) -> bool:
        """Read again until a walk has as many clips as came to it; whether it has in the end.

        Cursors are offsets in a list that moves: each clip that came twice stands for one that was skipped.
        """
        clips = walk.clips
        for _ in range(_AGAIN):
            if len(clips) >= walk.delivered:
                return True
            seen = await self.walk(
                lo,
                hi,
                lambda other: len(clips.keys() | other.clips.keys()) < walk.delivered,
                is_featured=is_featured,
                early=early,
            )
            clips.update((id_, clip) for id_, clip in seen.clips.items() if id_ not in clips)
            walk.fetched_at = seen.fetched_at
        return len(clips) >= walk.delivered

    async def _split(self, lo: int, hi: int, reading: Reading) -> list[DecodeError]:
        """Ten minutes at the cap, or that fail: the featured clips and the others apart. Gives what is unreadable."""
        unreadable: list[DecodeError] = []
        found: list[tuple[Proof, str]] = []
        for is_featured in (True, False):
            part = await self.walk(lo, hi, is_featured=is_featured, early=False)
            unreadable += part.unreadable
            if part.outcome is Outcome.FAILED:
                found.append((Proof.FAILED, part.reason))
            elif part.outcome is Outcome.CAPPED:
                found.append((Proof.SATURATED, "more clips in ten minutes than Helix lists"))
            elif not await self._closes(lo, hi, part, is_featured=is_featured, early=False):
                found.append((Proof.UNSETTLED, _MOVED))
            reading.clips.update(part.clips)
            reading.fetched_at = part.fetched_at
        if found:
            reading.proof, reading.reason = min(found, key=lambda one: _GRAVEST.index(one[0]))
        return unreadable

    def _judge_unreadable(self, reading: Reading, unreadable: Sequence[DecodeError]) -> None:
        for error in unreadable:
            if self.skips_unreadable:
                self._session.events.emit(RecordSkipped(path=error.path, reason=error.reason))
            else:
                reading.proof, reading.reason = Proof.FAILED, str(error)

    def _add(self, reading: Reading, clips: Mapping[str, Clip]) -> None:
        new = [id_ for id_ in clips if id_ not in reading.clips]
        reading.missed += len(new)
        reading.clips.update((id_, clips[id_]) for id_ in new)
