"""A server process for the benchmarks that need more than `floor.server`: it answers by what is asked.

`floor.server` hands out its pages in turn. Where a client asks for a token first, where a fault is to come once, or
where a listing is too long to lie in memory, the answer has to depend on the request's target.
"""

import asyncio
import multiprocessing
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

# A request's target (path and query) to the whole answer as it goes over the wire.
Answering = Callable[[str], bytes]

_HEAD = (
    "HTTP/1.1 {} {}\r\nContent-Type: application/json; charset=utf-8\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    "Ratelimit-Limit: {}\r\nRatelimit-Remaining: {}\r\nRatelimit-Reset: {}\r\nContent-Length: {}\r\n\r\n"
)
_FULL = (6_000_000, 5_999_990, 1_767_225_601)  # room for any speed, as floor.py's


def wire(body: bytes, status: str = "200 OK", rate: tuple[int, int, int] = _FULL) -> bytes:
    """A body as a whole answer; `rate` is limit, remaining and reset."""
    code, reason = status.split(" ", 1)
    return _HEAD.format(code, reason, *rate, len(body)).encode() + body


async def _serve(make: Callable[[], Answering], pipe: Connection) -> None:
    answer = make()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            writer.write(answer(head.split(b" ", 2)[1].decode()))
            await writer.drain()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _run(make: Callable[[], Answering], pipe: Connection) -> None:
    asyncio.run(_serve(make, pipe))


@contextmanager
def beside(serve: Callable[[Connection], None]) -> Generator[Any]:
    """A process that serves until this ends; gives what it says of itself once it does."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


@contextmanager
def serving(make: Callable[[], Answering]) -> Generator[str]:
    """A server process that answers by what `make` returns over there; gives its origin."""
    with beside(partial(_run, make)) as port:
        yield f"http://127.0.0.1:{port}"
