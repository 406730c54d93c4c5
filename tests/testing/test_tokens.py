"""The token server: grants, refreshes and validations, and how it says no."""

import asyncio

import aiohttp
import attrs
import pytest

from twitch_clips.testing import JUST_CHATTING, TWITCH_CLI, FakeHelix, Manners

from .caller import Caller


async def _status(caller: Caller, helix: FakeHelix, token: str) -> int:
    caller.token = token
    return (await caller.get(helix, game_id=JUST_CHATTING, first="1")).status


async def test_an_app_token_is_given_for_the_right_credentials(caller: Caller, helix: FakeHelix) -> None:
    """It is good at once, and counted."""
    reply = await caller.post(helix, grant_type="client_credentials")
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.body == {"access_token": "sandbox-token-1", "expires_in": 5_000_000, "token_type": "bearer"}
    assert helix.tokens == 1
    assert await _status(caller, helix, "sandbox-token-1") == 200


async def test_credentials_may_stand_in_the_address(caller: Caller, helix: FakeHelix) -> None:
    """Twitch takes them so, too."""
    asked = {"client_id": helix.client_id, "client_secret": helix.client_secret, "grant_type": "client_credentials"}
    async with caller.session.post(f"{helix.auth_url}/token", params=asked) as response:
        assert response.status == 200
    assert helix.tokens == 1


@pytest.mark.parametrize(
    ("form", "status", "message"),
    [
        ({"client_id": ""}, 400, "missing client id"),
        ({"client_id": "another"}, 400, "invalid client"),
        ({"client_secret": ""}, 400, "missing client secret"),
        ({"client_secret": "wrong"}, 403, "invalid client secret"),
        ({"grant_type": "password"}, 400, "invalid grant type"),
        ({"grant_type": "refresh_token"}, 400, "missing refresh token"),
        ({"grant_type": "refresh_token", "refresh_token": "stale"}, 400, "Invalid refresh token"),
        ({"grant_type": "refresh_token", "refresh_token": "stale", "client_secret": ""}, 400, "missing client secret"),
    ],
)
async def test_the_token_servers_errors_have_no_error_key(
    caller: Caller, helix: FakeHelix, form: dict[str, str], status: int, message: str
) -> None:
    """Status and message, as recorded; nothing is given."""
    reply = await caller.post(helix, **{"grant_type": "client_credentials"} | form)
    assert (reply.status, reply.body) == (status, {"status": status, "message": message})
    assert helix.tokens == 0


async def test_a_refresh_token_is_good_for_one_use(caller: Caller, helix: FakeHelix) -> None:
    """Its answer brings the next one, and from then on the old one is dead."""
    form = {"grant_type": "refresh_token", "refresh_token": helix.refresh_token}
    first = await caller.post(helix, **form)
    assert set(first.body) == {"access_token", "expires_in", "refresh_token", "scope", "token_type"}
    assert first.body["refresh_token"] != helix.refresh_token
    assert (await caller.post(helix, **form)).status == 400
    second = await caller.post(helix, **form | {"refresh_token": first.body["refresh_token"]})
    assert (second.status, helix.tokens) == (200, 2)
    assert await _status(caller, helix, second.body["access_token"]) == 200


async def test_a_refresh_token_can_stay_the_same(caller: Caller, helix: FakeHelix) -> None:
    """As it usually does for an application that has a secret."""
    helix.manners = Manners(rotate_refresh_tokens=False)
    for _ in range(2):
        reply = await caller.post(helix, grant_type="refresh_token", refresh_token=helix.refresh_token)
        assert (reply.status, reply.body["refresh_token"]) == (200, helix.refresh_token)


async def test_a_public_client_refreshes_without_a_secret(caller: Caller, helix: FakeHelix) -> None:
    """It has none; an app token it gets none either."""
    helix.manners = Manners(public_client=True)
    form = {"refresh_token": helix.refresh_token, "client_secret": ""}
    assert (await caller.post(helix, grant_type="refresh_token", **form)).status == 200
    assert (await caller.post(helix, grant_type="client_credentials", client_secret="")).status == 400


