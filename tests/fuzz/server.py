"""A server on loopback that knows no HTTP library: it reads requests and writes whatever bytes it is told to."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from .reply import End, Reply

_ABORT_AT_ONCE = struct.pack("ii", 1, 0)


class Server:
    """Answers each request with the reply that is made for it.

    Args:
        make: Given the bytes of a request, makes the reply.
    """

    def __init__(self, make: Callable[[bytes], Reply]) -> None:
        """Listen on `async with`."""
        self._make = make
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def hang_up(self) -> None:
        """Close every connection, whatever is under way."""
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close all."""
        self._server.close()
        await self.hang_up()
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._answer(reader, writer):
                    pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether another request may follow on this connection."""
        reply = self._make(await _request(reader))
        sent = reply.sent()
        size = len(sent) // 5 + 1 if reply.pause else len(sent) + 1
        for place in range(0, len(sent), size):
            writer.write(sent[place : place + size])
            await writer.drain()
            if reply.pause:
                await asyncio.sleep(reply.pause)
        if reply.end is End.HANG:
            await reader.read()
        elif reply.end is End.RESET:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT_AT_ONCE)
            writer.transport.abort()
        return reply.end is End.KEEP


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((line for line in head.lower().splitlines() if line.startswith(b"content-length:")), b":0")
    return head + await reader.readexactly(int(length.partition(b":")[2]))
