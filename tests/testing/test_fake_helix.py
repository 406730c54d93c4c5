"""The embedded Helix answers as the real one is reported to; asked here with aiohttp, not with our client."""

import asyncio
from collections.abc import AsyncGenerator
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from tests.conftest import NOW
from twitch_clips.testing import FakeHelix


@pytest.fixture
async def web() -> AsyncGenerator[aiohttp.ClientSession]:
    """A session with valid credentials."""
    headers = {"Client-Id": FakeHelix.client_id, "Authorization": f"Bearer {FakeHelix.access_token}"}
    async with aiohttp.ClientSession(headers=headers) as web:
        yield web


async def _clips(web: aiohttp.ClientSession, helix: FakeHelix, **params: str) -> tuple[int, Any]:
    async with web.get(f"{helix.api_url}/clips", params=params) as response:
        return response.status, await response.json()


async def test_a_token_is_given_for_the_right_credentials(web: aiohttp.ClientSession, helix: FakeHelix) -> None:
    """And is then valid."""
    form = {"client_id": "sandbox", "client_secret": "sandbox-secret", "grant_type": "client_credentials"}
    async with web.post(f"{helix.auth_url}/token", data=form) as response:
        body = await response.json()
    assert set(body) == {"access_token", "expires_in", "token_type"}
    web.headers["Authorization"] = f"Bearer {body['access_token']}"
    assert (await _clips(web, helix, game_id="509658"))[0] == 200


async def test_a_wrong_grant_is_refused(web: aiohttp.ClientSession, helix: FakeHelix) -> None:
    """In the token server's shape, which has no `error`."""
    form = {"client_id": "sandbox", "client_secret": "sandbox-secret", "grant_type": "password"}
    async with web.post(f"{helix.auth_url}/token", data=form) as response:
        assert (response.status, await response.json()) == (400, {"status": 400, "message": "invalid grant type"})


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Authorization": ""}, "OAuth token is missing"),
        ({"Authorization": "Bearer nonsense"}, "Invalid OAuth token"),
        ({"Authorization": f"OAuth {FakeHelix.access_token}"}, "Invalid OAuth token"),
        ({"Client-Id": "another"}, "Client ID and OAuth token do not match"),
    ],
)
async def test_wrong_credentials_are_refused_at_the_front(
    web: aiohttp.ClientSession, helix: FakeHelix, headers: dict[str, str], message: str
) -> None:
    """As on the real one: no rate headers, and no point spent."""
    async with web.get(f"{helix.api_url}/clips", params={"game_id": "509658"}, headers=headers) as response:
        assert "Ratelimit-Limit" not in response.headers
        assert await response.json() == {"error": "Unauthorized", "status": 401, "message": message}


async def test_a_client_id_is_wanted_beside_the_token(helix: FakeHelix) -> None:
    """As on the real one."""
    headers = {"Authorization": f"Bearer {helix.access_token}"}
    async with aiohttp.ClientSession(headers=headers) as web:
        status, body = await _clips(web, helix, game_id="509658")
    assert (status, body["message"]) == (401, "Client ID is missing")


async def test_clips_come_by_falling_views_with_a_cursor_until_the_last_page(
    web: aiohttp.ClientSession, helix: FakeHelix
) -> None:
    """Twenty a page unless told otherwise; `pagination` is empty at the end."""
    _, page = await _clips(web, helix, game_id="509658")
    assert len(page["data"]) == 20
    clips, cursor = page["data"], page["pagination"]["cursor"]
    while cursor:
        _, page = await _clips(web, helix, game_id="509658", first="100", after=cursor)
        clips += page["data"]
        cursor = page["pagination"].get("cursor")
    views = [clip["view_count"] for clip in clips]
    assert views == sorted(views, reverse=True)
    assert len({clip["id"] for clip in clips}) == len(clips) > 200
    assert page["pagination"] == {}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"game_id": "1", "before": "eyJiIjpudWxsfQ"}, "in the before or after query parameter is not valid."),
        ({"game_id": "1", "first": "\N{SUPERSCRIPT TWO}"}, "less than or equal to 100"),
        ({"game_id": "1", "first": "101"}, "less than or equal to 100"),
        ({"game_id": "1", "first": "0"}, "less than or equal to 100"),
        ({"game_id": "1", "first": "all"}, "less than or equal to 100"),
        ({"game_id": "1", "after": "???"}, "The cursor specified in the before or after query parameter is not valid."),
        ({"game_id": "1", "after": "eyJiIjpudWxsLCJhIjoiIn0"}, "is not valid"),
    ],
)
async def test_wrong_questions_are_refused(
    web: aiohttp.ClientSession, helix: FakeHelix, params: dict[str, str], message: str
) -> None:
    """With rate headers: the service itself read them."""
    status, body = await _clips(web, helix, **params)
    assert (status, body["status"], body["error"]) == (400, 400, "Bad Request")
    assert message in body["message"]


@pytest.mark.parametrize("query", ["", "game_id=1&broadcaster_id=1", "game_id=1&game_id=2", "game_id="])
async def test_a_question_without_its_one_selector_is_refused_at_the_front(
    web: aiohttp.ClientSession, helix: FakeHelix, query: str
) -> None:
    """No rate headers, no point spent; the clock in the answer is virtual all the same."""
    async with web.get(f"{helix.api_url}/clips?{query}") as response:
        assert (response.status, "Ratelimit-Limit" in response.headers) == (400, False)
        assert parsedate_to_datetime(response.headers["Date"]) == NOW


async def test_the_bucket_refills_all_the_time_and_its_headers_say_so(web: aiohttp.ClientSession) -> None:
    """Thirty points: the thirty-first request is refused, two seconds later one more may go."""
    async with FakeHelix(now=NOW, limit=30) as helix:
        for left in range(29, -1, -1):
            async with web.get(f"{helix.api_url}/clips", params={"game_id": "1"}) as response:
                assert (response.headers["Ratelimit-Limit"], response.headers["Ratelimit-Remaining"]) == (
                    "30",
                    str(left),
                )
        async with web.get(f"{helix.api_url}/clips", params={"game_id": "1"}) as response:
            assert response.status == 429
            reset = int(response.headers["Ratelimit-Reset"])
            assert reset - parsedate_to_datetime(response.headers["Date"]).timestamp() == 60
        await asyncio.sleep(2)
        assert (await _clips(web, helix, game_id="1"))[0] == 200
        assert (await _clips(web, helix, game_id="1"))[0] == 429


async def test_its_wall_clock_follows_the_loop(web: aiohttp.ClientSession, helix: FakeHelix) -> None:
    """An hour of virtual time is an hour in `Date`."""
    await asyncio.sleep(3600)
    async with web.get(f"{helix.api_url}/clips", params={"game_id": "1"}) as response:
        assert (parsedate_to_datetime(response.headers["Date"]) - NOW).total_seconds() == 3600
