"""The token bucket: who goes when, on virtual time. Its parts have tests of their own in `tests/bucket`."""

import asyncio
import math
from typing import Any

import pytest

from twitch_clips import NoLimit, QueryError, RateHeaders, RateLimited, RateStatus, TokenBucket, Turn


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _opened(limit: int, spent: int = 1) -> TokenBucket:
    """A bucket of so many points that knows its headers, so many of which are spent, all by itself."""
    bucket = TokenBucket(limit)
    bucket.observe(await bucket.acquire(), RateHeaders(limit=limit, remaining=limit - 1))
    for _ in range(spent - 1):
        await bucket.acquire()
    return bucket


async def _grants(bucket: TokenBucket, count: int, *, background: bool = False) -> list[float]:
    """After how many seconds each of so many waiters gets its turn, in the order they asked."""
    start = _now()

    async def wait() -> float:
        await bucket.acquire(background=background)
        return _now() - start

    return list(await asyncio.gather(*(wait() for _ in range(count))))


def _ask(bucket: TokenBucket, *, max_wait: float | None = None, background: bool = False) -> "asyncio.Future[Turn]":
    return asyncio.ensure_future(bucket.acquire(max_wait=max_wait, background=background))


async def test_waiters_are_served_in_order_one_refill_apart() -> None:
    """Ten points a minute: ten at once, then one every six seconds."""
    assert await _grants(await _opened(10), 12) == pytest.approx([0] * 9 + [6, 12, 18], abs=0.01)


async def test_turns_are_numbered_as_they_are_given_and_say_how_long_they_took() -> None:
    """On the loop's clock."""
    bucket, start = TokenBucket(60), _now()
    first = await bucket.acquire()
    assert (first.number, first.granted_at, first.waited) == (1, start, 0)
    bucket.observe(first, RateHeaders(limit=60, remaining=0))  # others spend; one goes in its share of a second or two
    second = await bucket.acquire()
    assert second.number == 2
    assert second.waited == second.granted_at - start == _now() - start > 1


async def test_until_the_first_header_one_request_is_in_flight() -> None:
    """A bot that starts again meets the bucket that it emptied: with one 429, not with fifty."""
    bucket = TokenBucket()
    turns = [_ask(bucket) for _ in range(50)]
    await asyncio.sleep(2.9)
    assert bucket.status == RateStatus(limit=800, remaining=800, waiting=49, retry_after=0)
    bucket.observe(await turns[0], RateHeaders(limit=800, remaining=799))
    await asyncio.sleep(0)
    assert all(turn.done() for turn in turns)


async def test_two_answers_without_headers_open_as_well() -> None:
    """As servers of one's own have none."""
    bucket = TokenBucket()
    turns = [_ask(bucket) for _ in range(50)]
    for done in (1, 2, 50):
        await asyncio.sleep(0)
        assert sum(turn.done() for turn in turns) == done
        bucket.observe(await turns[done - 1], None)


async def test_another_goes_ahead_when_the_first_hangs() -> None:
    """After three seconds, and then the next."""
    assert await _grants(TokenBucket(), 3) == pytest.approx([0, 3, 6], abs=0.01)


async def test_a_first_one_that_goes_back_or_is_cancelled_holds_up_nobody() -> None:
    """Another one goes ahead at once."""
    bucket = TokenBucket()
    bucket.give_back(await bucket.acquire())
    turns = [_ask(bucket) for _ in range(3)]
    await asyncio.sleep(1)
    turns[1].cancel()
    bucket.give_back(await turns[0])
    assert (await turns[2]).waited == pytest.approx(1)
    assert bucket.status.remaining == 799


async def test_a_cancelled_waiter_gives_its_turn_to_the_next() -> None:
    """The second of two waits no longer than the first would have."""
    bucket = await _opened(1)
    first = _ask(bucket)
    second = asyncio.ensure_future(_grants(bucket, 1))
    await asyncio.sleep(30)
    first.cancel()
    assert await second == pytest.approx([60], abs=0.01)


