# ruff: noqa: INP001  (read by type checkers, never imported)
"""What each public call of `twitch_clips` gives, by its type: mypy and pyright hold it."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from os import PathLike
from pathlib import Path
from typing import assert_type

import aiohttp
import cattrs

from twitch_clips import (
    AppAuth,
    AsyncClips,
    Auth,
    Backfill,
    Batch,
    Bucket,
    Checkpoint,
    Clip,
    ClipPage,
    ClipStream,
    ClipWatch,
    End,
    Event,
    FileStore,
    Game,
    Hook,
    IdStream,
    KeyedBucket,
    NoLimit,
    OnCap,
    Plan,
    Progress,
    Proof,
    RateHeaders,
    RateStatus,
    Report,
    RetryPolicy,
    Since,
    StateStore,
    StateStores,
    StaticAuth,
    StreamStats,
    TokenBucket,
    Turn,
    User,
    UserAuth,
    When,
    Where,
    Window,
    find_clip_ids,
    make_converter,
    merge,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)


async def service(session: aiohttp.ClientSession, hook: Hook) -> None:
    """What a client is made from, and what it is for itself."""
    clips = AsyncClips(
        AppAuth("id", "secret"),
        api_url="https://helix.example",
        session=session,
        bucket=TokenBucket(),
        retry=RetryPolicy(attempts=3, base=0.1, cap=1.0, deadline=10.0),
        timeout=10,
        max_wait=2.5,
        on_invalid="skip",
        hooks=[hook, print],
    )
    assert_type(clips, AsyncClips)
    assert_type(AsyncClips.from_env(timeout=5.0, max_wait=None, on_invalid="raise"), AsyncClips)
    assert_type(clips.rate, RateStatus)
    async with clips as entered:
        assert_type(entered, AsyncClips)
    await clips.aclose()


async def listings(clips: AsyncClips, ids: AsyncIterator[str]) -> None:
    """Every way to ask for clips."""
    assert_type(clips.by_game("509658"), ClipStream)
    assert_type(clips.by_game(game_id="509658", since="7d", where=lambda clip: clip.view_count > 9), ClipStream)
    assert_type(clips.by_game(game="Just Chatting", since=timedelta(days=7), limit=10, on_cap="raise"), ClipStream)
    assert_type(clips.by_broadcaster("1000001", started_at=NOW, ended_at="2026-05-02T00:00:00Z"), ClipStream)
    assert_type(clips.by_broadcaster(login="example_streamer", is_featured=True, page_size=20), ClipStream)
    assert_type(clips.by_broadcaster(broadcaster_id="1000001", after="cursor"), ClipStream)
    assert_type(clips.by_broadcaster("1000001", before="cursor"), ClipStream)
    assert_type(clips.by_ids(["BriskAmberOtter"]), IdStream)
    assert_type(clips.by_ids(ids, concurrency=8), IdStream)
    assert_type(await clips.get("https://clips.twitch.tv/BriskAmberOtter"), Clip | None)
    assert_type(clips.resume("tc1-", where=None, on_cap="ignore"), ClipStream)
    assert_type(await clips.users(["example_streamer"]), dict[str, User])
    assert_type(await clips.users(ids=("1000001",)), dict[str, User])
    assert_type(await clips.games({"Just Chatting"}, ids=["509658"]), dict[str, Game])


async def streams(stream: ClipStream, by_ids: IdStream) -> None:
    """What a stream gives and tells."""
    async for clip in stream:
        assert_type(clip, Clip)
    async for page in stream.pages():
        assert_type(page, ClipPage)
    assert_type(await anext(stream), Clip)
    assert_type(await stream.first(), Clip | None)
    assert_type(await stream.collect(), list[Clip])
    assert_type(stream.restart(), ClipStream)
    assert_type(stream.checkpoint, Checkpoint | None)
    assert_type(stream.end, End | None)
    assert_type(stream.stats, StreamStats)
    await stream.aclose()
    async with stream as entered:
        assert_type(entered, ClipStream)
    assert_type(by_ids.restart(), IdStream)
    assert_type(by_ids.missing, tuple[str, ...])
    assert_type(by_ids.asked, int)
    async with by_ids as entered_ids:
        assert_type(entered_ids, IdStream)


async def several(stream: ClipStream, by_ids: IdStream, watch: ClipWatch, others: AsyncIterator[Clip]) -> None:
    """Streams as one, and what needs no client."""
    merged = merge(stream, by_ids, watch, others)
    async for clip in merged:
        assert_type(clip, Clip)
    await merged.aclose()
    assert_type(find_clip_ids("clips.twitch.tv/BriskAmberOtter"), list[str])
    assert_type(make_converter(), cattrs.Converter)


async def watching(clips: AsyncClips, store: StateStore) -> None:
    """New clips of several targets."""
    assert_type(clips.watch(login="example_streamer", every=30), ClipWatch)
    assert_type(clips.watch(game_id=["509658"], since="36h", overlap=timedelta(hours=1), checkpoint=store), ClipWatch)
    watch = clips.watch(login=[], broadcaster_id=("1000001",), game="Just Chatting", checkpoint=Path("seen.json"))
    watch.add(login="example_streamer")
    watch.add(login=None, game="Just Chatting")
    watch.discard(broadcaster_id="1000001")
    watch.discard(game_id="509658")
    async with watch as entered:
        assert_type(entered, ClipWatch)
        async for clip in entered:
            assert_type(clip, Clip)
    await watch.aclose()


async def backfills(clips: AsyncClips, store: StateStore, stores: StateStores) -> None:
    """Every clip of a range."""
    assert_type(clips.backfill(game="Just Chatting", started_at="2026-01-01T00:00:00Z", ended_at=NOW), Backfill)
    assert_type(clips.backfill(game_id="509658", checkpoint=store, max_window=timedelta(days=1), audit=1), Backfill)
    assert_type(clips.backfill(broadcaster_id="1000001", settle=timedelta(0), checkpoint=stores), Backfill)
    job = clips.backfill(login="example_streamer", checkpoint="clips.json", concurrency=8)
    job.keep_in(store)
    assert_type(await job.plan(), Plan)
    async with job as entered:
        assert_type(entered, Backfill)
        async for batch in job.batches():
            assert_type(batch, Batch)
            await job.commit(batch)
            await job.commit(batch, batch)
    async for clip in job:
        assert_type(clip, Clip)
    assert_type(job.progress, Progress)
    assert_type(job.report, Report)
    assert_type(job.report.raise_if_incomplete(), None)
    await job.aclose()


def records(clip: Clip, page: ClipPage, user: User, game: Game, stats: StreamStats) -> None:
    """What is told of clips."""
    assert_type((clip.id, clip.url, clip.title), tuple[str, str, str])
    assert_type((clip.embed_url, clip.thumbnail_url, clip.language), tuple[str, str, str])
    assert_type((clip.broadcaster_id, clip.broadcaster_name), tuple[str, str])
    assert_type((clip.creator_id, clip.creator_name), tuple[str, str])
    assert_type((clip.video_id, clip.game_id), tuple[str, str])
    assert_type((clip.view_count, clip.created_at, clip.duration), tuple[int, datetime, float])
    assert_type((clip.vod_offset, clip.vod_url, clip.is_featured), tuple[int | None, str | None, bool])
    assert_type((page.clips, page.cursor, page.fetched_at), tuple[tuple[Clip, ...], str | None, datetime])
    assert_type((user.id, user.login, user.display_name, user.created_at), tuple[str, str, str, datetime])
    assert_type((game.id, game.name), tuple[str, str])
    assert_type((stats.requests, stats.pages, stats.clips), tuple[int, int, int])
    assert_type((stats.duplicates, stats.invalid, stats.waited), tuple[int, int, float])
    assert_type(Clip(id="", url="", broadcaster_id="", title="", view_count=0, created_at=NOW), Clip)


def why_it_ended(end: End) -> str:
    """Members of an enum narrow: one that is left out would be a missing `return`."""
    match end:
        case End.EXHAUSTED | End.LIMIT | End.CAPPED | End.CLOSED:
            return end.name


def how_sure(proof: Proof) -> str:
    """The same."""
    match proof:
        case Proof.ENDED | Proof.AUDITED | Proof.UNSETTLED | Proof.SATURATED | Proof.FAILED:
            return proof.name


def reports(batch: Batch, report: Report, plan: Plan, progress: Progress, window: Window) -> None:
    """What is told of a backfill."""
    assert_type((batch.window, batch.clips), tuple[Window, tuple[Clip, ...]])
    assert_type((batch.proof, batch.fetched_at), tuple[Proof, datetime])
    assert_type((report.windows, report.complete), tuple[Mapping[Proof, int], bool])
    assert_type((report.gaps, report.unsettled), tuple[tuple[Window, ...], tuple[Window, ...]])
    assert_type((report.unread, report.reasons), tuple[tuple[Window, ...], tuple[str, ...]])
    assert_type((report.clips, report.requests), tuple[int, int])
    assert_type((report.audited, report.missed, report.max_window), tuple[int, int, timedelta | None])
    assert_type((plan.started_at, plan.ended_at, plan.done), tuple[datetime, datetime, tuple[Window, ...]])
    assert_type((plan.requests, plan.seconds), tuple[int, float])
    assert_type((progress.fraction, progress.clips, progress.requests), tuple[float, int, int])
    assert_type((progress.requests_per_minute, progress.seconds_left), tuple[float, float | None])
    assert_type((window.started_at, window.ended_at), tuple[datetime, datetime])


def checkpoints(checkpoint: Checkpoint) -> None:
    """A point to go on from."""
    assert_type(Checkpoint.parse(str(checkpoint)), Checkpoint)
    assert_type(checkpoint.top(), Checkpoint | None)
    assert_type((checkpoint.question, checkpoint.cursor), tuple[tuple[tuple[str, str], ...], str | None])
    assert_type((checkpoint.place, checkpoint.served, checkpoint.given), tuple[int, int, int])
    assert_type((checkpoint.limit, checkpoint.filtered), tuple[int | None, bool])


async def keep(access_token: str, refresh_token: str) -> None:
    """Store a user's new tokens."""


