"""The README's web service, over loopback."""

import asyncio
import json
from collections.abc import AsyncGenerator

import aiohttp
import pytest
from aiohttp import web

from tests.conftest import listing
from twitch_clips import AsyncClips
from twitch_clips.testing import FakeHelix, Manners, faults

from .conftest import Script

CHANNEL = "example_streamer"


@pytest.fixture
async def service(script: Script) -> AsyncGenerator[str]:
    """Its address: it was started as it says itself, on a free port."""
    (app,), settings = script("web.run_app", until="aiohttp.web.run_app")
    runner = web.AppRunner(app, access_log=None, **settings)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/clips/"
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    """A client of the service."""
    async with aiohttp.ClientSession() as session:
        yield session


def asked(helix: FakeHelix) -> int:
    """Requests for clips."""
    return sum(target.startswith("/helix/clips") for target in helix.targets)


async def test_it_streams_a_channel_whole(service: str, session: aiohttp.ClientSession, clips: AsyncClips) -> None:
    """A clip a line, most viewed first."""
    async with session.get(service + CHANNEL) as answer:
        assert (answer.status, answer.content_type) == (200, "application/x-ndjson")
        lines = (await answer.text()).splitlines()
    whole = await clips.by_broadcaster(login=CHANNEL, since="30d").collect()
    assert [json.loads(line)["id"] for line in lines] == [clip.id for clip in whole]
    assert len(whole) > 300


async def test_a_stranger_is_not_found(service: str, session: aiohttp.ClientSession) -> None:
    """404, with the name."""
    async with session.get(service + "nobody_at_all") as answer:
        assert (answer.status, await answer.text()) == (404, "Twitch knows no channel 'nobody_at_all'")


async def test_an_empty_bucket_is_a_503(helix: FakeHelix, service: str, session: aiohttp.ClientSession) -> None:
    """At once, with the seconds after which to come again; those who came before get all, though it takes a while."""
    helix.limit = 60

    async def get() -> tuple[int, int]:
        async with session.get(f"{service}quietotterplays") as answer:
            if answer.status == 200:
                return 0, (await answer.read()).count(b"\n")
            assert (answer.status, asyncio.get_running_loop().time() - began < 1) == (503, True)
            return int(answer.headers["Retry-After"]), 0

    began = asyncio.get_running_loop().time()
    _, whole = await get()
    began = asyncio.get_running_loop().time()
    answers = await asyncio.gather(*(get() for _ in range(90)))
    turned_away = [answer for answer in answers if answer != (0, whole)]
    assert 20 < len(turned_away) < 35
    assert all(5 < seconds <= 60 and not lines for seconds, lines in turned_away)
    await asyncio.sleep(max(turned_away)[0])
    assert await get() == (0, whole)


async def test_who_goes_away_is_asked_for_no_more(
    helix: FakeHelix, service: str, session: aiohttp.ClientSession
) -> None:
    """Also while Helix lets a page wait, for which it would be asked again."""
    helix.fail(faults.hang(), skip=1)
    answer = await session.get(service + CHANNEL)
    assert json.loads(await answer.content.readline())["broadcaster_id"] == "1000001"
    await asyncio.sleep(1)
    assert asked(helix) == 2
    answer.close()
    await asyncio.sleep(600)
    assert asked(helix) == 2


@pytest.mark.parametrize("manners", [Manners(cap=200, cap_ending="fails"), Manners(cap=200, cap_ending="repeats")])
async def test_what_is_not_whole_does_not_look_whole(
    manners: Manners, helix: FakeHelix, service: str, session: aiohttp.ClientSession
) -> None:
    """The connection is cut behind the pages that came."""
    helix.manners = manners
    async with session.get(service + CHANNEL) as answer:
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_the_cap_does_not_look_like_the_end(
    helix: FakeHelix, service: str, session: aiohttp.ClientSession
) -> None:
    """A channel with more clips than Helix lists."""
    helix.add(*(clip | {"broadcaster_id": "1000001", "id": f"{clip['id']}2"} for clip in listing(1200)))
    async with session.get(service + CHANNEL) as answer:
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()
