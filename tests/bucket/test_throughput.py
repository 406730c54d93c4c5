"""`TokenBucket` over minutes: alone, and beside others that it cannot see."""

import asyncio

import pytest

from twitch_clips import TokenBucket

from .model import Server


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _use(bucket: TokenBucket, server: Server, until: float) -> int:
    """How many requests a program that asks four at a time gets served."""
    served = 0

    async def ask() -> None:
        nonlocal served
        while _now() < until:
            turn = await bucket.acquire()
            await asyncio.sleep(0.1)
            refused = server.refused
            rate = server.arrive(_now())
            is_refused = server.refused > refused
            await asyncio.sleep(0.1)
            bucket.observe(turn, rate, refused=is_refused)
            served += not is_refused

    await asyncio.gather(*(ask() for _ in range(4)))
    return served


async def test_several_that_know_nothing_of_each_other_share_a_bucket() -> None:
    """Evenly, all that comes back, and hardly ever with a 429."""
    server, start = Server(800), _now()
    buckets = [TokenBucket() for _ in range(4)]
    server.spend(start, 700)
    await asyncio.gather(*(_use(bucket, server, start + 120) for bucket in buckets))
    refused = server.refused
    served = await asyncio.gather(*(_use(bucket, server, start + 420) for bucket in buckets))
    assert sum(served) == pytest.approx(300 * 800 / 60, rel=0.05)
    assert max(served) < 1.2 * min(served)
    assert server.refused - refused < 5


async def test_a_program_alone_uses_all_that_comes_back() -> None:
    """In five minutes a full bucket and five minutes' worth, though each answer takes a fifth of a second."""
    server = Server(60)
    assert await _use(TokenBucket(60), server, _now() + 300) == pytest.approx(360, abs=5)
    assert server.refused == 0
