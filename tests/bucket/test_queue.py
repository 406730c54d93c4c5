"""Those who wait for a turn."""

import asyncio
import gc
import weakref
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from twitch_clips import RateLimited, Turn
from twitch_clips._bucket.queue import Lane, Waiter
from twitch_clips.testing import VirtualLoop


def _now() -> float:
    return asyncio.get_running_loop().time()


async def test_the_first_to_come_is_the_first_to_be_served() -> None:
    """And learns how long it has waited."""
    lane = Lane()
    waiters = [lane.join(_now() + number, None) for number in range(3)]
    for waiter in waiters:
        assert lane.first() is waiter
        lane.serve(waiter, Turn(granted_at=_now() + 5))
    assert [(await lane.outcome_of(waiter, list[Turn]().append)).waited for waiter in waiters] == [5, 4, 3]
    assert (lane.first(), len(lane)) == (None, 0)


async def test_everyone_can_be_turned_away() -> None:
    """Each with an error of its own: one that is raised twice would show the wrong traceback."""
    lane = Lane()
    waiters = [lane.join(_now(), None) for _ in range(3)]
    waiters[0].cancel()
    lane.turn_away_all(7, "no reason")
    errors: list[RateLimited] = []
    for waiter in waiters[1:]:
        with pytest.raises(RateLimited, match=r"no reason; try again in 7\.0 seconds") as caught:
            await lane.outcome_of(waiter, list[Turn]().append)
        errors.append(caught.value)
    assert errors[0] is not errors[1]
    assert len(lane) == 0


async def test_a_turn_in_the_moment_in_which_patience_ends_is_a_turn() -> None:
    """It comes first."""
    lane = Lane()
    waiter = lane.join(_now(), 3)
    asyncio.get_running_loop().call_later(3, lambda: lane.serve(waiter, Turn(granted_at=_now())))
    assert (await lane.outcome_of(waiter, list[Turn]().append)).waited == 3
    assert waiter.turn is not None


async def test_whoever_was_served_is_not_turned_away() -> None:
    """Its timer may go off before its task runs."""
    lane = Lane()
    waiter = lane.join(_now(), 3)
    lane.serve(waiter, Turn(granted_at=_now()))
    lane.turn_away(waiter, RateLimited(1, "too late"))
    assert (await lane.outcome_of(waiter, list[Turn]().append)).waited == 0


async def test_whoever_was_served_leaves_nothing_behind() -> None:
    """Not for as long as it would have waited."""
    lane = Lane()
    waiter = lane.join(_now(), 3600)
    gone = weakref.ref(waiter)
    lane.serve(waiter, Turn(granted_at=_now()))
    await lane.outcome_of(waiter, list[Turn]().append)
    del waiter
    gc.collect()
    assert gone() is None


async def test_who_gets_no_turn_in_time_is_told_then() -> None:
    """Whatever holds up the others, and whether or not anybody looks after them."""
    lane = Lane()
    start = _now()
    waiter = lane.join(start, 3)
    assert waiter.turn is None
    with pytest.raises(RateLimited, match="no turn came within max_wait"):
        await lane.outcome_of(waiter, list[Turn]().append)
    assert _now() - start == pytest.approx(3, abs=1e-3)
    assert waiter.turn is None


async def test_who_would_wait_until_then_is_not_told() -> None:
    """To the moment."""
    lane = Lane()
    waiters = [lane.join(_now(), 3), lane.join(_now(), 2.9)]
    lane.turn_away_until(_now(), _now() + 3)
    assert [waiter.done() for waiter in waiters] == [False, True]
    lane.turn_away_all(0, "")


async def test_those_of_equal_patience_are_told_from_the_end() -> None:
    """Ten wait, the first for a second and each for one more than the one before: those beyond five are told."""
    lane = Lane()
    waiters = [lane.join(_now(), 5) for _ in range(10)]
    lane.turn_away_late(_now(), 1, 1)
    assert [waiter.done() for waiter in waiters] == [False] * 5 + [True] * 5
    lane.turn_away_all(0, "")


async def test_who_comes_too_late_is_told_when_it_would_have_been_its_turn() -> None:
    """As far behind the first one as those in front of it are apart."""
    lane = Lane()
    waiters = [lane.join(_now(), 4) for _ in range(5)]
    lane.turn_away_late(_now(), 1, 2)
    errors = [waiter.result() for waiter in waiters if waiter.done()]
    assert [isinstance(error, RateLimited) and error.retry_after for error in errors] == [5, 7, 9]
    lane.turn_away_all(0, "")


async def test_those_who_have_left_are_not_waited_for() -> None:
    """Two from in front, one from in between: four wait for turns two seconds apart."""
    lane = Lane()
    waiters = [lane.join(_now(), 4) for _ in range(7)]
    for waiter in waiters[:2]:
        lane.serve(waiter, Turn())
    waiters[3].cancel()
    lane.turn_away_late(_now(), 1, 2)
    errors = [waiter.result() for waiter in waiters[4:] if waiter.done()]
    assert [isinstance(error, RateLimited) and error.retry_after for error in errors] == [5, 7]
    lane.turn_away_all(0, "")