async def test_a_turn_that_came_and_is_not_used_is_given_back() -> None:
    """Cancelled in the moment in which its turn came: the point is another one's."""
    bucket = await _opened(1)
    first, second = _ask(bucket), asyncio.ensure_future(_grants(bucket, 1))
    asyncio.get_running_loop().call_later(60, lambda: asyncio.get_running_loop().call_soon(first.cancel))
    assert await second == pytest.approx([60], abs=0.01)
    assert first.cancelled()


async def test_a_point_that_is_given_back_is_the_next_ones() -> None:
    """At once."""
    bucket = await _opened(2)
    turn = await bucket.acquire()
    waiting = _ask(bucket)
    await asyncio.sleep(0)
    assert not waiting.done()
    bucket.give_back(turn)
    assert (await waiting).waited == 0


@pytest.mark.parametrize("seconds", [60, 49.9])
async def test_a_point_that_came_back_by_itself_is_not_given_back_again(seconds: float) -> None:
    """Fifty that waited for a connection were cancelled a minute later: ten more may go then, not sixty."""
    bucket = await _opened(60)
    idle = [await bucket.acquire() for _ in range(50)]
    await asyncio.sleep(seconds)
    for _ in range(50):
        await bucket.acquire()
    for turn in idle:
        bucket.give_back(turn)
    assert bucket.status.remaining <= 10


async def test_headers_that_come_during_a_wait_are_reckoned_with() -> None:
    """It was to go in a second; the bucket is smaller: a point takes six, and a half for what may be in transit."""
    bucket = await _opened(60, spent=59)
    turn = await bucket.acquire()
    waiting = asyncio.ensure_future(_grants(bucket, 1))
    await asyncio.sleep(0.5)
    bucket.observe(turn, RateHeaders(limit=10, remaining=0))
    assert await waiting == pytest.approx([7], abs=0.01)


async def test_the_limit_follows_the_headers() -> None:
    """Some applications have another one than 800."""
    bucket = TokenBucket()
    bucket.observe(await bucket.acquire(), RateHeaders(limit=30, remaining=0))
    assert await _grants(bucket, 2) == pytest.approx([2, 4], abs=0.01)
    assert bucket.status.limit == 30


@pytest.mark.parametrize("limit", [0, -1, math.nan, True])
def test_a_bucket_of_nothing_is_refused(limit: Any) -> None:
    """Nothing could ever go."""
    with pytest.raises(QueryError, match=f"limit must be above 0 points, not {limit!r}"):
        TokenBucket(limit)


async def test_fifty_that_wait_in_the_background_hold_up_nobody() -> None:
    """Whoever comes in between waits for one refill at most, and goes before all of them."""
    bucket = await _opened(60, spent=60)
    background = asyncio.ensure_future(_grants(bucket, 50, background=True))
    for _ in range(20):
        await asyncio.sleep(1.7)
        assert (await bucket.acquire()).waited <= 1 + 1e-3
    seconds = await background
    assert seconds == sorted(seconds)
    assert len(seconds) == 50


async def test_the_background_keeps_off_the_last_tenth_for_a_minute() -> None:
    """After that of any other's turn: so much is always there for a bot's command; then all is its own."""
    bucket = await _opened(60)
    seconds = await _grants(bucket, 120, background=True)
    assert seconds[:53] == [0] * 53
    assert seconds[53] == pytest.approx(1, abs=0.01)
    before, after = [moment for moment in seconds if moment < 59.9], [moment for moment in seconds if moment >= 59.9]
    assert len(before) == 53 + 59
    assert after[:7] == pytest.approx([60] * 7, abs=0.01)
    assert bucket.status.remaining == 0


async def test_whoever_would_wait_too_long_is_told_at_once() -> None:
    """Those who wait in front count; in the background, all the others do."""
    bucket = await _opened(60, spent=60)
    waiting = [_ask(bucket, max_wait=seconds) for seconds in (None, 2.01, 2, 3.01)]
    waiting += [_ask(bucket, max_wait=seconds, background=True) for seconds in (3.9, 70)]
    await asyncio.sleep(0)
    assert [turn.done() for turn in waiting] == [False, False, True, False, True, False]
    for turn, seconds in ((waiting[2], 3), (waiting[4], 10)):  # six points are kept by the background
        with pytest.raises(RateLimited, match=rf"the token bucket is empty; try again in {seconds}\.0 seconds"):
            await turn
    assert bucket.status == RateStatus(limit=60, remaining=0, waiting=4, retry_after=5)
    for turn in waiting:
        turn.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert bucket.status.waiting == 0


