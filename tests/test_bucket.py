"""The token bucket: its arithmetic by properties, its queue on virtual time."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import NoLimit, QueryError, RateHeaders, TokenBucket
from twitch_clips.bucket import Level

limits = st.integers(1, 2000)
moments = st.floats(0, 10_000)
rates = limits.flatmap(lambda limit: st.builds(RateHeaders, limit=st.just(limit), remaining=st.integers(0, limit)))


@given(limits, st.lists(st.floats(0, 5), min_size=1, max_size=50))
def test_never_more_than_the_bucket_holds_and_refills(limit: int, pauses: list[float]) -> None:
    """However the requests come, by `t` seconds after the start at most `limit + t * limit / 60` have gone."""
    now, level = 0.0, Level(limit, 0.0)
    for gone, pause in enumerate(pauses * 3, 1):
        now += pause
        now += level.wait(now)
        level = level.take(now)
        assert gone <= limit + now * limit / 60 + 1e-3


@given(limits, moments)
def test_a_full_bucket_lets_its_limit_go_at_once_and_no_more(limit: int, now: float) -> None:
    """The next one waits for a sixtieth of a minute's share."""
    level = Level(limit, 0.0)
    now += 60
    for _ in range(limit):
        assert level.wait(now) == 0
        level = level.take(now)
    assert level.wait(now) == pytest.approx(60 / limit)


@given(limits, st.floats(0, 60), rates, st.integers(0, 50))
def test_headers_only_ever_lower_the_level(limit: int, seconds: float, rate: RateHeaders, under_way: int) -> None:
    """In points missing: ours, or what the server counted plus what it may not have seen yet; never more than all."""
    level = Level(limit, 100 + seconds).lowered(100, rate, under_way)
    missing = (level.full_at - 100) * rate.limit / 60
    assert level.limit == rate.limit
    assert missing == pytest.approx(min(rate.limit, max(seconds * limit / 60, rate.limit - rate.remaining + under_way)))
    assert level.wait(100) <= 60 / rate.limit + 1e-6


async def _grants(bucket: TokenBucket, count: int) -> list[float]:
    """At which second each of so many waiters gets its turn, in the order they asked."""
    start = asyncio.get_running_loop().time()

    async def wait() -> float:
        await bucket.acquire()
        return asyncio.get_running_loop().time() - start

    return list(await asyncio.gather(*(wait() for _ in range(count))))


async def test_waiters_are_served_in_order_one_refill_apart() -> None:
    """Ten points a minute: ten at once, then one every six seconds."""
    assert await _grants(TokenBucket(10), 13) == pytest.approx([0] * 10 + [6, 12, 18], abs=0.01)


async def test_a_cancelled_waiter_gives_its_turn_to_the_next() -> None:
    """The second of two waits no longer than the first would have."""
    bucket = TokenBucket(1)
    await bucket.acquire()
    first = asyncio.ensure_future(bucket.acquire())
    second = asyncio.ensure_future(_grants(bucket, 1))
    await asyncio.sleep(30)
    first.cancel()
    assert await second == pytest.approx([60], abs=0.01)


async def test_an_answer_says_what_others_spent() -> None:
    """Another program on the same credentials emptied the bucket: the next request waits for a refill."""
    bucket = TokenBucket(10)
    await bucket.acquire()
    bucket.observe(RateHeaders(limit=10, remaining=0))
    assert await _grants(bucket, 1) == pytest.approx([6], abs=0.01)


async def test_a_request_under_way_is_reckoned_with() -> None:
    """One was sent and not answered: of the three points that remain, two are sure."""
    bucket = TokenBucket(10)
    await bucket.acquire()
    await bucket.acquire()
    bucket.observe(RateHeaders(limit=10, remaining=3))
    assert await _grants(bucket, 3) == pytest.approx([0, 0, 6], abs=0.01)


async def test_a_request_without_an_answer_is_no_longer_under_way() -> None:
    """It spent its point, and no more is known of it."""
    bucket = TokenBucket(10)
    await bucket.acquire()
    bucket.observe(None)
    await bucket.acquire()
    bucket.observe(RateHeaders(limit=10, remaining=8))
    assert await _grants(bucket, 9) == pytest.approx([0] * 8 + [6], abs=0.01)


async def test_the_limit_follows_the_headers() -> None:
    """Some applications have another one than 800."""
    bucket = TokenBucket()
    await bucket.acquire()
    bucket.observe(RateHeaders(limit=30, remaining=0))
    assert await _grants(bucket, 2) == pytest.approx([2, 4], abs=0.01)


async def test_headers_that_come_during_a_wait_are_reckoned_with() -> None:
    """The waiter was to go in six seconds; ten points fewer are there, so it goes when there is one."""
    bucket = TokenBucket(10)
    for _ in range(10):
        await bucket.acquire()
    waiting = asyncio.ensure_future(_grants(bucket, 1))
    await asyncio.sleep(5)
    for _ in range(10):
        bucket.observe(RateHeaders(limit=10, remaining=0))
    assert await waiting == pytest.approx([11], abs=0.01)


def test_a_bucket_of_nothing_is_refused() -> None:
    """Nothing could ever go."""
    with pytest.raises(QueryError, match="limit must be above 0 points, not 0"):
        TokenBucket(0)


async def test_no_limit_never_waits() -> None:
    """For servers of one's own."""
    bucket = NoLimit()
    start = asyncio.get_running_loop().time()
    for _ in range(1000):
        await bucket.acquire()
        bucket.observe(RateHeaders(limit=1, remaining=0))
    assert asyncio.get_running_loop().time() == start
