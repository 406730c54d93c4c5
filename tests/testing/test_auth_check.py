"""`check_auth` passes an auth that holds what it has to, and says of any other what it does not."""

import asyncio

import pytest

from twitch_clips import AppAuth, Auth, StaticAuth, UserAuth
from twitch_clips.testing import FakeHelix, Manners, check_auth

from . import auths


async def _store(_access_token: str, _refresh_token: str) -> None:
    await asyncio.sleep(0)


async def test_an_applications_holds_all_of_it(helix: FakeHelix) -> None:
    """At one request for each token that it gives."""

    def make(secret: str = helix.client_secret) -> Auth:
        return AppAuth(helix.client_id, secret, auth_url=helix.auth_url)

    await check_auth(
        make, refused=lambda: make("wr0ng"), secrets=[helix.client_secret, "wr0ng"], fetched=lambda: helix.tokens
    )


async def test_a_users_holds_all_of_it(helix: FakeHelix) -> None:
    """Where its refresh token goes on being good."""
    helix.manners = Manners(rotate_refresh_tokens=False)

    def make(refresh_token: str = helix.refresh_token) -> UserAuth:
        token = helix.user_token if refresh_token == helix.refresh_token else "dead"
        given = (helix.client_id, helix.client_secret, token, refresh_token)
        return UserAuth(*given, on_refresh=_store, auth_url=helix.auth_url)

    await check_auth(
        make,
        refused=lambda: make("g0ne"),
        secrets=[helix.client_secret, helix.refresh_token, "g0ne"],
        fetched=lambda: helix.tokens,
    )


async def test_a_given_token_holds_all_of_it() -> None:
    """It has no other one to give."""
    await check_auth(lambda: StaticAuth("example", "t0ken"), renews=False)


async def test_one_of_ones_own_holds_all_of_it() -> None:
    """Without a word on how many were asked for."""
    await check_auth(auths.Sound)


BROKEN = [
    (auths.Nameless, "`client_id` is '', not a string with something in it"),
    (auths.Changing, "`client_id` is not the same each time"),
    (auths.Numbered, "`payer` is 7, not a string"),
    (auths.Eager, "a token is asked for before anybody wants one"),
    (auths.Talkative, "a token or a secret is in its repr"),
    (auths.Payer, "a token or a secret is in its payer"),
    (auths.TalkativeLater, "a token or a secret is in its repr or str once a token was replaced"),
    (auths.Greedy, "20 who ask at once get 20 tokens"),
    (auths.Wasteful, "20 who ask at once cost 20 requests for tokens"),
    (auths.Forgetful, "a token that is good is not kept"),
    (auths.Checking, "a token that is good is asked for again"),
    (auths.Stubborn, "a token that was reported as refused is given again"),
    (auths.Hasty, "a report of a token that is not in use costs the one that is"),
    (auths.Repeating, "a report of a token that is not in use has another one asked for"),
    (auths.Splitting, "20 reports of one refused token lead to"),
    (auths.Doubling, "20 reports of one refused token cost"),
    (auths.Contagious, "the cancel of a caller is one of all that wait with it"),
    (auths.Blocking, "after the cancel of a caller 19 of 20 who ask are never answered"),
    (auths.Sulking, "what it shows: `token` is never answered"),
    (auths.Crowded, "from the start on 19 of 20 who ask are never answered"),
    (auths.Failing, r"what it shows: the auth fails with ConnectionError\('no route'\)"),
]


@pytest.mark.parametrize(("broken", "message"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
async def test_an_auth_that_does_not_hold_something_is_told_what(broken: type[auths.Sound], message: str) -> None:
    """Each rule has an auth that breaks it."""
    with pytest.raises(AssertionError, match=message):
        await check_auth(broken, fetched=lambda: auths.ASKED["tokens"])


async def test_a_refusal_that_holds_all_of_it_passes() -> None:
    """It is told in words, as often as anybody asks."""
    await check_auth(auths.Sound, refused=auths.Refused, secrets=["s3cret"])


REFUSED = [
    (auths.Sound, "`refused` gives an auth that has a token"),
    (auths.Failing, r"where there is no token to be had it fails with ConnectionError\('no route'\), no AuthError"),
    (auths.Blurting, "a token or a secret is in an error, or what it came from"),
    (auths.Hinting, "a token or a secret is in an error, or what it came from"),
    (auths.Trailing, "a token or a secret is in an error, or what it came from"),
    (auths.Remembering, "a token or a secret is in its repr or str after an error"),
    (auths.Once, "where there is no token to be had 20 of 20 who ask are never answered"),
]


@pytest.mark.parametrize(("broken", "message"), REFUSED, ids=[broken.__name__ for broken, _ in REFUSED])
async def test_a_refusal_that_does_not_hold_something_is_told_what(broken: type[auths.Sound], message: str) -> None:
    """Each rule has an auth that breaks it where it is refused."""
    with pytest.raises(AssertionError, match=message):
        await check_auth(auths.Sound, refused=broken, secrets=["s3cret"])
