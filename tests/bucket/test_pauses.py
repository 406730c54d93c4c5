"""`TokenBucket` after a 429: everyone pauses, then one goes ahead."""

import asyncio

import pytest

from twitch_clips import RateHeaders, RateLimited, TokenBucket, Turn

LEFT = RateHeaders(limit=800, remaining=799)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _ask(bucket: TokenBucket, *, max_wait: float | None = None, background: bool = False) -> "asyncio.Future[Turn]":
    return asyncio.ensure_future(bucket.acquire(max_wait=max_wait, background=background))


async def _opened(used: int) -> tuple[TokenBucket, list[Turn]]:
    """A bucket that knows its headers, and so many turns that are under way."""
    bucket = TokenBucket()
    bucket.observe(await bucket.acquire(), LEFT)
    return bucket, [await bucket.acquire() for _ in range(used)]


async def test_after_a_refusal_everyone_pauses_longer_each_time() -> None:
    """A second, doubled up to eight, a quarter of it chance; not until a `Reset` that may be a minute away."""
    bucket = TokenBucket()
    for longest in [0, 1, 2, 4, 8, 8, 8, 8]:
        turn = await bucket.acquire()
        assert longest * 0.75 <= turn.waited <= longest + 1e-3
        bucket.observe(turn, None, refused=True)


async def test_after_a_pause_one_goes_ahead_and_the_rest_when_it_was_served() -> None:
    """Else all who wait would meet an empty bucket again."""
    bucket, [turn] = await _opened(1)
    bucket.observe(turn, None, refused=True)
    waiting = [_ask(bucket) for _ in range(3)]
    await asyncio.sleep(1.1)
    assert [one.done() for one in waiting] == [True, False, False]
    bucket.observe(await waiting[0], LEFT)
    await asyncio.sleep(0)
    assert [one.done() for one in waiting] == [True, True, True]


async def test_refusals_of_what_was_sent_before_the_pause_do_not_lengthen_it() -> None:
    """Fifty requests under way meet the same empty bucket; and what is served late does not end the pause."""
    bucket, turns = await _opened(50)
    for turn in turns[:49]:
        bucket.observe(turn, None, refused=True)
    bucket.observe(turns[49], LEFT)
    assert bucket.status.remaining == 0
    assert 0.75 <= bucket.status.retry_after <= 1
    assert 0.75 <= (await bucket.acquire()).waited <= 1 + 1e-3


async def test_many_429s_without_headers_at_once_are_one() -> None:
    """Fifty requests under way meet the same empty bucket (or Twitch's edge): all that is learned is that it is."""
    bucket, _ = await _opened(0)
    await asyncio.sleep(11)
    for turn in [await bucket.acquire() for _ in range(50)]:
        bucket.observe(turn, None, refused=True)
    assert bucket.status.retry_after <= 2


async def test_a_pause_is_counted_where_no_points_are_left() -> None:
    """Its status says how long."""
    bucket, [turn] = await _opened(1)
    bucket.observe(turn, None, refused=True)
    first = bucket.status
    assert (first.limit, first.remaining, first.waiting) == (800, 0, 0)
    await asyncio.sleep(first.retry_after - 0.1)
    assert bucket.status.retry_after == pytest.approx(0.1, abs=1e-3)
    await asyncio.sleep(0.1)
    assert bucket.status.remaining > 0


async def test_the_one_that_goes_ahead_may_hang() -> None:
    """Three seconds after the pause another one does."""
    bucket, [turn] = await _opened(1)
    bucket.observe(turn, None, refused=True)
    first, second = _ask(bucket), _ask(bucket)
    assert (await second).waited - (await first).waited == pytest.approx(3)


async def test_the_one_that_goes_ahead_may_be_of_the_background() -> None:
    """And is not, where any other waits."""
    bucket, [turn] = await _opened(1)
    bucket.observe(turn, None, refused=True)
    background, live = _ask(bucket, background=True), _ask(bucket)
    bucket.observe(await live, LEFT)
    bucket.observe(await background, LEFT)
    assert bucket.status.waiting == 0


async def test_a_pause_beyond_what_a_waiter_would_wait_is_told_at_once() -> None:
    """In the moment in which it begins; the others wait on."""
    bucket, [turn] = await _opened(1)
    bucket.observe(turn, None, refused=True)
    ahead = await bucket.acquire()
    short, patient = _ask(bucket, max_wait=1.2), _ask(bucket, max_wait=30)
    await asyncio.sleep(0.1)
    start = _now()
    bucket.observe(ahead, None, refused=True)
    with pytest.raises(RateLimited, match="the token bucket is empty") as caught:
        await short
    assert _now() == start
    assert 1.5 <= caught.value.retry_after <= 2
    assert (await patient).granted_at == pytest.approx(start + caught.value.retry_after)


async def test_all_whom_a_pause_makes_late_are_told_when_it_begins() -> None:
    """The same by way of a bucket: ten would wait for ten and a half seconds, and the first goes in eight."""
    bucket = TokenBucket(60)
    for _ in range(4):
        bucket.observe(await bucket.acquire(), None, refused=True)
    ahead = await bucket.acquire()
    waiting = [_ask(bucket, max_wait=10.5) for _ in range(10)]
    await asyncio.sleep(0)
    bucket.observe(ahead, None, refused=True)
    await asyncio.sleep(0)
    assert bucket.status.waiting <= 4  # six seconds at least, then one each second at most
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_waiter_told_and_cancelled_in_the_same_moment_gives_no_turn_back() -> None:
    """It had none."""
    bucket, [turn] = await _opened(1)
    bucket.observe(turn, None, refused=True)
    ahead = await bucket.acquire()
    waiting = _ask(bucket, max_wait=0.5)
    await asyncio.sleep(0.1)
    bucket.observe(ahead, None, refused=True)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    await asyncio.sleep(3)
    assert bucket.status.remaining == pytest.approx(3 * 800 / 60, abs=1)


async def test_after_three_minutes_of_429s_everyone_is_told() -> None:
    """All who wait, in both lanes; whoever has just been refused is told by the session that asks for it."""
    bucket, start = TokenBucket(), _now()

    async def insist(*, background: bool) -> None:
        while True:
            bucket.observe(await bucket.acquire(background=background), None, refused=True)

    insisting = [asyncio.ensure_future(insist(background=background)) for background in (False, False, True)]
    told, [last] = await asyncio.wait(insisting, timeout=190)
    for task in told:
        with pytest.raises(RateLimited, match=r"answered 429 for 18\d seconds; try again in [678]\.\d seconds"):
            await task
    assert _now() - start == 190
    assert bucket.status.retry_after > 0
    last.cancel()