async def test_the_words_of_a_cancel_are_passed_on() -> None:
    """As any future does."""
    lane = Lane()
    task = asyncio.ensure_future(lane.outcome_of(lane.join(_now(), None), list[Turn]().append))
    await asyncio.sleep(0)
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError, match="enough"):
        await task


async def test_a_slower_refill_makes_more_of_them_late() -> None:
    """What was in order by the old one is sorted anew."""
    lane = Lane()
    patient, hasty = lane.join(_now(), 10), lane.join(_now(), 3)
    last = lane.join(_now(), 8)
    lane.turn_away_late(_now(), 0, 1)
    assert [waiter.done() for waiter in (patient, hasty, last)] == [False, False, False]
    lane.turn_away_late(_now(), 0, 4.1)
    assert [waiter.done() for waiter in (patient, hasty, last)] == [False, True, False]
    lane.turn_away_all(0, "")


async def test_who_was_served_is_not_remembered() -> None:
    """A lane in which ten wait for ever so long, each patient for an hour, is tidied when it holds more than twenty."""
    lane = Lane()
    sizes: set[int] = set()
    for _ in range(10):
        lane.join(_now(), 3600)
    for _ in range(1000):
        waiter = lane.first()
        assert waiter is not None
        lane.serve(waiter, Turn())
        lane.join(_now(), 3600)
        sizes.add(_size(lane))
    assert max(sizes) == 21


def _size(lane: Lane) -> int:
    """The length of the longest thing that it holds."""
    held: list[Any] = list(vars(lane).values())
    return max(len(thing) for thing in held if hasattr(thing, "__len__"))


@attrs.define(eq=False)
class _Waiting:
    waiter: Waiter
    task: "asyncio.Task[Turn]"


class LaneMachine(RuleBasedStateMachine):
    """A lane beside a plain list."""

    def __init__(self) -> None:
        """Nobody waits."""
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=VirtualLoop)
        self.loop = self.runner.get_loop()
        self.lane = Lane()
        self.waiting: list[_Waiting] = []
        self.joined: int = 0

    def teardown(self) -> None:
        """Nobody is left."""
        self.lane.turn_away_all(0, "the end")
        self.run(1e-3)
        assert all(one.task.done() for one in self.waiting)
        for one in self.waiting:
            one.task.exception()
        self.runner.close()

    def run(self, seconds: float = 0) -> None:
        """Have time pass for the tasks."""
        self.runner.run(asyncio.sleep(seconds))

    @rule(max_wait=st.none() | st.floats(0, 30))
    def join(self, max_wait: float | None) -> None:
        """One more."""

        async def join() -> _Waiting:
            waiter = self.lane.join(_now(), max_wait)
            return _Waiting(waiter, asyncio.ensure_future(self.lane.outcome_of(waiter, list[Turn]().append)))

        self.waiting.append(self.runner.run(join()))
        self.joined += 1
        self.run()

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 99))
    def cancel(self, which: int) -> None:
        """Anybody, wherever it stands."""
        one = self.waiting[which % len(self.waiting)]
        one.task.cancel()
        self.waiting.remove(one)
        assert len(self.lane) == len(self.waiting)  # before its task runs
        self.run()
        assert one.task.cancelled()

    @precondition(lambda self: self.waiting)
    @rule()
    def serve(self) -> None:
        """Whoever is in front."""
        one = self.waiting.pop(0)
        assert self.lane.first() is one.waiter
        turn = Turn(granted_at=self.loop.time())
        self.lane.serve(one.waiter, turn)
        self.run()
        assert one.task.result() is turn
        assert turn.waited == self.loop.time() - one.waiter.since

    @rule(seconds=st.floats(0, 10))
    def let_time_pass(self, seconds: float) -> None:
        """Whoever has waited long enough is told."""
        self.run(seconds)
        for one in list(self.waiting):
            late = self.loop.time() - one.waiter.until
            assert late < 1e-3 or one.task.done()
            if one.task.done():
                assert late > -1e-3
                assert isinstance(one.task.exception(), RateLimited)
                self.waiting.remove(one)

    @rule(first=st.floats(0, 20), each=st.sampled_from([0.01, 0.075, 1.0, 6.0]))
    def tell_the_late(self, first: float, each: float) -> None:
        """Nobody whose turn would come in time; somebody if any is late, unless some have left out of their order."""
        now = self.loop.time()
        numbers = [one.waiter.number for one in self.waiting]
        is_whole = numbers == list(range(self.joined - len(numbers), self.joined))
        in_time = [one.waiter.until - now - first - place * each for place, one in enumerate(self.waiting)]
        self.lane.turn_away_late(now, first, each)
        self.run()
        told = [one for one in self.waiting if one.task.done()]
        for one, seconds in zip(list(self.waiting), in_time, strict=True):
            if one in told:
                assert seconds < 0
                assert isinstance(one.task.exception(), RateLimited)
                self.waiting.remove(one)
        assert told or not is_whole or min(in_time, default=0) > -1e-3

    @invariant()
    def as_many_wait(self) -> None:
        """As in the list."""
        assert len(self.lane) == len(self.waiting)
        assert all(not one.task.done() for one in self.waiting)


TestLane = LaneMachine.TestCase
