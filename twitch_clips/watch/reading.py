"""Reads a stretch of one channel's or game's clips now, whatever it holds: by one walk where it is a small one."""

from datetime import datetime, timedelta
from functools import partial

import attrs

from twitch_clips import _clock
from twitch_clips._helix.query import ClipsQuery
from twitch_clips._session import Session, Tally
from twitch_clips.backfill.audit import Audit
from twitch_clips.backfill.batches import Batches
from twitch_clips.backfill.ledger import Ledger
from twitch_clips.backfill.reader import WindowReader
from twitch_clips.backfill.sweep import Sweep
from twitch_clips.backfill.windows import Stretches, start_of, window_of
from twitch_clips.backfill.work import Work
from twitch_clips.errors import TwitchClipsError
from twitch_clips.events import Emitter
from twitch_clips.names import Names
from twitch_clips.records import Clip, Proof, Window

_GAPS = frozenset({Proof.SATURATED, Proof.FAILED})
_UNTOLD = Emitter(())  # hooks hear of a backfill's windows, and a poll is none
_MOST = 10_000  # clips of one poll: what is beyond comes with the next one, at once


@attrs.define(kw_only=True)
class Reading:
    """What came of a stretch.

    Attributes:
        clips: Those that lie in it, in order of their time.
        until: The end of what was read.
        fetched_at: When Helix answered last, by its own clock; `None` when it never did.
        gaps: What of it Helix does not list to the end.
        reasons: Why, and why another part may lack clips.
        error: What ended it early.
        is_cut: Whether it was ended early, as it had brought as many clips as one poll may.
    """

    clips: list[Clip] = attrs.field(factory=list[Clip])
    until: datetime
    fetched_at: datetime | None = None
    gaps: list[Window] = attrs.field(factory=list[Window])
    reasons: tuple[str, ...] = ()
    error: TwitchClipsError | None = None
    is_cut: bool = False


async def read(session: Session, query: ClipsQuery, lo: int, hi: int, old_until: datetime, tally: Tally) -> Reading:  # noqa: PLR0913, PLR0917  (whom, what, from when until when)
    """Read the clips from one slot up to another.

    It costs one request for each hundred clips, and one where there are none; more where they are too many for one
    listing. What lies before `old_until` is read in any case, and some 10,000 clips of later on at most.

    Args:
        session: Asks.
        query: Of whom, by id.
        lo: The first slot.
        hi: The slot behind the last one.
        old_until: Up to when all was read before, or counts as old.
        tally: What requests are counted in.
    """
    reader = WindowReader(session, Names(session), query, tally)
    reader.joined.add(lo)  # else it would begin a second, and with that a slot, earlier; polls overlap anyway
    reach = Stretches([window_of(lo, hi)])
    batches = Batches(
        ledger=Ledger(f"{query.selector}={query.value}"),
        reach=reach,
        todo=reach,
        settle=timedelta(0),
        events=_UNTOLD,
    )
    sweep = Sweep([(lo, hi)])
    audit, save = Audit(0, _clock.chance), partial(_clock.sleep, 0)  # without an audit there is nothing to save
    work = Work(reader=reader, batches=batches, sweep=sweep, audit=audit, events=_UNTOLD, save=save)
    reading = Reading(until=start_of(lo))
    while (span := sweep.take()) is not None:
        reading.is_cut = sum(clip.created_at >= old_until for clip in reading.clips[-_MOST:]) == _MOST
        if reading.is_cut:
            break
        try:
            found = await work.read(span)
        except TwitchClipsError as error:
            reading.error = error
            break
        sweep.release(span)
        for batch in found:
            reading.clips += batch.clips
            reading.until, reading.fetched_at = batch.window.ended_at, batch.fetched_at
            if batch.proof in _GAPS:
                reading.gaps.append(batch.window)
    reading.reasons = tuple(batches.tallies.reasons)
    return reading
