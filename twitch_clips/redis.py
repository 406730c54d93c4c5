"""One token bucket for several processes and machines, kept in Redis; the extra `redis`.

    pip install 'twitch-clips[redis]'

Redis 5 or newer, Valkey, or what speaks like them and runs Lua scripts. One hash for each application (and user) whose
points are spent, of about a kilobyte, which goes away two minutes after it was last used. One call for each request.
"""

import asyncio
import hashlib
import os
from functools import cache
from importlib.resources import files
from typing import Self
from uuid import uuid4
from weakref import WeakValueDictionary

from redis.asyncio import Redis
from redis.asyncio.connection import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError

from . import _clock
from ._bucket.queue import Turn
from ._shared.bucket import SharedBucket
from ._shared.wire import Away, Lane, Told
from .bucket import Bucket
from .errors import QueryError
from .records import RateHeaders, RateStatus

__all__ = ["RedisTokenBucket"]

_PREFIX = "twitch-clips:"


class RedisTokenBucket:
    """A token bucket that every process with the same Redis shares: `AsyncClips(auth, bucket=RedisTokenBucket(url))`.

    Redis gives the turns, on its own clock, in the order in which it is asked, and counts for each application and
    user on their own. A bucket that waits stands in line once, however many wait in it. Each process tells what Helix
    answered, so a 429 that one meets has all of them pause, and one go ahead afterwards. `background=True` keeps off
    the last tenth of the points while anybody else, in whichever process, used some in the last minute.

    No call fails for want of Redis. When it does not answer within a quarter of a second each process keeps to a share
    of the points, as many as there were processes in the last minute, until Redis is back: for each application and
    user one WARNING of the logger `twitch_clips` for each outage, and an INFO line after it.

    It may be made outside of an event loop, and used in several, one after the other: whoever still waits in the one
    before is turned away. It may be made before a fork: each process counts on its own.

    Args:
        url: Such as `redis://localhost:6379/0`, `rediss://user:password@host` or `unix:///path/to/redis.sock`.
        share: Points a minute for this process while Redis is away; needed only where it could be away from the start,
            as nobody knows then how many processes there are.

    Raises:
        QueryError: `url` is none that redis-py understands, or `share` is below 1. Nothing is sent.
    """

    def __init__(self, url: str, *, share: int | None = None) -> None:
        """Connect to nothing yet."""
        if isinstance(share, bool) or not (share is None or share >= 1):
            raise QueryError(f"share must be at least 1 point, not {share!r}")
        self._server = _Server(url)
        self._share = share
        self._buckets: WeakValueDictionary[str, SharedBucket] = WeakValueDictionary()
        self._own = self.keyed("")

    def keyed(self, key: str) -> Bucket:
        """The bucket of an API, application and payer; `AsyncClips` asks for it."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = SharedBucket(self._server, _PREFIX + key, self._share)
        return bucket

    @property
    def status(self) -> RateStatus:
        """How it stands, as far as is known without asking Redis; while Redis is away, how the share does."""
        return self._own.status

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:
        """Wait for a turn, behind those who came first. `observe` or `give_back` has to follow, once.

        Args:
            max_wait: Seconds that the caller would wait; `None` for as long as it takes. To ask Redis is not counted.
            background: Whether it stands back for others.

        Raises:
            RateLimited: The turn would come later than `max_wait`; as soon as Redis says so.
        """
        return await self._own.acquire(max_wait=max_wait, background=background)

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Take note of what came of a turn, as `Bucket.observe` says.

        A 429 is told to Redis at once, all else with the next question.
        """
        self._own.observe(turn, rate, refused=refused)

    def give_back(self, turn: Turn) -> None:
        """Take back a turn with which nothing was sent: for the next one who waits here, else for all."""
        self._own.give_back(turn)

    async def aclose(self) -> None:
        """Close the connections. Those who wait get `RateLimited`; what is not used is given back."""
        await asyncio.gather(*(bucket.aclose() for bucket in list(self._buckets.values())))
        await self._server.aclose()

    async def __aenter__(self) -> Self:
        """Connect to nothing yet."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close the connections."""
        await self.aclose()


class _Server:
    """Redis, or nobody: whatever is wrong with it, it is away."""

    name = "Redis"

    def __init__(self, url: str) -> None:
        if not _is_url(url):
            raise QueryError("url is none that redis-py understands, such as redis://localhost:6379/0")
        self._url = url
        self._process = uuid4().hex
        self._client: Redis | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, key: str, lane: Lane, values: list[float], patience: float) -> Told | Away:
        start, loop = _clock.monotonic(), asyncio.get_running_loop()
        process = f"{self._process}-{os.getpid()}"  # of a process that was forked there are two
        try:
            async with asyncio.timeout(None) as limit:
                # In two halves: where this process itself stood still, an answer that is there is read yet.
                half = loop.call_later(patience / 2, lambda: limit.reschedule(loop.time() + patience / 2))
                try:
                    reply = await self._call(key, process, lane, *values)
                finally:
                    half.cancel()
            return Told.read(reply, _clock.monotonic() - start)
        except Exception as error:  # noqa: BLE001  (no call may fail for want of Redis, whatever that raises)
            # Its words may be the server's own, and quote what was sent.
            return Away(type(error).__name__)

    async def aclose(self) -> None:
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.aclose()

    async def _call(self, key: str, *arguments: str | float) -> list[int]:
        script, name = _script()
        client = self._connected()
        try:
            reply: list[int] = await client.evalsha(name, 1, key, *arguments)
        except NoScriptError:
            reply = await client.eval(script, 1, key, *arguments)
        return reply

    def _connected(self) -> Redis:
        """The connections of this event loop; those of another are gone with it."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client = Redis.from_pool(_pool(self._url))
            self._loop = loop
        return self._client


@cache
def _script() -> tuple[str, str]:
    """The Lua script, and its name on the server."""
    script = files("twitch_clips._bucket").joinpath("turn.lua").read_text(encoding="utf-8")
    return script, hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


def _is_url(url: str) -> bool:
    """Whether connections can be made of it; what redis-py says of one that cannot be might quote the password."""
    try:
        pool = _pool(url)
        pool.connection_class(**pool.connection_kwargs)
    except Exception:  # noqa: BLE001  (it raises ValueError, TypeError, AttributeError and others)
        return False
    return True


def _pool(url: str) -> ConnectionPool:
    # A connection that was idle may have been cut: once more, at once.
    retry = Retry(NoBackoff(), 1)
    # redis-py leaves these keywords without types.
    return ConnectionPool.from_url(url, retry=retry, retry_on_error=[RedisConnectionError])  # pyright: ignore[reportUnknownMemberType]
