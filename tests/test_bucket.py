"""The token bucket: its arithmetic by properties, its queue on virtual time."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import NoLimit, QueryError, RateHeaders, RateLimited, RateStatus, TokenBucket
from twitch_clips._bucket.level import Level
from twitch_clips.testing import VirtualLoop

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


async def _refusals(bucket: TokenBucket, count: int) -> list[float]:
    """The pauses between so many turns that are refused, one after the other."""
    pauses: list[float] = []
    for _ in range(count):
        [pause] = await _grants(bucket, 1)
        pauses.append(pause)
        bucket.observe(None, refused=True)
    return pauses


async def test_after_a_refusal_everyone_pauses_longer_each_time() -> None:
    """A second, doubled up to eight, a quarter of it chance; not until a `Reset` that may be a minute away."""
    pauses = await _refusals(TokenBucket(), 8)
    for pause, longest in zip(pauses, [0, 1, 2, 4, 8, 8, 8, 8], strict=True):
        assert longest * 0.75 <= pause <= longest


async def test_after_a_pause_one_goes_ahead_and_the_rest_when_it_was_served() -> None:
    """Else all who wait would meet an empty bucket again."""
    bucket = TokenBucket()
    await bucket.acquire()
    bucket.observe(None, refused=True)
    waiting = [asyncio.ensure_future(bucket.acquire()) for _ in range(3)]
    await asyncio.sleep(1)
    assert [turn.done() for turn in waiting] == [True, False, False]
    bucket.observe(RateHeaders(limit=800, remaining=700))
    await asyncio.sleep(0)
    assert [turn.done() for turn in waiting] == [True, True, True]


async def test_refusals_of_what_was_sent_before_the_pause_do_not_lengthen_it() -> None:
    """Fifty requests under way meet the same empty bucket; and what is served late does not end the pause."""
    bucket = TokenBucket()
    for _ in range(50):
        await bucket.acquire()
    for _ in range(49):
        bucket.observe(None, refused=True)
    bucket.observe(RateHeaders(limit=800, remaining=700))
    assert bucket.status.remaining == 0
    assert 0.75 <= bucket.status.retry_after <= 1
    assert (await _grants(bucket, 1))[0] <= 1


async def test_a_turn_that_came_and_is_not_used_is_given_back() -> None:
    """Cancelled in the moment in which its turn came: the point is another one's."""
    bucket = TokenBucket(1)
    await bucket.acquire()
    bucket.observe(None)
    first, second = asyncio.ensure_future(bucket.acquire()), asyncio.ensure_future(_grants(bucket, 1))
    asyncio.get_running_loop().call_later(60, lambda: asyncio.get_running_loop().call_soon(first.cancel))
    assert await second == pytest.approx([60], abs=0.01)


async def test_whoever_would_wait_too_long_is_told_at_once() -> None:
    """Those who wait in front count."""
    bucket = TokenBucket(60)
    for _ in range(60):
        await bucket.acquire()
    waiting = [asyncio.ensure_future(bucket.acquire(max_wait=seconds)) for seconds in (None, 2.01, 2, 3.01)]
    await asyncio.sleep(0)
    assert [turn.done() for turn in waiting] == [False, False, True, False]
    with pytest.raises(RateLimited, match=r"the token bucket is empty; try again in 3\.0 seconds"):
        await waiting[2]
    assert bucket.status == RateStatus(limit=60, remaining=0, waiting=3, retry_after=4)
    for turn in waiting:
        turn.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert bucket.status.waiting == 0


async def _limited_after(bucket: TokenBucket, max_wait: float) -> tuple[float, float]:
    """After which seconds a waiter is told that its turn comes too late, and what it is told."""
    start = asyncio.get_running_loop().time()
    with pytest.raises(RateLimited, match="no turn came within max_wait; try again in") as caught:
        await bucket.acquire(max_wait=max_wait)
    return asyncio.get_running_loop().time() - start, caught.value.retry_after


async def _probing() -> TokenBucket:
    """A bucket after a refusal and its pause, while the one that went ahead is under way."""
    bucket = TokenBucket()
    await bucket.acquire()
    bucket.observe(None, refused=True)
    await bucket.acquire()
    return bucket


@pytest.mark.parametrize("max_wait", [0, 1.5])
async def test_no_waiter_waits_longer_than_it_would(max_wait: float) -> None:
    """How long the one that went ahead after a refusal will take is not known: a second is the guess."""
    assert await _limited_after(await _probing(), max_wait) == pytest.approx((max_wait, 1), abs=0.01)


