"""The token server: app tokens, user tokens that are refreshed, and whether a token is good.

Errors have no `error` key (recorded answers of id.twitch.tv); what is said of a case is quoted where a recorded answer
or an issue does so (`missing client id`, `invalid client secret`, `Invalid refresh token`: TI#1037).
"""

from collections.abc import Mapping

import attrs

from .manners import Manners
from .points import Payer
from .refusal import RefusalError

CLIENT_ID = "sandbox"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105  (it opens nothing but the sandbox)
USER_ID = "1000001"
USER_LOGIN = "example_streamer"
APP_TOKEN = "sandbox-token-0"  # noqa: S105  (the same)
USER_TOKEN = "sandbox-user-token-0"  # noqa: S105  (the same)
REFRESH_TOKEN = "sandbox-refresh-token-0"  # noqa: S105  (the same)

# Recorded in 2022: app tokens live 55 to 62 days, users' about four hours.
_APP_SECONDS = 5_000_000
_USER_SECONDS = 14_400


@attrs.frozen
class Grant:
    """What a token stands for; `expires_at` in seconds since the server's start."""

    payer: Payer
    expires_at: float

    @property
    def user_id(self) -> str | None:
        """Of the user whose token it is; None: it is the application's."""
        return self.payer[1]


class TokenServer:
    """Knows one application and one user.

    Attributes:
        tokens: How many tokens it has given on request.
        validations: How many requests for validation came, good tokens or not.
    """

    def __init__(self) -> None:
        """With one token of each kind given, from second 0 on."""
        self.tokens: int = 0
        self.validations: int = 0
        self._refresh_tokens = {REFRESH_TOKEN}
        self._grants: dict[str, Grant] = {}
        self._given(APP_TOKEN, None, 0)
        self._given(USER_TOKEN, USER_ID, 0)

    def authorize(self, headers: Mapping[str, str], now: float) -> Grant:
        """What the request's token stands for; 401 with the recorded words if it is not good."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if not token:
            raise RefusalError(401, "OAuth token is missing")
        grant = self._living(token, now)
        if scheme.lower() != "bearer" or grant is None:
            raise RefusalError(401, "Invalid OAuth token")
        if "Client-Id" not in headers:
            raise RefusalError(401, "Client ID is missing")
        if headers["Client-Id"] != CLIENT_ID:
            raise RefusalError(401, "Client ID and OAuth token do not match")
        return grant

    def give(self, form: Mapping[str, object], now: float, manners: Manners) -> dict[str, object]:
        """The answer to a request for a token."""
        if not form.get("client_id"):
            raise RefusalError(400, "missing client id")
        if form["client_id"] != CLIENT_ID:
            raise RefusalError(400, "invalid client")
        refreshes = form.get("grant_type") == "refresh_token"
        secret = form.get("client_secret")
        if not secret and not (refreshes and manners.public_client):
            raise RefusalError(400, "missing client secret")
        if secret and secret != CLIENT_SECRET:
            raise RefusalError(403, "invalid client secret")
        if refreshes:
            return self._refresh(form.get("refresh_token"), now, manners)
        if form.get("grant_type") != "client_credentials":
            raise RefusalError(400, "invalid grant type")
        self.tokens += 1
        token = f"sandbox-token-{self.tokens}"
        return {"access_token": token, "expires_in": self._given(token, None, now), "token_type": "bearer"}

    def validate(self, headers: Mapping[str, str], now: float) -> dict[str, object]:
        """What a token is good for; an app token's answer has null `scopes` and no user (recorded in 2023)."""
        self.validations += 1
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        grant = self._living(token, now)
        if scheme.lower() not in {"oauth", "bearer"} or grant is None:
            raise RefusalError(401, "invalid access token")
        expires_in = int(grant.expires_at - now)
        if grant.user_id is None:
            return {"client_id": CLIENT_ID, "scopes": None, "expires_in": expires_in}
        user = {"login": USER_LOGIN, "scopes": list[str](), "user_id": grant.user_id}
        return {"client_id": CLIENT_ID, **user, "expires_in": expires_in}

    def revoke(self) -> None:
        """Forget every access token."""
        self._grants.clear()

    def _refresh(self, refresh_token: object, now: float, manners: Manners) -> dict[str, object]:
        if not refresh_token:
            raise RefusalError(400, "missing refresh token")
        if refresh_token not in self._refresh_tokens:
            raise RefusalError(400, "Invalid refresh token")
        self.tokens += 1
        if manners.rotate_refresh_tokens:
            refresh_token = f"sandbox-refresh-token-{self.tokens}"
            self._refresh_tokens = {refresh_token}
        token = f"sandbox-user-token-{self.tokens}"
        return {
            "access_token": token,
            "expires_in": self._given(token, USER_ID, now),
            "refresh_token": refresh_token,
            "scope": [],
            "token_type": "bearer",
        }

    def _given(self, token: str, user_id: str | None, now: float) -> int:
        """Seconds until the token dies."""
        seconds = _APP_SECONDS if user_id is None else _USER_SECONDS
        self._grants[token] = Grant((CLIENT_ID, user_id), now + seconds)
        return seconds

    def _living(self, token: str, now: float) -> Grant | None:
        grant = self._grants.get(token)
        return grant if grant is not None and now < grant.expires_at else None
