"""What Redis keeps of a bucket: what the answers said, who shares it, and what a clock does to it."""

import asyncio
import subprocess
import sys

import pytest

from twitch_clips.redis import RedisTokenBucket

from .conftest import LIMIT, RedisServer, until, use

FORKING = """
import asyncio, os, sys
from twitch_clips.redis import RedisTokenBucket

async def use():
    async with bucket:
        bucket.give_back(await bucket.acquire())

bucket = RedisTokenBucket(sys.argv[1])
for _ in range(2):
    child = os.fork()
    if not child:
        asyncio.run(use())
        os._exit(0)
    os.waitpid(child, 0)
asyncio.run(use())
"""


async def test_a_smaller_limit_is_everyones(bucket: RedisTokenBucket, other: RedisTokenBucket) -> None:
    """Helix may change it."""
    await use(bucket, limit=LIMIT)
    await use(bucket, limit=600, remaining=300)
    await use(bucket, limit=600, remaining=299)
    await use(other, limit=600, remaining=298)
    assert (other.status.limit, bucket.status.limit) == (600, 600)
    assert 290 <= other.status.remaining <= 300


async def test_others_who_do_not_use_this_redis_are_noticed(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """What the headers prove is taken over, and a fiftieth is left to them."""
    await use(bucket)
    await use(bucket, remaining=LIMIT - 2)
    assert server.field("shared_at") == 0
    await use(bucket, remaining=50)
    turn = await bucket.acquire()
    assert turn.waited > 0.1
    assert server.field("shared_at") > 0


async def test_where_no_headers_come_a_429_shows_that_less_comes_back(
    server: RedisServer, bucket: RedisTokenBucket
) -> None:
    """And what then is served, that it may be more again."""
    bucket.observe(await bucket.acquire(), None, refused=True)
    await until(lambda: server.field("refusals") == 1)
    slow = server.field("refill")
    assert slow == pytest.approx(800 / 60 * 0.85)
    for _ in range(2):
        bucket.observe(await bucket.acquire(), None)
    await until(lambda: server.field("unheard") == 0)
    assert server.field("refill") > slow


async def test_a_clock_that_is_set_back_costs_nobody_more_than_a_moment(
    server: RedisServer, bucket: RedisTokenBucket
) -> None:
    """Whatever Redis had written down of an hour that is still to come."""
    await use(bucket)
    await use(bucket)
    for field in ("full_at", "live_at", "shared_at", "heard_at", "raised_at", "paused_until", "ahead_at"):
        server.tell(f'HSET "twitch-clips:" {field} {server.field("full_at") + 3600:f}')
    server.tell('HSET "twitch-clips:" unheard 2')
    assert (await bucket.acquire()).waited < 3


async def test_those_who_are_gone_are_not_counted(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """For longer than a minute."""
    server.tell('HSET "twitch-clips:" p:gone 1 p:here 99999999999')
    await use(bucket)
    assert server.field("processes") == 1
    assert server.tell('HEXISTS "twitch-clips:" p:gone') == ":0"


async def test_a_429_after_half_a_minute_begins_a_new_streak(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """Callers may have given up after the first: that nobody asked is no refusal."""
    await use(bucket)
    bucket.observe(await bucket.acquire(), None, refused=True)
    await until(lambda: server.field("refusals") == 1)
    server.tell('HINCRBYFLOAT "twitch-clips:" refused_since -100')
    since = server.field("refused_since")
    ahead = await bucket.acquire()
    server.tell('HINCRBYFLOAT "twitch-clips:" paused_until -31')
    bucket.observe(ahead, None, refused=True)
    await until(lambda: server.field("refused_since") > since + 90)
    assert server.field("refusals") == 1


async def test_a_429_soon_after_a_pause_goes_on_with_the_streak(server: RedisServer, bucket: RedisTokenBucket) -> None:
    """The pauses grow, and the seconds are counted from the first."""
    await use(bucket)
    bucket.observe(await bucket.acquire(), None, refused=True)
    await until(lambda: server.field("refusals") == 1)
    since = server.field("refused_since")
    ahead = await bucket.acquire()
    server.tell('HINCRBYFLOAT "twitch-clips:" paused_until -28')
    bucket.observe(ahead, None, refused=True)
    await until(lambda: server.field("refusals") == 2)
    assert server.field("refused_since") == since


async def test_processes_that_were_forked_are_counted_each(server: RedisServer) -> None:
    """A bucket may be made before the fork, as servers with a preloaded application do."""
    command = [sys.executable, "-W", "error", "-c", FORKING, server.url]
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert server.field("processes") == 3
