"""A real Redis, on a real clock: its time cannot be made to jump."""

import asyncio
import logging
import shutil
import socket
import subprocess
import time
from asyncio import AbstractEventLoop
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from twitch_clips import RateHeaders
from twitch_clips.bucket import Bucket
from twitch_clips.redis import RedisTokenBucket

LIMIT = 6000  # a point comes back every 10 ms


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    """Real time, for these tests alone."""
    return {"real": asyncio.new_event_loop}


class RedisServer:
    """A `redis-server` of its own, which keeps nothing when it stops."""

    def __init__(self, program: str, folder: Path) -> None:
        """Listen on a free port."""
        self._program = program
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port: int = listener.getsockname()[1]
        self.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, and know nothing."""
        settings = ["--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        command = [self._program, *settings, "--enable-debug-command", "yes"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  (found on the path)
        while True:
            try:
                assert self.tell("PING") == "+PONG"
            except OSError:
                time.sleep(0.005)
            else:
                return

    def stop(self) -> None:
        """Be gone at once."""
        self._process.kill()
        self._process.wait()

    def tell(self, *commands: str) -> str:
        """Send commands over one connection; the first line of the last answer, or all of a longer one."""
        answer = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            for command in commands:
                connection.sendall(f"{command}\r\n".encode())
                answer = connection.recv(1 << 20)
        head, _, rest = answer.decode().partition("\r\n")
        return rest.removesuffix("\r\n") if head.startswith("$") else head

    def field(self, name: str, key: str = "twitch-clips:") -> float:
        """One number of what it keeps."""
        return float(self.tell(f'HGET "{key}" {name}'))

    def asked(self) -> int:
        """How many times it was asked for a turn, or told something."""
        lines = [line for line in self.tell("INFO commandstats").splitlines() if line.startswith("cmdstat_eval")]
        return sum(int(line.split("calls=")[1].split(",")[0]) for line in lines)


@pytest.fixture
def server(tmp_path: Path) -> Generator[RedisServer]:
    """A Redis."""
    missing = "there is no redis-server on this machine: on Debian, apt-get install redis-server"
    program = shutil.which("redis-server") or pytest.skip(missing)
    server = RedisServer(program, tmp_path)
    yield server
    server.stop()


@pytest.fixture
async def bucket(server: RedisServer) -> AsyncGenerator[RedisTokenBucket]:
    """One process's bucket."""
    async with RedisTokenBucket(server.url) as bucket:
        yield bucket


@pytest.fixture
async def other(server: RedisServer) -> AsyncGenerator[RedisTokenBucket]:
    """Another's."""
    async with RedisTokenBucket(server.url) as bucket:
        yield bucket


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What the log says of Redis, in words."""
    caplog.set_level(logging.INFO, logger="twitch_clips")
    return lambda: [f"{one.levelname} {one.getMessage()}" for one in caplog.records if "Redis" in one.getMessage()]


async def use(bucket: Bucket, *, remaining: int = LIMIT, limit: int = LIMIT) -> None:
    """Send a request, and get an answer."""
    turn = await bucket.acquire()
    bucket.observe(turn, RateHeaders(limit=limit, remaining=remaining))


async def emptied(*buckets: Bucket, limit: int) -> None:
    """By what Helix said, none of the points is left; all know it."""
    await use(buckets[0], limit=limit, remaining=0)
    for bucket in buckets:
        turn = await bucket.acquire()
        bucket.observe(turn, RateHeaders(limit=limit, remaining=0))


async def until(condition: Callable[[], bool]) -> None:
    """Let others go on until something is so."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  (what Redis holds tells nobody that it changed)
            await asyncio.sleep(0.002)


@asynccontextmanager
async def waiting(
    bucket: Bucket, count: int = 1, *, background: bool = False
) -> AsyncGenerator[list[asyncio.Task[int]]]:
    """So many who wait for a turn; each gives its number. Those who still wait in the end are sent away."""

    async def wait() -> int:
        return (await bucket.acquire(background=background)).number

    tasks = [asyncio.ensure_future(wait()) for _ in range(count)]
    try:
        await asyncio.sleep(0)
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
