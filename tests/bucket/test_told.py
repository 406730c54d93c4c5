"""Who would wait too long is told at once, also where it takes more than arithmetic to know."""

import asyncio

import pytest

from twitch_clips import RateHeaders, RateLimited, TokenBucket

from .model import Server


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _opened() -> TokenBucket:
    """One that knows its headers."""
    bucket = TokenBucket()
    bucket.observe(await bucket.acquire(), RateHeaders(limit=800, remaining=799))
    return bucket


async def test_while_one_goes_ahead_others_are_told_at_once() -> None:
    """However soon it is answered, two hundred stand in front."""
    bucket = await _opened()
    bucket.observe(await bucket.acquire(), RateHeaders(limit=800, remaining=0), refused=True)
    await asyncio.sleep(1)
    ahead = await bucket.acquire()
    waiting = [asyncio.ensure_future(bucket.acquire()) for _ in range(200)]
    await asyncio.sleep(0)
    start = _now()
    with pytest.raises(RateLimited) as caught:
        await bucket.acquire(max_wait=2)
    assert _now() == start
    assert caught.value.retry_after == pytest.approx(200 * 60 / 800, abs=1)
    bucket.observe(ahead, RateHeaders(limit=800, remaining=12))
    await asyncio.gather(*waiting)


async def test_where_others_spend_the_wait_is_foretold_by_what_is_left_of_the_refill() -> None:
    """Six of thirteen points a second go to somebody else, so a hundred who wait take twice as long."""
    bucket, server = await _opened(), Server(800)

    async def work() -> None:
        while True:
            turn = await bucket.acquire()
            await asyncio.sleep(0.1)
            refused = server.refused
            rate = server.arrive(_now())
            bucket.observe(turn, rate, refused=server.refused > refused)

    async def other() -> None:
        while True:
            await asyncio.sleep(1 / 6)
            server.spend(_now(), 1)

    tasks = [asyncio.create_task(work()) for _ in range(100)] + [asyncio.create_task(other())]
    await asyncio.sleep(300)
    start, foretold = _now(), bucket.status.retry_after
    with pytest.raises(RateLimited):
        await bucket.acquire(max_wait=10)
    assert _now() == start
    await bucket.acquire()
    assert _now() - start == pytest.approx(foretold, rel=0.15)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_who_comes_during_a_pause_and_would_not_outlast_it_is_told_at_once() -> None:
    """Though points are left by our own count."""
    bucket = await _opened()
    bucket.observe(await bucket.acquire(), RateHeaders(limit=800, remaining=0), refused=True)
    start = _now()
    with pytest.raises(RateLimited, match="everyone pauses after a 429; try again in") as caught:
        await bucket.acquire(max_wait=0.5)
    assert _now() == start
    assert 0.75 <= caught.value.retry_after <= 1
    assert (await bucket.acquire(max_wait=2)).waited <= 1.1
