"""An HTTP answer of Helix or of its token server, to what it says or to a typed error."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote_plus

import attrs

from twitch_clips.errors import (
    AuthError,
    AuthUnavailable,
    BadRequest,
    CursorRejected,
    Forbidden,
    NotFound,
    ResponseError,
    ServerError,
    Unauthorized,
)
from twitch_clips.records import RateHeaders

from .body import text_field
from .query import Parameters

TOO_MANY = 429
_OK = range(200, 300)
_REDIRECT = range(300, 400)
_FAILED = range(500, 600)
_KINDS: Mapping[int, type[ResponseError]] = {400: BadRequest, 401: Unauthorized, 403: Forbidden, 404: NotFound}
_DEAD = frozenset({400, 401})  # what the token server answers to a refresh token that it does not take
_CURSORS = frozenset({"after", "before"})
_MAX_DIGITS = 7
_MAX_DIGITS_OF_AN_INSTANT = 11
_EXCERPT = 200  # characters of a foreign body that an error quotes


@attrs.define(kw_only=True)
class Answer:
    """Status, headers (looked up without regard to case) and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_ok(self) -> bool:
        """Whether it should hold what was asked for."""
        return self.status in _OK


@attrs.frozen(kw_only=True)
class TokenPair:
    """An access token, and the refresh token that came with it."""

    access_token: str
    refresh_token: str | None


def response_error(answer: Answer, asked: Parameters, secrets: Collection[str] = ()) -> ResponseError:
    """The error that an answer is.

    Args:
        answer: One that is not OK.
        asked: The question's parameters. With a cursor among them, a 400 is the cursor's: nothing else differs from the
            page before.
        secrets: What was sent and nobody may see, though the server or a proxy echoes it.
    """
    kind = _KINDS.get(answer.status, ServerError if answer.status in _FAILED else ResponseError)
    if kind is BadRequest and any(name in _CURSORS for name, _ in asked):
        kind = CursorRejected
    return kind(answer.status, _message(answer, secrets))


def read_token(answer: Answer, secrets: Collection[str] = (), *, is_refresh: bool = False) -> TokenPair:
    """The tokens that the token server gave.

    Args:
        answer: Its answer.
        secrets: What was sent and nobody may see, though the server or a proxy echoes it.
        is_refresh: Whether they were asked for with a refresh token.

    Raises:
        AuthError: It gave none; `AuthUnavailable` where it fails, and another time may be better.
    """
    token, refresh_token = (text_field(answer.body, name) for name in ("access_token", "refresh_token"))
    if not answer.is_ok:
        advice = "; the user has to authorise again" if is_refresh and answer.status in _DEAD else ""
        message = _message(answer, [*secrets, token, refresh_token]) or "(no message)"
        kind = AuthUnavailable if answer.status in _FAILED or answer.status == TOO_MANY else AuthError
        raise kind(f"the token server answered {answer.status}: {message}{advice}")
    if not token or not is_sendable(token):
        raise AuthError(f"the token server answered {answer.status} without an access_token that could be sent")
    return TokenPair(access_token=token, refresh_token=refresh_token or None)


def is_sendable(value: str) -> bool:
    """Whether a credential can stand in a header: no white space or control character, nothing beyond ASCII."""
    return value.isascii() and value.isprintable() and " " not in value


def read_rate(headers: Mapping[str, str]) -> RateHeaders | None:
    """What the rate headers say; `None` when they are missing (as on answers from Twitch's edge) or absurd."""
    limit, remaining = headers.get("Ratelimit-Limit"), headers.get("Ratelimit-Remaining")
    if limit is None or remaining is None or len(limit) > _MAX_DIGITS or len(remaining) > _MAX_DIGITS:
        return None  # Python refuses to read digits without end
    digits = limit + remaining
    if not (digits.isascii() and digits.isdigit() and limit and remaining):
        return None
    reset = headers.get("Ratelimit-Reset", "")
    is_instant = len(reset) <= _MAX_DIGITS_OF_AN_INSTANT and reset.isascii() and reset.isdigit()
    rate = RateHeaders(limit=int(limit), remaining=int(remaining), reset_at=int(reset) if is_instant else None)
    return rate if 0 < rate.limit >= rate.remaining else None


def is_refusal(answer: Answer) -> bool:
    """Whether it is a 429 for want of points; with points left, some other limit is meant (twitchdev/issues#958)."""
    if answer.status != TOO_MANY:
        return False
    rate = read_rate(answer.headers)
    return rate is None or not rate.remaining


def read_date(text: str) -> datetime | None:
    """The server's own time, as its `Date` says it; `None` where that cannot be read."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _message(answer: Answer, secrets: Collection[str | None]) -> str:
    """Helix's `message`, which may be empty; of HTML or text from the edge, the start."""
    message = text_field(answer.body, "message")
    if message is not None:
        message = _without(secrets, message)
    else:
        # All of it, before it is cut: a part of a secret would not be recognised.
        message = _without(secrets, answer.body.decode(errors="replace")).strip()[:_EXCERPT]
    if not message and answer.status in _REDIRECT:
        return "a redirect, which is not followed: the token would go along"
    return message


def _without(secrets: Collection[str | None], text: str) -> str:
    """The text with each secret blotted out, as it is or as a form spells it."""
    spellings = {spelling for secret in secrets if secret for spelling in (secret, quote_plus(secret))}
    for spelling in sorted(spellings, key=len, reverse=True):  # one may be a part of another
        text = text.replace(spelling, "***")
    return text
