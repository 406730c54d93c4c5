"""`AsyncClips`: what it is made from, what it refuses."""

import asyncio
from typing import Any

import aiohttp
import pytest

from twitch_clips import (
    AppAuth,
    AsyncClips,
    AuthError,
    ClosedError,
    Event,
    NoLimit,
    QueryError,
    RateHeaders,
    RateLimited,
    RateStatus,
    RetryPolicy,
    StaticAuth,
    TimedOut,
    TokenBucket,
    Turn,
)
from twitch_clips.testing import FakeHelix

from .conftest import NOW, Response

GAME = "509658"
AUTH = StaticAuth("example", "t0ken")
VARIABLES = ("CLIENT_ID", "CLIENT_SECRET", "ACCESS_TOKEN", "API_URL", "AUTH_URL")


@pytest.mark.parametrize("limit", [-1, True, 1.0, "5"])
async def test_a_wrong_limit_is_refused_in_the_call(clips: AsyncClips, helix: FakeHelix, limit: Any) -> None:
    """Not when the first clip is asked for; nothing was sent, not even for a token."""
    with pytest.raises(QueryError, match="limit must be a whole number from 0 on, or None"):
        clips.by_game(GAME, limit=limit)
    assert (helix.targets, helix.tokens) == ([], 0)


async def test_a_wrong_id_or_page_size_is_refused_in_the_call(clips: AsyncClips) -> None:
    """For games and broadcasters alike."""
    with pytest.raises(QueryError, match="game_id must be a string of digits"):
        clips.by_game("Just Chatting")
    with pytest.raises(QueryError, match="broadcaster_id must be a string of digits"):
        clips.by_broadcaster("example_streamer")
    with pytest.raises(QueryError, match="page_size"):
        clips.by_broadcaster("1000001", page_size=101)


