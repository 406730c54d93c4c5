"""`AsyncClips`: checks the question, hands out streams."""

import os
from typing import TYPE_CHECKING, Self

from ._helix.query import MAX_PAGE_SIZE, ClipsQuery, is_whole
from ._http import Http
from ._session import Session
from .auth import DEFAULT_AUTH_URL, AppAuth, Auth, StaticAuth
from .bucket import Bucket, TokenBucket
from .errors import AuthError, QueryError
from .stream import ClipStream

if TYPE_CHECKING:
    import aiohttp

_LONGEST_TIMEOUT = 3600
DEFAULT_API_URL = "https://api.twitch.tv/helix"


class AsyncClips:
    """Twitch clips, as asynchronous streams of typed records over one token bucket.

    It may be made outside an event loop and used in several, one after the other. Nothing is sent before the first
    `await`. Close it with `async with` or `aclose()`.

    Args:
        auth: Where access tokens come from: `AppAuth`, `StaticAuth` or your own `Auth`.
        api_url: The API's base URL, with or without `/` at its end.
        session: An aiohttp session to use instead of one of its own. It is never closed here.
        bucket: What decides when a request may go; a `TokenBucket` of its own by default.
        timeout: Seconds that one request may take, from connecting to the last byte.

    Raises:
        QueryError: `api_url` is no HTTP address, or `timeout` is not above 0 and below an hour.
    """

    def __init__(
        self,
        auth: Auth,
        *,
        api_url: str = DEFAULT_API_URL,
        session: "aiohttp.ClientSession | None" = None,
        bucket: Bucket | None = None,
        timeout: float = 30.0,
    ) -> None:
        """Keep the settings; open nothing yet."""
        if not 0 < timeout < _LONGEST_TIMEOUT:
            raise QueryError(f"timeout must be above 0 and below {_LONGEST_TIMEOUT} seconds, not {timeout!r}")
        self._session = Session(
            auth=auth,
            bucket=TokenBucket() if bucket is None else bucket,
            http=Http(api_url, session, timeout=timeout),
        )

    @classmethod
    def from_env(cls) -> Self:
        """From the environment.

        `TWITCH_CLIENT_ID` with either `TWITCH_CLIENT_SECRET` (an app token is asked for) or `TWITCH_ACCESS_TOKEN` (sent
        as given); `TWITCH_API_URL` and `TWITCH_AUTH_URL` point at another server.

        Raises:
            AuthError: A variable is missing, or both kinds of credentials are there.
            QueryError: A variable holds what cannot be a credential or an address.
        """
        client_id, secret, token = (
            os.environ.get(name, "") for name in ("TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET", "TWITCH_ACCESS_TOKEN")
        )
        if not client_id:
            raise AuthError("TWITCH_CLIENT_ID is not set: it is the client id of your application at dev.twitch.tv")
        if bool(secret) == bool(token):
            problem = "both are" if secret else "neither is"
            raise AuthError(f"set TWITCH_CLIENT_SECRET or TWITCH_ACCESS_TOKEN, one of the two: {problem} set")
        auth_url = os.environ.get("TWITCH_AUTH_URL") or DEFAULT_AUTH_URL
        auth = AppAuth(client_id, secret, auth_url=auth_url) if secret else StaticAuth(client_id, token)
        return cls(auth, api_url=os.environ.get("TWITCH_API_URL") or DEFAULT_API_URL)

    def by_game(self, game_id: str, *, limit: int | None = None, page_size: int = MAX_PAGE_SIZE) -> ClipStream:
        """The clips of a game or category, most viewed first.

        Args:
            game_id: Its id.
            limit: Give at most so many clips; `None` for all there are.
            page_size: Clips that each request asks for, 1 to 100.

        Raises:
            QueryError: An argument is wrong; nothing was sent.
        """
        return self._listing(ClipsQuery(selector="game_id", id=game_id, page_size=page_size), limit)

    def by_broadcaster(
        self, broadcaster_id: str, *, limit: int | None = None, page_size: int = MAX_PAGE_SIZE
    ) -> ClipStream:
        """The clips of a channel, most viewed first.

        Args:
            broadcaster_id: Its user id, not its login.
            limit: Give at most so many clips; `None` for all there are.
            page_size: Clips that each request asks for, 1 to 100.

        Raises:
            QueryError: An argument is wrong; nothing was sent.
        """
        return self._listing(ClipsQuery(selector="broadcaster_id", id=broadcaster_id, page_size=page_size), limit)

    async def aclose(self) -> None:
        """Close the connections. A session that was passed in stays open."""
        await self._session.aclose()

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close."""
        await self.aclose()

    def _listing(self, query: ClipsQuery, limit: int | None) -> ClipStream:
        if limit is not None and (not is_whole(limit) or limit < 0):
            raise QueryError(f"limit must be a whole number from 0 on, or None for no limit, not {limit!r}")
        return ClipStream(self._session, query, limit=limit)
