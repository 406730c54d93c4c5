"""Access tokens."""

import asyncio
from typing import Any

import pytest

from twitch_clips import AppAuth, AuthError, QueryError, StaticAuth
from twitch_clips.testing import FakeHelix


async def test_a_static_token_is_given_as_it_is() -> None:
    """No request is made for it."""
    auth = StaticAuth("example", "t0ken")
    assert (auth.client_id, await auth.token()) == ("example", "t0ken")


async def test_an_app_token_is_asked_for_once_however_many_want_it(helix: FakeHelix) -> None:
    """Twitch lets some fifty tokens of a client live: one for each request would kill those in use."""
    auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
    tokens = await asyncio.gather(*(auth.token() for _ in range(20)))
    assert set(tokens) == {await auth.token()} == {"sandbox-token-1"}
    assert helix.tokens == 1


@pytest.mark.parametrize(
    ("client_id", "secret", "words"),
    [
        ("stranger", "sandbox-secret", "the token server answered 400: invalid client"),
        ("sandbox", "wr0ng", "the token server answered 403: invalid client secret"),
    ],
)
async def test_refused_credentials_are_an_auth_error(helix: FakeHelix, client_id: str, secret: str, words: str) -> None:
    """In the token server's words, and without the secret."""
    auth = AppAuth(client_id, secret, auth_url=helix.auth_url)
    with pytest.raises(AuthError, match=words) as caught:
        await auth.token()
    assert secret not in repr(caught.value)


async def test_a_token_server_that_is_away_is_an_auth_error(closed_port: int) -> None:
    """Not a transport error: what failed is the way to a token. The next call asks anew."""
    auth = AppAuth("sandbox", "sandbox-secret", auth_url=f"http://127.0.0.1:{closed_port}/oauth2")
    with pytest.raises(AuthError, match="the token server gave no answer: Cannot connect to host") as caught:
        await auth.token()
    assert caught.value.__context__ is None
    async with FakeHelix(port=closed_port):
        assert await auth.token() == "sandbox-token-1"


async def test_a_cancelled_caller_leaves_the_next_one_served(helix: FakeHelix) -> None:
    """Whoever waits behind it asks the token server itself."""
    auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
    first, second = asyncio.ensure_future(auth.token()), asyncio.ensure_future(auth.token())
    asyncio.get_running_loop().call_soon(first.cancel)
    assert await second == "sandbox-token-1"
    assert first.cancelled()


@pytest.mark.parametrize("auth", [StaticAuth("example", "s3cret"), AppAuth("example", "s3cret")])
def test_no_secret_is_in_a_repr(auth: StaticAuth | AppAuth) -> None:
    """Logs and tracebacks print it."""
    assert repr(auth) == f"{type(auth).__name__}('example', ...)"


@pytest.mark.parametrize("kind", [StaticAuth, AppAuth])
@pytest.mark.parametrize(("client_id", "secret"), [("", "s3cret"), ("example", "")])
def test_empty_credentials_are_refused_at_once(kind: type[Any], client_id: str, secret: str) -> None:
    """Before any request."""
    with pytest.raises(QueryError, match="is empty"):
        kind(client_id, secret)


@pytest.mark.parametrize("kind", [StaticAuth, AppAuth])
@pytest.mark.parametrize("secret", ["s3cret\n", " s3cret", "s3 cret", "s3cret\0", "s\N{CYRILLIC SMALL LETTER IE}cret"])
def test_credentials_that_cannot_be_sent_are_refused_at_once(kind: type[Any], secret: str) -> None:
    """Such as a line break left over from a file; the message does not show the secret."""
    with pytest.raises(QueryError, match="cannot be sent") as caught:
        kind("example", secret)
    assert "cret" not in str(caught.value).replace("client_secret", "")


def test_an_auth_url_that_is_none_is_refused_at_once() -> None:
    """By the argument's name."""
    with pytest.raises(QueryError, match="auth_url must be an address"):
        AppAuth("example", "s3cret", auth_url="id.twitch.tv")
