"""What ten thousand that wait cost, in calls of functions."""

import asyncio
import sys
from collections.abc import Callable

import pytest

from twitch_clips import TokenBucket, Turn
from twitch_clips._bucket.queue import Lane, Waiter


def _now() -> float:
    return asyncio.get_running_loop().time()


def _calls(act: Callable[[], object]) -> int:
    """How many calls of functions it takes, of Python's own and of C's."""
    seen: list[str] = []
    sys.setprofile(lambda _frame, event, _argument: seen.append(event))
    try:
        act()
    finally:
        sys.setprofile(None)
    return seen.count("call") + seen.count("c_call")


@pytest.mark.parametrize("max_wait", [None, 1e9])
async def test_ten_thousand_cost_no_more_than_ten(max_wait: float | None) -> None:
    """For each that is served, turned away or joins, in calls of functions."""

    def work(lane: Lane) -> None:
        for _ in range(5):
            waiter = lane.first()
            assert waiter is not None
            lane.turn_away_late(_now(), 1, 0.075)
            lane.serve(waiter, Turn())
            lane.join(_now(), max_wait)
            lane.turn_away_late(_now(), 1, 0.075)

    calls: list[int] = []
    for count in (10, 10_000):
        lane = Lane()
        for _ in range(count):
            lane.join(_now(), max_wait)
        lane.turn_away_late(_now(), 1, 0.075)
        calls.append(_calls(lambda lane=lane: work(lane)))  # type: ignore[misc]
    assert calls[0] == calls[1] > 0


async def test_whoever_is_told_at_once_costs_no_more_where_ten_thousand_wait() -> None:
    """Each comes, is told, and goes; in between somebody from the middle gives up."""
    calls: list[int] = []
    for count in (10, 10_000):
        lane = Lane()
        waiters = [lane.join(_now(), 1e9) for _ in range(count)]
        lane.turn_away_late(_now(), 1, 0.075)

        def come_and_go(lane: Lane = lane, waiters: list[Waiter] = waiters) -> None:
            for number in range(5):
                waiters[-2 - number].cancel()
                late = lane.join(_now(), 0.01)
                lane.turn_away_late(_now(), 1, 0.075)
                assert late.done()

        calls.append(_calls(come_and_go))
    assert calls[0] == calls[1] > 0


async def test_while_the_refill_is_found_back_they_are_sorted_once_in_four_seconds() -> None:
    """Each answer could make it a little faster."""

    async def cost(count: int) -> int:
        bucket = TokenBucket(600)
        bucket.observe(await bucket.acquire(), None, refused=True)
        for _ in range(2):
            bucket.observe(await bucket.acquire(), None)
        turns = [await bucket.acquire() for _ in range(2)]
        lane = [asyncio.ensure_future(bucket.acquire(max_wait=1e9)) for _ in range(count)]
        calls = 0
        for _ in range(30):
            await asyncio.sleep(0.1)
            calls += _calls(lambda: bucket.observe(turns[0], None))
        for one in lane:
            one.cancel()
        await asyncio.gather(*lane, return_exceptions=True)
        return calls

    assert await cost(10_000) < await cost(1000) + 3 * 10_000
