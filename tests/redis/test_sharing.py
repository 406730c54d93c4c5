"""Several programs on one client id, end to end: none is refused, and each gets its part."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.conftest import client, listing
from twitch_clips import AppAuth, AsyncClips
from twitch_clips.events import Event, Retried
from twitch_clips.redis import RedisTokenBucket
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners

from .conftest import LIMIT, RedisServer

FAR = Manners(round_trip=(0.001, 0.02))


class Program:
    """One of several: asks for clips as fast as it may."""

    def __init__(self, clips: AsyncClips, events: list[Event]) -> None:
        """It has asked for nothing yet."""
        self._clips = clips
        self._events = events
        self.requests = 0

    @property
    def refusals(self) -> int:
        """How many 429s, or other failures, it met."""
        return sum(isinstance(event, Retried) for event in self._events)

    async def run(self, seconds: float, at_once: int = 6) -> None:
        """For so long."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds

        async def ask() -> None:
            while loop.time() < end:
                await self._clips.get("NoSuchOtter")
                self.requests += 1

        await asyncio.gather(*(ask() for _ in range(at_once)))


@asynccontextmanager
async def program(helix: FakeHelix, server: RedisServer) -> AsyncGenerator[Program]:
    """With a bucket of its own, as a process has it."""
    events: list[Event] = []
    async with RedisTokenBucket(server.url) as bucket, client(helix, bucket=bucket, hooks=[events.append]) as clips:
        yield Program(clips, events)


async def test_none_is_refused_and_shares_are_even(server: RedisServer) -> None:
    """Two programs that want all they can get, from a bucket that is nearly empty."""
    async with (
        FakeHelix(limit=LIMIT, manners=FAR) as helix,
        program(helix, server) as one,
        program(helix, server) as two,
    ):
        helix.spend(LIMIT - 100)
        await asyncio.gather(one.run(2), two.run(2))
    assert (one.refusals, two.refusals) == (0, 0)
    requests = one.requests + two.requests
    assert 200 < requests <= 100 + 2.2 * LIMIT / 60 + 12
    assert one.requests > requests / 4
    assert two.requests > requests / 4


async def test_a_full_bucket_is_used_up_within_seconds(server: RedisServer) -> None:
    """As fast for the one as for the other, however fast they ask."""
    async with FakeHelix(limit=300, manners=FAR) as helix, program(helix, server) as one, program(helix, server) as two:
        await asyncio.gather(one.run(3, 8), two.run(3, 4))
    assert one.refusals + two.refusals == 0
    assert one.requests + two.requests > 200
    assert one.requests == pytest.approx(two.requests, rel=0.1)


async def test_started_on_an_empty_bucket(server: RedisServer) -> None:
    """Whoever goes ahead may meet one 429, and nobody else does."""
    async with (
        FakeHelix(limit=LIMIT, manners=FAR) as helix,
        program(helix, server) as one,
        program(helix, server) as two,
    ):
        helix.spend(LIMIT)
        await asyncio.gather(one.run(2), two.run(2))
    assert one.refusals + two.refusals <= 1
    assert min(one.requests, two.requests) > 10


async def test_emptied_by_others_in_the_middle(server: RedisServer) -> None:
    """What was under way at that moment is refused; then everyone pauses, and goes on."""
    async with (
        FakeHelix(limit=LIMIT, manners=FAR) as helix,
        program(helix, server) as one,
        program(helix, server) as two,
    ):

        async def empty() -> None:
            await asyncio.sleep(0.5)
            while helix.spend(50):
                pass

        await asyncio.gather(one.run(2.5), two.run(2.5), empty())
        before = (one.refusals, two.refusals)
        await asyncio.gather(one.run(0.5), two.run(0.5))
    assert sum(before) <= 13
    assert (one.refusals, two.refusals) == before
    assert min(one.requests, two.requests) > 50


@pytest.mark.parametrize("command", ["FLUSHALL", "SCRIPT FLUSH", "CLIENT KILL TYPE normal", "CLIENT PAUSE 600", "stop"])
async def test_redis_fails_in_the_middle(server: RedisServer, lines: Callable[[], list[str]], command: str) -> None:
    """No request fails and hardly one is refused; when it is back all share again."""
    async with (
        FakeHelix(limit=LIMIT, manners=FAR) as helix,
        program(helix, server) as one,
        program(helix, server) as two,
    ):
        helix.spend(LIMIT - 300)

        async def fail() -> None:
            await asyncio.sleep(0.5)
            if command != "stop":
                server.tell(command)
                return
            server.stop()
            await asyncio.sleep(0.7)
            server.start()

        await asyncio.gather(one.run(2), two.run(2), fail())
    assert one.refusals + two.refusals <= 2
    assert min(one.requests, two.requests) > 60
    outages = 2 if command in {"CLIENT PAUSE 600", "stop"} else 0
    assert sum(line.startswith("WARNING") for line in lines()) == outages
    assert lines().count("INFO Redis is back") == outages


async def test_two_bots_and_an_archiver_on_one_client_id(server: RedisServer) -> None:
    """The archiver reads a long listing, the bots answer commands meanwhile."""
    async with FakeHelix(listing(1000), limit=LIMIT) as helix:
        auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
        seen: dict[str, int] = {}

        async def archive(clips: AsyncClips) -> None:
            seen["archiver"] = len(await clips.by_game(JUST_CHATTING, page_size=2, limit=900).collect())

        async def answer(name: str, clips: AsyncClips) -> None:
            for clip in await clips.by_game(JUST_CHATTING, limit=20).collect():
                assert await clips.get(clip.id) == clip
                seen[name] = seen.get(name, 0) + 1

        async def run(work: Callable[[AsyncClips], Any]) -> None:
            async with (
                RedisTokenBucket(server.url) as bucket,
                AsyncClips(auth, api_url=helix.api_url, bucket=bucket) as clips,
            ):
                await work(clips)

        await asyncio.gather(
            run(archive), run(lambda clips: answer("bot", clips)), run(lambda clips: answer("other", clips))
        )
        assert seen == {"archiver": 900, "bot": 20, "other": 20}
        assert len(helix.targets) == 450 + 2 * 21
