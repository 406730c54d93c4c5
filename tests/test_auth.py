"""Access tokens."""

import asyncio
from typing import Any

import pytest

from twitch_clips import AppAuth, AsyncClips, AuthError, QueryError, StaticAuth, Unauthorized
from twitch_clips.testing import FakeHelix, Manners, faults
from twitch_clips.testing.faults import Fault

from .conftest import client

GAME = "509658"


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


async def test_a_token_that_dies_at_once_for_twenty_streams_costs_one_request(helix: FakeHelix) -> None:
    """Each is refused once, and none sends the stale token again."""
    async with client(helix) as clips:
        await clips.by_game(GAME).first()
        helix.revoke()
        asked = len(helix.targets)
        streams = [clips.by_game(GAME, limit=1, page_size=size) for size in range(1, 21)]
        assert None not in await asyncio.gather(*(stream.first() for stream in streams))
    assert (helix.tokens, len(helix.targets) - asked) == (2, 40)


@pytest.mark.parametrize("fault", [faults.status(503), faults.reset(), faults.hang(), faults.cut()])
async def test_a_token_server_that_fails_once_is_asked_again(helix: FakeHelix, fault: Fault) -> None:
    """Once for all who wait."""
    helix.fail(fault, on="token", times=2)
    auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
    tokens = await asyncio.gather(*(auth.token() for _ in range(20)))
    assert len(set(tokens)) == 1


async def test_a_token_server_that_goes_on_failing_is_an_auth_error_for_each(helix: FakeHelix) -> None:
    """A copy of its own for each, after five attempts for all; the next call asks anew."""
    helix.fail(faults.raw(503, "<html>"), on="token", times=5)
    auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
    errors = await asyncio.gather(*(auth.token() for _ in range(20)), return_exceptions=True)
    assert {str(error) for error in errors} == {"the token server answered 503: <html>"}
    assert len({id(error) for error in errors}) == 20
    assert all(isinstance(error, AuthError) and error.__context__ is None for error in errors)
    assert await auth.token()


async def test_a_caller_cancelled_in_mid_renewal_leaves_the_renewal_going(helix: FakeHelix) -> None:
    """For those who wait beside it, and for whoever comes next."""
    helix.manners = Manners(latency=1)
    auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
    first, second = asyncio.ensure_future(auth.token()), asyncio.ensure_future(auth.token())
    await asyncio.sleep(0.5)
    first.cancel()
    assert await second == await auth.token()
    assert (first.cancelled(), helix.tokens) == (True, 1)


async def test_a_renewal_that_nobody_waits_for_any_more_may_fail_quietly(helix: FakeHelix) -> None:
    """Its error is nobody's; asyncio would complain of it."""
    helix.manners = Manners(latency=1)
    auth = AppAuth(helix.client_id, "wr0ng", auth_url=helix.auth_url)
    asking = asyncio.ensure_future(auth.token())
    await asyncio.sleep(0.5)
    asking.cancel()
    await asyncio.sleep(5)
    with pytest.raises(AuthError):
        await auth.token()


def test_a_renewal_of_a_loop_that_is_gone_is_not_waited_for(closed_port: int) -> None:
    """Nor is a lock of that loop held: whoever asks in a second `asyncio.run` is served."""
    auth = AppAuth("sandbox", "sandbox-secret", auth_url=f"http://127.0.0.1:{closed_port}/oauth2")

    async def ask() -> set[str]:
        async with FakeHelix(port=closed_port) as helix:
            helix.manners = Manners(latency=0.01)
            return set(await asyncio.gather(*(auth.token() for _ in range(3))))

    async def give_up() -> None:
        asyncio.ensure_future(auth.token())  # noqa: RUF006  (it is to be left alone)
        await asyncio.sleep(0)

    asyncio.run(give_up())
    tokens = asyncio.run(ask())
    assert len(tokens) == 1
    asyncio.run(auth.invalidate(tokens.pop()))
    assert len(asyncio.run(ask())) == 1


@pytest.mark.parametrize("factory", [None, getattr(asyncio, "eager_task_factory", None)])
async def test_eager_tasks_change_nothing(helix: FakeHelix, factory: Any) -> None:
    """A finished renewal does not stay in the slot (Python 3.12 has such tasks)."""
    asyncio.get_running_loop().set_task_factory(factory)
    async with client(helix) as clips:
        for _ in range(3):
            found = await asyncio.gather(*(clips.by_game(GAME, limit=1).first() for _ in range(5)))
            assert None not in found
            helix.revoke()
    assert helix.tokens == 3


async def test_a_late_report_of_a_stale_token_does_no_harm(helix: FakeHelix) -> None:
    """The one that came since is kept."""
    auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
    stale = await auth.token()
    await auth.invalidate(stale)
    fresh = await auth.token()
    await auth.invalidate(stale)
    assert await auth.token() == fresh != stale


async def test_a_static_token_that_is_refused_is_not_sent_again(helix: FakeHelix) -> None:
    """There is no other one."""
    async with AsyncClips(StaticAuth(helix.client_id, "t0ken", user_id="7"), api_url=helix.api_url) as clips:
        with pytest.raises(Unauthorized, match="Invalid OAuth token"):
            await clips.by_game(GAME).first()
    assert len(helix.targets) == 1


@pytest.mark.parametrize(
    ("client_id", "token", "words"),
    [
        ("sandbox", "s3cret\n", "the access token holds white space or another character that cannot be sent"),
        ("sandbox", None, "the access token is no string"),
        ("sandbox", b"s3cret", "the access token is no string"),
        ("sandbox", "", "the access token is empty"),
        ("s3cret\r\nX: y", "t0ken", "the client id holds white space or another character"),
        (None, "t0ken", "the client id is no string"),
    ],
)
async def test_what_cannot_be_sent_is_an_auth_error(helix: FakeHelix, client_id: Any, token: Any, words: str) -> None:
    """From a provider of one's own; aiohttp would put it into its own error. No point is spent on it."""

    class Careless(StaticAuth):
        async def token(self) -> str:
            return token  # type: ignore[no-any-return]

    auth = Careless("example", "x")
    auth.client_id = client_id
    async with AsyncClips(auth, api_url=helix.api_url) as clips:
        with pytest.raises(AuthError, match=words) as caught:
            await clips.by_game(GAME).first()
        assert clips.rate.remaining == clips.rate.limit
    assert "s3cret" not in repr(caught.value)
    assert helix.targets == []


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
