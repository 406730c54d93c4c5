"""A listing, page by page, against the embedded Helix."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from twitch_clips import AppAuth, AsyncClips, ResponseError, StaticAuth
from twitch_clips.testing import FakeHelix, RawClip, synthetic_clips

from .conftest import NOW

GAME = "509658"


def _listing(count: int) -> list[RawClip]:
    """So many clips of one game, most viewed first."""
    raw = synthetic_clips(count, now=NOW)
    return [clip | {"game_id": GAME, "view_count": 10_000 - place} for place, clip in enumerate(raw)]


RAW = _listing(250)
IDS = [str(clip["id"]) for clip in RAW]


@pytest.fixture
async def helix() -> AsyncGenerator[FakeHelix]:
    """A Helix that knows 250 clips of one game."""
    async with FakeHelix(RAW, now=NOW) as helix:
        yield helix


async def test_every_clip_comes_once_in_helixs_order(clips: AsyncClips, helix: FakeHelix) -> None:
    """250 clips are three requests, each leading to the next by its cursor."""
    assert [clip.id async for clip in clips.by_game(GAME)] == IDS
    assert [("after=" in target) for target in helix.targets] == [False, True, True]


async def test_the_clips_of_a_channel_are_those_of_no_other(clips: AsyncClips) -> None:
    """By the broadcaster's id."""
    found = await clips.by_broadcaster("1000002").collect()
    assert [clip.id for clip in found] == [raw["id"] for raw in RAW if raw["broadcaster_id"] == "1000002"]


async def test_pages_are_fetched_when_needed_and_not_before(clips: AsyncClips, helix: FakeHelix) -> None:
    """Nothing before the first clip, one page for the first hundred, the second for the next one."""
    stream = clips.by_game(GAME)
    assert len(helix.targets) == 0
    for _ in range(100):
        await anext(stream)
    assert len(helix.targets) == 1
    await anext(stream)
    assert len(helix.targets) == 2


@pytest.mark.parametrize(("limit", "requests"), [(0, 0), (1, 1), (99, 1), (100, 1), (101, 2), (250, 3), (1000, 3)])
async def test_a_limit_is_exact_and_costs_no_request_too_many(
    clips: AsyncClips, helix: FakeHelix, limit: int, requests: int
) -> None:
    """Also where it falls on the end of a page."""
    found = await clips.by_game(GAME, limit=limit).collect()
    assert [clip.id for clip in found] == IDS[:limit]
    assert len(helix.targets) == requests


async def test_every_page_asks_for_the_same_size(clips: AsyncClips, helix: FakeHelix) -> None:
    """The limit does not change it."""
    found = await clips.by_game(GAME, limit=50, page_size=20).collect()
    assert [clip.id for clip in found] == IDS[:50]
    assert [target.partition("&")[2].partition("&")[0] for target in helix.targets] == ["first=20"] * 3


async def test_a_second_loop_goes_on_where_the_first_stopped(clips: AsyncClips) -> None:
    """A stream has one position, and leaving a loop early leaves nothing to clean up."""
    stream = clips.by_game(GAME)
    seen: list[str] = []

    async def read_until(count: int) -> None:
        async for clip in stream:
            seen.append(clip.id)
            if len(seen) == count:
                break

    await read_until(130)
    ours = [task for task in asyncio.all_tasks() if "RequestHandler" not in repr(task)]  # the server's
    assert ours == [asyncio.current_task()]
    await read_until(1000)
    assert seen == IDS


async def test_first_is_the_next_clip_or_none_at_the_end(clips: AsyncClips) -> None:
    """It moves the position like any other clip."""
    stream = clips.by_game(GAME, limit=2)
    taken = [await stream.first() for _ in range(3)]
    assert [clip and clip.id for clip in taken] == [*IDS[:2], None]


async def test_the_end_stays_the_end(clips: AsyncClips, helix: FakeHelix) -> None:
    """Asking on costs nothing and starts nothing over."""
    stream = clips.by_game(GAME)
    await stream.collect()
    assert await stream.collect() == []
    assert len(helix.targets) == 3


async def test_an_unknown_channel_has_no_clips(clips: AsyncClips) -> None:
    """That is Helix's answer: an empty list."""
    assert await clips.by_broadcaster("999").collect() == []


async def test_tasks_that_share_a_stream_share_its_clips(clips: AsyncClips, helix: FakeHelix) -> None:
    """Each clip goes to one of them, and a page is fetched once."""
    stream = clips.by_game(GAME)

    async def take() -> list[str]:
        mine: list[str] = []
        async for clip in stream:
            mine.append(clip.id)
            await asyncio.sleep(0)
        return mine

    shares = await asyncio.gather(*(take() for _ in range(4)))
    assert all(shares)
    assert sorted(clip for share in shares for clip in share) == sorted(IDS)
    assert len(helix.targets) == 3


async def test_a_cancelled_anext_loses_no_clip(clips: AsyncClips) -> None:
    """Here it is cancelled while the second page is on its way."""
    stream = clips.by_game(GAME)
    seen = [(await anext(stream)).id for _ in range(100)]
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert seen + [clip.id async for clip in stream] == IDS


async def test_after_an_error_the_same_page_is_asked_for_again(helix: FakeHelix) -> None:
    """Another program emptied the bucket: the 429 is raised, and the rest comes when the stream is asked on."""
    auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
    async with AsyncClips(auth, api_url=helix.api_url) as clips, AsyncClips(auth, api_url=helix.api_url) as other:
        stream = clips.by_game(GAME)
        seen = [(await anext(stream)).id for _ in range(100)]
        for _ in range(799):
            await other.by_game(GAME, limit=1, page_size=1).collect()
        with pytest.raises(ResponseError, match="429: Request limit exceeded"):
            await anext(stream)
        assert seen + [clip.id async for clip in stream] == IDS


async def test_an_error_answer_is_raised_with_its_status(helix: FakeHelix) -> None:
    """Here that of a token which nobody gave."""
    async with AsyncClips(StaticAuth(helix.client_id, "t0ken"), api_url=helix.api_url) as clips:
        with pytest.raises(ResponseError) as caught:
            await clips.by_game(GAME).first()
    assert (caught.value.status, caught.value.message) == (401, "Invalid OAuth token")


async def test_the_bucket_keeps_a_long_listing_below_the_limit() -> None:
    """A limit of 30 a minute and 250 pages: no 429, and no more time than the refill takes."""
    async with FakeHelix(RAW, now=NOW, limit=30) as helix:
        auth = StaticAuth(helix.client_id, helix.access_token)
        async with AsyncClips(auth, api_url=helix.api_url) as clips:
            start = asyncio.get_running_loop().time()
            found = await clips.by_game(GAME, page_size=1).collect()
            seconds = asyncio.get_running_loop().time() - start
    assert [clip.id for clip in found] == IDS
    assert (250 - 30) * 2 <= seconds <= (250 - 30) * 2 * 1.01 + 2