async def credentials() -> None:
    """Each kind is an `Auth`."""
    app = AppAuth("id", "secret", auth_url="https://id.example")
    user = UserAuth("id", "secret", "access", "refresh", on_refresh=keep, auth_url="https://id.example")
    static = StaticAuth("id", "access", user_id=None)
    for auth in list[Auth]([app, user, static]):
        assert_type(auth.client_id, str)
        assert_type(await auth.token(), str)
        await auth.invalidate("stale")
    assert_type((app.payer, user.payer, static.payer, static.user_id), tuple[str, str, str, str | None])


async def buckets(keyed: KeyedBucket, headers: RateHeaders) -> None:
    """Each kind is a `Bucket`."""
    for bucket in list[Bucket]([TokenBucket(), TokenBucket(limit=30), NoLimit(), keyed, keyed.keyed("key")]):
        turn = await bucket.acquire(max_wait=1.0, background=True)
        assert_type(turn, Turn)
        bucket.observe(turn, headers, refused=False)
        bucket.observe(turn, None)
        bucket.give_back(turn)
        assert_type(bucket.status, RateStatus)
    turn = await TokenBucket().acquire()
    assert_type((turn.number, turn.granted_at, turn.waited), tuple[int, float, float])
    status = NoLimit().status
    assert_type((status.limit, status.remaining, status.waiting), tuple[int, int, int])
    assert_type(status.retry_after, float)
    assert_type((headers.limit, headers.remaining, headers.reset_at), tuple[int, int, int | None])


async def stores(path: PathLike[str], many: StateStores) -> None:
    """Where longer work keeps how far it is."""
    store = FileStore(path)
    assert_type(await store.load(), str | None)
    await store.save("text")
    for one in list[StateStore]([store, many.of("game_id=509658")]):
        one.load()
        one.save("text")


def handed_on(clips: AsyncClips, since: Since, when: When, where: Where, on_cap: OnCap) -> None:
    """Arguments of a function of one's own, by their types."""
    clips.by_game("509658", since=since, where=where, on_cap=on_cap)
    clips.by_game("509658", started_at=when, ended_at=when)


def policies(policy: RetryPolicy, event: Event) -> None:
    """What is left."""
    assert_type((policy.attempts, policy.base, policy.cap, policy.deadline), tuple[int, float, float, float])
    assert_type(policy.pause(1, 0.0, 0.5), float | None)
    hook: Hook = print
    hook(event)
