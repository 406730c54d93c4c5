"""An HTTP answer becomes records or a typed error."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from multidict import CIMultiDict

from twitch_clips import AuthError, RateHeaders, ResponseError
from twitch_clips._helix.answer import Answer, read_page, read_rate, read_token


def _answer(status: int, body: str) -> Answer:
    return Answer(status=status, headers={}, body=body.encode())


def test_every_error_answer_keeps_its_status_and_words(sample: Callable[[str], Any]) -> None:
    """Helix's JSON, the token server's without `error`, HTML, text, an empty body: all are `ResponseError`."""
    for case in sample("errors"):
        with pytest.raises(ResponseError) as caught:
            read_page(_answer(case["status"], case["body"]))
        assert (caught.value.status, caught.value.message) == (case["status"], case["message"])


def test_an_error_quotes_no_more_than_the_start_of_a_foreign_body() -> None:
    """A page of HTML would bury the status."""
    with pytest.raises(ResponseError) as caught:
        read_page(_answer(502, "<p>" * 1000))
    assert len(caught.value.message) == 200


def test_a_body_that_is_not_even_text_is_quoted_all_the_same() -> None:
    """What cannot be decoded is replaced."""
    with pytest.raises(ResponseError) as caught:
        read_page(Answer(status=502, headers={}, body=b"bad \xff gateway"))
    assert caught.value.message == "bad \ufffd gateway"


def test_the_rate_headers_are_read_whatever_their_case_and_ignored_when_absurd(sample: Callable[[str], Any]) -> None:
    """Answers of Twitch's edge have none; other endpoints have limits of their own under other names."""
    for case in sample("rate_headers"):
        read = read_rate(CIMultiDict(case["headers"]))
        if "limit" in case:
            assert read == RateHeaders(limit=case["limit"], remaining=case["remaining"])
        else:
            assert read is None


def test_a_token_is_read() -> None:
    """The shape of the token server's answer."""
    body = json.dumps({"access_token": "abc", "expires_in": 4_799_083, "token_type": "bearer"})
    assert read_token(_answer(200, body)) == "abc"


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, '{"status":400,"message":"invalid client"}', "the token server answered 400: invalid client"),
        (403, '{"status":403,"message":"invalid client secret"}', "403: invalid client secret"),
        (503, "", r"503: \(no message\)"),
        (200, "{}", "200 without an access_token"),
        (200, '{"access_token":""}', "200 without an access_token"),
        (200, json.dumps({"access_token": "abc\r\nX: y"}), "200 without an access_token that could be sent"),
        (200, "<html>", "200 without an access_token"),
    ],
)
def test_an_answer_without_a_token_is_an_auth_error(status: int, body: str, message: str) -> None:
    """It says what the token server said."""
    with pytest.raises(AuthError, match=message):
        read_token(_answer(status, body))
