"""The only aiohttp client code: sends one request, gives the whole answer or a `TransportError`.

A session that the user passed in may have `raise_for_status` set; every request says otherwise, as the error that
aiohttp would raise holds the request's headers, and with them the token. Redirects are not followed for the same
reason.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

import aiohttp
from yarl import URL

from ._helix.answer import Answer
from .errors import ClosedError, ConnectFailed, QueryError, TimedOut, TransportError


class Http:
    """GET over a session that is passed in (and never closed here), or over one of its own for each event loop."""

    def __init__(self, api_url: str, session: aiohttp.ClientSession | None, *, timeout: float) -> None:
        """Open nothing yet: there may be no event loop.

        Raises:
            QueryError: `api_url` is no HTTP address.
        """
        self._closed = False
        self._base = base_url("api_url", api_url)
        self._given = session
        self._own: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._user_agent = {"User-Agent": _user_agent()}

    async def get(self, path: str, parameters: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """The answer to a GET of a path behind the API's base URL.

        Raises:
            ClosedError: This, or the session that was passed in, is closed.
            TransportError: No whole answer came.
        """
        session = await self._session()
        url = self._base / path
        request = session.get(
            url.with_query(parameters),
            headers={**self._user_agent, **headers},
            timeout=self._timeout,
            allow_redirects=False,
            raise_for_status=False,
        )
        return await _read(request, url)

    def check_open(self) -> None:
        """Find out before anything is spent on a request that could not be sent.

        Raises:
            ClosedError: This, or the session that was passed in, is closed.
        """
        if self._closed:
            raise ClosedError("this AsyncClips is closed: ask inside its `async with`")
        if self._given is not None and self._given.closed:
            raise ClosedError("the aiohttp session that was passed in is closed")

    async def aclose(self) -> None:
        """Close what was opened here, and open nothing again."""
        self._closed = True
        if self._own is not None:
            await self._own.close()
            self._own = None

    async def _session(self) -> aiohttp.ClientSession:
        self.check_open()
        if self._given is not None:
            return self._given
        loop = asyncio.get_running_loop()
        if self._own is None or self._loop is not loop:
            # A second `asyncio.run`: the first one's connections died with its loop.
            stale, self._own, self._loop = self._own, aiohttp.ClientSession(), loop
            if stale is not None:
                await stale.close()
        return self._own


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
    return base


async def post_form(url: URL, form: Mapping[str, str], seconds: float) -> Answer:
    """The answer to a POST of a form, over a session that lives as long as the call.

    Raises:
        TransportError: No whole answer came, or not within so many seconds.
    """
    headers = {"User-Agent": _user_agent()}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds), headers=headers) as session:
        return await _read(session.post(url, data=form, allow_redirects=False), url)


async def _read(request: AbstractAsyncContextManager[aiohttp.ClientResponse], url: URL) -> Answer:
    try:
        async with request as response:
            return Answer(status=response.status, headers=response.headers, body=await response.read())
    except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError, UnicodeError a ValueError
        failure = _failure(error, url)
    # Raised out here, so that aiohttp's error (and the headers some of them hold) is not its context.
    raise failure


def _failure(error: Exception, url: URL) -> TransportError:
    if isinstance(error, aiohttp.ClientConnectorError):
        return ConnectFailed(str(error))
    if isinstance(error, TimeoutError):
        return TimedOut(f"no whole answer from {url} in time")
    return TransportError(f"no whole answer from {url}: {type(error).__name__}: {' '.join(str(error).split())}")


def _user_agent() -> str:
    # Not at the top: it would cost every `import twitch_clips` some milliseconds.
    from importlib.metadata import version  # noqa: PLC0415

    return f"twitch-clips/{version('twitch-clips')}"