async def test_those_who_have_just_given_up_stand_in_nobodys_way() -> None:
    """Nine of eleven were cancelled in this moment: the last is second now, and its turn will come in time."""
    bucket = await _opened(60, spent=59)
    turn = await bucket.acquire()
    waiting = [_ask(bucket) for _ in range(10)]
    last = _ask(bucket, max_wait=11.5)
    await asyncio.sleep(0.01)
    for one in waiting[1:]:
        one.cancel()
    bucket.observe(turn, RateHeaders(limit=50, remaining=0))
    assert (await last).waited < 3


async def test_waiters_that_would_wait_exactly_so_long_are_served() -> None:
    """The turn of each and the end of its patience come in the same moment, but for what rounding makes of it."""
    bucket = await _opened(7, spent=7)
    waiting: list[asyncio.Future[Turn]] = []
    for _ in range(20):
        waiting.append(_ask(bucket, max_wait=bucket.status.retry_after))
        await asyncio.sleep(0)
    waited = [turn.waited for turn in await asyncio.gather(*waiting)]
    assert waited == pytest.approx([turn * 60 / 7 for turn in range(1, 21)], abs=0.01)


async def _limited_after(bucket: TokenBucket, max_wait: float) -> tuple[float, float]:
    """After which seconds a waiter is told that its turn comes too late, and what it is told."""
    start = _now()
    with pytest.raises(RateLimited, match="no turn came within max_wait; try again in") as caught:
        await bucket.acquire(max_wait=max_wait)
    return _now() - start, caught.value.retry_after


@pytest.mark.parametrize("max_wait", [0, 1.5])
async def test_no_waiter_waits_longer_than_it_would(max_wait: float) -> None:
    """How long the one that went ahead will take is not known: a second is the guess."""
    bucket = TokenBucket()
    await bucket.acquire()
    assert await _limited_after(bucket, max_wait) == pytest.approx((max_wait, 1), abs=0.01)


async def test_a_waiter_that_waited_long_enough_makes_way() -> None:
    """Two wait for one that goes ahead; the first has given up when that one is served."""
    bucket = TokenBucket()
    ahead = await bucket.acquire()
    limited = asyncio.ensure_future(_limited_after(bucket, 1))
    second = _ask(bucket, max_wait=5)
    await asyncio.sleep(2)
    assert bucket.status.waiting == 1
    bucket.observe(ahead, RateHeaders(limit=800, remaining=700))
    assert (await second).waited == pytest.approx(2, abs=0.1)
    await limited


async def test_no_limit_never_waits() -> None:
    """For servers of one's own."""
    bucket, start = NoLimit(), _now()
    for _ in range(1000):
        bucket.observe(await bucket.acquire(max_wait=0), RateHeaders(limit=1, remaining=0), refused=True)
        bucket.give_back(await bucket.acquire(background=True))
    assert _now() == start
    assert (bucket.status.waiting, bucket.status.retry_after) == (0, 0)
    assert bucket.status.limit == bucket.status.remaining > 10**9


async def test_a_429_long_after_another_begins_anew() -> None:
    """Nobody asked for an hour in between: that is no hour of nothing but 429s, and the pause is the first again."""
    bucket = await _opened(800)
    bucket.observe(await bucket.acquire(), RateHeaders(limit=800, remaining=0), refused=True)
    await asyncio.sleep(3600)
    ahead = await bucket.acquire()
    waiting = _ask(bucket)
    await asyncio.sleep(0.1)
    bucket.observe(ahead, RateHeaders(limit=800, remaining=0), refused=True)
    assert (await waiting).waited <= 1.1


async def test_a_coroutine_that_is_closed_gives_its_turn_back() -> None:
    """As one that nobody awaits any more is."""
    bucket = await _opened(1)
    waiting = bucket.acquire()
    waiting.send(None)
    await asyncio.sleep(60)
    waiting.close()
    assert (await bucket.acquire()).waited == 0
