"""`FakeHelix`: a server on loopback that answers as Helix is reported to.

It is written from the reports alone and shares no code with the client, so it cannot confirm the client's mistakes.
"""

import asyncio
import base64
import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Self

from aiohttp import web

from .catalogue import RawClip, synthetic_clips

_MAX_FIRST = 100
_BAD_CURSOR = "The cursor specified in the before or after query parameter is not valid."


class _RefusalError(Exception):
    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(status, error, message)
        self.status = status
        self.body = {"error": error, "status": status, "message": message}


class _Points:
    """Helix's own bucket: refilled all the time, full again after a minute."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.left = float(limit)
        self._at = 0.0

    def take(self, now: float) -> bool:
        """Whether there was a point to spend."""
        self.left = min(self.limit, self.left + (now - self._at) * self.limit / 60)
        self._at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True

    def seconds_to_full(self) -> float:
        """How far away `Ratelimit-Reset` is."""
        return (self.limit - self.left) * 60 / self.limit


class FakeHelix:
    """An embedded Helix with a synthetic catalogue: `async with FakeHelix() as helix: ...`.

    It serves `POST {auth_url}/token` and `GET {api_url}/clips` by game or broadcaster, on the running loop's clock.
    Wall time (`Date`, `Ratelimit-Reset`, the youngest clip) starts at `now` and goes on with that clock.

    Args:
        clips: The catalogue, as Helix writes clips; synthetic ones by default.
        now: Wall time at the start, aware; the real one by default.
        limit: Points in the bucket, full at the start.
        port: Where to listen; any free port by default.

    Attributes:
        client_id: The one application that it knows.
        client_secret: Its secret.
        access_token: A token of that application, valid from the start.
        port: Where it listens, once it does.
        targets: Path and query string of each request to the API, in the order they came, refused ones included.
        tokens: How many tokens the token server has given.
    """

    client_id = "sandbox"
    client_secret = "sandbox-secret"  # noqa: S105  (it opens nothing but this)
    access_token = "sandbox-token-0"  # noqa: S105  (the same)

    def __init__(
        self, clips: Iterable[RawClip] | None = None, *, now: datetime | None = None, limit: int = 800, port: int = 0
    ) -> None:
        """Keep the settings; listen on `async with`."""
        self._started_at = now or datetime.now(UTC)
        catalogue = synthetic_clips(now=self._started_at) if clips is None else clips
        self._catalogue = sorted(catalogue, key=lambda clip: -int(str(clip["view_count"])))
        self._points = _Points(limit)
        self._zero = 0.0
        app = web.Application()
        app.router.add_post("/oauth2/token", self._token)
        app.router.add_get("/helix/clips", self._clips)
        self._runner = web.AppRunner(app, access_log=None)
        self.port: int = port
        self.targets: list[str] = []
        self.tokens: int = 0

    @property
    def api_url(self) -> str:
        """The API's base URL."""
        return f"http://127.0.0.1:{self.port}/helix"

    @property
    def auth_url(self) -> str:
        """The token server's base URL."""
        return f"http://127.0.0.1:{self.port}/oauth2"

    async def __aenter__(self) -> Self:
        """Listen, with a full bucket."""
        self._points = _Points(self._points.limit)
        self._zero = asyncio.get_running_loop().time()
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close every connection."""
        await self._runner.cleanup()

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form.get("client_id") != self.client_id:
            return web.json_response({"status": 400, "message": "invalid client"}, status=400)
        if form.get("client_secret") != self.client_secret:
            return web.json_response({"status": 403, "message": "invalid client secret"}, status=403)
        if form.get("grant_type") != "client_credentials":
            return web.json_response({"status": 400, "message": "invalid grant type"}, status=400)
        self.tokens += 1
        token = f"sandbox-token-{self.tokens}"
        return web.json_response({"access_token": token, "expires_in": 5_000_000, "token_type": "bearer"})

    async def _clips(self, request: web.Request) -> web.Response:
        self.targets.append(request.raw_path)
        headers = {"Date": format_datetime(self._wall(), usegmt=True)}
        try:
            self._authorize(request)
            selector, wanted = _selector(request)
            try:
                self._spend()
            finally:
                headers |= self._rate()
            listing = [clip for clip in self._catalogue if clip[selector] == wanted]
            return web.json_response(_page(request, listing), headers=headers)
        except _RefusalError as refusal:
            return web.json_response(refusal.body, status=refusal.status, headers=headers)

    def _authorize(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not token:
            raise _RefusalError(401, "Unauthorized", "OAuth token is missing")
        given = {f"sandbox-token-{number}" for number in range(self.tokens + 1)}
        if scheme != "Bearer" or token not in given:
            raise _RefusalError(401, "Unauthorized", "Invalid OAuth token")
        if "Client-Id" not in request.headers:
            raise _RefusalError(401, "Unauthorized", "Client ID is missing")
        if request.headers["Client-Id"] != self.client_id:
            raise _RefusalError(401, "Unauthorized", "Client ID and OAuth token do not match")

    def _spend(self) -> None:
        if not self._points.take(self._elapsed()):
            raise _RefusalError(429, "Too Many Requests", "Request limit exceeded")

    def _elapsed(self) -> float:
        return asyncio.get_running_loop().time() - self._zero

    def _wall(self) -> datetime:
        return (self._started_at + timedelta(seconds=self._elapsed())).astimezone(UTC)

    def _rate(self) -> dict[str, str]:
        return {
            "Ratelimit-Limit": str(self._points.limit),
            "Ratelimit-Remaining": str(math.floor(self._points.left)),
            "Ratelimit-Reset": str(math.ceil(self._wall().timestamp() + self._points.seconds_to_full())),
        }


def _selector(request: web.Request) -> tuple[str, str]:
    """Found wanting at the front, as other endpoints' parameters are: no point is spent."""
    selectors = [(name, value) for name, value in request.query.items() if name in {"broadcaster_id", "game_id"}]
    if len(selectors) != 1 or not selectors[0][1]:
        raise _RefusalError(400, "Bad Request", "Specify one of broadcaster_id and game_id.")
    return selectors[0]


def _page(request: web.Request, listing: list[RawClip]) -> dict[str, object]:
    if "before" in request.query:
        raise _RefusalError(400, "Bad Request", _BAD_CURSOR)
    first = _first(request.query.get("first", "20"))
    offset = _offset(request.query.get("after"))
    end = offset + first
    pagination = {"cursor": _cursor(end)} if end < len(listing) else {}
    return {"data": listing[offset:end], "pagination": pagination}


def _first(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= _MAX_FIRST:
        message = 'The parameter "first" was malformed: the value must be less than or equal to 100'
        raise _RefusalError(400, "Bad Request", message)
    return int(text)


def _cursor(offset: int) -> str:
    """A cursor of Helix's own form: an offset in base64, in JSON, in base64 (decoded from twitchdev/issues#1045)."""
    inner = base64.b64encode(str(offset).encode()).decode()
    outer = json.dumps({"b": None, "a": {"Cursor": inner}}, separators=(",", ":"))
    return base64.b64encode(outer.encode()).decode().rstrip("=")


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        outer = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), validate=True))
        return int(base64.b64decode(outer["a"]["Cursor"]))
    except (ValueError, KeyError, TypeError):
        raise _RefusalError(400, "Bad Request", _BAD_CURSOR) from None
