"""The embedded Helix as a whole: where it listens, what time it has, and on which loops it runs."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import aiohttp
import pytest

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, FakeHelix, VirtualLoop

from .caller import Caller, served


async def _newest_clip(helix: FakeHelix) -> datetime:
    async with aiohttp.ClientSession() as session:
        pages = await Caller(session).walk(helix, game_id=JUST_CHATTING, first="100")
    return max(datetime.fromisoformat(clip["created_at"]) for page in pages for clip in page.body["data"])


async def test_it_has_a_catalogue_of_its_own(caller: Caller, helix: FakeHelix) -> None:
    """Several pages of it, of one game."""
    found = served(await caller.walk(helix, game_id=JUST_CHATTING, first="100"))
    assert len(found) == len(set(found)) > 200


async def test_its_wall_time_is_the_loops_own_by_default() -> None:
    """And so is that of its catalogue, which ends a minute before now."""
    async with FakeHelix() as helix:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        await asyncio.sleep(3600)
        assert helix.now.timestamp() == pytest.approx(loop.wall_time(), abs=1e-3)
        assert timedelta(minutes=61) <= helix.now - await _newest_clip(helix) < timedelta(days=2)


async def test_its_wall_time_can_be_told() -> None:
    """In any zone; it is in UTC here, and follows the loop."""
    async with FakeHelix(now=NOW.astimezone(timezone(timedelta(hours=9)))) as helix:
        await asyncio.sleep(60)
        assert helix.now == NOW + timedelta(minutes=1)
        assert helix.now.tzinfo is UTC


def test_on_an_ordinary_loop_its_wall_time_is_the_real_one() -> None:
    """It may be made before there is a loop."""
    before = datetime.now(UTC)
    helix = FakeHelix()

    async def main() -> datetime:
        async with helix:
            newest = await _newest_clip(helix)
            assert before <= helix.now <= datetime.now(UTC)
            return newest

    assert before - timedelta(days=2) < asyncio.run(main()) < datetime.now(UTC)


def test_it_can_be_started_again_on_another_loop() -> None:
    """On the same port, with the same clips and a full bucket; what it counted goes on."""
    helix = FakeHelix(now=NOW, limit=1)

    async def main() -> tuple[int, list[str]]:
        async with helix, aiohttp.ClientSession() as session:
            caller = Caller(session)
            reply = await caller.get(helix, game_id=JUST_CHATTING)
            assert (await caller.get(helix, game_id=JUST_CHATTING)).status == 429
            assert (await caller.post(helix, grant_type="client_credentials")).status == 200
            return helix.port, reply.ids

    assert asyncio.run(main()) == asyncio.run(main())
    assert (len(helix.targets), helix.tokens) == (4, 2)


async def test_no_clips_are_not_the_same_as_none_given(caller: Caller) -> None:
    """An empty catalogue is empty, and may be filled later."""
    async with FakeHelix([], now=NOW) as helix:
        assert (await caller.get(helix, broadcaster_id="1000001")).ids == []


async def test_closing_it_closes_every_connection(caller: Caller) -> None:
    """Whoever asks again has to connect again, in vain."""
    async with FakeHelix(now=NOW) as helix:
        await caller.get(helix, game_id=JUST_CHATTING)
    with pytest.raises(aiohttp.ClientConnectorError, match="Connect call failed"):
        await caller.get(helix, game_id=JUST_CHATTING)
