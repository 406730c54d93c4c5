"""One channel or game that is watched: how far it was read, and which of its clips are known. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Self

import attrs

from twitch_clips._helix.query import ClipsQuery
from twitch_clips.backfill.ledger import hash_of
from twitch_clips.records import Clip

from .server_clock import ServerClock
from .terms import Key, Terms

_SLACK = timedelta(minutes=1)  # between the clocks of several servers


@attrs.define(kw_only=True)
class Span:
    """From when on a target is watched.

    Attributes:
        began_at: What its first poll lists of before this is old, and is not given.
        floor: Nothing before this is looked at any more; clips of later on are known by their ids.
    """

    began_at: datetime
    floor: datetime

    @classmethod
    def of(cls, asked_at: datetime, terms: Terms) -> Self:
        """Of a target that was not known before a moment."""
        began_at = terms.start(asked_at)
        return cls(began_at=began_at, floor=began_at if terms.since is not None else began_at - terms.overlap)


@attrs.define(kw_only=True, eq=False)
class Target:
    """One that is watched.

    Attributes:
        key: As it was given.
        id: Its id, once that is known; a name stays with it.
        asked_at: When it was given, on the loop's clock; `None` where the checkpoint knows.
        span: From when on it is watched; a guess by the machine's clock until Helix has told the time.
        read_until: Up to when it was read, every clip being done; `None` before the first time.
        failures: Polls that failed, in a row.
        is_hopeless: Whether the last one failed for a reason that does not pass.
        has_moved: Whether views moved too much in the last one for it to be counted.
        known: Hashes of the ids of clips that are known, each with the POSIX second in which it was made.
    """

    key: Key
    span: Span
    asked_at: float | None = None
    id: str | None = None
    read_until: datetime | None = None
    failures: int = 0
    is_hopeless: bool = False
    has_moved: bool = False
    known: dict[int, int] = attrs.field(factory=dict[int, int])

    def query(self, id_: str) -> ClipsQuery:
        """What is asked for it."""
        return ClipsQuery(selector="broadcaster_id" if self.key.is_channel else "game_id", value=id_)

    def fix(self, clock: ServerClock, terms: Terms) -> None:
        """Helix has told the time: so it is known when the target was given, and that nothing lies ahead of now."""
        if self.asked_at is not None:
            self.span, self.asked_at = Span.of(clock.at(self.asked_at), terms), None
        now = clock.now()
        if self.read_until is not None and self.read_until > now + _SLACK:  # a wrong time was told then
            self.read_until, self.span.floor = now, now - terms.overlap
        self.span.began_at, self.span.floor = min(self.span.began_at, now), min(self.span.floor, now)

    def has_given(self, clip: Clip) -> bool:
        """Whether a clip was given when this was polled: its id is known, or it is too old for that to be kept."""
        span = self.span
        is_past = self.read_until is not None and clip.created_at < span.floor
        return clip.created_at >= span.began_at and (is_past or hash_of(clip.id) in self.known)

    def note(self, clip: Clip) -> None:
        """A clip is known from now on."""
        self.known[hash_of(clip.id)] = int(clip.created_at.timestamp())

    def settle(self, until: datetime, overlap: timedelta) -> None:
        """All was read up to a moment, and is done."""
        if until >= self.span.began_at:
            self.read_until = max(until, self.read_until or until)
            self._raise_floor(self.read_until - overlap)

    def forget(self, count: int) -> None:
        """Forget about `count` ids, the oldest ones: clips as old as they are not looked at any more.

        What was not read yet stays to be read, though ids of that time may be known through other targets.
        """
        floor = datetime.fromtimestamp(sorted(self.known.values())[count], UTC)
        self._raise_floor(min(floor, self.read_until or self.span.began_at))

    def _raise_floor(self, floor: datetime) -> None:
        self.span.floor = max(self.span.floor, floor)
        oldest = self.span.floor.timestamp()
        self.known = {known: second for known, second in self.known.items() if second >= oldest}
