"""The shared bucket holds what every bucket has to, and runs as the README shows it."""

from itertools import count
from pathlib import Path

from tests.readme import run
from twitch_clips.redis import RedisTokenBucket
from twitch_clips.testing import check_bucket

from .conftest import RedisServer


async def test_it_holds_what_every_bucket_has_to(server: RedisServer) -> None:
    """On real time; another key is another bucket."""
    numbers = count()
    async with RedisTokenBucket(server.url) as bucket:
        await check_bucket(lambda: bucket.keyed(str(next(numbers))))


async def test_the_readmes_archiver_and_two_bots_run(server: RedisServer, tmp_path: Path) -> None:
    """In a process of its own, over this Redis."""
    lines = (await run(tmp_path, "RedisTokenBucket", REDIS_URL=server.url)).splitlines()
    assert len(lines) == 3
    assert all("RateStatus(limit=800" in line for line in lines)
