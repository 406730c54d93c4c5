"""The only aiohttp client code: sends one request, gives the whole answer or a `TransportError`.

A session that the user passed in lends its connections, no more. Whatever else it does with a request (raise for a
status, trace it, hand it to middlewares) would get to see the token. Redirects are not followed for the same reason.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from ._helix.answer import Answer
from .errors import ClosedError, ConnectFailed, QueryError, TimedOut, TransportError

_CONNECTIONS = 100  # aiohttp's own default
_LONGEST_BODY = 8 * 1024 * 1024  # bytes, a hundred times that of a page


class Http:
    """GET over connections of its own, for each event loop anew, or over those of a session that was passed in."""

    def __init__(self, api_url: str, session: aiohttp.ClientSession | None, *, timeout: float) -> None:
        """Open nothing yet: there may be no event loop.

        Raises:
            QueryError: `api_url` is no HTTP address.
        """
        self._closed = False
        self._base = base_url("api_url", api_url)
        # Kept, as reading an address anew costs a page more than all else here.
        self._places = {path: self._base / path for path in ("clips", "users", "games")}
        self._lender = session
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timeout = timeout
        self._room = asyncio.Semaphore()
        self._room_loop: asyncio.AbstractEventLoop | None = None

    def room(self) -> asyncio.Semaphore:
        """Room for as many requests as there are connections, to be taken before each `get` and released after it.

        aiohttp counts the wait for a connection as time that the server took: enough requests at once would all time
        out at a server that answers each of them well.
        """
        loop = asyncio.get_running_loop()
        if self._room_loop is not loop:
            self._room, self._room_loop = asyncio.Semaphore(_connections(self._lender)), loop
        return self._room

    async def get(self, path: str, parameters: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> Answer:
        """The answer to a GET of a path behind the API's base URL.

        Raises:
            ClosedError: This, or the session that was passed in, is closed, or was before the answer came.
            TransportError: No whole answer came.
        """
        session = self._session
        if session is None or self._loop is not asyncio.get_running_loop():
            session = await self._opened()
        place = self._places[path]
        sending = session.get(place.with_query(parameters), headers=headers, allow_redirects=False)
        answer = await _read(sending, place, self._timeout)
        if isinstance(answer, Answer):
            return answer
        self.check_open()
        raise answer

    def check_open(self) -> None:
        """Find out before anything is spent on a request that could not be sent.

        Raises:
            ClosedError: This, or the session that was passed in, is closed.
        """
        if self._closed:
            raise ClosedError("this AsyncClips is closed: ask inside its `async with`")
        if self._lender is not None and self._lender.closed:
            raise ClosedError("the aiohttp session that was passed in is closed")

    async def aclose(self) -> None:
        """Close what was opened here, and open nothing again."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _opened(self) -> aiohttp.ClientSession:
        self.check_open()
        # In a second `asyncio.run` the first one's connections are gone with its loop.
        stale, session = self._session, _make_session(self._lender)
        self._session, self._loop = session, asyncio.get_running_loop()
        if stale is not None:
            await stale.close()
        return session


def _connections(lender: aiohttp.ClientSession | None) -> int:
    """How many requests to one host can be under way at once; without a bound, as many as over connections of ours."""
    connector = None if lender is None else lender.connector
    bounds = () if connector is None else (connector.limit, connector.limit_per_host)
    return min((bound for bound in bounds if bound > 0), default=_CONNECTIONS)


def base_url(name: str, url: str) -> URL:
    """A base URL without a slash at its end: a double slash in the path answers 503 (twitchdev/issues#758).

    Raises:
        QueryError: The argument of that name is no HTTP address.
    """
    try:
        base = URL(str(url).rstrip("/"))
    except ValueError:
        base = URL()
    if base.user is not None or base.password is not None:
        raise QueryError(f"{name} must hold no user name or password")
    if base.scheme not in {"http", "https"} or not base.host:
        raise QueryError(f"{name} must be an address such as https://host/path, not {url!r}")
    if base.query_string or base.fragment:
        raise QueryError(f"{name} must end with its path, without `?` and `#`: {url!r}")
    return base


