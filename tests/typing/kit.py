# ruff: noqa: INP001  (read by type checkers, never imported)
"""What the kit for tests gives, by its type: mypy and pyright hold it."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import assert_type

from twitch_clips import AsyncClips, Auth, Clip, StaticAuth, TokenBucket
from twitch_clips.export import Csv, Sink
from twitch_clips.redis import RedisTokenBucket
from twitch_clips.testing import (
    JUST_CHATTING,
    TWITCH_CLI,
    FakeHelix,
    Manners,
    RawClip,
    VirtualLoop,
    check_auth,
    check_bucket,
    check_sink,
    faults,
    light_clips,
    synthetic_channel,
    synthetic_clips,
)
from twitch_clips.testing.pytest import ClipFields, MakeClip

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def manners() -> list[Manners]:
    """Every switch."""
    listings = Manners(
        cap=(900, 1100),
        cap_ending="repeats",
        last_page="leads_to_empty",
        fails_from=500,
        full_page_has_cursor=True,
        short_pages=99,
        first_clamped=True,
        grid=None,
        edges="both",
        lone_end="refused",
        late=timedelta(seconds=15),
        lossy_over=timedelta(days=2),
        lossy_share=0.02,
        forgetful=0.01,
        hidden=frozenset({"BriskAmberOtter"}),
        order="random",
        moving_views=1,
        unknown_game="empty",
        before="served",
    )
    answers = Manners(
        missing_fields=frozenset({"duration"}),
        created_at_form="sqlite",
        clip_ids_at_once=50,
        first_id_only=True,
        bad_identifiers="left_out",
        counts_points=False,
        refill=600.0,
        reset="next_point",
        rate_headers="missing",
        rotate_refresh_tokens=False,
        public_client=True,
        token_form_strict=True,
        gzip=True,
        latency=0.5,
        round_trip=(0.06, 0.18),
    )
    return [listings, answers, TWITCH_CLI]


async def sandbox(clips: list[RawClip]) -> None:
    """The embedded Helix, and what it is told."""
    helix = FakeHelix(clips, users=[], games=[], now=NOW, limit=30, port=0, manners=Manners(cap=None))
    async with helix as entered:
        assert_type(entered, FakeHelix)
        helix.fail(faults.status(503, "busy"), skip=1, times=None)
        helix.fail(faults.too_many(remaining=None, reset=1.5), on="users")
        for fault in (faults.raw(502, b"<html>"), faults.cut(), faults.close(), faults.reset(), faults.empty()):
            helix.fail(fault)
        for fault in (faults.hang(), faults.endless(), faults.redirect("https://helix.example", code=307)):
            helix.fail(fault, on="token")
        helix.fail(faults.edit(lambda page: [page]))
        helix.fail(faults.headers({"Date": None}))
        helix.heal()
        helix.revoke()
        helix.add(*clips)
        helix.remove("BriskAmberOtter")
        helix.rename("1000001", "another_name")
        assert_type(helix.spend(100, user=True), bool)
    assert_type((helix.manners, helix.limit, helix.now), tuple[Manners, int, datetime])
    helix.manners, helix.limit = TWITCH_CLI, 30
    assert_type((helix.api_url, helix.auth_url, helix.port), tuple[str, str, int])
    assert_type((helix.client_id, helix.client_secret, helix.access_token), tuple[str, str, str])
    assert_type((helix.user_id, helix.user_token, helix.refresh_token), tuple[str, str, str])
    assert_type((helix.targets, helix.tokens, helix.validations), tuple[list[str], int, int])
    assert_type(synthetic_clips(10, now=NOW, seed=2), list[RawClip])
    assert_type(synthetic_channel(10, seed=2), list[Mapping[str, object]])
    FakeHelix(light_clips([0], [1], broadcaster_id="1000001", game_id=JUST_CHATTING, start=7))


def make_sink(place: str) -> Sink:
    """Write to a place."""
    return Csv(f"{place}.csv")


def read(place: str) -> list[str]:
    """Read a place."""
    return [place]


def make_auth() -> Auth:
    """Another one at each call."""
    return StaticAuth("id", "access")


async def checks(helix: FakeHelix) -> None:
    """What one's own parts have to hold."""
    await check_sink(make_sink, read, streams=False)
    await check_auth(make_auth, refused=make_auth, secrets=["access"], fetched=lambda: helix.tokens, renews=False)
    await check_bucket(TokenBucket)
    await check_bucket(lambda: RedisTokenBucket("redis://localhost"))


def time(helix: FakeHelix) -> None:
    """Time that jumps."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(checks(helix))
    loop = VirtualLoop(now=NOW)
    assert_type((loop.time(), loop.wall_time()), tuple[float, float])
    loop.set_default_executor(ThreadPoolExecutor())
    assert_type(loop.run_in_executor(None, int, "7"), asyncio.Future[int])
    loop.run_until_complete(loop.shutdown_default_executor(timeout=1.0))


async def fixtures(fake_helix: FakeHelix, helix_client: AsyncClips, make_clip: MakeClip, fields: ClipFields) -> None:
    """What the pytest plugin gives."""
    fake_helix.fail(faults.too_many())
    assert_type(await helix_client.get("BriskAmberOtter"), Clip | None)
    assert_type(make_clip(), Clip)
    assert_type(make_clip(title="a title", view_count=7, vod_offset=None), Clip)
    assert_type(make_clip(**fields), Clip)
