"""Clips by their ids: a stream that is closed, or left in one event loop and read on in another."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from twitch_clips import AsyncClips, End, StaticAuth
from twitch_clips.testing import FakeHelix

from .conftest import NOW, listing

RAW = listing(450)
IDS = [str(clip["id"]) for clip in RAW]


@pytest.fixture
async def helix() -> AsyncGenerator[FakeHelix]:
    """A Helix that knows 450 clips."""
    async with FakeHelix(RAW) as helix:
        yield helix


async def test_closing_it_lets_the_users_ids_go(clips: AsyncClips) -> None:
    """A generator that is waited for is closed, and no more ids are taken from it."""
    taken: list[str] = []

    async def ids() -> AsyncIterator[str]:
        while True:
            await asyncio.sleep(1)
            taken.append(IDS[len(taken)])
            yield taken[-1]

    stream = clips.by_ids(ids())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(stream), 2.5)
    await stream.aclose()
    await asyncio.sleep(100)
    assert taken == IDS[:2]
    assert stream.end is End.CLOSED
    async with clips.by_ids(IDS) as listed:
        assert await listed.first() is not None
    assert (await listed.first(), listed.end) == (None, End.CLOSED)


async def test_closing_it_ends_it_for_whoever_waits_for_the_users_ids(clips: AsyncClips, helix: FakeHelix) -> None:
    """As with any stream; those that were taken are not asked for any more."""

    async def ids() -> AsyncIterator[str]:
        yield IDS[0]
        await asyncio.sleep(100)

    stream = clips.by_ids(ids())
    waiting = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(2.5)
    await stream.aclose()
    assert await waiting is None
    assert stream.end is End.CLOSED
    assert helix.targets == []


def test_it_may_be_left_in_one_event_loop_and_read_on_in_another(closed_port: int) -> None:
    """An iterable that is asked anew goes on."""

    class Endless:
        """Ids from a queue, so to speak."""

        def __init__(self) -> None:
            """Begin with the first."""
            self._ids = iter(IDS[:5])

        def __aiter__(self) -> "Endless":
            """Itself."""
            return self

        async def __anext__(self) -> str:
            """The next one, a while later."""
            await asyncio.sleep(0.05)
            for id_ in self._ids:
                return id_
            raise StopAsyncIteration

    auth = StaticAuth(FakeHelix.client_id, FakeHelix.access_token)
    clips = AsyncClips(auth, api_url=f"http://127.0.0.1:{closed_port}/helix")
    stream = clips.by_ids(Endless())

    async def give_up() -> None:
        await asyncio.wait([asyncio.ensure_future(anext(stream))], timeout=0.02)

    async def read_on() -> list[str]:
        async with FakeHelix(RAW, now=NOW, port=closed_port), clips:
            return [clip.id async for clip in stream]

    asyncio.run(give_up())
    assert asyncio.run(read_on()) == IDS[:5]
