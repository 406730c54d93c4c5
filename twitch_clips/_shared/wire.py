"""What passes between a process and the server that counts for all, as flat numbers."""

from collections.abc import Sequence
from typing import Literal, Protocol

import attrs

from twitch_clips._bucket.level import Level
from twitch_clips._bucket.queue import Turn

Lane = Literal["live", "background", "none"]
"""For whom a turn is asked; `none` where there is only news to tell."""

_MICRO = 1_000_000


@attrs.define(eq=False)
class SharedTurn(Turn):
    """A turn that the server gave.

    Attributes:
        at: When it came, on the server's clock.
        took: Seconds that the server took to give it.
        is_ahead: Whether others wait to see what becomes of it.
        is_live: Whether it went to somebody of the live lane.
    """

    at: float = 0.0
    took: float = 0.0
    is_ahead: bool = False
    is_live: bool = True


@attrs.frozen(kw_only=True)
class Seen:
    """What came of a turn.

    Attributes:
        at: When the turn came, on the server's clock.
        number: Which one it was.
        limit: What the rate headers say; 0 when there were none.
        remaining: The same.
        refused: Whether it was a 429 for want of points.
        seconds: A round trip, and the time that it took to get the turn.
        is_live: Whether it was one of the live lane.
    """

    at: float
    number: int
    limit: int
    remaining: int
    refused: bool
    seconds: float
    is_live: bool

    def values(self) -> list[float]:
        """In the script's order."""
        return [self.at, self.number, self.limit, self.remaining, int(self.refused), self.seconds, int(self.is_live)]


@attrs.define(kw_only=True)
class News:
    """What the server has not been told yet; it goes along with the next call.

    Attributes:
        seen: What came of turns, oldest first.
        unused: How many turns were not used.
        unused_ahead: The number of the one among them for which others wait; 0 for none.
        advance: Seconds by which the bucket is full later, for what was spent while the server was away; below 0 where
            it was not.
        is_urgent: Whether somebody elsewhere waits for it, or would better know at once.
    """

    seen: list[Seen] = attrs.field(factory=list[Seen])
    unused: int = 0
    unused_ahead: int = 0
    advance: float = -1.0
    is_urgent: bool = False

    def add(self, seen: Seen, *, is_ahead: bool) -> None:
        """Something came of a turn."""
        self.seen.append(seen)
        self.is_urgent = self.is_urgent or seen.refused or is_ahead

    def add_unused(self, turn: SharedTurn) -> None:
        """Nothing came of a turn."""
        self.unused += 1
        self.unused_ahead = turn.number if turn.is_ahead else self.unused_ahead
        self.is_urgent = True

    @property
    def was_refused(self) -> bool:
        """Whether there was a 429 among it."""
        return any(seen.refused for seen in self.seen)

    def values(self, chance: float, level: Level, given: int) -> list[float]:
        """In the script's order.

        Args:
            chance: A number from 0 to 1.
            level: The bucket as it was last known, on the server's clock, should the server have lost it.
            given: The number of the last turn that is known, for the same.
        """
        flat: list[float] = [chance, self.unused, self.unused_ahead, self.advance]
        flat += [level.limit, max(0.0, level.full_at), given]
        for seen in self.seen:
            flat += seen.values()
        return flat


@attrs.frozen
class Offer:
    """An answer to who asks for a turn.

    Attributes:
        turn: The turn, good from `wait` seconds on; `None` if there is none yet.
        wait: Seconds until the next turn, at least.
        again: Seconds after which to ask again where there is none.
    """

    turn: Turn | None
    wait: float = 0.0
    again: float = 0.0


@attrs.frozen
class Away:
    """The server does not answer.

    Attributes:
        reason: For the log, without a word of what was sent.
    """

    reason: str


@attrs.frozen(kw_only=True)
class Told:
    """What the server answers.

    Attributes:
        offer: The turn, or when to ask again.
        now: The server's clock.
        level: The bucket, on the server's clock.
        pause: Seconds for which everyone pauses.
        processes: How many share the bucket.
        refused_for: Seconds for which Helix has given nothing but 429s.
        is_open: Whether all may go; else one goes ahead.
        round_trip: Seconds, of the slowest lately.
    """

    offer: Offer
    now: float
    level: Level
    pause: float
    processes: int
    refused_for: float
    is_open: bool
    round_trip: float

    @classmethod
    def read(cls, reply: Sequence[int], took: float) -> "Told":
        """From the script's order, after so many seconds."""
        number, wait, again, now, limit, refill, full_at, pause, unheard, processes, refused_for, round_trip = reply
        turn = None
        if number:
            turn = SharedTurn(number, at=(now + wait) / _MICRO, took=took, is_ahead=bool(unheard))
        return cls(
            offer=Offer(turn, wait / _MICRO, again / _MICRO),
            now=now / _MICRO,
            level=Level(limit, full_at / _MICRO, refill / _MICRO),
            pause=pause / _MICRO,
            processes=processes,
            refused_for=refused_for / _MICRO,
            is_open=not unheard,
            round_trip=round_trip / _MICRO,
        )


class Server(Protocol):
    """What counts for all processes; the log calls it by its name."""

    name: str

    async def ask(self, key: str, lane: Lane, values: list[float], patience: float) -> Told | Away:
        """The next turn of a bucket."""
        ...
