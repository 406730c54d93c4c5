"""Access tokens: where they come from, and the protocol that a source of your own has to keep.

Helix Get Clips takes an app access token or a user access token; no scope is needed.
"""

import asyncio
from typing import Protocol

from . import _http
from ._helix.answer import is_sendable, read_token
from .errors import AuthError, QueryError, TransportError

DEFAULT_AUTH_URL = "https://id.twitch.tv/oauth2"
_TIMEOUT = 30.0


class Auth(Protocol):
    """A source of access tokens."""

    @property
    def client_id(self) -> str:
        """The application's client id, sent beside every token. A token belongs to one application."""
        ...

    async def token(self) -> str:
        """A token to send now. Called for every request, so keep it.

        Raises:
            AuthError: There is none to be had.
        """
        ...


class StaticAuth:
    """A token that you already have. It is sent as it is and never renewed.

    Args:
        client_id: The client id of the application that the token was made for.
        access_token: An app or user access token, without `Bearer`.

    Raises:
        QueryError: One of them is empty, or holds a character that cannot be sent.
    """

    def __init__(self, client_id: str, access_token: str) -> None:
        """Keep both."""
        _require(client_id=client_id, access_token=access_token)
        self.client_id = client_id
        self._token = access_token

    def __repr__(self) -> str:
        """The client id, which is no secret; not the token."""
        return f"StaticAuth({self.client_id!r}, ...)"

    async def token(self) -> str:
        """The given token."""
        return self._token


class AppAuth:
    """An application's own token, by its client id and secret (the client credentials flow).

    The first request of a page asks the token server once and keeps the token: Twitch keeps some fifty tokens of a
    client alive, so one for each request would kill those in use. Several that ask at the same time take turns, and the
    first one that gets a token gets it for all.

    Args:
        client_id: The application's client id.
        client_secret: Its secret.
        auth_url: The token server's base URL; `/token` is added.

    Raises:
        QueryError: A credential is empty or holds a character that cannot be sent, or `auth_url` is no HTTP address.
    """

    def __init__(self, client_id: str, client_secret: str, *, auth_url: str = DEFAULT_AUTH_URL) -> None:
        """Keep the credentials; nothing is sent yet."""
        _require(client_id=client_id, client_secret=client_secret)
        self.client_id = client_id
        self._secret = client_secret
        self._url = _http.base_url("auth_url", auth_url) / "token"
        self._token: str | None = None
        self._asking = asyncio.Lock()

    def __repr__(self) -> str:
        """The client id, which is no secret."""
        return f"AppAuth({self.client_id!r}, ...)"

    async def token(self) -> str:
        """The kept token, or a new one at the cost of one request to the token server.

        Raises:
            AuthError: The token server refuses the credentials, or cannot be reached.
        """
        async with self._asking:
            if self._token is None:
                self._token = await self._ask()
            return self._token

    async def _ask(self) -> str:
        form = {"client_id": self.client_id, "client_secret": self._secret, "grant_type": "client_credentials"}
        try:
            answer = await _http.post_form(self._url, form, _TIMEOUT)
        except TransportError as error:
            reason = str(error)
        else:
            return read_token(answer)
        raise AuthError(f"the token server gave no answer: {reason}")


def _require(**arguments: str) -> None:
    for name, value in arguments.items():
        if not value:
            raise QueryError(f"{name} is empty")
        if not is_sendable(value):
            raise QueryError(f"{name} holds white space or another character that cannot be sent in a header")
