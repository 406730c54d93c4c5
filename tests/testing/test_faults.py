"""Faults on demand: what each looks like on the wire, and which requests it meets."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, FakeHelix, VirtualLoop, faults
from twitch_clips.testing.faults import Answer

from .caller import Caller, ids, served
from .listings import listing


async def _get(caller: Caller, helix: FakeHelix) -> Any:
    return await caller.get(helix, game_id=JUST_CHATTING)


async def test_a_status_has_helixs_error_shape_and_costs_nothing(caller: Caller, helix: FakeHelix) -> None:
    """Its `error` is the reason phrase; no token was looked at."""
    helix.fail(faults.status(503, headers={"X-Cache": "MISS"}))
    caller.token = "nonsense"
    reply = await _get(caller, helix)
    assert (reply.status, reply.headers["X-Cache"]) == (503, "MISS")
    assert reply.body == {"error": "Service Unavailable", "status": 503, "message": ""}
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    caller.token = helix.access_token
    assert (await _get(caller, helix)).headers["Ratelimit-Remaining"] == "799"


@pytest.mark.parametrize("body", ["<html>試験</html>", "<html>試験</html>".encode()])
async def test_a_raw_answer_is_sent_as_it_is(caller: Caller, helix: FakeHelix, body: str | bytes) -> None:
    """Text or bytes, of any type."""
    helix.fail(faults.raw(502, body, headers={"Via": "edge"}))
    helix.fail(faults.raw(200, b"{", content_type="application/x"))
    reply = await _get(caller, helix)
    assert (reply.status, reply.headers["Content-Type"], reply.headers["Via"]) == (502, "text/html", "edge")
    assert reply.content.decode() == "<html>試験</html>"
    reply = await _get(caller, helix)
    assert (reply.headers["Content-Type"], reply.content) == ("application/x", b"{")


async def test_too_many_says_when_by_its_own_clock(caller: Caller, helix: FakeHelix) -> None:
    """With points left it is some other limit; without rate headers nobody can tell."""
    helix.limit = 30
    helix.fail(faults.too_many())
    helix.fail(faults.too_many(remaining=5, reset=7))
    helix.fail(faults.too_many(remaining=None))
    empty, other, silent = [await _get(caller, helix) for _ in range(3)]
    assert {reply.status for reply in (empty, other, silent)} == {429}
    assert empty.body == {"error": "Too Many Requests", "status": 429, "message": "Request limit exceeded"}
    assert (empty.headers["Ratelimit-Remaining"], empty.seconds_to_full) == ("0", 60)
    assert empty.headers["Ratelimit-Limit"] == "30"
    assert (other.headers["Ratelimit-Remaining"], other.seconds_to_full) == ("5", 7)
    assert not [name for name in silent.headers if name.startswith("Ratelimit")]


async def test_a_cut_answer_promises_all_of_its_body_and_brings_half(caller: Caller, helix: FakeHelix) -> None:
    """The head is right; then the connection closes. The point is spent."""
    whole = await _get(caller, helix)
    helix.fail(faults.cut())
    reader, writer = await asyncio.open_connection("127.0.0.1", helix.port)
    writer.write(
        f"GET /helix/clips?game_id={JUST_CHATTING} HTTP/1.1\r\nHost: sandbox\r\nClient-Id: {helix.client_id}\r\n"
        f"Authorization: Bearer {helix.access_token}\r\n\r\n".encode()
    )
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"\r\nRatelimit-Remaining: 798\r\n" in head
    assert f"\r\nContent-Length: {len(whole.content)}\r\n".encode() in head
    assert body == whole.content[: len(whole.content) // 2]


async def test_a_closed_connection_brings_nothing(caller: Caller, helix: FakeHelix) -> None:
    """The server said good-bye in order; aiohttp's client asks once more by itself before it says so."""
    helix.fail(faults.close(), times=2)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await _get(caller, helix)
    assert (await _get(caller, helix)).status == 200


async def test_a_reset_connection_is_an_error_of_the_socket(caller: Caller, helix: FakeHelix) -> None:
    """Before the head; aiohttp's client asks once more by itself before it says so."""
    helix.fail(faults.reset(), times=2)
    with pytest.raises(aiohttp.ClientOSError, match="reset by peer"):
        await _get(caller, helix)
    assert (await _get(caller, helix)).status == 200


