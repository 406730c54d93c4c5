"""Who goes, and when: several buckets on one Redis, as several processes have them."""

import asyncio

import pytest

from twitch_clips import RateHeaders, RateLimited
from twitch_clips.redis import RedisTokenBucket

from .conftest import LIMIT, RedisServer, emptied, until, use, waiting


async def test_a_request_costs_one_call(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """What came of the one before goes along."""
    await use(bucket)
    before = server.asked()
    for left in range(10):
        await use(bucket, remaining=LIMIT - left)
    assert server.asked() - before == 10
    assert server.field("given") == 11


async def test_a_turn_that_was_free_was_not_waited_for(bucket: RedisTokenBucket) -> None:
    """To ask Redis is no wait."""
    await use(bucket)
    turns = await asyncio.gather(*(bucket.acquire(max_wait=0) for _ in range(50)))
    assert {turn.waited for turn in turns} == {0.0}
    assert len({turn.number for turn in turns}) == 50


async def test_as_long_as_nothing_is_known_one_goes_ahead(bucket: RedisTokenBucket, other: RedisTokenBucket) -> None:
    """The rest, in all processes, goes when it was answered."""
    first = await bucket.acquire()
    async with waiting(bucket, 2) as here, waiting(other, 2) as there:
        await asyncio.sleep(0.3)
        assert not any(task.done() for task in here + there)
        bucket.observe(first, RateHeaders(limit=LIMIT, remaining=LIMIT - 1))
        assert sorted(await asyncio.gather(*here, *there)) == [2, 3, 4, 5]


async def test_who_waits_for_one_that_goes_ahead_asks_ten_times_a_second(
    server: RedisServer, bucket: RedisTokenBucket, other: RedisTokenBucket
) -> None:
    """At most, however many wait there."""
    await bucket.acquire()
    before = server.asked()
    async with waiting(other, 5):
        await asyncio.sleep(1)
        assert 5 <= server.asked() - before <= 11


async def test_one_that_goes_ahead_may_turn_back(bucket: RedisTokenBucket, other: RedisTokenBucket) -> None:
    """Another one goes in its place."""
    first = await bucket.acquire()
    bucket.give_back(first)
    second = await other.acquire()
    async with waiting(other) as (third,):
        other.give_back(second)
        assert await third == second.number


async def test_one_that_goes_ahead_and_is_never_heard_of_holds_up_nobody(bucket: RedisTokenBucket) -> None:
    """For more than three seconds."""
    await bucket.acquire()
    with pytest.raises(RateLimited):
        await bucket.acquire(max_wait=0.1)
    assert (await bucket.acquire(max_wait=4)).waited > 1


async def test_first_come_first_served(bucket: RedisTokenBucket) -> None:
    """In a process."""
    await emptied(bucket, limit=LIMIT)
    order: list[int] = []

    async def wait(number: int) -> None:
        turn = await bucket.acquire()
        assert turn.waited > 0
        order.append(number)

    await asyncio.gather(*(wait(number) for number in range(20)))
    assert order == list(range(20))


async def test_those_in_front_take_turns(bucket: RedisTokenBucket, other: RedisTokenBucket) -> None:
    """Of two processes with twenty waiting in each, none gets ahead by more than a few."""
    await emptied(bucket, other, limit=LIMIT)
    async with waiting(bucket, 20) as here, waiting(other, 20) as there:
        await asyncio.gather(*here)
        assert sum(task.done() for task in there) >= 15
        await asyncio.gather(*there)


async def test_who_is_cancelled_passes_the_turn_on(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """To the next one in its process: it does not wait a second longer for it."""
    await emptied(bucket, limit=60)
    async with waiting(bucket, 2) as (first, second):
        await until(lambda: server.field("given") == 3)
        first.cancel()
        assert await second == 3


async def test_a_turn_that_came_at_the_moment_of_a_cancel_is_not_lost(bucket: RedisTokenBucket) -> None:
    """It goes to the next one here, or back to Redis."""
    await use(bucket)
    turn = await bucket.acquire()
    async with waiting(bucket) as (late,):
        pass
    assert late.cancelled()
    taker = asyncio.ensure_future(bucket.acquire())
    await asyncio.sleep(0)
    bucket.give_back(turn)
    taker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taker
    assert (await bucket.acquire(max_wait=1)).waited == 0


async def test_when_nobody_is_left_the_turn_goes_back(
    server: RedisServer, bucket: RedisTokenBucket, other: RedisTokenBucket
) -> None:
    """And is another process's."""
    await emptied(bucket, limit=60)
    async with waiting(bucket):
        await until(lambda: server.field("given") == 3)
        full_at = server.field("full_at")
    await until(lambda: server.field("full_at") < full_at)
    with pytest.raises(RateLimited) as caught:
        await other.acquire(max_wait=0)
    assert caught.value.retry_after <= 1


async def test_who_would_wait_too_long_is_told_at_once(bucket: RedisTokenBucket, other: RedisTokenBucket) -> None:
    """The one in front, one behind others, one of another process, and none of those who have the time."""
    await emptied(bucket, limit=60)
    async with waiting(bucket, 2) as (first, _):
        for one, seconds in ((bucket, 2.0), (other, 1.0)):
            with pytest.raises(RateLimited) as caught:
                await one.acquire(max_wait=0.5)
            assert seconds < caught.value.retry_after <= seconds + 1
        assert not first.done()
        assert 1 < bucket.status.retry_after <= 4


async def test_the_background_stands_back(bucket: RedisTokenBucket, other: RedisTokenBucket) -> None:
    """A live waiter of the same process goes first, though the other came before; one of another process too."""
    await emptied(bucket, limit=600)
    async with waiting(bucket, 2, background=True) as backfill, waiting(bucket) as (here,), waiting(other) as (there,):
        await asyncio.gather(here, there)
        assert not any(task.done() for task in backfill)
        # The last tenth is for the live ones, for a minute.
        with pytest.raises(RateLimited) as caught:
            await bucket.acquire(max_wait=0, background=True)
        assert caught.value.retry_after > 4


async def test_the_background_has_the_whole_bucket_when_it_is_alone(bucket: RedisTokenBucket) -> None:
    """Down to the last point; a live one that comes takes over what it waits for."""
    first = await bucket.acquire(background=True)
    bucket.observe(first, None)
    second = await bucket.acquire(background=True)
    bucket.observe(second, RateHeaders(limit=800, remaining=799))
    for _ in range(797):
        await bucket.acquire(background=True)
    async with waiting(bucket, background=True) as (backfill,):
        turn = await bucket.acquire()
        assert not backfill.done()
        bucket.observe(turn, RateHeaders(limit=800, remaining=0))


async def test_a_429_pauses_everyone(server: RedisServer, bucket: RedisTokenBucket, other: RedisTokenBucket) -> None:
    """At once here, at the next question elsewhere; then one goes ahead, and the rest when it was answered."""
    await use(bucket)
    await use(other)
    refused, late = await bucket.acquire(), await other.acquire()
    bucket.observe(refused, RateHeaders(limit=LIMIT, remaining=0), refused=True)
    assert bucket.status.retry_after > 0
    assert bucket.status.remaining == 0
    await until(lambda: server.field("unheard") == 2)
    with pytest.raises(RateLimited) as caught:
        await other.acquire(max_wait=0.1)
    assert 0.4 < caught.value.retry_after <= 1.5
    until_then = server.field("paused_until")
    other.observe(late, RateHeaders(limit=LIMIT, remaining=0), refused=True)  # what was sent before says nothing
    ahead = await bucket.acquire()
    assert server.field("paused_until") == until_then
    async with waiting(bucket, 2) as here, waiting(other, 2) as there:
        await asyncio.sleep(0.2)
        assert not any(task.done() for task in here + there)
        bucket.observe(ahead, RateHeaders(limit=LIMIT, remaining=50))
        await asyncio.gather(*here, *there)


async def test_a_429_wakes_who_waits_for_a_turn(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """The turn goes back and another is asked for: nobody runs into the refusal that is known."""
    await emptied(bucket, limit=60)
    turn = await bucket.acquire()
    async with waiting(bucket) as (waiter,):
        await until(lambda: server.field("given") == 4)
        bucket.observe(turn, None, refused=True)
        await until(lambda: server.field("given") == 5)
        assert not waiter.done()
        assert server.field("ahead") == 5


async def test_a_429_that_comes_while_redis_is_asked_is_told_before_the_turn_is_used(
    server: RedisServer, bucket: RedisTokenBucket
) -> None:
    """It stands behind the question that is under way."""
    await use(bucket)
    turn = await bucket.acquire()
    waiter = asyncio.ensure_future(bucket.acquire())
    await asyncio.sleep(0)
    bucket.observe(turn, None, refused=True)
    assert (await waiter).waited > 0.5
    assert server.field("refusals") == 1


async def test_a_refusal_that_lasts_turns_everyone_away(
    server: RedisServer, bucket: RedisTokenBucket, other: RedisTokenBucket
) -> None:
    """After three minutes of nothing but 429s, in every process."""
    await use(bucket)
    bucket.observe(await bucket.acquire(), None, refused=True)
    await until(lambda: server.field("unheard") == 2)
    server.tell('HINCRBYFLOAT "twitch-clips:" refused_since -200')
    ahead = await bucket.acquire()
    async with waiting(bucket) as (here,), waiting(other) as (there,):
        bucket.observe(ahead, None, refused=True)
        for task in (here, there):
            with pytest.raises(RateLimited, match="429 for 20"):
                await task


async def test_an_answer_that_comes_outside_of_a_loop_is_kept(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """A generator may be closed anywhere."""
    turn = await bucket.acquire()
    await asyncio.to_thread(bucket.give_back, turn)
    assert (await bucket.acquire()).number == turn.number + 1
    assert server.field("ahead") == 2


async def test_who_waits_while_the_bucket_is_closed_is_told(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """And what it waited for goes back; the bucket can be used again."""
    await emptied(bucket, limit=60)
    async with waiting(bucket) as (waiter,):
        await until(lambda: server.field("given") == 3)
        full_at = server.field("full_at")
        await bucket.aclose()
        with pytest.raises(RateLimited, match="closed"):
            await waiter
    assert server.field("full_at") < full_at
    assert (await bucket.acquire()).number == 4


def test_it_serves_one_event_loop_after_the_other(server: RedisServer) -> None:
    """Made outside of any; who waited in a loop is gone with it."""
    bucket = RedisTokenBucket(server.url)
    with pytest.raises(ValueError, match="here"):
        asyncio.run(_leave_in_the_middle(bucket))
    asyncio.run(_use_and_close(bucket))
    asyncio.run(bucket.aclose())
    assert bucket.status.waiting == 0


async def _leave_in_the_middle(bucket: RedisTokenBucket) -> None:
    async with waiting(bucket):
        asyncio.get_running_loop().create_task(bucket.keyed("elsewhere").acquire())
        await bucket.aclose()
        raise ValueError("from here")


async def _use_and_close(bucket: RedisTokenBucket) -> None:
    async with bucket:
        await use(bucket)
        await use(bucket)