async def test_a_waiter_that_waited_long_enough_makes_way() -> None:
    """Two wait for one that goes ahead; the first has given up when that one is served."""
    bucket = await _probing()
    limited = asyncio.ensure_future(_limited_after(bucket, 1))
    await asyncio.sleep(0.1)
    second = asyncio.ensure_future(bucket.acquire(max_wait=5))
    await asyncio.sleep(2)
    assert bucket.status.waiting == 1
    bucket.observe(RateHeaders(limit=800, remaining=700))
    assert await second == pytest.approx(2, abs=0.01)
    assert limited.done()
    await limited


async def test_a_pause_beyond_what_a_waiter_would_wait_is_told_at_once() -> None:
    """The others wait on."""
    bucket = await _probing()
    short = asyncio.ensure_future(_limited_after(bucket, 1))
    patient = [asyncio.ensure_future(bucket.acquire(max_wait=seconds)) for seconds in (30, None)]
    await asyncio.sleep(0.1)
    bucket.observe(None, refused=True)
    seconds, retry_after = await short
    assert seconds == pytest.approx(0.1, abs=0.01)
    assert 1.5 <= retry_after <= 2
    assert await patient[0] == pytest.approx(retry_after + 0.1, abs=0.01)
    bucket.observe(None)
    await patient[1]


async def test_waiters_that_would_wait_exactly_so_long_are_served() -> None:
    """The turn of each and the end of its patience come in the same moment, but for what rounding makes of it."""
    bucket = TokenBucket(7)
    for _ in range(7):
        await bucket.acquire()
    waiting: list[asyncio.Future[float]] = []
    for _ in range(20):
        waiting.append(asyncio.ensure_future(bucket.acquire(max_wait=bucket.status.retry_after)))
        await asyncio.sleep(0)
    assert await asyncio.gather(*waiting) == pytest.approx([turn * 60 / 7 for turn in range(1, 21)], abs=0.01)


async def test_a_waiter_told_and_cancelled_in_the_same_moment_gives_no_turn_back() -> None:
    """It had none: of three points two are spent, and the one that went ahead is under way still."""
    bucket = TokenBucket(3)
    await bucket.acquire()
    bucket.observe(None, refused=True)
    await bucket.acquire()
    waiting = asyncio.ensure_future(bucket.acquire(max_wait=0.5))
    await asyncio.sleep(0.1)
    bucket.observe(None, refused=True)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    await asyncio.sleep(2)
    assert bucket.status.remaining == 1


def test_a_request_that_another_loop_left_in_the_middle_is_not_waited_for() -> None:
    """After a refusal one goes ahead, whatever was under way in the first loop."""
    bucket = TokenBucket()

    async def leave_in_the_middle() -> None:
        await bucket.acquire()

    async def be_refused() -> float:
        await bucket.acquire()
        bucket.observe(None, refused=True)
        return await asyncio.wait_for(bucket.acquire(), 60)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(leave_in_the_middle())
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(be_refused()) <= 1


async def test_a_request_of_a_loop_that_is_gone_may_end_late() -> None:
    """When its memory is cleared: it was not counted here, and after a refusal one goes ahead all the same."""
    bucket = TokenBucket()
    await bucket.acquire()
    for _ in range(3):
        bucket.observe(None)
    await bucket.acquire()
    bucket.observe(None, refused=True)
    assert await asyncio.wait_for(bucket.acquire(), 60) <= 1


def test_a_second_event_loop_finds_it_as_the_first_left_it() -> None:
    """With its level, and without those who waited there."""
    bucket = TokenBucket(2)
    seconds: list[float] = []

    async def leave_in_the_middle() -> None:
        await asyncio.wait([asyncio.ensure_future(bucket.acquire()) for _ in range(3)], timeout=0.01)

    async def take_three() -> None:
        seconds.extend(await _grants(bucket, 3))

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(leave_in_the_middle())
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(take_three())
    assert seconds == pytest.approx([30, 60, 90], abs=0.1)


async def test_no_limit_never_waits() -> None:
    """For servers of one's own."""
    bucket = NoLimit()
    start = asyncio.get_running_loop().time()
    for _ in range(1000):
        await bucket.acquire()
        bucket.observe(RateHeaders(limit=1, remaining=0))
    assert asyncio.get_running_loop().time() == start