async def post_form(url: URL, form: Mapping[str, str], seconds: float) -> Answer:
    """The answer to a POST of a form, over a session that lives as long as the call.

    Raises:
        TransportError: No whole answer came, or not within so many seconds.
    """
    async with _make_session() as session:
        # Twitch's own mock server reads a form under exactly this type, without a charset behind it.
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        sending = session.post(url, data=urlencode(form).encode(), headers=headers, allow_redirects=False)
        return _answered(await _read(sending, url, seconds))


async def get_once(url: URL, headers: Mapping[str, str], seconds: float) -> Answer:
    """The answer to a GET, over a session that lives as long as the call.

    Raises:
        TransportError: No whole answer came, or not within so many seconds.
    """
    async with _make_session() as session:
        return _answered(await _read(session.get(url, headers=headers, allow_redirects=False), url, seconds))


def _make_session(lender: aiohttp.ClientSession | None = None) -> aiohttp.ClientSession:
    jar = aiohttp.DummyCookieJar()  # nothing here needs a cookie, and looking for some costs every request
    headers = {"User-Agent": _user_agent()}
    # aiohttp's own ends no wait for what a server sent before it was asked: `_read` has one that does.
    timeout = aiohttp.ClientTimeout()
    if lender is None:
        return aiohttp.ClientSession(timeout=timeout, headers=headers, cookie_jar=jar)
    return aiohttp.ClientSession(
        connector=lender.connector,
        connector_owner=False,
        timeout=timeout,
        headers=headers,
        cookie_jar=jar,
        trust_env=lender.trust_env,
        # aiohttp tells it to nobody, and a request must not go past its owner's proxy.
        proxy=getattr(lender, "_default_proxy", None),
    )


def _answered(answer: Answer | TransportError) -> Answer:
    if isinstance(answer, TransportError):
        raise answer
    return answer


async def _read(request: Awaitable[aiohttp.ClientResponse], place: URL, seconds: float) -> Answer | TransportError:
    """The whole answer, or why there is none: returned, so that aiohttp's error (some hold headers) is no context."""
    try:
        async with asyncio.timeout(seconds):
            response = await request
            try:
                body = await _body(response)
            finally:
                response.release()  # it closes the connection if the body was not read to its end
    except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError, UnicodeError a ValueError
        return _failure(error, place)
    if body is None:
        return TransportError(f"no whole answer from {place}: more than {_LONGEST_BODY} bytes came")
    return Answer(status=response.status, headers=response.headers, body=body)


async def _body(response: aiohttp.ClientResponse) -> bytes | None:
    """All of it; `None` when it has no end."""
    chunks: list[bytes] = []
    size = 0
    while chunk := await response.content.readany():
        size += len(chunk)
        if size > _LONGEST_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _failure(error: Exception, place: URL) -> TransportError:
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = error.os_error.strerror or str(error.os_error)
        return ConnectFailed(f"Cannot connect to host {error.host}:{error.port}: {reason}")
    if isinstance(error, TimeoutError):
        return TimedOut(f"no whole answer from {place} in time")
    return TransportError(f"no whole answer from {place}: {_reason(error)}")


def _reason(error: Exception) -> str:
    """Why no answer came, in aiohttp's words unless they quote what did: it may be our own request with the token."""
    if isinstance(error, aiohttp.ClientResponseError):
        return "what came is not HTTP"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the server closed the connection"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "its body is cut or damaged"
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _user_agent() -> str:
    # Not at the top: it would cost every `import twitch_clips` some milliseconds.
    from importlib.metadata import version  # noqa: PLC0415

    return f"twitch-clips/{version('twitch-clips')} (+https://github.com/twitch-clips/twitch-clips)"
