"""Helix's bucket refills all the time, and tells of itself in three headers, in more ways than one."""

import asyncio

import attrs

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, TWITCH_CLI, FakeHelix, Manners

from .caller import Caller


async def _status(caller: Caller, helix: FakeHelix) -> int:
    return (await caller.get(helix, game_id=JUST_CHATTING, first="1")).status


async def test_a_point_comes_back_every_minute_by_the_limit(caller: Caller) -> None:
    """Of thirty a minute, one is back after two seconds, and not two."""
    async with FakeHelix(now=NOW, limit=30) as helix:
        assert [await _status(caller, helix) for _ in range(31)] == [200] * 30 + [429]
        await asyncio.sleep(2)
        assert [await _status(caller, helix) for _ in range(2)] == [200, 429]


async def test_the_bucket_is_full_after_a_minute_and_no_fuller_after_an_hour(caller: Caller) -> None:
    """The limit is also the most that there can be."""
    async with FakeHelix(now=NOW, limit=2) as helix:
        for seconds in (60, 3600):
            assert [await _status(caller, helix) for _ in range(3)] == [200, 200, 429]
            await asyncio.sleep(seconds)


async def test_the_headers_say_when_the_bucket_is_full_again(caller: Caller) -> None:
    """One point of thirty is two seconds; an empty bucket, a minute; a refused request costs nothing."""
    async with FakeHelix(now=NOW, limit=30) as helix:
        first = await caller.get(helix, game_id=JUST_CHATTING)
        assert (first.headers["Ratelimit-Limit"], first.headers["Ratelimit-Remaining"]) == ("30", "29")
        assert first.seconds_to_full == 2
        assert helix.spend(29)
        refused = [await caller.get(helix, game_id=JUST_CHATTING) for _ in range(2)]
        assert [reply.headers["Ratelimit-Remaining"] for reply in refused] == ["0", "0"]
        assert [reply.seconds_to_full for reply in refused] == [60, 60]
        body = {"error": "Too Many Requests", "status": 429, "message": "Request limit exceeded"}
        assert refused[0].body == body


async def test_an_app_and_a_user_have_a_bucket_each(caller: Caller) -> None:
    """The guide: user tokens are counted per client id and user."""
    async with FakeHelix(now=NOW, limit=1) as helix:
        assert [await _status(caller, helix) for _ in range(2)] == [200, 429]
        caller.token = helix.user_token
        assert [await _status(caller, helix) for _ in range(2)] == [200, 429]


async def test_a_new_token_does_not_bring_a_new_bucket(caller: Caller) -> None:
    """It is the application's, not the token's."""
    async with FakeHelix(now=NOW, limit=1) as helix:
        assert await _status(caller, helix) == 200
        reply = await caller.post(helix, grant_type="client_credentials")
        caller.token = reply.body["access_token"]
        assert await _status(caller, helix) == 429


async def test_others_can_spend_too(caller: Caller) -> None:
    """Of the app's bucket or the user's; never more than there is."""
    async with FakeHelix(now=NOW, limit=10) as helix:
        assert helix.spend(8)
        assert not helix.spend(3)
        assert helix.spend(9, user=True)
        assert [await _status(caller, helix) for _ in range(3)] == [200, 200, 429]
        caller.token = helix.user_token
        assert [await _status(caller, helix) for _ in range(2)] == [200, 429]


async def test_the_limit_may_change_while_it_runs(caller: Caller) -> None:
    """What was in the bucket above the new limit is lost."""
    async with FakeHelix(now=NOW, limit=100) as helix:
        assert await _status(caller, helix) == 200
        helix.limit = 2
        assert helix.limit == 2
        assert [await _status(caller, helix) for _ in range(3)] == [200, 200, 429]


async def test_the_refill_can_be_slower_than_the_headers_imply(caller: Caller) -> None:
    """As in 2022: 600 a minute, and headers that spoke of 800 (TI#597)."""
    async with FakeHelix(now=NOW, limit=60, manners=Manners(refill=30)) as helix:
        assert helix.spend(60)
        await asyncio.sleep(1)
        refused = await caller.get(helix, game_id=JUST_CHATTING)
        assert (refused.status, refused.seconds_to_full) == (429, 60)
        await asyncio.sleep(1)
        assert [await _status(caller, helix) for _ in range(2)] == [200, 429]


async def test_reset_can_be_when_the_next_point_is_there(caller: Caller) -> None:
    """Two seconds ahead of whoever has spent all thirty."""
    async with FakeHelix(now=NOW, limit=30, manners=Manners(reset="next_point")) as helix:
        assert helix.spend(29)
        assert (await caller.get(helix, game_id=JUST_CHATTING)).seconds_to_full == 2


async def test_the_points_of_a_minute_can_come_back_at_its_end(caller: Caller) -> None:
    """All of them, at `Reset`, and none before."""
    async with FakeHelix(now=NOW, limit=30, manners=Manners(reset="minute")) as helix:
        assert helix.spend(30)
        await asyncio.sleep(20)
        refused = await caller.get(helix, game_id=JUST_CHATTING)
        assert (refused.status, refused.seconds_to_full) == (429, 40)
        await asyncio.sleep(40)
        reply = await caller.get(helix, game_id=JUST_CHATTING)
        assert (reply.headers["Ratelimit-Remaining"], reply.seconds_to_full) == ("29", 60)


async def test_rate_headers_can_be_missing_absurd_or_say_that_nothing_is_left(caller: Caller) -> None:
    """Each on a good answer."""
    async with FakeHelix(now=NOW, manners=Manners(rate_headers="missing")) as helix:
        reply = await caller.get(helix, game_id=JUST_CHATTING)
        assert not [name for name in reply.headers if name.startswith("Ratelimit")]
        helix.manners = attrs.evolve(helix.manners, rate_headers="nothing_left")
        reply = await caller.get(helix, game_id=JUST_CHATTING)
        assert (reply.status, reply.headers["Ratelimit-Remaining"], reply.seconds_to_full) == (200, "0", 60)
        helix.manners = attrs.evolve(helix.manners, rate_headers="absurd")
        absurd = [(await caller.get(helix, game_id=JUST_CHATTING)).headers["Ratelimit-Remaining"] for _ in range(3)]
        assert sorted(absurd) == ["", "-1", "NaN"]


async def test_twitchs_own_mock_server_counts_nothing(caller: Caller) -> None:
    """And says nothing."""
    async with FakeHelix(now=NOW, limit=1, manners=TWITCH_CLI) as helix:
        assert [await _status(caller, helix) for _ in range(3)] == [200] * 3
