"""An HTTP answer of Helix or of its token server, to what it says or to a typed error."""

from collections.abc import Mapping

import attrs

from twitch_clips.errors import AuthError, ResponseError
from twitch_clips.records import RateHeaders

from . import decode

_OK = 200
_MAX_DIGITS = 7
_EXCERPT = 200  # characters of a foreign body that an error quotes


@attrs.frozen(kw_only=True)
class Answer:
    """Status, headers (looked up without regard to case) and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read_page(answer: Answer) -> decode.Page:
    """A page of clips.

    Raises:
        ResponseError: The status is not 200.
        DecodeError: The body is not a page of clips.
    """
    if answer.status != _OK:
        raise ResponseError(answer.status, _message(answer.body))
    return decode.page(answer.body)


def read_token(answer: Answer) -> str:
    """The access token that the token server gave.

    Raises:
        AuthError: It gave none.
    """
    if answer.status != _OK:
        raise AuthError(f"the token server answered {answer.status}: {_message(answer.body) or '(no message)'}")
    token = decode.text_field(answer.body, "access_token")
    if not token or not is_sendable(token):
        raise AuthError("the token server answered 200 without an access_token that could be sent")
    return token


def is_sendable(value: str) -> bool:
    """Whether a credential can stand in a header: no white space or control character, nothing beyond ASCII."""
    return all("!" <= char <= "~" for char in value)


def read_rate(headers: Mapping[str, str]) -> RateHeaders | None:
    """What the rate headers say; `None` when they are missing (as on answers from Twitch's edge) or absurd."""
    limit = _count(headers.get("Ratelimit-Limit"))
    remaining = _count(headers.get("Ratelimit-Remaining"))
    if limit is None or remaining is None or not 0 <= remaining <= limit or limit == 0:
        return None
    return RateHeaders(limit=limit, remaining=remaining)


def _count(value: str | None) -> int | None:
    """A count of points; `None` for what is none. Python refuses to read digits without end."""
    if value is None or len(value) > _MAX_DIGITS or not (value.isascii() and value.isdigit()):
        return None
    return int(value)


def _message(body: bytes) -> str:
    """Helix's `message`, which may be empty; of HTML or text from the edge, the start."""
    message = decode.text_field(body, "message")
    return body[:_EXCERPT].decode(errors="replace").strip() if message is None else message
