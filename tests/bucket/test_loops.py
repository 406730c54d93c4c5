"""`TokenBucket` in one event loop after the other."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from twitch_clips import RateHeaders, RateLimited, TokenBucket, Turn
from twitch_clips.testing import VirtualLoop


def _ask(bucket: TokenBucket) -> "asyncio.Future[Turn]":
    return asyncio.ensure_future(bucket.acquire())


def _in_loops(*runs: Coroutine[Any, Any, None]) -> None:
    """Each in an event loop of its own."""
    for run in runs:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(run)


def test_a_second_event_loop_finds_it_as_the_first_left_it() -> None:
    """With its level, and without those who waited there."""
    bucket = TokenBucket(2)

    async def leave_in_the_middle() -> None:
        bucket.observe(await bucket.acquire(), RateHeaders(limit=2, remaining=1))
        await asyncio.wait([_ask(bucket) for _ in range(3)], timeout=0.01)

    async def take_three() -> None:
        turns = await asyncio.gather(*(bucket.acquire() for _ in range(3)))
        assert [turn.waited for turn in turns] == pytest.approx([30, 60, 90], abs=0.1)

    _in_loops(leave_in_the_middle(), take_three())


def test_those_who_waited_in_a_loop_that_is_closed_are_not_waited_for() -> None:
    """Nobody cancelled them."""
    bucket = TokenBucket(1)
    loop = VirtualLoop()

    async def leave_in_the_middle() -> list[asyncio.Future[Turn]]:
        bucket.observe(await bucket.acquire(), RateHeaders(limit=1, remaining=0))
        waiting = [_ask(bucket) for _ in range(3)]
        await asyncio.sleep(0.1)
        return waiting

    async def take_one() -> None:
        assert (await bucket.acquire()).waited == pytest.approx(60, abs=0.2)
        assert bucket.status.waiting == 0

    left = loop.run_until_complete(leave_in_the_middle())
    loop.close()
    _in_loops(take_one())
    assert not any(turn.done() for turn in left)


def test_a_request_that_another_loop_left_in_the_middle_is_not_waited_for() -> None:
    """One goes ahead all the same."""
    bucket = TokenBucket()

    async def leave_in_the_middle() -> None:
        await bucket.acquire()

    async def take_one() -> None:
        assert (await bucket.acquire()).waited == 0

    _in_loops(leave_in_the_middle(), take_one())


def test_an_answer_after_its_loop_was_closed_harms_nobody() -> None:
    """A plain loop is closed with somebody in the queue; what was under way is cleared away later."""
    bucket = TokenBucket(60)
    loop = VirtualLoop()

    async def leave_in_the_middle() -> Turn:
        turn = await bucket.acquire()
        await asyncio.wait([_ask(bucket)], timeout=0.1)
        return turn

    turn = loop.run_until_complete(leave_in_the_middle())
    loop.close()
    bucket.observe(turn, RateHeaders(limit=60, remaining=59))


def test_whoever_waits_in_a_loop_that_is_left_alone_is_told() -> None:
    """Another loop took the bucket over; back in the first one the waiter hears of it."""
    bucket, first, second = TokenBucket(1), VirtualLoop(), VirtualLoop()
    first.run_until_complete(bucket.acquire())
    waiting = first.create_task(bucket.acquire())
    first.run_until_complete(asyncio.sleep(0.1))
    with pytest.raises(RateLimited):
        second.run_until_complete(bucket.acquire(max_wait=1))
    with pytest.raises(RateLimited, match="another event loop took this bucket over"):
        first.run_until_complete(waiting)
    first.close()
    second.close()