async def test_hanging_ends_with_the_right_answer(caller: Caller, helix: FakeHelix) -> None:
    """For whoever waits that long."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    helix.fail(faults.hang(90))
    assert (await _get(caller, helix)).status == 200
    assert loop.time() - start == 90


async def test_a_server_that_closes_does_not_wait_for_what_hangs(caller: Caller) -> None:
    """Its client learns that the connection is gone; hardly any time passes."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    async with FakeHelix(now=NOW) as helix:
        arrived = asyncio.Event()

        async def fault(request: web.Request, answer: Answer) -> web.StreamResponse:
            arrived.set()
            return await faults.hang()(request, answer)

        helix.fail(fault)
        waiting = asyncio.create_task(_get(caller, helix))
        await arrived.wait()
    with pytest.raises(aiohttp.ClientError):
        await waiting
    assert loop.time() - start < 0.1


async def test_an_endless_body_ends_when_the_client_goes_away(caller: Caller, helix: FakeHelix) -> None:
    """It begins as a page does, and takes time, so that a time-out is reached; nobody writes on afterwards."""
    before = asyncio.all_tasks()
    helix.fail(faults.endless())
    async with caller.session.get(f"{helix.api_url}/clips") as response:
        assert (response.status, response.content_length) == (200, None)
        assert (await response.content.readexactly(300_000)).startswith(b'{"data":[  ')
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await response.read()
    await asyncio.sleep(1)
    assert asyncio.all_tasks() == before


async def test_a_redirect_leads_elsewhere(caller: Caller, helix: FakeHelix) -> None:
    """Temporarily unless told otherwise."""
    helix.fail(faults.redirect("https://evil.example/"))
    helix.fail(faults.redirect("/helix/users", code=301))
    replies = [await _get(caller, helix) for _ in range(2)]
    assert [(reply.status, reply.headers["Location"]) for reply in replies] == [
        (302, "https://evil.example/"),
        (301, "/helix/users"),
    ]


async def test_an_edit_changes_the_right_answer(caller: Caller, helix: FakeHelix) -> None:
    """Into any JSON at all; headers and the point are the right answer's."""

    def change(page: dict[str, object]) -> object:
        return page | {"data": None}

    helix.fail(faults.edit(change))
    helix.fail(faults.edit(lambda _page: ["試験"]))
    first = await _get(caller, helix)
    assert (first.body["data"], first.cursor is None, first.headers["Ratelimit-Remaining"]) == (None, False, "799")
    assert (await _get(caller, helix)).body == ["試験"]


async def test_an_edit_leaves_an_error_as_it_is(caller: Caller, helix: FakeHelix) -> None:
    """There is no page to change."""
    helix.fail(faults.edit(lambda _page: []), times=None)
    helix.revoke()
    assert (await _get(caller, helix)).body["message"] == "Invalid OAuth token"


async def test_headers_can_be_changed_and_dropped(caller: Caller, helix: FakeHelix) -> None:
    """Also the date, which the server itself would set."""
    past = "Thu, 01 Jan 1970 00:00:00 GMT"
    helix.fail(faults.headers({"Ratelimit-Limit": None, "ratelimit-remaining": "7", "Date": past}))
    helix.fail(faults.headers({"Date": None, "Content-Type": "text/html"}))
    first, second = await _get(caller, helix), await _get(caller, helix)
    assert "Ratelimit-Limit" not in first.headers
    assert (first.headers["Ratelimit-Remaining"], first.headers["Date"]) == ("7", past)
    assert len(first.ids) == 20
    assert ("Date" in second.headers, second.headers["Content-Type"]) == (False, "text/html")
    assert len(json.loads(second.content)["data"]) == 20


async def test_an_empty_page_has_a_new_cursor_to_the_same_place(caller: Caller) -> None:
    """However many follow one another, no clip is lost and no cursor comes twice."""
    raw = listing(60)
    async with FakeHelix(raw, now=NOW) as helix:
        helix.fail(faults.empty(), times=2)
        helix.fail(faults.empty(), skip=3, times=2)
        pages = await caller.walk(helix, game_id=JUST_CHATTING)
    assert [len(page.ids) for page in pages] == [0, 0, 20, 0, 0, 20, 20]
    assert served(pages) == ids(raw)
    assert len({page.cursor for page in pages}) == 7


