"""Fuzzing what reads answers: bodies of pages, users, games, errors and tokens, and headers.

Nothing but `TwitchClipsError` comes out; what comes out well is of the types that it says; both paths agree on a page.
"""

import json
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

import attrs
from multidict import CIMultiDict

from twitch_clips import AuthError, Clip, DecodeError, Game, ResponseError, TwitchClipsError, User, make_converter
from twitch_clips._helix import careful, decode
from twitch_clips._helix.answer import (
    Answer,
    TokenPair,
    is_refusal,
    is_sendable,
    read_date,
    read_rate,
    read_token,
    response_error,
)
from twitch_clips._helix.body import text_field
from twitch_clips._helix.page import Invalid, Page

from . import odd
from .bodies import body

SECRET = "s3cret+of the/app"  # a form spells it otherwise
_STATUSES = (200, 200, 204, 302, 400, 401, 403, 404, 418, 429, 429, 500, 502, 503, 504, 599, 600, 999)
_CHECKS: dict[object, Callable[[Any], bool]] = {
    str: lambda value: type(value) is str,
    int: lambda value: type(value) is int,
    int | None: lambda value: value is None or type(value) is int,
    float: lambda value: type(value) is float and math.isfinite(value),
    bool: lambda value: type(value) is bool,
    datetime: lambda value: type(value) is datetime and value.tzinfo is UTC,
}
_TOO_DEEP = "maximum recursion depth"
_converter = make_converter()


def case(chance: Random) -> str:
    """One answer, read as the client reads such a one."""
    return chance.choice(_KINDS)(chance)


def check_error(error: TwitchClipsError, secrets: Sequence[str] = (SECRET,)) -> str:
    """Its kind. It can be shown, holds no secret, and nothing of another library hangs on it."""
    shown = f"{error} {error!r} {vars(error)!r}"
    str(error).encode()
    assert not [secret for secret in secrets if secret in shown], shown
    for other in (error.__cause__, error.__context__):
        if other is not None:
            assert isinstance(other, TwitchClipsError)
            check_error(other, secrets)
    return type(error).__name__


def check_record(record: object) -> None:
    """Each field is of the type that it says, and a clip can be written and read again."""
    assert isinstance(record, Clip | User | Game)
    for field in attrs.fields(type(record)):
        value = getattr(record, field.name)
        assert _CHECKS[field.type](value), (field.name, value)
        assert not isinstance(value, str) or value.encode().decode() == value
    raw = json.loads(json.dumps(_converter.unstructure(record), allow_nan=False))
    assert _converter.structure(raw, type(record)) == record


def _page(chance: Random) -> str:
    sent = body(chance, "page")
    page, slow = _read(decode.page, sent), _read(careful.page, sent)
    told = repr(page), repr(slow)
    # How deep Python reads depends on how deep its own stack is, and msgspec skips what is deeper.
    assert told[0] == told[1] or any(_TOO_DEEP in one for one in told)
    if isinstance(page, DecodeError):
        return f"page, {check_error(page)}"
    assert page.cursor is None or page.cursor.encode()
    assert len(page.ids) == len(page.records)
    good = [record for record in page.records if isinstance(record, Clip)]
    bad = [record for record in page.records if isinstance(record, Invalid)]
    assert page.is_sound is (len(good) == len(page.records))
    for clip in good[:5]:
        check_record(clip)
    for one in bad:
        assert one.error.path.startswith("$.data[")
        check_error(one.error)
    return f"page, {'some' if bad else 'all'} well"


def _read(read: Callable[[bytes], Page], sent: bytes) -> Page | DecodeError:
    try:
        return read(sent)
    except DecodeError as error:
        return error


def _items(chance: Random, name: str, kind: type[User | Game]) -> str:
    try:
        found = decode.items(body(chance, name), kind)
    except DecodeError as error:
        return f"{name}, {check_error(error)}"
    for record in found:
        assert type(record) is kind
        check_record(record)
    return f"{name}, well"


def _error(chance: Random) -> str:
    answer = _answer(chance, "error")
    asked = [("game_id", "1"), *([("after", "abc")] if chance.random() < 0.3 else [])]
    assert isinstance(is_refusal(answer), bool)
    error = response_error(answer, asked, [SECRET])
    assert isinstance(error, ResponseError)
    assert error.status == answer.status
    return f"error, {check_error(error)}"


def _token(chance: Random) -> str:
    try:
        tokens = read_token(_answer(chance, "token"), [SECRET], is_refresh=chance.random() < 0.5)
    except AuthError as error:
        return f"token, {check_error(error)}"
    assert type(tokens) is TokenPair
    assert tokens.access_token
    assert is_sendable(tokens.access_token)
    # A form sends it.
    assert tokens.refresh_token is None or tokens.refresh_token.encode()
    return "token, well"


def _field(chance: Random) -> str:
    found = text_field(body(chance, "token"), chance.choice(("access_token", "user_id", "token_type")))
    assert found is None or found.encode().decode() == found
    return f"field, {'none' if found is None else 'well'}"


def _headers(chance: Random) -> str:
    headers = _answer(chance, "error").headers
    rate, moment = read_rate(headers), read_date(headers.get("Date", odd.text(chance)))
    assert moment is None or moment.tzinfo is UTC
    if rate is None:
        return "headers, no rate"
    assert 0 <= rate.remaining <= rate.limit
    assert {type(rate.limit), type(rate.remaining)} == {int}
    assert rate.reset_at is None or type(rate.reset_at) is int
    return "headers, well"


def _answer(chance: Random, kind: str) -> Answer:
    headers = CIMultiDict[str]()
    for name in ("Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset", "Date", "Retry-After"):
        for _ in range(chance.choice((0, 1, 1, 1, 2))):
            headers.add(name, header_value(chance))
    sent = body(chance, kind)
    if chance.random() < 0.1:
        place = chance.randint(0, len(sent))
        sent = sent[:place] + SECRET.encode() + sent[place:]
    return Answer(status=chance.choice(_STATUSES), headers=headers, body=sent)


def header_value(chance: Random) -> str:
    """What a rate header or a date may hold: half of the time what it should."""
    return str(chance.randint(-1, 900)) if chance.random() < 0.5 else chance.choice(_VALUES)(chance)


_VALUES: Sequence[Callable[[Random], str]] = (
    lambda chance: chance.choice(odd.DATES),
    lambda chance: chance.choice(odd.NUMBERS),
    odd.text,
    lambda chance: odd.damaged(chance, chance.choice(odd.DATES).encode()).decode("utf-8", "surrogateescape"),
)
_KINDS: Sequence[Callable[[Random], str]] = (
    *(_page, _page, _page, _page, _page, _error, _token, _field, _headers),
    partial(_items, name="users", kind=User),
    partial(_items, name="games", kind=Game),
)
