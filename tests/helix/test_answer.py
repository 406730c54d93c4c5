"""An HTTP answer becomes records or a typed error."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from twitch_clips import (
    AuthError,
    AuthUnavailable,
    BadRequest,
    CursorRejected,
    Forbidden,
    NotFound,
    RateHeaders,
    ResponseError,
    ServerError,
    Unauthorized,
)
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


def _answer(status: int, body: str) -> Answer:
    return Answer(status=status, headers={}, body=body.encode())


def test_every_error_answer_keeps_its_status_and_words(sample: Callable[[str], Any]) -> None:
    """Helix's JSON, the token server's without `error`, HTML, text, an empty body: all are `ResponseError`."""
    for case in sample("errors"):
        error = response_error(_answer(case["status"], case["body"]), [])
        assert (error.status, error.message) == (case["status"], case["message"])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, ResponseError),
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (418, ResponseError),
        (429, ResponseError),
        (500, ServerError),
        (599, ServerError),
        (600, ResponseError),
    ],
)
def test_the_status_decides_the_kind_of_error(status: int, kind: type[ResponseError]) -> None:
    """Exactly that kind, whatever the body says."""
    assert type(response_error(_answer(status, '{"status":200}'), [("game_id", "1")])) is kind


@pytest.mark.parametrize("name", ["after", "before"])
def test_a_400_to_a_question_with_a_cursor_is_the_cursors(name: str) -> None:
    """Whatever Twitch calls it: the page before it was answered."""
    error = response_error(_answer(400, '{"message":"Invalid cursor."}'), [("game_id", "1"), (name, "abc")])
    assert type(error) is CursorRejected


def test_a_redirect_says_why_it_is_not_followed() -> None:
    """Its body is mostly empty."""
    assert response_error(_answer(302, ""), []).message == "a redirect, which is not followed: the token would go along"


def test_an_error_quotes_no_more_than_the_start_of_a_foreign_body() -> None:
    """A page of HTML would bury the status."""
    assert len(response_error(_answer(502, "<p>" * 1000), []).message) == 200


@pytest.mark.parametrize(
    "body",
    ["denied: Bearer s3cret", '{"message":"denied: Bearer s3cret"}', "denied: Bearer s3cret ".ljust(10_000, "-")],
)
def test_an_error_shows_no_secret_that_the_server_echoes(body: str) -> None:
    """Whoever sent it knows it, and says so."""
    error = response_error(_answer(403, body), [], secrets=["", "s3cret"])
    assert error.message.rstrip("- ") == "denied: Bearer ***"


@pytest.mark.parametrize("length", range(190, 204))
def test_no_part_of_a_secret_stands_where_a_quote_is_cut(length: int) -> None:
    """It is replaced first."""
    body = "." * length + "s3cret" * 500 + "." * 50
    message = response_error(_answer(502, body), [], secrets=["s3cret"]).message
    assert len(message) == 200
    assert not set(message) & set("s3cret")


def test_a_secret_that_holds_another_is_replaced_as_a_whole() -> None:
    """And in the spelling of a form too."""
    error = response_error(_answer(403, "a=s3cret+%26more&b=s3cret"), [], secrets=["s3cret", "s3cret &more"])
    assert error.message == "a=***&b=***"


def test_a_secret_in_the_midst_of_another_is_no_reason_to_show_the_rest() -> None:
    """The longer one goes first, wherever the shorter one stands in it."""
    error = response_error(_answer(403, "a-s3cret-z"), [], secrets=["s3cret", "a-s3cret-z"])
    assert error.message == "***"


def test_an_error_of_the_token_server_shows_no_secret() -> None:
    """It may echo the form."""
    with pytest.raises(AuthError, match=r"^the token server answered 400: client_secret=\*\*\*$"):
        read_token(_answer(400, "client_secret=s3cret"), secrets=["s3cret"])


def test_a_refusal_that_holds_tokens_shows_none() -> None:
    """They may be those in use."""
    with pytest.raises(
        AuthError, match=r'^the token server answered 300: {"access_token":"\*\*\*","refresh_token":"\*\*\*"}$'
    ):
        read_token(_answer(300, '{"access_token":"t0ken","refresh_token":"refr3sh"}'))


@pytest.mark.parametrize(("status", "is_dead"), [(400, True), (401, True), (403, False), (503, False)])
def test_a_refused_refresh_says_what_the_user_has_to_do(status: int, is_dead: bool) -> None:  # noqa: FBT001
    """The refresh token is dead, and no other one comes by itself."""
    words = "; the user has to authorise again" if is_dead else ""
    with pytest.raises(AuthError, match=f"^the token server answered {status}: no{words}$"):
        read_token(_answer(status, '{"message":"no"}'), is_refresh=True)


def test_a_body_that_is_not_even_text_is_quoted_all_the_same() -> None:
    """What cannot be decoded is replaced."""
    answer = Answer(status=502, headers={}, body=b"bad \xff gateway")
    assert response_error(answer, []).message == "bad \ufffd gateway"


@pytest.mark.parametrize("message", [rb"bad \ud800", b"bad \xff"])
def test_words_that_are_no_text_are_quoted_as_they_came(message: bytes) -> None:
    """Half a character could not be printed, and whoever shows an error must not fail at it."""
    answer = Answer(status=400, headers={}, body=b'{"message":"' + message + b'"}')
    assert response_error(answer, []).message == '{"message":"' + message.decode(errors="replace") + '"}'


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 01 Jun 2026 12:00:00 GMT", datetime(2026, 6, 1, 12, tzinfo=UTC)),
        ("Mon, 01 Jun 2026 14:00:00 +0200", datetime(2026, 6, 1, 12, tzinfo=UTC)),
        ("Mon, 01 Jun 2026 12:00:00 -0000", datetime(2026, 6, 1, 12, tzinfo=UTC)),
        ("today", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("", None),
    ],
)
def test_the_servers_time_is_read_where_it_says_one(text: str, moment: datetime | None) -> None:
    """As UTC."""
    assert read_date(text) == moment


def test_the_rate_headers_are_read_whatever_their_case_and_ignored_when_absurd(sample: Callable[[str], Any]) -> None:
    """Answers of Twitch's edge have none; other endpoints have limits of their own under other names."""
    for case in sample("rate_headers"):
        read = read_rate(CIMultiDict(case["headers"]))
        if "limit" in case:
            assert read == RateHeaders(limit=case["limit"], remaining=case["remaining"], reset_at=case.get("reset_at"))
        else:
            assert read is None


