# ruff: noqa: INP001  (read by type checkers, never imported)
"""What the other public modules give, by its type: mypy and pyright hold it."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
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
    synced = await sync(clips, "sqlite:///clips.db", game_id="509658", concurrency=8)
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
