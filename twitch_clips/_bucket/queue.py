"""Those who wait for a turn: first come, first served, and who would wait too long is told as soon as that is known."""

import asyncio
import heapq
import math
from collections import OrderedDict
from collections.abc import Callable

import attrs

from twitch_clips.errors import RateLimited

_ROUNDING = 1e-6  # seconds
_GUESS = 1.0  # seconds
_EMPTY = "the token bucket is empty"


@attrs.define(eq=False)
class Turn:
    """Leave to send one request; `observe` or `give_back` gets it afterwards, once.

    Attributes:
        number: Which one it is: turns are numbered as they are given.
        granted_at: When it came, on the event loop's clock.
        waited: Seconds that it took.
    """

    number: int = 0
    granted_at: float = 0.0
    waited: float = 0.0


Outcome = Turn | RateLimited


class Waiter(asyncio.Future[Outcome]):
    """Somebody in a lane: its turn, or why it gets none. Who is cancelled leaves the lane in the same moment.

    Attributes:
        number: Its place, of all that ever stood there.
        since: On the loop's clock.
        until: The moment from which it would not wait any more.
    """

    def __init__(self, lane: "Lane", number: int, since: float, until: float) -> None:
        """Wait."""
        super().__init__(loop=asyncio.get_running_loop())
        self._lane = lane
        self.number: int = number
        self.since: float = since
        self.until: float = until

    def cancel(self, msg: object = None) -> bool:
        """Not when its task runs next: until then others would reckon with it."""
        self._lane.leave(self)
        return super().cancel(msg)

    @property
    def turn(self) -> Turn | None:
        """Its turn, if that came."""
        outcome = self.result() if self.done() and not self.cancelled() else None
        return outcome if isinstance(outcome, Turn) else None


class Lane:
    """One queue. Whatever happens at its head or in its middle costs no more for ten thousand than for ten."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._waiters: OrderedDict[int, Waiter] = OrderedDict()
        self._joined: int = 0
        self._patience: list[tuple[float, int]] = []  # a heap, see `_key`
        self._seconds_each: float = 0.0

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiters)

    @property
    def has_bounds(self) -> bool:
        """Whether anybody may have to be told that it would wait too long."""
        return bool(self._patience)

    def join(self, since: float, max_wait: float | None) -> Waiter:
        """Stand behind the others."""
        until = math.inf if max_wait is None else since + max_wait
        waiter = Waiter(self, self._joined, since, until)
        self._joined += 1
        self._waiters[waiter.number] = waiter
        if max_wait is not None:
            if len(self._patience) > 2 * len(self._waiters):
                self._sort(self._seconds_each)  # most of them wait no more
            heapq.heappush(self._patience, (self._key(waiter), waiter.number))
        return waiter

    def first(self) -> Waiter | None:
        """Who is in front."""
        return next(iter(self._waiters.values()), None)

    def serve(self, waiter: Waiter, turn: Turn) -> None:
        """Give the turn to one."""
        self.leave(waiter)
        turn.waited = turn.granted_at - waiter.since
        waiter.set_result(turn)

    def leave(self, waiter: Waiter) -> None:
        """Wait no more."""
        self._waiters.pop(waiter.number, None)

    def turn_away(self, waiter: Waiter, error: RateLimited) -> None:
        """Tell one who waits that its turn will not come."""
        if self._waiters.pop(waiter.number, None):
            waiter.set_result(error)

    def turn_away_until(self, now: float, moment: float) -> None:
        """Tell those who would not wait until then."""
        for waiter in list(self._waiters.values()):
            if waiter.until < moment:
                self.turn_away(waiter, RateLimited(moment - now, _EMPTY))

    def turn_away_all(self, seconds: float, reason: str) -> None:
        """Tell everyone."""
        for waiter in list(self._waiters.values()):
            self.turn_away(waiter, RateLimited(seconds, reason))

    def turn_away_late(self, now: float, first: float, each: float) -> None:
        """Tell those whose turn will come later than they would wait.

        Args:
            now: This moment.
            first: Seconds until the first one's turn, at least; below 0 when there are points for several.
            each: Seconds between two turns, at least.
        """
        if each != self._seconds_each:
            self._sort(each)
        while self._patience:
            key, number = self._patience[0]
            if number in self._waiters:
                head = next(iter(self._waiters))
                # As many have left from somewhere in between: nobody is told too early.
                gaps = next(reversed(self._waiters)) + 1 - head - len(self._waiters)
                if key >= now + first - (head + gaps) * each - _ROUNDING:
                    return
                seconds = first + max(0, number - head - gaps) * each
                self.turn_away(self._waiters[number], RateLimited(seconds, _EMPTY))
            heapq.heappop(self._patience)

    def _sort(self, each: float) -> None:
        self._seconds_each = each
        waiting = [self._waiters[number] for _, number in self._patience if number in self._waiters]
        self._patience = [(self._key(waiter), waiter.number) for waiter in waiting]
        heapq.heapify(self._patience)

    def _key(self, waiter: Waiter) -> float:
        """Orders those who wait by how long the first one's turn could be put off before theirs comes too late."""
        return waiter.until - waiter.number * self._seconds_each

    async def outcome_of(self, waiter: Waiter, give_back: Callable[[Turn], None]) -> Turn:
        """The turn, once it comes.

        Args:
            waiter: Who waits.
            give_back: Takes a turn that had come when the waiter was interrupted.

        Raises:
            RateLimited: It would come later than the waiter would wait.
        """
        timer = None
        if waiter.until < math.inf:
            loop = asyncio.get_running_loop()
            # How long the one that goes ahead after a refusal will take, for one, is not known: a guess.
            late = RateLimited(_GUESS, "no turn came within max_wait")
            # A turn that comes in this moment comes first.
            timer = loop.call_at(waiter.until + _ROUNDING, self.turn_away, waiter, late)
        try:
            outcome = await waiter
        except BaseException:  # cancelled, or the coroutine is closed
            if (turn := waiter.turn) is not None:
                give_back(turn)
            raise
        finally:
            self.leave(waiter)
            if timer is not None:
                timer.cancel()
        if isinstance(outcome, RateLimited):
            raise outcome
        return outcome
