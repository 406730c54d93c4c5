"""Access tokens: where they come from, and the protocol that a source of your own has to keep.

Helix Get Clips takes an app access token or a user access token; no scope is needed. Twitch advises to renew a token
when Helix refuses it, not by its `expires_in`: tokens die for other reasons too.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Protocol

from . import _clock, _http
from ._helix.answer import Answer, TokenPair, is_sendable, read_token
from ._helix.body import text_field
from ._single_flight import SingleFlight
from .errors import AuthError, AuthUnavailable, QueryError, TransportError
from .retry import DEFAULT_RETRY

DEFAULT_AUTH_URL = "https://id.twitch.tv/oauth2"
_TIMEOUT = 30.0
_VALIDATION_TIMEOUT = 5.0  # every request waits for it, and a token is hardly ever found dead by it
_HOUR = 3600.0
_MINUTE = 60.0
_UNAUTHORIZED = 401
_FAILED = 500


class Auth(Protocol):
    """A source of access tokens.

    Helix counts the requests with an application's tokens together, and those with each user's tokens apart (the
    guide, "Rate limits"). One of your own that gives a user's says so by an attribute `payer`, any string that is
    another one for each user; without it, it is taken for the application's.
    """

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

    async def invalidate(self, stale: str, /) -> None:
        """Take note that Helix refused a token, so that `token` gives another one.

        Many requests may report the same one, and late: a token that is not `stale` must be kept.
        """
        ...


class StaticAuth:
    """A token that you already have. It is sent as it is and never renewed.

    Args:
        client_id: The client id of the application that the token was made for.
        access_token: An app or user access token, without `Bearer`.
        user_id: The user that a user access token belongs to: rate limits are per user then.

    Attributes:
        client_id: As given.
        user_id: As given.
        payer: Whose points it spends: the user's, or those of a token of whom nothing is known.

    Raises:
        QueryError: One of them is empty, or holds a character that cannot be sent.
    """

    def __init__(self, client_id: str, access_token: str, *, user_id: str | None = None) -> None:
        """Keep them."""
        _require(client_id=client_id, access_token=access_token)
        self.client_id = client_id
        self.user_id = user_id
        self.payer: str = f"user {user_id}" if user_id else _unnamed(access_token)
        self._token = access_token

    def __repr__(self) -> str:
        """The client id, which is no secret; not the token."""
        return f"StaticAuth({self.client_id!r}, ...)"

    async def token(self) -> str:
        """The given token."""
        return self._token

    async def invalidate(self, stale: str, /) -> None:
        """Do nothing: there is no other one."""


class AppAuth:
    """An application's own token, by its client id and secret (the client credentials flow).

    The first request asks the token server once and keeps the token: Twitch keeps some fifty tokens of a client alive,
    so one for each request would kill those in use (twitchdev/issues#986). However many ask at the same time, one
    request is made for all.

    Args:
        client_id: The application's client id.
        client_secret: Its secret.
        auth_url: The token server's base URL; `/token` is added.

    Attributes:
        client_id: As given.
        payer: Whose points it spends: the application's.

    Raises:
        QueryError: A credential is empty or holds a character that cannot be sent, or `auth_url` is no HTTP address.
    """

    def __init__(self, client_id: str, client_secret: str, *, auth_url: str = DEFAULT_AUTH_URL) -> None:
        """Keep the credentials; nothing is sent yet."""
        _require(client_id=client_id, client_secret=client_secret)
        self.client_id = client_id
        self.payer: str = "app"
        self._form = {"client_id": client_id, "client_secret": client_secret, "grant_type": "client_credentials"}
        self._url = _http.base_url("auth_url", auth_url) / "token"
        self._token: str | None = None
        self._renewal = SingleFlight(self._renew)

    def __repr__(self) -> str:
        """The client id, which is no secret."""
        return f"AppAuth({self.client_id!r}, ...)"

    async def token(self) -> str:
        """The kept token, or a new one at the cost of one request to the token server.

        Raises:
            AuthError: The token server refuses the credentials; `AuthUnavailable`: it fails, or cannot be reached.
        """
        return self._token or await self._renewal.result()

    async def invalidate(self, stale: str, /) -> None:
        """Forget the token if it is still that one."""
        if self._token == stale:
            self._token = None

    async def _renew(self) -> str:
        answer = await _ask(lambda: _http.post_form(self._url, self._form, _TIMEOUT))
        self._token = read_token(answer, [self._form["client_secret"]]).access_token
        return self._token


class UserAuth:
    """A user's token: refreshed when Helix refuses it, validated every hour as Twitch demands of apps that keep one.

    (https://dev.twitch.tv/docs/authentication/validate-tokens)

    A refresh may come with a new refresh token, and the old one may be dead from then on: `on_refresh` is awaited
    before the new ones are used. If it raises, they are kept here and handed over again by the next request.

    Args:
        client_id: The application's client id.
        client_secret: Its secret; `""` for a public client, which has none.
        access_token: The user's access token.
        refresh_token: The refresh token that came with it.
        on_refresh: Called with the new access token and refresh token; store both.
        auth_url: The token server's base URL; `/token` and `/validate` are added.

    Attributes:
        client_id: As given.
        payer: Whose points it spends: the user's, by a name that changes once the token server has told the user's id.

    Raises:
        QueryError: A credential is empty or holds a character that cannot be sent, or `auth_url` is no HTTP address.
    """

    def __init__(  # noqa: PLR0913  (an authorisation has so many parts)
        self,
        client_id: str,
        client_secret: str,
        access_token: str,
        refresh_token: str,
        *,
        on_refresh: Callable[[str, str], Awaitable[None]],
        auth_url: str = DEFAULT_AUTH_URL,
    ) -> None:
        """Keep the credentials; nothing is sent yet."""
        _require(client_id=client_id, access_token=access_token, refresh_token=refresh_token)
        if client_secret:
            _require(client_secret=client_secret)
        self.client_id = client_id
        self.payer: str = _unnamed(access_token)
        self._secret = client_secret
        self._tokens = TokenPair(access_token=access_token, refresh_token=refresh_token)
        self._on_refresh = on_refresh
        self._url = _http.base_url("auth_url", auth_url)
        self._is_stale = False
        self._is_handed_over = True
        self._validated_at: float | None = None
        self._renewal = SingleFlight(self._renew)
        self._validation = SingleFlight(self._validate)

    def __repr__(self) -> str:
        """The client id, which is no secret."""
        return f"UserAuth({self.client_id!r}, ...)"

    async def token(self) -> str:
        """The token in use; a request to the token server once an hour, and another one when it has to be refreshed.

        Raises:
            AuthError: The user has to authorise again, the token server cannot be reached, or `on_refresh` failed.
        """
        is_valid = self._validated_at is not None and _clock.monotonic() - self._validated_at < _HOUR
        if not (is_valid or self._needs_renewal):
            await self._validation.result()
        if self._needs_renewal:  # as that was found out now, or Helix has refused it meanwhile
            await self._renewal.result()
        return self._tokens.access_token

    async def invalidate(self, stale: str, /) -> None:
        """Have the token refreshed if it is still that one."""
        if self._tokens.access_token == stale:
            self._is_stale = True

    @property
    def _needs_renewal(self) -> bool:
        return self._is_stale or not self._is_handed_over

    async def _renew(self) -> None:
        if self._is_stale:
            form = {"grant_type": "refresh_token", "client_id": self.client_id}
            form["refresh_token"] = self._tokens.refresh_token or ""
            if self._secret:
                form["client_secret"] = self._secret
            answer = await _ask(lambda: _http.post_form(self._url / "token", form, _TIMEOUT))
            secrets = (self._secret, form["refresh_token"], self._tokens.access_token)
            tokens = read_token(answer, secrets, is_refresh=True)
            kept = tokens.refresh_token or self._tokens.refresh_token
            self._tokens = TokenPair(access_token=tokens.access_token, refresh_token=kept)
            self._is_stale, self._is_handed_over = False, False
            self._validated_at = _clock.monotonic()
        await self._hand_over()

    async def _hand_over(self) -> None:
        try:
            await self._on_refresh(self._tokens.access_token, self._tokens.refresh_token or "")
        except Exception as error:  # noqa: BLE001  (whatever the user's code raises)
            # Its words may hold the tokens that it was given.
            failure = type(error).__name__
        else:
            self._is_handed_over = True
            return
        raise AuthError(f"on_refresh failed with {failure}: the new tokens are not stored, and not used until they are")

    async def _validate(self) -> None:
        token = self._tokens.access_token
        headers = {"Authorization": f"OAuth {token}"}
        try:
            answer = await _http.get_once(self._url / "validate", headers, _VALIDATION_TIMEOUT)
        except TransportError:
            answer = None
        now = _clock.monotonic()
        if answer is None or answer.status >= _FAILED:
            # That does not make the token bad, and must not hold up every request either.
            self._validated_at = now - _HOUR + _MINUTE
        elif answer.status == _UNAUTHORIZED:
            await self.invalidate(token)
        else:
            self._validated_at = now
            user_id = text_field(answer.body, "user_id")
            self.payer = f"user {user_id}" if user_id else self.payer


async def _ask(send: Callable[[], Awaitable[Answer]]) -> Answer:
    """The token server's answer; asked again while it fails, as requests to Helix are."""
    failures, start = 0, _clock.monotonic()
    while True:
        answer, reason = None, ""
        try:
            answer = await send()
        except TransportError as error:
            reason = str(error)
        if answer is not None and answer.status < _FAILED:
            return answer
        failures += 1
        pause = DEFAULT_RETRY.pause(failures, _clock.monotonic() - start, _clock.chance())
        if pause is None:
            break
        await _clock.sleep(pause)
    if answer is not None:
        return answer
    raise AuthUnavailable(f"the token server gave no answer: {reason}")


def _require(**arguments: object) -> None:
    for name, value in arguments.items():
        if not isinstance(value, str) or not value:
            raise QueryError(f"{name} is empty")
        if not is_sendable(value):
            raise QueryError(f"{name} holds white space or another character that cannot be sent in a header")


def _unnamed(token: str) -> str:
    """A payer of whom nothing is known but a token; it may be written down, so it is not the token."""
    return f"token {hashlib.sha256(token.encode()).hexdigest()[:16]}"