@pytest.mark.parametrize("fault", [faults.cut(), faults.close(), faults.reset(), faults.hang(), faults.endless()])
async def test_a_broken_connection_is_no_news_for_the_log(
    caller: Caller, helix: FakeHelix, caplog: pytest.LogCaptureFixture, fault: faults.Fault
) -> None:
    """Nobody reads of an error that was ordered."""
    helix.fail(fault, times=2)
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        async with asyncio.timeout(1):
            await _get(caller, helix)
    await asyncio.sleep(1)
    assert [record for record in caplog.records if record.levelname != "DEBUG"] == []


async def test_a_fault_of_ones_own_may_do_anything(caller: Caller, helix: FakeHelix) -> None:
    """It is given the request and the way to the right answer."""

    async def fault(request: web.Request, answer: Answer) -> web.StreamResponse:
        right = await answer()
        return web.json_response({"asked": request.query["game_id"], "status": right.status})

    helix.fail(fault)
    assert (await _get(caller, helix)).body == {"asked": JUST_CHATTING, "status": 200}


async def test_a_fault_meets_the_requests_it_was_planned_for(caller: Caller, helix: FakeHelix) -> None:
    """After those it skips, as often as told."""
    helix.fail(faults.status(500), skip=2, times=2)
    assert [(await _get(caller, helix)).status for _ in range(6)] == [200, 200, 500, 500, 200, 200]


async def test_of_several_faults_the_one_planned_first_comes_first(caller: Caller, helix: FakeHelix) -> None:
    """The others keep their turns; what a fault skips is counted from its plan on, whatever else happens."""
    helix.fail(faults.status(500), times=2)
    helix.fail(faults.status(502))
    helix.fail(faults.status(503), skip=1)
    helix.fail(faults.status(504), skip=5)
    assert [(await _get(caller, helix)).status for _ in range(7)] == [500, 500, 502, 503, 200, 504, 200]


async def test_a_fault_for_ever_ends_when_healed(caller: Caller, helix: FakeHelix) -> None:
    """Healing forgets what is planned, too."""
    helix.fail(faults.status(500), times=None)
    helix.fail(faults.status(502), skip=6)
    assert [(await _get(caller, helix)).status for _ in range(5)] == [500] * 5
    helix.heal()
    assert [(await _get(caller, helix)).status for _ in range(5)] == [200] * 5


async def test_each_endpoint_has_its_own_faults(caller: Caller, helix: FakeHelix) -> None:
    """Requests to the others are not counted."""
    helix.fail(faults.status(500), on="users", skip=1)
    helix.fail(faults.status(501), on="games")
    helix.fail(faults.raw(502, "{}"), on="token")
    helix.fail(faults.raw(503, "{}"), on="validate")
    assert (await _get(caller, helix)).status == 200
    assert [(await caller.get(helix, "users", login="a")).status for _ in range(3)] == [200, 500, 200]
    assert [(await caller.get(helix, "games", name="a")).status for _ in range(2)] == [501, 200]
    assert [(await caller.post(helix, grant_type="client_credentials")).status for _ in range(2)] == [502, 200]
    assert [(await caller.validate(helix, f"OAuth {helix.access_token}")).status for _ in range(2)] == [503, 200]


async def test_an_endpoint_that_there_is_not_is_an_error_in_the_call(helix: FakeHelix) -> None:
    """A fault planned for it would never come."""
    with pytest.raises(KeyError):
        helix.fail(faults.status(500), on="clip")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_faults_work_on_an_ordinary_loop() -> None:
    """The sandbox is for users' tests, too."""

    async def main() -> list[int]:
        async with FakeHelix() as helix, aiohttp.ClientSession() as session:
            helix.fail(faults.too_many())
            return [(await Caller(session).get(helix, game_id=JUST_CHATTING)).status for _ in range(2)]

    assert asyncio.run(main()) == [429, 200]
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(main()) == [429, 200]