async def test_an_app_tokens_validation_names_no_user(caller: Caller, helix: FakeHelix) -> None:
    """Its scopes are null, as recorded in 2023; what is left of its life is told in seconds."""
    await asyncio.sleep(100)
    reply = await caller.validate(helix, f"OAuth {helix.access_token}")
    assert (reply.status, reply.body) == (200, {"client_id": "sandbox", "scopes": None, "expires_in": 4_999_900})
    assert helix.validations == 1


async def test_a_user_tokens_validation_names_the_user(caller: Caller, helix: FakeHelix) -> None:
    """Either scheme will do."""
    reply = await caller.validate(helix, f"Bearer {helix.user_token}")
    user: dict[str, object] = {"login": "example_streamer", "scopes": [], "user_id": helix.user_id}
    assert reply.body == {"client_id": "sandbox", "expires_in": 14_400, **user}


@pytest.mark.parametrize("authorization", ["OAuth stale", "", f"Basic {FakeHelix.access_token}"])
async def test_a_token_that_is_not_good_is_not_validated(caller: Caller, helix: FakeHelix, authorization: str) -> None:
    """401, and it counts as a validation."""
    reply = await caller.validate(helix, authorization)
    assert (reply.status, reply.body) == (401, {"status": 401, "message": "invalid access token"})
    assert helix.validations == 1


async def test_a_users_token_lives_four_hours(caller: Caller, helix: FakeHelix) -> None:
    """To the second."""
    await asyncio.sleep(14_399)
    assert await _status(caller, helix, helix.user_token) == 200
    await asyncio.sleep(1)
    assert await _status(caller, helix, helix.user_token) == 401
    assert await _status(caller, helix, helix.access_token) == 200


async def test_every_access_token_given_so_far_can_be_revoked(caller: Caller, helix: FakeHelix) -> None:
    """New ones are good, and so is the refresh token."""
    app = (await caller.post(helix, grant_type="client_credentials")).body["access_token"]
    helix.revoke()
    for token in (app, helix.access_token, helix.user_token):
        caller.token = token
        reply = await caller.get(helix, game_id=JUST_CHATTING)
        assert (reply.status, reply.body["message"]) == (401, "Invalid OAuth token")
    user = await caller.post(helix, grant_type="refresh_token", refresh_token=helix.refresh_token)
    assert await _status(caller, helix, user.body["access_token"]) == 200


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "OAuth token is missing"),
        ({"Authorization": "Bearer"}, "OAuth token is missing"),
        ({"Authorization": "Bearer nonsense"}, "Invalid OAuth token"),
        ({"Authorization": f"OAuth {FakeHelix.access_token}"}, "Invalid OAuth token"),
        ({"Authorization": f"Bearer {FakeHelix.access_token}"}, "Client ID is missing"),
        (
            {"Authorization": f"Bearer {FakeHelix.access_token}", "Client-Id": "another"},
            "Client ID and OAuth token do not match",
        ),
    ],
)
@pytest.mark.parametrize("endpoint", ["clips", "users", "games"])
async def test_wrong_credentials_are_refused_at_the_front(
    caller: Caller, helix: FakeHelix, endpoint: str, headers: dict[str, str], message: str
) -> None:
    """In the recorded words, with no rate headers: no point is spent."""
    async with caller.session.get(f"{helix.api_url}/{endpoint}", headers=headers) as response:
        assert "Ratelimit-Limit" not in response.headers
        assert await response.json() == {"error": "Unauthorized", "status": 401, "message": message}


async def test_twitchs_own_mock_server_reads_one_content_type_only(caller: Caller, helix: FakeHelix) -> None:
    """With a charset behind it, the form is as good as empty."""
    form = f"client_id={helix.client_id}&client_secret={helix.client_secret}&grant_type=client_credentials"
    bare = "application/x-www-form-urlencoded"

    async def status(content_type: str) -> int:
        headers = {aiohttp.hdrs.CONTENT_TYPE: content_type}
        async with caller.session.post(f"{helix.auth_url}/token", data=form, headers=headers) as response:
            return response.status

    assert [await status(bare), await status(f"{bare}; charset=utf-8")] == [200, 200]
    helix.manners = attrs.evolve(TWITCH_CLI)
    assert [await status(bare), await status(f"{bare}; charset=utf-8")] == [200, 400]