@given(st.text(max_size=13) | st.integers(-1, 10**13).map(str))
def test_a_reset_of_whatever_text_is_an_instant_or_nothing(reset: str) -> None:
    """And harms neither of the other two."""
    rate = read_rate({"Ratelimit-Limit": "800", "Ratelimit-Remaining": "799", "Ratelimit-Reset": reset})
    assert rate is not None
    assert (rate.limit, rate.remaining) == (800, 799)
    assert rate.reset_at is None or 0 <= rate.reset_at == int(reset) < 10**11


@pytest.mark.parametrize(("reset", "reset_at"), [("9" * 11, 99_999_999_999), ("9" * 12, None)])
def test_a_reset_may_have_eleven_digits(reset: str, reset_at: int | None) -> None:
    """Enough for some thousand years; Python refuses to read digits without end."""
    rate = read_rate({"Ratelimit-Limit": "800", "Ratelimit-Remaining": "799", "Ratelimit-Reset": reset})
    assert rate == RateHeaders(limit=800, remaining=799, reset_at=reset_at)


@given(st.text(max_size=9) | st.integers(-1, 10**8).map(str), st.text(max_size=9) | st.integers(-1, 10**8).map(str))
def test_rate_headers_of_whatever_text_are_a_bucket_that_can_be_or_nothing(limit: str, remaining: str) -> None:
    """A limit above nothing, and no more left than that."""
    rate = read_rate({"Ratelimit-Limit": limit, "Ratelimit-Remaining": remaining})
    assert rate is None or (rate.limit > 0 and 0 <= rate.remaining <= rate.limit)
    assert rate is None or (str(rate.limit), str(rate.remaining)) == (limit.lstrip("0"), remaining.lstrip("0") or "0")


@given(st.integers(1, 9_999_999), st.integers(0, 9_999_999))
def test_rate_headers_of_numbers_are_read(limit: int, remaining: int) -> None:
    """Unless more is left than there can be."""
    rate = read_rate({"Ratelimit-Limit": str(limit), "Ratelimit-Remaining": str(remaining)})
    assert rate == (RateHeaders(limit=limit, remaining=remaining) if remaining <= limit else None)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "0"}, True),
        (429, {}, True),
        (429, {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "1"}, False),
        (503, {}, False),
        (200, {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "0"}, False),
    ],
)
def test_a_429_without_points_is_a_refusal(status: int, headers: dict[str, str], expected: bool) -> None:  # noqa: FBT001
    """With points left, some other limit is meant; without a word on them, the bucket is (twitchdev/issues#958)."""
    assert is_refusal(Answer(status=status, headers=headers, body=b"")) is expected


@pytest.mark.parametrize("value", ["abc\r\nX: y", "a b", "abc\n", "\x7f", "abc\u00e9", "\u2028"])
def test_what_cannot_stand_in_a_header_is_not_sendable(value: str) -> None:
    """A line break would begin a header of its own."""
    assert not is_sendable(value)
    assert is_sendable("abc-DEF_0123456789.~+/=")


def test_a_refresh_token_is_read_where_there_is_one() -> None:
    """An empty one is none, nor is one that no form could send."""
    for refresh_token, expected in (("def", "def"), ("", None), (None, None), ("\ud800", None)):
        body = json.dumps({"access_token": "abc", "refresh_token": refresh_token})
        assert read_token(_answer(200, body)) == TokenPair(access_token="abc", refresh_token=expected)


def test_a_token_is_read() -> None:
    """The shape of the token server's answer."""
    body = json.dumps({"access_token": "abc", "expires_in": 4_799_083, "token_type": "bearer"})
    assert read_token(_answer(200, body)) == TokenPair(access_token="abc", refresh_token=None)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, '{"status":400,"message":"invalid client"}', "the token server answered 400: invalid client"),
        (403, '{"status":403,"message":"invalid client secret"}', "403: invalid client secret"),
        (503, "", r"503: \(no message\)"),
        (429, "", r"429: \(no message\)"),
        (200, "{}", "200 without an access_token"),
        (200, '{"access_token":""}', "200 without an access_token"),
        (200, json.dumps({"access_token": "abc\r\nX: y"}), "200 without an access_token that could be sent"),
        (200, "<html>", "200 without an access_token"),
    ],
)
def test_an_answer_without_a_token_is_an_auth_error(status: int, body: str, message: str) -> None:
    """It says what the token server said; whether another time may be better is told by its kind."""
    with pytest.raises(AuthError, match=message) as error:
        read_token(_answer(status, body))
    assert isinstance(error.value, AuthUnavailable) == (status in {429, 503})
