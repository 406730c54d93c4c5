"""A user's access token: refreshed when it is refused, handed over before it is used, validated every hour."""

import asyncio
from typing import Any

import pytest

from twitch_clips import AsyncClips, AuthError, UserAuth
from twitch_clips.testing import FakeHelix, Manners, faults
from twitch_clips.testing.faults import Fault

GAME = "509658"


class _Keeper:
    """What a user stores."""

    def __init__(self, helix: FakeHelix) -> None:
        """Nothing yet."""
        self.helix = helix
        self.pairs: list[tuple[str, str]] = []
        self.asked_before: list[int] = []
        self.failures = 0

    async def keep(self, access_token: str, refresh_token: str) -> None:
        """Both, unless the disk is full."""
        await asyncio.sleep(1)
        if self.failures:
            self.failures -= 1
            raise OSError(f"disk full while writing {refresh_token}")
        self.pairs.append((access_token, refresh_token))
        self.asked_before.append(len(self.helix.targets))


def _user_auth(helix: FakeHelix, keeper: _Keeper, secret: str = FakeHelix.client_secret) -> UserAuth:
    return UserAuth(
        helix.client_id,
        secret,
        helix.user_token,
        helix.refresh_token,
        on_refresh=keeper.keep,
        auth_url=helix.auth_url,
    )


async def test_a_user_token_is_refreshed_on_a_401_and_handed_over_before_it_is_used(helix: FakeHelix) -> None:
    """Once for all streams; the refresh token is a new one each time."""
    keeper = _Keeper(helix)
    async with AsyncClips(_user_auth(helix, keeper), api_url=helix.api_url) as clips:
        assert await clips.by_game(GAME).first() is not None
        for _ in range(2):
            helix.revoke()
            asked = len(helix.targets)
            found = await asyncio.gather(*(clips.by_game(GAME, limit=1).first() for _ in range(5)))
            assert None not in found
            assert keeper.asked_before.pop() == asked + 5
            assert len(helix.targets) == asked + 10
    assert len({refresh for _, refresh in keeper.pairs} | {helix.refresh_token}) == 3


async def test_a_late_report_of_a_stale_user_token_does_no_harm(helix: FakeHelix) -> None:
    """The refresh token is not spent for it."""
    auth = _user_auth(helix, _Keeper(helix))
    await auth.invalidate("another")
    assert await auth.token() == helix.user_token
    assert helix.tokens == 0


async def test_tokens_that_could_not_be_handed_over_are_not_used_and_not_lost(helix: FakeHelix) -> None:
    """The old refresh token may be dead: the new pair is kept and handed over again by the next request."""
    keeper = _Keeper(helix)
    keeper.failures = 1
    auth = _user_auth(helix, keeper)
    await auth.invalidate(helix.user_token)
    with pytest.raises(AuthError, match="on_refresh failed with OSError: the new tokens are not stored") as caught:
        await auth.token()
    assert caught.value.__context__ is caught.value.__cause__ is None
    assert await auth.token() == keeper.pairs[0][0]
    assert helix.tokens == 1


async def test_a_refresh_token_that_does_not_change_is_kept(helix: FakeHelix) -> None:
    """As with most confidential clients; here the answer does not even repeat it."""
    keeper = _Keeper(helix)
    helix.fail(faults.raw(200, '{"access_token":"fresh"}', content_type="application/json"), on="token")
    auth = _user_auth(helix, keeper)
    await auth.invalidate(helix.user_token)
    assert await auth.token() == "fresh"
    assert keeper.pairs == [("fresh", helix.refresh_token)]


async def test_a_public_client_refreshes_without_a_secret(helix: FakeHelix) -> None:
    """It has none."""
    helix.manners = Manners(public_client=True)
    auth = _user_auth(helix, _Keeper(helix), secret="")
    await auth.invalidate(helix.user_token)
    assert await auth.token() != helix.user_token


