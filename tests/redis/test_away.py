"""Redis is away, in every way it can be: no call fails, a share takes over, and it comes back by itself."""

import asyncio
import socket
import time
from collections.abc import Callable

import pytest

from twitch_clips import RateHeaders, RateLimited
from twitch_clips.redis import RedisTokenBucket

from .conftest import LIMIT, RedisServer, emptied, until, use, waiting

Lines = Callable[[], list[str]]
AWAY, BACK = "WARNING Redis is away", "INFO Redis is back"


def _kinds(lines: list[str]) -> list[str]:
    return [line.split(" (")[0] for line in lines]


async def _use_until_back(lines: Lines, *buckets: RedisTokenBucket) -> None:
    async with asyncio.timeout(20):
        while lines()[-1:] != [BACK]:
            for bucket in buckets:
                await use(bucket)
            await asyncio.sleep(0.005)


async def test_gone_and_started_again(server: RedisServer, bucket: RedisTokenBucket, lines: Lines) -> None:
    """One line when it goes, one when it is back; what was known is written down there again."""
    await use(bucket)
    await use(bucket, remaining=LIMIT // 2)
    await use(bucket, remaining=LIMIT // 2)
    server.stop()
    for _ in range(20):
        await use(bucket)
    assert _kinds(lines()) == [AWAY]
    server.start()
    await _use_until_back(lines, bucket)
    await use(bucket)
    await use(bucket)
    assert _kinds(lines()) == [AWAY, BACK]
    missing = LIMIT - bucket.status.remaining
    assert missing > LIMIT / 10


@pytest.mark.parametrize("commands", [("FLUSHALL",), ("SCRIPT FLUSH",), ("CLIENT KILL TYPE normal SKIPME yes",)])
async def test_emptied_or_cut_off(
    server: RedisServer, bucket: RedisTokenBucket, lines: Lines, commands: tuple[str, ...]
) -> None:
    """Nobody notices."""
    await use(bucket)
    await use(bucket, remaining=LIMIT // 2)
    await use(bucket, remaining=LIMIT // 2)
    server.tell(*commands)
    await use(bucket, remaining=LIMIT // 2)
    await use(bucket, remaining=LIMIT // 2)
    assert lines() == []
    assert bucket.status.remaining < LIMIT * 0.6
    assert server.field("given") == 5


@pytest.mark.parametrize(
    ("spoil", "heal"),
    [
        (["CLIENT PAUSE 700"], []),
        (["CONFIG SET requirepass sesame", "CLIENT KILL TYPE normal"], ["AUTH sesame", "CONFIG SET requirepass ''"]),
        (["REPLICAOF 127.0.0.1 1"], ["REPLICAOF NO ONE"]),
        (["CONFIG SET maxmemory 1"], ["CONFIG SET maxmemory 0"]),
        (["DEL twitch-clips:", "SET twitch-clips: else"], ["DEL twitch-clips:"]),
    ],
    ids=["slow", "no password", "read-only", "no memory", "not ours"],
)
async def test_refusing(
    server: RedisServer, bucket: RedisTokenBucket, lines: Lines, spoil: list[str], heal: list[str]
) -> None:
    """It is there, and of no use."""
    await use(bucket)
    server.tell(*spoil)
    for _ in range(20):
        await use(bucket)
    assert _kinds(lines()) == [AWAY]
    server.tell(*heal)
    await _use_until_back(lines, bucket)
    assert _kinds(lines()) == [AWAY, BACK]


async def test_too_many_clients(server: RedisServer, bucket: RedisTokenBucket, lines: Lines) -> None:
    """It takes no more connections."""
    with socket.create_connection(("127.0.0.1", server.port)) as only:
        only.sendall(b"CONFIG SET maxclients 1\r\n")
        assert only.recv(100) == b"+OK\r\n"
        await use(bucket)
        assert _kinds(lines()) == [AWAY]
    await _use_until_back(lines, bucket)


async def test_away_from_the_start(lines: Lines, closed_port: int) -> None:
    """One goes ahead then, too."""
    async with RedisTokenBucket(f"redis://127.0.0.1:{closed_port}") as bucket:
        first = await bucket.acquire(max_wait=0)
        with pytest.raises(RateLimited):
            await bucket.acquire(max_wait=0)
        async with waiting(bucket) as (second,):
            bucket.observe(first, RateHeaders(limit=LIMIT, remaining=LIMIT))
            assert await second == 2
    assert _kinds(lines()) == [AWAY]


async def test_a_process_that_stands_still_does_not_take_redis_for_gone(bucket: RedisTokenBucket, lines: Lines) -> None:
    """What was answered in time is read, however late."""
    await use(bucket)
    asking = asyncio.ensure_future(bucket.acquire())
    for _ in range(3):
        await asyncio.sleep(0)
    time.sleep(0.3)  # noqa: ASYNC251  (it stands still)
    await asking
    assert lines() == []


async def test_each_keeps_to_its_share(
    server: RedisServer, bucket: RedisTokenBucket, other: RedisTokenBucket, lines: Lines
) -> None:
    """As large as the number of processes leaves, and as empty as the whole was; or as the user says."""
    async with RedisTokenBucket(server.url, share=100) as modest:
        await use(bucket)
        for one in (other, modest, bucket):
            await use(one, remaining=LIMIT // 2)
        await use(bucket, remaining=LIMIT // 2)
        server.stop()
        for one in (bucket, modest):
            await use(one, remaining=LIMIT // 2)
        assert bucket.status.limit == LIMIT // 3
        assert bucket.status.remaining == pytest.approx(LIMIT // 6, rel=0.1)
        assert modest.status.limit == 100
        await use(modest, limit=60, remaining=30)
        assert modest.status.limit == 60
    assert _kinds(lines()) == [AWAY, AWAY]  # each of them says so, being a process


async def test_what_was_spent_meanwhile_is_told(server: RedisServer, bucket: RedisTokenBucket, lines: Lines) -> None:
    """A bucket that was drawn on while Redis was away is not taken for full afterwards."""
    await use(bucket)
    await use(bucket)
    server.tell("CLIENT PAUSE 400")
    for _ in range(500):
        await use(bucket)
    await _use_until_back(lines, bucket)
    assert bucket.status.remaining < LIMIT - 300


async def test_answers_find_their_way(server: RedisServer, bucket: RedisTokenBucket, lines: Lines) -> None:
    """Of turns that Redis gave before it went, and of those of the share that come when it is back."""
    await use(bucket)
    shared, unused = await bucket.acquire(), await bucket.acquire()
    server.stop()
    mine, not_used, late, too_late = [await bucket.acquire() for _ in range(4)]
    bucket.observe(shared, RateHeaders(limit=LIMIT, remaining=LIMIT))
    bucket.observe(mine, RateHeaders(limit=LIMIT, remaining=LIMIT))
    bucket.give_back(unused)
    bucket.give_back(not_used)
    server.start()
    await _use_until_back(lines, bucket)
    bucket.give_back(too_late)
    await use(bucket)
    bucket.observe(late, RateHeaders(limit=LIMIT, remaining=0), refused=True)
    assert bucket.status.retry_after > 0
    await until(lambda: server.field("refusals") == 1)


async def test_a_429_while_it_is_away_pauses_this_process(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """And one goes ahead then; who cannot wait is told."""
    await use(bucket)
    server.stop()
    first = await bucket.acquire()
    bucket.observe(first, RateHeaders(limit=LIMIT, remaining=0), refused=True)
    assert bucket.status.retry_after > 0
    assert bucket.status.remaining == 0
    with pytest.raises(RateLimited) as caught:
        await bucket.acquire(max_wait=0.2)
    assert caught.value.retry_after > 0.5
    ahead = await bucket.acquire()
    async with waiting(bucket) as (waiter,):
        await asyncio.sleep(0.05)
        assert not waiter.done()
        bucket.give_back(ahead)
        assert await waiter


async def test_a_pause_goes_on_when_redis_goes(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """The share begins with it."""
    await use(bucket)
    turn = await bucket.acquire()
    server.stop()
    bucket.observe(turn, None, refused=True)
    await asyncio.sleep(0.05)
    with pytest.raises(RateLimited):
        await bucket.acquire(max_wait=0)


async def test_who_waits_is_served_by_the_share(server: RedisServer, bucket: RedisTokenBucket, lines: Lines) -> None:
    """In the order of the queue, live ones first; and by Redis again when it is back."""
    await emptied(bucket, limit=600)
    async with waiting(bucket, 5, background=True) as backfill, waiting(bucket, 5) as live:
        server.stop()
        await asyncio.gather(*live)
        assert not any(task.done() for task in backfill)
        assert _kinds(lines()) == [AWAY]
        server.start()
        await until(lambda: lines()[-1] == BACK)
        assert (await bucket.acquire()).number > 0
    assert _kinds(lines()) == [AWAY, BACK]


async def test_a_bucket_that_nobody_uses_does_not_look_for_redis(
    server: RedisServer, bucket: RedisTokenBucket, lines: Lines
) -> None:
    """The next one who comes sets it looking."""
    await use(bucket)
    server.stop()
    await use(bucket)
    await until(lambda: len(asyncio.all_tasks()) == 1)
    server.start()
    await use(bucket)
    await until(lambda: lines()[-1] == BACK)


async def test_a_bucket_is_closed_while_redis_is_away(server: RedisServer, lines: Lines) -> None:
    """Nothing is left behind."""
    async with RedisTokenBucket(server.url) as bucket:
        await use(bucket)
        server.stop()
        await use(bucket)
    assert len(asyncio.all_tasks()) == 1
    assert _kinds(lines()) == [AWAY]
