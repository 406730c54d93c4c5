"""One poll of one target: its name looked up if need be, its window read, and the time taken from Helix."""

import asyncio
from collections import deque
from datetime import datetime, timedelta

import attrs

from twitch_clips._session import Session, Tally
from twitch_clips.backfill.report import Report
from twitch_clips.backfill.windows import Stretches, slot_of, start_of
from twitch_clips.errors import BackfillIncomplete, BadRequest, TwitchClipsError, UnknownName
from twitch_clips.names import Names
from twitch_clips.records import Clip

from .reading import Reading, read
from .server_clock import ServerClock
from .target import Target
from .targets import Targets
from .terms import Terms

_SLACK = timedelta(seconds=5)  # between two clocks
_PATIENCE = timedelta(hours=1)


@attrs.define(kw_only=True)
class Poll:
    """What a poll came to.

    Attributes:
        target: Whose it was.
        clips: The clips to give, oldest first.
        until: All before this is among them, or was known before.
        error: Why it failed, or what it lacks; `None` where all went well.
        is_gap: Whether only a part is lacking that Helix does not list.
        is_cut: Whether there is more to be had at once.
    """

    target: Target
    clips: deque[Clip] = attrs.field(factory=deque[Clip])
    until: datetime | None = None
    error: TwitchClipsError | None = None
    is_gap: bool = False
    is_cut: bool = False


class Poller:
    """Polls targets.

    Args:
        session: Asks.
        names: Looks up.
        terms: What is asked for.
        targets: All of them.

    Attributes:
        clock: Helix's.
        tally: What requests are counted in.
    """

    def __init__(self, session: Session, names: Names, terms: Terms, targets: Targets) -> None:
        """Ask nothing yet."""
        self.clock: ServerClock = ServerClock()
        self.tally: Tally = Tally()
        self._session = session
        self._names = names
        self._terms = terms
        self._targets = targets
        self._looking = asyncio.Lock()

    def come_to_loop(self) -> None:
        """The loop is another one."""
        self._looking = asyncio.Lock()
        self.clock.forget()

    async def poll(self, target: Target) -> Poll:
        """Poll a target, at one request for each hundred clips in its window, and at least one.

        Where that shows that the machine's clock is wrong, the right window is read at once.
        """
        poll = Poll(target=target)
        try:
            id_ = await self._id_of(target)
            reading = await self._read(target, id_)
        except TwitchClipsError as error:
            poll.error = error
        else:
            self._take(poll, reading)
        return poll

    async def _read(self, target: Target, id_: str) -> Reading:
        """Read its window, as far as the time is known; once more where that was wrong."""
        reading, is_right = await self._read_once(target, id_, self.clock.now())
        if is_right or reading.fetched_at is None:
            return reading
        return (await self._read_once(target, id_, max(self.clock.now(), reading.fetched_at)))[0]

    async def _read_once(self, target: Target, id_: str, now: datetime) -> tuple[Reading, bool]:
        lo = slot_of(target.span.floor - _SLACK)
        hi = max(lo, slot_of(now + _SLACK)) + 1
        old_until = target.read_until or target.span.began_at
        reading = await read(self._session, target.query(id_), lo, hi, old_until, self.tally)
        if reading.fetched_at is None:
            return reading, False
        self.clock.learn(reading.fetched_at)
        target.fix(self.clock, self._terms)
        reading.until = min(reading.until, self.clock.now())
        return reading, reading.fetched_at < start_of(hi) and lo <= slot_of(target.span.floor)

    def _take(self, poll: Poll, reading: Reading) -> None:
        target, span = poll.target, poll.target.span
        for clip in reading.clips:
            if target.read_until is None and clip.created_at < span.began_at:
                target.note(clip)
            elif clip.created_at >= span.floor:
                poll.clips.append(clip)
        poll.until, poll.error = reading.until, reading.error
        if reading.gaps:
            # What Helix does not list now it may list soon; but not to go on at all would be to lose what comes later.
            start = max(reading.gaps[0].started_at, self.clock.now() - _PATIENCE)
            poll.until = min(poll.until, start)
            poll.is_gap, poll.error = poll.error is None, poll.error or _lacking(reading)
        else:
            # Where views moved too much a clip may have been skipped: once more from the same start, for good.
            target.has_moved = bool(reading.reasons) and not target.has_moved
            poll.until = None if target.has_moved else poll.until
            poll.is_cut = reading.is_cut

    async def _id_of(self, target: Target) -> str:
        if target.id is None:
            async with self._looking:
                if target.id is None:
                    await self._look_up(target)
        if target.id is None:
            raise _unknown(target)
        return target.id

    async def _look_up(self, target: Target) -> None:
        """Look its name up, and those of up to 99 others, at one request."""
        nameless = self._targets.nameless(target)
        names = [one.key.value for one in nameless]
        directory = self._names.users if target.key.is_channel else self._names.games
        try:
            found = await directory.find(names, (), self.tally)
        except BadRequest as error:  # each of them is malformed
            raise _unknown(target, str(error)) from error
        for one in nameless:
            if one.key.value in found and one in self._targets:
                one.id = found[one.key.value].id
                self._targets.index(one)


def _unknown(target: Target, reason: str = "") -> UnknownName:
    return UnknownName("channel" if target.key.is_channel else "game", (target.key.value,), reason)


def _lacking(reading: Reading) -> BackfillIncomplete:
    report = Report(
        windows={},
        gaps=tuple(Stretches(reading.gaps)),
        unsettled=(),
        clips=len(reading.clips),
        requests=0,
        reasons=reading.reasons,
    )
    return BackfillIncomplete(report)
