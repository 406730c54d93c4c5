# ruff: noqa: INP001  (read by type checkers, never imported)
"""What the other public modules give, by its type: mypy and pyright hold it."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import assert_type

import pyarrow as pa
from prometheus_client import CollectorRegistry

from twitch_clips import (
    AsyncClips,
    Backfill,
    Batch,
    Bucket,
    Clip,
    ClipPage,
    ClipStream,
    Hook,
    KeyedBucket,
    Progress,
    RateHeaders,
    RateStatus,
    Report,
    StateStore,
    StateStores,
    TokenBucket,
    Turn,
    Window,
)
from twitch_clips.export import (
    Csv,
    JsonLines,
    Parquet,
    ParquetDataset,
    Part,
    Piece,
    Sink,
    Sql,
    Synced,
    json_lines,
    sink_for,
    sync,
    to_arrow,
    write,
)
from twitch_clips.prometheus import PrometheusHook
from twitch_clips.redis import RedisTokenBucket
from twitch_clips.testing import (
    JUST_CHATTING,
    TWITCH_CLI,
    FakeHelix,
    Manners,
    RawClip,
    VirtualLoop,
    check_bucket,
    faults,
    light_clips,
    synthetic_channel,
    synthetic_clips,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)


async def exports(stream: ClipStream, job: Backfill, own: Sink) -> None:
    """Files, folders and databases for both kinds of sources."""
    assert_type(await write(stream, "clips.jsonl"), int)
    assert_type(await write(job, Path("archive")), int)
    assert_type(await write(stream, own), int)
    assert_type(await to_arrow(stream), pa.Table)
    assert_type(await to_arrow(job), pa.Table)
    assert_type(sink_for("clips.csv"), Sink)


async def sinks(batch: Batch, page: ClipPage) -> None:
    """Each kind is a `Sink`, and keeps a checkpoint or several."""
    lines, table, parquet = JsonLines("clips.jsonl"), Csv("clips.csv.gz", formulas=True), Parquet(Path("clips.parquet"))
    folder, database = ParquetDataset("archive/"), Sql("postgresql://localhost/clips", timeout=5)
    for sink in list[Sink]([lines, table, parquet, folder, database]):
        await sink.open()
        for piece in list[Piece]([batch, page]):
            await sink.write(piece)
            assert_type(piece.clips, tuple[Clip, ...])
            assert_type(json_lines(piece), bytes)
        await sink.commit()
        await sink.close()
    stores: list[StateStore] = [lines, table, parquet]
    many: list[StateStores] = [folder, database]
    assert_type((stores, many), tuple[list[StateStore], list[StateStores]])


def shown(part: Part) -> AbstractAsyncContextManager[object]:
    """Show how far a part of a sync is."""
    assert_type(part.progress, Progress)
    return nullcontext()


async def syncs(clips: AsyncClips, database: Sql) -> None:
    """A database that follows a channel or a game."""
    assert_type(await sync(clips, database, login="example_streamer", around=shown), Synced)
    assert_type(await sync(clips, "clips.db", broadcaster_id="1000001", refresh=True), Synced)
    assert_type(await sync(clips, Path("clips.db"), game="Just Chatting", recent=timedelta(days=1)), Synced)
    synced = await sync(clips, "sqlite:///clips.db", game_id=JUST_CHATTING, concurrency=8)
    assert_type((synced.question, synced.complete), tuple[str, bool])
    assert_type((synced.new, synced.updated, synced.gone), tuple[int, int, int])
    assert_type((synced.clips, synced.requests), tuple[int, int])
    assert_type((synced.gaps, synced.reports), tuple[tuple[Window, ...], tuple[Report, ...]])


async def shared_buckets(headers: RateHeaders) -> None:
    """One for several processes is a `KeyedBucket`."""
    async with RedisTokenBucket("redis://localhost", share=100) as bucket:
        assert_type(bucket, RedisTokenBucket)
        as_keyed: KeyedBucket = bucket
        assert_type(as_keyed.keyed("key"), Bucket)
        assert_type(bucket.keyed("key"), Bucket)
        turn = await bucket.acquire(max_wait=None, background=False)
        assert_type(turn, Turn)
        bucket.observe(turn, headers, refused=True)
        bucket.give_back(turn)
        assert_type(bucket.status, RateStatus)
    await RedisTokenBucket("redis://localhost").aclose()


def metrics(registry: CollectorRegistry) -> Sequence[Hook]:
    """The counting hook is a `Hook`."""
    return [PrometheusHook(), PrometheusHook(registry, namespace="bot")]


async def sandbox(clips: list[RawClip]) -> None:
    """The embedded Helix, and what it is told."""
    manners = Manners(cap=(900, 1100), first_id_only=True)
    helix = FakeHelix(clips, users=[], games=[], now=NOW, limit=30, port=0, manners=manners)
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


async def checks() -> None:
    """What one's own parts have to hold."""
    await check_bucket(TokenBucket)
    await check_bucket(lambda: RedisTokenBucket("redis://localhost"))


def time() -> None:
    """Time that jumps."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(checks())
    loop = VirtualLoop(now=NOW)
    assert_type((loop.time(), loop.wall_time()), tuple[float, float])