@pytest.mark.parametrize(
    "settings",
    [
        *({"timeout": seconds} for seconds in (0, -1, float("nan"), float("inf"))),
        *({"max_wait": seconds} for seconds in (-1, float("nan"))),
        *({"retry": policy} for policy in (None, 3)),
        {"on_invalid": "ignore"},
        {"hooks": [None]},
        *({"api_url": url} for url in ("helix", None, "https://user:s3cret@helix.example")),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    """At once, by name, and without a password that may be in them."""
    with pytest.raises(QueryError, match=next(iter(settings))) as caught:
        AsyncClips(AUTH, **settings)
    assert "s3cret" not in str(caught.value)


async def test_a_closed_client_answers_no_more(clips: AsyncClips, helix: FakeHelix) -> None:
    """It says so, also to a stream that was made before, and asks for no token first."""
    stream = clips.by_game(GAME)
    await clips.aclose()
    with pytest.raises(ClosedError, match="this AsyncClips is closed"):
        await stream.first()
    assert helix.tokens == 0


async def test_the_timeout_is_that_of_each_request(silent_url: str) -> None:
    """In seconds."""
    async with AsyncClips(AUTH, api_url=silent_url, timeout=7, retry=RetryPolicy(attempts=1)) as clips:
        start = asyncio.get_running_loop().time()
        with pytest.raises(TimedOut):
            await clips.by_game(GAME).first()
        assert asyncio.get_running_loop().time() - start == pytest.approx(7, abs=1)


class _CountingBucket(NoLimit):
    """Knows how many requests are under way."""

    under_way = 0

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:
        """One more."""
        assert (max_wait, background) == (9, False)
        self.under_way += 1
        return Turn()

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:  # noqa: ARG002
        """One less."""
        assert (rate, refused) == (None, False)
        self.under_way -= 1


async def test_a_request_that_fails_or_is_cancelled_is_no_longer_under_way(silent_url: str) -> None:
    """Else the bucket would reckon with it for ever."""
    bucket = _CountingBucket()
    once = RetryPolicy(attempts=1)
    async with AsyncClips(AUTH, api_url=silent_url, bucket=bucket, timeout=5, max_wait=9, retry=once) as clips:
        with pytest.raises(TimedOut):
            await clips.by_game(GAME).first()
        assert bucket.under_way == 0
        asking = asyncio.ensure_future(clips.by_game(GAME).first())
        await asyncio.sleep(1)
        assert bucket.under_way == 1
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert bucket.under_way == 0


async def test_no_turn_is_spent_where_no_token_is_to_be_had(closed_port: int) -> None:
    """The token comes first."""
    bucket = _CountingBucket()
    origin = f"http://127.0.0.1:{closed_port}"
    async with AsyncClips(AppAuth("example", "s3cret", auth_url=origin), api_url=origin, bucket=bucket) as clips:
        with pytest.raises(AuthError):
            await clips.by_game(GAME).first()
    assert bucket.under_way == 0


async def test_a_request_that_waits_for_its_turn_is_not_sent_after_closing() -> None:
    """When the turn comes it says so, and no connection is opened behind the user's back."""
    async with FakeHelix(now=NOW, limit=1) as helix:
        clips = AsyncClips(StaticAuth(helix.client_id, helix.access_token), api_url=helix.api_url)
        await clips.by_game(GAME).first()
        waiting = asyncio.ensure_future(clips.by_game(GAME).first())
        await asyncio.sleep(1)
        await clips.aclose()
        with pytest.raises(ClosedError):
            await waiting
        assert len(helix.targets) == 1


async def test_a_session_that_its_owner_closed_is_named(helix: FakeHelix) -> None:
    """The error of aiohttp would be a bare `RuntimeError`."""
    auth = StaticAuth(helix.client_id, helix.access_token)
    async with aiohttp.ClientSession() as session:
        clips = AsyncClips(auth, api_url=helix.api_url, session=session)
    with pytest.raises(ClosedError, match="the aiohttp session that was passed in is closed"):
        await clips.by_game(GAME).first()


async def test_a_bucket_that_was_passed_in_decides() -> None:
    """One that lets all go at once meets the server's own limit: its 429s are ordinary failures."""
    async with FakeHelix(now=NOW, limit=10) as helix:
        auth = StaticAuth(helix.client_id, helix.access_token)
        async with AsyncClips(auth, api_url=helix.api_url, bucket=NoLimit(), retry=RetryPolicy(base=0)) as clips:
            stream = clips.by_game(GAME, page_size=1)
            for _ in range(10):
                await anext(stream)
            with pytest.raises(RateLimited, match="429: Request limit exceeded"):
                await anext(stream)
            assert stream.stats.requests == 15


def test_it_may_be_made_outside_a_loop_and_used_in_several(closed_port: int) -> None:
    """Bots build it in `__init__`; notebooks call `asyncio.run` over and over and close nothing in between."""
    auth = StaticAuth(FakeHelix.client_id, FakeHelix.access_token)
    clips = AsyncClips(auth, api_url=f"http://127.0.0.1:{closed_port}/helix")

    async def first_clip() -> str:
        async with FakeHelix(port=closed_port, now=NOW):
            clip = await clips.by_game(GAME).first()
        assert clip is not None
        return clip.id

    async def last_clip() -> str:
        async with clips:
            return await first_clip()

    assert asyncio.run(first_clip()) == asyncio.run(last_clip())


def test_the_rate_can_be_asked_for_outside_a_loop() -> None:
    """As a bot does for its status page."""
    assert AsyncClips(AUTH).rate == RateStatus(limit=800, remaining=800, waiting=0, retry_after=0)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No variable set."""
    for name in VARIABLES:
        monkeypatch.delenv(f"TWITCH_{name}", raising=False)
    return monkeypatch


async def test_from_env_takes_a_secret(environment: pytest.MonkeyPatch, helix: FakeHelix) -> None:
    """And the addresses of another server."""
    values = (helix.client_id, helix.client_secret, "", helix.api_url, helix.auth_url)
    for name, value in zip(VARIABLES, values, strict=True):
        environment.setenv(f"TWITCH_{name}", value)
    async with AsyncClips.from_env() as clips:
        assert await clips.by_game(GAME).first() is not None
    assert helix.tokens == 1


async def test_from_env_takes_a_given_token(environment: pytest.MonkeyPatch, helix: FakeHelix) -> None:
    """No token is asked for."""
    environment.setenv("TWITCH_CLIENT_ID", helix.client_id)
    environment.setenv("TWITCH_ACCESS_TOKEN", helix.access_token)
    environment.setenv("TWITCH_API_URL", helix.api_url)
    async with AsyncClips.from_env() as clips:
        assert await clips.by_game(GAME).first() is not None
    assert helix.tokens == 0


async def test_from_env_takes_settings(environment: pytest.MonkeyPatch, helix: FakeHelix) -> None:
    """All of the client's: a bucket that several processes share, say."""
    environment.setenv("TWITCH_CLIENT_ID", helix.client_id)
    environment.setenv("TWITCH_ACCESS_TOKEN", helix.access_token)
    environment.setenv("TWITCH_API_URL", helix.api_url)
    heard: list[Event] = []
    async with AsyncClips.from_env(bucket=TokenBucket(30), hooks=[heard.append]) as clips:
        assert clips.rate.limit == 30
        await clips.by_game(GAME).first()
    assert heard
    with pytest.raises(QueryError, match="max_wait"):
        AsyncClips.from_env(max_wait=-1)


async def test_from_env_asks_twitch_unless_told_otherwise(environment: pytest.MonkeyPatch, server: Any) -> None:
    """At the documented addresses."""
    environment.setenv("TWITCH_CLIENT_ID", "example")
    environment.setenv("TWITCH_CLIENT_SECRET", "s3cret")
    server.post("https://id.twitch.tv/oauth2/token", payload={"access_token": "t0ken"}, response_class=Response)
    url = "https://api.twitch.tv/helix/clips?game_id=509658&first=100"
    server.get(url, body=b'{"data":[],"pagination":{}}', response_class=Response)
    async with AsyncClips.from_env() as clips:
        assert await clips.by_game(GAME).collect() == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "TWITCH_CLIENT_ID is not set"),
        ({"CLIENT_SECRET": "s3cret"}, "TWITCH_CLIENT_ID is not set"),
        ({"CLIENT_ID": "example"}, "neither is set"),
        ({"CLIENT_ID": "example", "CLIENT_SECRET": "s3cret", "ACCESS_TOKEN": "t0ken"}, "both are set"),
        ({"CLIENT_ID": "example", "CLIENT_SECRET": "s3cret", "API_URL": "helix"}, "TWITCH_API_URL must be an address"),
        ({"CLIENT_ID": "example", "CLIENT_SECRET": "s3cret", "AUTH_URL": "id"}, "TWITCH_AUTH_URL must be an address"),
    ],
)
def test_from_env_names_what_is_missing_or_contradictory(
    environment: pytest.MonkeyPatch, values: dict[str, str], words: str
) -> None:
    """Without a word of what is in them."""
    for name, value in values.items():
        environment.setenv(f"TWITCH_{name}", value)
    with pytest.raises((AuthError, QueryError), match=words) as caught:
        AsyncClips.from_env()
    assert "s3cret" not in str(caught.value)
