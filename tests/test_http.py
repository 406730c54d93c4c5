"""The aiohttp adapter: what goes out, what comes back, what it makes of failures."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from importlib.metadata import version
from typing import Any

import aiohttp
import pytest
from yarl import URL

from twitch_clips import ClosedError, ConnectFailed, QueryError, TimedOut, TransportError
from twitch_clips._helix.answer import Answer
from twitch_clips._http import Http, base_url, post_form
from twitch_clips.testing import FakeHelix, faults

from .conftest import Response

API = "https://helix.example/helix"
CLIPS = f"{API}/clips?game_id=1"


@pytest.fixture
async def http() -> AsyncGenerator[Http]:
    """The adapter with a session of its own."""
    http = Http(API, None, timeout=5)
    yield http
    await http.aclose()


async def _get(http: Http) -> Answer:
    return await http.get("clips", [("game_id", "1")], {"Client-Id": "example"})


def _sent(server: Any) -> dict[str, Any]:
    [[call]] = server.requests.values()
    sent: dict[str, Any] = call.kwargs
    return sent


async def test_the_whole_answer_comes_back(http: Http, server: Any) -> None:
    """Status, headers without regard to case, and the body's bytes."""
    server.get(CLIPS, status=404, body=b"\xff", headers={"Ratelimit-Limit": "800"}, response_class=Response)
    answer = await _get(http)
    assert (answer.status, answer.body, answer.headers["RATELIMIT-LIMIT"]) == (404, b"\xff", "800")


async def test_the_request_says_who_asks(http: Http, server: Any) -> None:
    """The caller's headers beside a `User-Agent` with version and link."""
    server.get(CLIPS, response_class=Response)
    await _get(http)
    agent = f"twitch-clips/{version('twitch-clips')} (+https://github.com/twitch-clips/twitch-clips)"
    assert _sent(server)["headers"] == {"User-Agent": agent, "Client-Id": "example"}


@pytest.mark.parametrize("slash", ["", "/", "//"])
async def test_a_base_url_may_end_in_a_slash(slash: str, server: Any) -> None:
    """A double slash in the path would be answered with a 503."""
    http = Http(API + slash, None, timeout=5)
    server.get(CLIPS, response_class=Response)
    assert (await _get(http)).status == 200
    await http.aclose()


@pytest.mark.parametrize("url", ["https://helix.example/?a=1", "https://helix.example/#a"])
def test_a_base_url_ends_with_its_path(url: str) -> None:
    """What stands behind it would be lost without a word."""
    with pytest.raises(QueryError, match="api_url must end with its path"):
        base_url("api_url", url)


@pytest.mark.parametrize("url", ["", "helix.example", "ftp://helix.example", "https://", "http://[", "/helix"])
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    """Before any request, by the argument's name."""
    with pytest.raises(QueryError, match="api_url must be an address such as https://host/path"):
        base_url("api_url", url)


