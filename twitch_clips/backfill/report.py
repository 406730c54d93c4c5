"""What a backfill hands out: batches, and what it says of itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import attrs

from twitch_clips.errors import BackfillIncomplete
from twitch_clips.records import Clip, Proof, Window

_WORDS = {
    Proof.ENDED: "windows that ended by themselves below Helix's cap",
    Proof.AUDITED: "audited windows, of which days read again alone had nothing new",
    Proof.UNSETTLED: "windows too young or moved too much, left for the next run",
    Proof.SATURATED: "windows of ten minutes with more clips than Helix lists (gaps)",
    Proof.FAILED: "windows that fail for good (gaps)",
}


@attrs.frozen(kw_only=True)
class Batch:
    """What was read of one window.

    Attributes:
        window: From when until when. Windows of one job are disjoint, but for those that are read again.
        clips: Its clips by `created_at`, each once; of a window that is read again those that were not given before.
        proof: What can be said of it.
        fetched_at: When Helix answered last, by its own clock: aware, UTC.
    """

    window: Window
    clips: tuple[Clip, ...]
    proof: Proof
    fetched_at: datetime


@attrs.frozen(kw_only=True)
class Report:
    """What a backfill did, and what it can vouch for. `str()` says it in words.

    Clips that Helix never lists are not in it, and no client can know of them.

    Attributes:
        windows: How many windows of each proof were read in this run.
        gaps: Stretches whose clips were not all listed; merged. The next run with the checkpoint asks for them again.
        unsettled: Stretches that the next run reads again, as more clips may come; merged. They are no gaps.
        unread: What was not come to, as the job was left early; merged.
        clips: Clips given in this run.
        requests: Requests made in this run, look-ups and repeated ones included.
        audited: Days that were read again by themselves.
        missed: Clips that only such a day showed, or another reading of the same stretch.
        reasons: Why there are gaps, or windows whose views moved too much; each once.
        max_window: What no window is wider than, as wider ones turned out to lack clips; `None`: none did.
    """

    windows: Mapping[Proof, int]
    gaps: tuple[Window, ...]
    unsettled: tuple[Window, ...]
    unread: tuple[Window, ...] = ()
    clips: int
    requests: int
    audited: int = 0
    missed: int = 0
    reasons: tuple[str, ...] = ()
    max_window: timedelta | None = None

    @property
    def complete(self) -> bool:
        """Whether all of the range was read, and there are no gaps."""
        return not self.gaps and not self.unread

    def raise_if_incomplete(self) -> None:
        """Raise what is missing.

        Raises:
            BackfillIncomplete: There are gaps, or the job was left early.
        """
        if not self.complete:
            raise BackfillIncomplete(self)

    def __str__(self) -> str:
        """In words, a line for each kind of thing."""
        end = "complete" if self.complete else "incomplete"
        lines = [f"{end}: {self.clips:,} new clips in {self.requests:,} requests"]
        lines += [f"{_WORDS[proof]}: {count:,}" for proof, count in self.windows.items() if count]
        if self.audited:
            lines.append(f"days read again by themselves: {self.audited:,}")
        if self.missed:
            lines.append(f"clips that one reading lacked and another had: {self.missed:,}")
        if self.max_window is not None:
            lines.append(f"wider windows than {self.max_window} lacked clips: what was read so was read again")
        lines += [f"gap: {window}" for window in self.gaps]
        lines += [f"to be read again: {window}" for window in self.unsettled]
        lines += [f"not read yet: {window}" for window in self.unread]
        lines += [f"because: {reason}" for reason in self.reasons]
        return "\n".join(lines)


@attrs.frozen(kw_only=True)
class Plan:
    """What a backfill has before it.

    Attributes:
        started_at: Start of its range.
        ended_at: End of its range.
        done: What the checkpoint says is done already.
        requests: About the fewest that it takes: those that finding out took, one for each hundred clips that the first
            window lets expect (right within a factor of two or three), and one for each window at the least.
        seconds: The least that those still to be made can take, with the points that the bucket has and gets.
    """

    started_at: datetime
    ended_at: datetime
    done: tuple[Window, ...]
    requests: int
    seconds: float


@attrs.frozen(kw_only=True)
class Progress:
    """How far a backfill is.

    Attributes:
        fraction: Of the range's time, 0 to 1.
        clips: Given in this run.
        requests: Made in this run.
        requests_per_minute: On average since it began.
        seconds_left: By what is expected to be left and the speed so far; `None` while nothing is known.
    """

    fraction: float
    clips: int
    requests: int
    requests_per_minute: float
    seconds_left: float | None
