"""Faults on demand: what a server, a proxy or a network does instead of answering. `helix.fail(faults.status(503))`.

A fault that does not ask for the right answer costs no point and checks no token: it happened before Helix's own door.
TI#n is https://github.com/twitchdev/issues/issues/n, the guide https://dev.twitch.tv/docs/api/guide/; what names
neither is what any server, proxy or network does.
"""

import asyncio
import itertools
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import cast

from aiohttp import web

from .clock import CLOCK
from .cursors import read_cursor, write_cursor
from .points import BUCKETS
from .refusal import RefusalError

Answer = Callable[[], Awaitable[web.Response]]
"""Makes the right answer, and charges for it."""

Fault = Callable[[web.Request, Answer], Awaitable[web.StreamResponse]]
"""Given the request and the way to the right answer, sends something or gives what is to be sent."""

CHANGED: web.ResponseKey[Mapping[str, str | None]] = web.ResponseKey("changed", Mapping[str, str | None])
"""Headers to send whatever else would be sent under their names; None: the header is dropped."""

_CHUNK = b" " * 65536
_ABORT_AT_ONCE = struct.pack("ii", 1, 0)


def status(code: int, message: str = "", *, headers: Mapping[str, str] | None = None) -> Fault:
    """An error in Helix's own shape, without rate headers.

    Args:
        code: The HTTP status; `error` is its reason phrase.
        message: Text for people; real 5xx answers have none (TI#592).
        headers: More headers.
    """
    body = json.dumps(RefusalError(code, message).helix_body())
    return raw(code, body, content_type="application/json; charset=utf-8", headers=headers)


def raw(
    code: int, body: str | bytes, *, content_type: str = "text/html", headers: Mapping[str, str] | None = None
) -> Fault:
    """Any answer at all: what proxies and load balancers say is not JSON (TI#758).

    Args:
        code: The HTTP status.
        body: Sent as it is; text as UTF-8.
        content_type: What it claims to be.
        headers: More headers, or others; by default none.
    """
    content = body.encode() if isinstance(body, str) else body

    async def fault(_request: web.Request, _answer: Answer) -> web.StreamResponse:
        response = web.Response(status=code, body=content, headers={"Content-Type": content_type})
        response[CHANGED] = dict(headers or {})
        return response

    return fault


def too_many(*, remaining: int | None = 0, reset: float = 60) -> Fault:
    """429, whatever is in the bucket; it costs nothing.

    Args:
        remaining: What `Ratelimit-Remaining` says; above 0 some other limit is meant (TI#958); None: no rate headers.
        reset: Seconds from the answer's `Date` to its `Ratelimit-Reset`.
    """

    async def fault(request: web.Request, answer: Answer) -> web.StreamResponse:
        rate: dict[str, str] = {}
        if remaining is not None:
            full_at = int(request.app[CLOCK].wall() + reset)
            rate = {"Limit": str(request.app[BUCKETS].limit), "Remaining": str(remaining), "Reset": str(full_at)}
        refuse = status(
            HTTPStatus.TOO_MANY_REQUESTS,
            "Request limit exceeded",
            headers={f"Ratelimit-{name}": value for name, value in rate.items()},
        )
        return await refuse(request, answer)

    return fault


def cut() -> Fault:
    """The right answer's head and half of its body, then the connection is closed: as by a server that is restarted."""

    async def fault(request: web.Request, answer: Answer) -> web.StreamResponse:
        right = await answer()
        body = _body(right)
        half = web.StreamResponse(status=right.status, headers=right.headers)
        half.content_length = len(body)
        await half.prepare(request)
        await half.write(body[: len(body) // 2])
        _transport(request).close()
        return half

    return fault


def close() -> Fault:
    """The connection is closed in order, without an answer: as when a server ends idle connections."""

    async def fault(request: web.Request, _answer: Answer) -> web.StreamResponse:
        _transport(request).close()
        return web.Response()

    return fault


def reset() -> Fault:
    """The connection is reset (a TCP RST) before the head: as by a machine that knows nothing of it any more."""

    async def fault(request: web.Request, _answer: Answer) -> web.StreamResponse:
        transport = _transport(request)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT_AT_ONCE)
        transport.abort()
        return web.Response()

    return fault


def hang(seconds: float = 3600) -> Fault:
    """Nothing for so many `seconds`, by default more than a client waits; then the right answer."""

    async def fault(_request: web.Request, answer: Answer) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await answer()

    return fault


def endless(*, pause: float = 0.01) -> Fault:
    """A 200 whose body begins well and never ends, until the client goes away.

    Args:
        pause: Seconds from one chunk of 64 KiB to the next.
    """

    async def fault(request: web.Request, _answer: Answer) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
        await response.prepare(request)
        await response.write(b'{"data":[')
        while True:
            await response.write(_CHUNK)
            await asyncio.sleep(pause)

    return fault


def redirect(url: str, *, code: int = 302) -> Fault:
    """Go to `url` instead, with `code` for a status: as the portal of a Wi-Fi says, or a proxy. Helix does not."""
    return raw(code, b"", headers={"Location": url})


def edit(change: Callable[[dict[str, object]], object]) -> Fault:
    """The right answer's JSON after `change`; an answer that is an error is sent as it is.

    Fields come without notice, in any order (the guide); nulls stand where there should be none.

    Args:
        change: Given the parsed page (which it may change), returns what to send.
    """

    async def fault(_request: web.Request, answer: Answer) -> web.StreamResponse:
        right = await answer()
        if right.status == HTTPStatus.OK:
            right.body = json.dumps(change(json.loads(_body(right)))).encode()
        return right

    return fault


def headers(changed: Mapping[str, str | None]) -> Fault:
    """The right answer with headers `changed`, by name; None drops one."""

    async def fault(_request: web.Request, answer: Answer) -> web.StreamResponse:
        right = await answer()
        right[CHANGED] = changed
        return right

    return fault


def empty() -> Fault:
    """No clips, and a new cursor that leads where the one asked for leads; a new one each time.

    A page may have fewer clips than there are left (the guide, "Lists are dynamic").
    """
    variants = itertools.count(1)

    async def fault(request: web.Request, answer: Answer) -> web.StreamResponse:
        def blank(_page: dict[str, object]) -> object:
            after = request.query.get("after")
            cursor = write_cursor(read_cursor(after) if after else 0, variant=next(variants))
            return {"data": [], "pagination": {"cursor": cursor}}

        return await edit(blank)(request, answer)

    return fault


def _body(response: web.Response) -> bytes:
    return cast("bytes", response.body)


def _transport(request: web.Request) -> asyncio.Transport:
    return cast("asyncio.Transport", request.transport)