@pytest.mark.parametrize(
    ("raised", "kind", "words"),
    [
        (aiohttp.ClientPayloadError("a chunk"), TransportError, "/clips: its body is cut or damaged$"),
        (aiohttp.ServerDisconnectedError("a line"), TransportError, "/clips: the server closed the connection$"),
        (ConnectionResetError(104, "reset"), TransportError, "reset"),
        (aiohttp.ServerTimeoutError(), TimedOut, "no whole answer from https://helix.example/helix/clips in time"),
        (TimeoutError(), TimedOut, "in time"),
        (ValueError("label too long"), TransportError, "ValueError: label too long"),
        (aiohttp.ClientConnectionError("two\nlines"), TransportError, "two lines"),
    ],
)
async def test_a_failed_request_is_a_transport_error(
    http: Http, server: Any, raised: Exception, kind: type[TransportError], words: str
) -> None:
    """Neither aiohttp's error nor the headers that some of them hold are anywhere in it."""
    server.get(CLIPS, exception=raised)
    with pytest.raises(kind, match=words) as caught:
        await _get(http)
    assert type(caught.value) is kind
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_what_is_not_http_is_not_quoted() -> None:
    """It may be the request, and the token with it."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(request[request.index(b"Bearer") :])
        writer.close()

    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
        http = Http(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", None, timeout=5)
        with pytest.raises(TransportError, match=r"/clips: what came is not HTTP$"):
            await http.get("clips", [], {"Authorization": "Bearer s3cret"})
        await http.aclose()


async def test_a_refused_connection_names_the_host(closed_port: int) -> None:
    """Against a real port where nobody listens."""
    http = Http(f"http://127.0.0.1:{closed_port}", None, timeout=5)
    with pytest.raises(ConnectFailed, match=rf"^Cannot connect to host 127\.0\.0\.1:{closed_port}: "):
        await _get(http)
    await http.aclose()


async def test_a_server_that_hangs_is_given_up_after_the_timeout(silent_url: str) -> None:
    """Five virtual seconds."""
    http = Http(silent_url, None, timeout=5)
    start = asyncio.get_running_loop().time()
    with pytest.raises(TimedOut):
        await _get(http)
    assert asyncio.get_running_loop().time() - start == pytest.approx(5, abs=1)
    await http.aclose()


async def test_a_redirect_is_not_followed(http: Http, server: Any) -> None:
    """The token would go along."""
    server.get(CLIPS, status=302, headers={"Location": "https://elsewhere.example/"}, response_class=Response)
    assert (await _get(http)).status == 302


async def test_requests_share_a_connection() -> None:
    """One session for all of an event loop's requests: each connection would cost round trips of its own."""
    connections = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        with suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        http = Http(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", None, timeout=5)
        for _ in range(3):
            await _get(http)
        await http.aclose()
    assert connections == 1


async def test_the_ids_of_a_request_are_repeated(http: Http, server: Any) -> None:
    """Never joined by commas."""
    server.get(f"{API}/clips?id=a&id=b", response_class=Response)
    assert (await http.get("clips", [("id", "a"), ("id", "b")], {})).status == 200


async def test_a_session_that_was_passed_in_lends_its_connections_and_is_never_closed(helix: FakeHelix) -> None:
    """Nothing else of it gets to see our requests: it would see the token."""
    seen: list[object] = []

    async def note(*about: object) -> None:
        seen.append(about)

    async def meddle(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        await note(request)
        return await handler(request)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(note)
    trace.on_request_headers_sent.append(note)
    async with aiohttp.ClientSession(
        raise_for_status=True, trace_configs=[trace], middlewares=[meddle], headers={"X-Of-The-Session": "1"}
    ) as session:
        http = Http(helix.api_url, session, timeout=5)
        assert (await _get(http)).status == 401
        assert session.connector is not None
        before = len(session.connector._conns)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        await http.aclose()
        assert not session.closed
        assert seen == []
        async with session.get(helix.api_url, raise_for_status=False) as response:
            assert response.status == 404
    assert before == 1
    assert len(seen) == 3  # by the session's own request


async def test_the_proxy_of_a_session_that_was_passed_in_is_used(helix: FakeHelix) -> None:
    """A request must not go past it; here the sandbox itself is asked as a proxy would be."""
    async with aiohttp.ClientSession(proxy=f"http://127.0.0.1:{helix.port}") as session:
        http = Http("http://helix.invalid/helix", session, timeout=5)
        assert (await _get(http)).status == 401
        await http.aclose()


@pytest.mark.parametrize(("limit", "limit_per_host", "room"), [(7, 0, 7), (0, 0, 100), (0, 7, 7), (7, 3, 3), (3, 7, 3)])
async def test_there_is_room_for_as_many_requests_as_connections(limit: int, limit_per_host: int, room: int) -> None:
    """The others wait before their time begins; a connector without a limit would take thousands at once."""
    connector = aiohttp.TCPConnector(limit=limit, limit_per_host=limit_per_host)
    async with aiohttp.ClientSession(connector=connector) as session:
        http = Http(API, session, timeout=5)
        for _ in range(room):
            assert not http.room().locked()
            await http.room().acquire()
        assert http.room().locked()
        await http.aclose()


def test_each_event_loop_has_room_of_its_own() -> None:
    """What another one left in the middle takes none here."""
    http = Http(API, None, timeout=5)

    async def take() -> asyncio.Semaphore:
        for _ in range(100):
            await http.room().acquire()
        return http.room()

    assert asyncio.run(take()) is not asyncio.run(take())


async def test_closing_ends_what_waits_for_a_connection(helix: FakeHelix) -> None:
    """It is not sent any more."""
    http = Http(helix.api_url, None, timeout=5)
    room = http.room()
    async with room:
        await _get(http)
    await http.aclose()
    with pytest.raises(ClosedError):
        async with room:
            await _get(http)


async def test_a_body_without_end_is_given_up(helix: FakeHelix) -> None:
    """At a hundred times the size of a page."""
    helix.fail(faults.endless())
    http = Http(helix.api_url, None, timeout=3600)
    with pytest.raises(TransportError, match="more than 8388608 bytes came"):
        await _get(http)
    await http.aclose()


async def test_closing_ends_what_is_under_way(helix: FakeHelix) -> None:
    """With the error that says so, and no other in its context."""
    helix.fail(faults.hang())
    http = Http(helix.api_url, None, timeout=3600)
    asking = asyncio.ensure_future(_get(http))
    await asyncio.sleep(1)
    await http.aclose()
    with pytest.raises(ClosedError, match="this AsyncClips is closed") as caught:
        await asking
    assert caught.value.__context__ is None


async def test_a_form_is_posted_as_twitch_documents_it() -> None:
    """Over a session that is closed again."""
    async with FakeHelix() as helix:
        form = {
            "client_id": helix.client_id,
            "client_secret": helix.client_secret,
            "grant_type": "client_credentials",
        }
        answer = await post_form(URL(helix.auth_url) / "token", form, 5)
    assert answer.status == 200


async def test_a_form_is_given_up_after_so_many_seconds(silent_url: str) -> None:
    """A token server that hangs must not hang every stream."""
    start = asyncio.get_running_loop().time()
    with pytest.raises(TimedOut):
        await post_form(URL(silent_url) / "token", {}, 5)
    assert asyncio.get_running_loop().time() - start == pytest.approx(5, abs=1)


async def test_a_form_is_posted_to_nobody_else(server: Any) -> None:
    """A redirect is not followed: the secret would go along."""
    url = "https://id.example/token"
    server.post(url, status=307, headers={"Location": "https://elsewhere.example/"}, response_class=Response)
    assert (await post_form(URL(url), {"client_secret": "s3cret"}, 5)).status == 307
