"""What a server may send that is hardly an answer: it is not quoted, and it gets no more time than one."""

import asyncio
from collections.abc import Callable

import pytest

from twitch_clips import AsyncClips, RetryPolicy, StaticAuth, TimedOut, TransportError

from .fuzz.reply import End, Reply
from .fuzz.server import Server

SECRET = "t0ken-of-somebody"
EMPTY = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"data":[]}'


def _client(server: Server) -> AsyncClips:
    auth = StaticAuth("an-app", SECRET)
    return AsyncClips(auth, api_url=server.url, timeout=10, retry=RetryPolicy(attempts=1))


def _token(request: bytes) -> bytes:
    return next(line for line in request.splitlines() if b"Bearer" in line)


def _half_a_head(request: bytes) -> Reply:
    """Headers that have no end, one of them our own."""
    wire = b"HTTP/1.1 200 OK\r\n" + _token(request) + b"\r\n"
    return Reply(request, None, wire=wire, end=End.CLOSE)


def _no_chunk(request: bytes) -> Reply:
    """A chunk whose size is our own header."""
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + _token(request) + b"\r\n"
    return Reply(request, None, wire=wire, end=End.CLOSE)


@pytest.mark.parametrize("make", [_half_a_head, _no_chunk])
async def test_what_came_of_a_cut_answer_is_not_quoted(make: Callable[[bytes], Reply]) -> None:
    """It may be the request, and the token with it."""
    async with Server(make) as server, _client(server) as clips:
        with pytest.raises(TransportError) as caught:
            await clips.get("BriskAmberOtter")
    assert SECRET not in f"{caught.value!r}"


async def test_what_a_server_says_unasked_is_no_reason_to_wait_for_ever() -> None:
    """On an idle connection aiohttp takes it for the next answer, and knows no time for its body."""
    replies = iter([EMPTY + b"HTTP/1.1 200 OK\r\n\r\n", EMPTY, EMPTY])
    async with (
        Server(lambda request: Reply(request, None, wire=next(replies), pause=0.001)) as server,
        _client(server) as clips,
    ):
        assert await clips.get("BriskAmberOtter") is None
        await asyncio.sleep(1)
        async with asyncio.timeout(60):
            with pytest.raises(TimedOut):
                await clips.get("BriskAmberOtter")
            assert await clips.get("BriskAmberOtter") is None
