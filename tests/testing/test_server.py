"""A request's way through the sandbox: what it says of the time, how long it takes, where it leads nowhere."""

import asyncio
from email.utils import parsedate_to_datetime

import pytest

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, faults

from .caller import Caller


async def test_every_answer_is_dated_in_virtual_time(caller: Caller, helix: FakeHelix) -> None:
    """Good ones, refused ones, faults, and those of the token server."""
    await asyncio.sleep(3600)
    helix.fail(faults.status(503))
    replies = [
        await caller.get(helix, game_id=JUST_CHATTING),
        await caller.get(helix, game_id=JUST_CHATTING),
        await caller.get(helix),
        await caller.get(helix, "streams"),
        await caller.post(helix, grant_type="client_credentials"),
        await caller.validate(helix, "OAuth nonsense"),
    ]
    assert [reply.status for reply in replies] == [503, 200, 400, 404, 200, 401]
    assert {reply.headers["Date"][-4:] for reply in replies} == {" GMT"}
    dates = {parsedate_to_datetime(reply.headers["Date"]) for reply in replies}
    assert [(date - NOW).total_seconds() for date in dates] == [3600]


async def test_every_request_to_the_api_is_kept_with_its_query(caller: Caller, helix: FakeHelix) -> None:
    """Refused ones and failed ones too; those to the token server are not the API's."""
    helix.fail(faults.status(503), on="users")
    await caller.get(helix, game_id="1", first="0")
    await caller.get(helix, "users", login=["a", "b"])
    await caller.get(helix, "games")
    await caller.post(helix)
    assert helix.targets == ["/helix/clips?game_id=1&first=0", "/helix/users?login=a&login=b", "/helix/games"]


async def test_an_answer_takes_its_time_and_a_fault_too(caller: Caller, helix: FakeHelix) -> None:
    """So long each, side by side as alone; the point is spent when the request arrives."""
    loop = asyncio.get_running_loop()
    helix.manners = Manners(latency=0.25)
    start = loop.time()
    replies = await asyncio.gather(*(caller.get(helix, game_id=JUST_CHATTING) for _ in range(3)))
    assert loop.time() - start == pytest.approx(0.25)
    assert sorted(reply.headers["Ratelimit-Remaining"] for reply in replies) == ["797", "798", "799"]
    helix.fail(faults.status(503))
    await caller.get(helix, game_id=JUST_CHATTING)
    assert loop.time() - start == pytest.approx(0.5)


async def test_a_request_whose_client_went_away_has_cost_its_point(caller: Caller, helix: FakeHelix) -> None:
    """The server had it already."""
    helix.manners = Manners(latency=5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await caller.get(helix, game_id=JUST_CHATTING)
    assert not helix.spend(800)


async def test_bodies_are_compressed_for_whoever_accepts_it(caller: Caller, helix: FakeHelix) -> None:
    """Where that is switched on; the clips are the same."""
    plain = await caller.get(helix, game_id=JUST_CHATTING)
    helix.manners = Manners(gzip=True)
    packed = await caller.get(helix, game_id=JUST_CHATTING)
    assert ("Content-Encoding" in plain.headers, packed.headers["Content-Encoding"]) == (False, "deflate")
    assert int(packed.headers["Content-Length"]) < len(packed.content)
    assert packed.body == plain.body


async def test_a_double_slash_is_a_loop(caller: Caller, helix: FakeHelix) -> None:
    """TI#758: 503 in plain text, and no 404."""
    async with caller.session.get(f"http://127.0.0.1:{helix.port}//helix/clips") as response:
        assert (response.status, response.content_type) == (503, "text/plain")
        assert await response.text() == "loop detected"


async def test_what_is_not_there_is_not_found(caller: Caller, helix: FakeHelix) -> None:
    """In Helix's shape."""
    reply = await caller.get(helix, "streams")
    assert (reply.status, reply.body) == (404, {"error": "Not Found", "status": 404, "message": ""})
