"""The shared bucket holds what every bucket has to, and runs as the README shows it."""

import asyncio
import os
import re
import subprocess
import sys
from itertools import count
from pathlib import Path

from twitch_clips.redis import RedisTokenBucket
from twitch_clips.testing import check_bucket

from .conftest import RedisServer

README = Path(__file__).parents[2] / "README.md"


async def test_it_holds_what_every_bucket_has_to(server: RedisServer) -> None:
    """On real time; another key is another bucket."""
    numbers = count()
    async with RedisTokenBucket(server.url) as bucket:
        await check_bucket(lambda: bucket.keyed(str(next(numbers))))


async def test_the_readmes_archiver_and_two_bots_run(server: RedisServer) -> None:
    """In a process of its own, over this Redis."""
    [example] = [
        block
        for block in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
        if "RedisTokenBucket" in block
    ]
    command = [sys.executable, "-W", "error", "-c", example]
    environment = os.environ | {"REDIS_URL": server.url}
    ran = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert len(lines) == 3
    assert all("RateStatus(limit=800" in line for line in lines)