async def test_a_dead_refresh_token_is_an_auth_error(helix: FakeHelix) -> None:
    """In the token server's words; it is asked once."""
    auth = UserAuth(
        helix.client_id, helix.client_secret, "t0ken", "dead", on_refresh=_Keeper(helix).keep, auth_url=helix.auth_url
    )
    with pytest.raises(AuthError, match="400: Invalid refresh token; the user has to authorise again"):
        await auth.token()
    assert (helix.validations, helix.tokens) == (1, 0)


async def test_a_user_token_is_validated_at_the_start_and_every_hour(helix: FakeHelix) -> None:
    """As Twitch demands; one request for all who ask at the same time."""
    auth = _user_auth(helix, _Keeper(helix))
    for hours in (0, 0.9, 0.2, 0.5):
        await asyncio.sleep(hours * 3600)
        await asyncio.gather(*(auth.token() for _ in range(5)))
    assert helix.validations == 2


async def test_a_user_token_that_was_refreshed_is_validated_an_hour_later(helix: FakeHelix) -> None:
    """A fresh one was found good by whoever made it."""
    auth = _user_auth(helix, _Keeper(helix))
    await auth.invalidate(helix.user_token)
    for seconds, validations in ((0, 0), (3500, 0), (200, 1)):
        await asyncio.sleep(seconds)
        await auth.token()
        assert helix.validations == validations


async def test_a_user_token_found_dead_by_validation_is_refreshed_at_once(helix: FakeHelix) -> None:
    """No request to Helix is wasted on it."""
    keeper = _Keeper(helix)
    helix.revoke()
    async with AsyncClips(_user_auth(helix, keeper), api_url=helix.api_url) as clips:
        assert await clips.by_game(GAME, limit=1).first() is not None
    assert (len(helix.targets), helix.validations, len(keeper.pairs)) == (1, 1, 1)


async def test_a_validation_that_finds_a_token_dead_too_late_leaves_its_successor_alone(helix: FakeHelix) -> None:
    """Helix had refused it meanwhile, and it was refreshed: once is enough."""

    async def late(_: Any, answer: Any) -> Any:
        await asyncio.sleep(3)
        return await answer()

    auth = _user_auth(helix, _Keeper(helix))
    helix.revoke()
    helix.fail(late, on="validate")
    validating = asyncio.ensure_future(auth.token())
    await asyncio.sleep(0.5)
    await auth.invalidate(helix.user_token)
    fresh = await auth.token()
    assert await validating == await auth.token() == fresh
    assert (helix.validations, helix.tokens) == (1, 1)


async def test_a_token_is_not_used_while_it_is_handed_over_whatever_a_validation_says(helix: FakeHelix) -> None:
    """One that ends meanwhile speaks of the token before."""

    async def late(_: Any, answer: Any) -> Any:
        good = await answer()
        await asyncio.sleep(3)
        return good

    keeper = _Keeper(helix)
    auth = _user_auth(helix, keeper)
    helix.fail(late, on="validate")
    validating = asyncio.ensure_future(auth.token())
    await asyncio.sleep(2.5)
    await auth.invalidate(helix.user_token)
    renewing = asyncio.ensure_future(auth.token())
    assert await validating == keeper.pairs[0][0] == await renewing


@pytest.mark.parametrize("fault", [faults.status(500), faults.reset()])
async def test_a_validation_that_fails_holds_nobody_up(helix: FakeHelix, fault: Fault) -> None:
    """It says nothing of the token, and is made up for a minute later."""
    helix.fail(fault, on="validate", times=None)
    auth = _user_auth(helix, _Keeper(helix))
    assert [await auth.token() for _ in range(3)] == [helix.user_token] * 3
    helix.heal()
    assert helix.validations == 0
    await asyncio.sleep(61)
    await auth.token()
    assert helix.validations == 1


async def test_a_validation_that_hangs_holds_a_request_up_for_five_seconds(helix: FakeHelix) -> None:
    """It says nothing of the token."""
    helix.fail(faults.hang(), on="validate", times=None)
    start = asyncio.get_running_loop().time()
    assert await _user_auth(helix, _Keeper(helix)).token() == helix.user_token
    assert asyncio.get_running_loop().time() - start == pytest.approx(5, abs=1)
