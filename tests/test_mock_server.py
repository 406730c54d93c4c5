"""Twitch's own mock server (`twitch mock-api start`) is a target too: the sandbox with its manners."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import pytest

from twitch_clips import AsyncClips, End, UnknownName
from twitch_clips.testing import TWITCH_CLI, FakeHelix

from .conftest import NOW, listing

RAW = listing(200)
IDS = sorted(str(clip["id"]) for clip in RAW)


@pytest.fixture
async def helix() -> AsyncGenerator[FakeHelix]:
    """One with 200 clips: two full pages, and an empty one behind them."""
    async with FakeHelix(RAW, manners=TWITCH_CLI) as helix:
        yield helix


@pytest.fixture
async def clips(helix: FakeHelix, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[AsyncClips]:
    """A client that the environment points at it; the token server reads a form under exactly one content type."""
    monkeypatch.setenv("TWITCH_CLIENT_ID", helix.client_id)
    monkeypatch.setenv("TWITCH_CLIENT_SECRET", helix.client_secret)
    monkeypatch.delenv("TWITCH_ACCESS_TOKEN", raising=False)
    monkeypatch.setenv("TWITCH_API_URL", helix.api_url)
    monkeypatch.setenv("TWITCH_AUTH_URL", helix.auth_url)
    async with AsyncClips.from_env() as clips:
        yield clips


async def test_a_listing_of_it_is_complete(clips: AsyncClips, helix: FakeHelix) -> None:
    """Without rate headers, without `pagination` on its last page, and with an empty page behind a full last one."""
    stream = clips.by_game("509658")
    assert sorted([clip.id async for clip in stream]) == IDS
    assert (stream.end, len(helix.targets)) == (End.EXHAUSTED, 3)


async def test_its_times_without_a_zone_are_utc(clips: AsyncClips) -> None:
    """It writes `2024-01-01 00:00:00`."""
    written = {str(clip["id"]): str(clip["created_at"]) for clip in RAW}
    async for clip in clips.by_game("509658"):
        assert clip.created_at.tzinfo is UTC
        assert f"{clip.created_at:%Y-%m-%dT%H:%M:%SZ}" == written[clip.id]


async def test_clips_by_their_ids_are_asked_for_one_by_one(clips: AsyncClips) -> None:
    """As it looks at the first of several ids only, the others are not called missing."""
    stream = clips.by_ids([*IDS[:5], "NoSuchOtter"])
    assert [clip.id for clip in await stream.collect()] == IDS[:5]
    assert stream.missing == ("NoSuchOtter",)


async def test_names_and_windows_work_as_with_helix(clips: AsyncClips) -> None:
    """A start and an end, both sent."""
    start = NOW - timedelta(days=9)
    found = await clips.by_game(game="Just Chatting", started_at=start, ended_at=NOW).collect()
    assert {clip.id for clip in found} == {str(raw["id"]) for raw in RAW if _created_at(raw["created_at"]) > start}
    with pytest.raises(UnknownName):
        await clips.by_broadcaster(login="nobody_at_all").first()


def _created_at(text: object) -> datetime:
    return datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
