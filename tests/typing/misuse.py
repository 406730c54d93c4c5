# ruff: noqa: INP001  (read by type checkers, never imported)
# pyright: reportUnnecessaryTypeIgnoreComment=true
"""What is misuse, line by line. mypy and pyright each hold that each line is an error: they report an ignore too many.

(pyright takes mypy's ignores for its own, whatever the code in them.)
"""

from datetime import UTC, datetime

from twitch_clips import (
    AppAuth,
    AsyncClips,
    Auth,
    Backfill,
    Batch,
    Bucket,
    Clip,
    ClipStream,
    ClipWatch,
    Event,
    RateHeaders,
    RetryPolicy,
    StateStores,
    StaticAuth,
    TokenBucket,
    Turn,
    UnknownName,
    UserAuth,
    Window,
    find_clip_ids,
    merge,
)
from twitch_clips.export import Csv, Sink, sync, to_arrow, write
from twitch_clips.prometheus import PrometheusHook
from twitch_clips.redis import RedisTokenBucket
from twitch_clips.testing import FakeHelix, Manners, check_auth, check_bucket, check_sink, faults
from twitch_clips.testing.pytest import MakeClip

NOW = datetime(2026, 5, 1, tzinfo=UTC)


async def asynchronous(event: Event) -> None:
    """What is awaited by nobody."""


async def never(clip: Clip) -> bool:
    """The same."""
    return clip.is_featured


def at_once(access_token: str, refresh_token: str) -> None:
    """What would have to be awaited."""


class OneMethod:
    """Too little for any protocol."""

    async def token(self) -> str:
        """One of three."""
        return ""


def names() -> None:
    """A name that is none."""
    from twitch_clips import Backfil  # type: ignore[attr-defined]  # noqa: F401, PLC0415


def service(auth: Auth) -> None:
    """What a client and its parts are made from."""
    AsyncClips()  # type: ignore[call-arg]
    AsyncClips("t0ken")  # type: ignore[arg-type]
    AsyncClips(OneMethod())  # type: ignore[arg-type]
    AsyncClips(auth, "https://helix.example")  # type: ignore[call-arg]
    AsyncClips(auth, retry=3)  # type: ignore[arg-type]
    AsyncClips(auth, retry=None)  # type: ignore[arg-type]
    AsyncClips(auth, bucket=800)  # type: ignore[arg-type]
    AsyncClips(auth, bucket=TokenBucket)  # type: ignore[arg-type]
    AsyncClips(auth, timeout="30")  # type: ignore[arg-type]
    AsyncClips(auth, timeout=None)  # type: ignore[arg-type]
    AsyncClips(auth, on_invalid="ignore")  # type: ignore[arg-type]
    AsyncClips(auth, hooks=print)  # type: ignore[arg-type]
    AsyncClips(auth, hooks=[asynchronous])  # type: ignore[list-item]
    AsyncClips(auth, limit=10)  # type: ignore[call-arg]
    AsyncClips.from_env(auth)  # type: ignore[arg-type, call-arg]
    AsyncClips.from_env(auth=auth)  # type: ignore[call-arg]
    AppAuth("id")  # type: ignore[call-arg]
    AppAuth("id", "secret", "https://id.example")  # type: ignore[call-arg]
    StaticAuth(access_token="access")  # type: ignore[call-arg]
    UserAuth("id", "secret", "access", "refresh")  # type: ignore[call-arg]
    UserAuth("id", "secret", "access", "refresh", on_refresh=at_once)  # type: ignore[arg-type]
    RetryPolicy(3)  # type: ignore[call-arg]
    RetryPolicy(attempts="3")  # type: ignore[arg-type]
    TokenBucket("800")  # type: ignore[arg-type]


async def listings(clips: AsyncClips) -> None:
    """What is asked."""
    clips.by_game()  # type: ignore[call-overload]
    clips.by_game(None)  # type: ignore[call-overload]
    clips.by_game(509658)  # type: ignore[call-overload]
    clips.by_game("509658", "7d")  # type: ignore[call-overload]
    clips.by_game("509658", game="Just Chatting")  # type: ignore[call-overload]
    clips.by_game(game=None)  # type: ignore[call-overload]
    clips.by_game(login="example_streamer")  # type: ignore[call-overload]
    clips.by_game("509658", since=7)  # type: ignore[call-overload]
    clips.by_game("509658", started_at=NOW.timestamp())  # type: ignore[call-overload]
    clips.by_game("509658", limit="10")  # type: ignore[call-overload]
    clips.by_game("509658", page_size=None)  # type: ignore[call-overload]
    clips.by_game("509658", is_featured="yes")  # type: ignore[call-overload]
    clips.by_game("509658", where="en")  # type: ignore[call-overload]
    clips.by_game("509658", where=never)  # type: ignore[arg-type]
    clips.by_game("509658", where=lambda clip: clip.views > 9)  # type: ignore[attr-defined]
    clips.by_game("509658", on_cap="stop")  # type: ignore[call-overload]
    clips.by_game("509658", until=NOW)  # type: ignore[call-overload]
    clips.by_broadcaster()  # type: ignore[call-overload]
    clips.by_broadcaster("1000001", login="example_streamer")  # type: ignore[call-overload]
    clips.by_broadcaster(login=["example_streamer"])  # type: ignore[call-overload]
    clips.by_broadcaster(game="Just Chatting")  # type: ignore[call-overload]
    clips.by_ids()  # type: ignore[call-arg]
    clips.by_ids(7)  # type: ignore[arg-type]
    clips.by_ids([7])  # type: ignore[list-item]
    clips.by_ids(["BriskAmberOtter"], 8)  # type: ignore[call-arg]
    _ = clips.get("BriskAmberOtter").title  # type: ignore[attr-defined]
    _ = (await clips.get("BriskAmberOtter")).title  # type: ignore[union-attr]
    clips.resume(clips.by_ids([]).checkpoint)  # type: ignore[arg-type]
    clips.resume("tc1-", limit=10)  # type: ignore[call-arg]
    await clips.users("a", "b")  # type: ignore[call-arg]
    await clips.users(ids=7)  # type: ignore[arg-type]
    await clips.games(game="Just Chatting")  # type: ignore[call-arg]
    clips.rate = None  # type: ignore[assignment, misc]


async def streams(stream: ClipStream) -> None:
    """What is read."""
    await stream  # type: ignore[misc]
    await stream.pages()  # type: ignore[misc]
    for _ in stream:  # type: ignore[attr-defined]
        str(stream)
    with stream:  # type: ignore[attr-defined]
        str(stream)
    _ = stream.collect()[0]  # type: ignore[index]
    len(stream)  # type: ignore[arg-type]
    _ = stream.missing  # type: ignore[attr-defined]
    stream.end = None  # type: ignore[misc]
    await stream.checkpoint()  # type: ignore[misc, operator]
    await stream.collect(10)  # type: ignore[call-arg]
    merge([stream, stream])  # type: ignore[arg-type]
    await merge(stream)  # type: ignore[misc]
    find_clip_ids(text="clips.twitch.tv/BriskAmberOtter")  # type: ignore[call-arg]


def records(clip: Clip, window: Window) -> None:
    """They are frozen, and made by name."""
    clip.title = "another"  # type: ignore[misc]
    clip.vod_url = None  # type: ignore[misc]
    _ = clip.views  # type: ignore[attr-defined]
    _ = clip.view_count + "1"  # type: ignore[operator]
    Clip("BriskAmberOtter", "https://clips.twitch.tv/BriskAmberOtter", "1000001", "title", 1, NOW)  # type: ignore[call-arg]
    Clip(id="BriskAmberOtter")  # type: ignore[call-arg]
    window.ended_at = NOW  # type: ignore[misc]
    Window(NOW, NOW)  # type: ignore[call-arg]
    UnknownName("example_streamer")  # type: ignore[call-arg]


async def longer_work(clips: AsyncClips, job: Backfill, watch: ClipWatch, batch: Batch, stores: StateStores) -> None:
    """Backfills and watches."""
    clips.backfill(["example_streamer"])  # type: ignore[arg-type, call-arg]
    clips.backfill(login=["example_streamer"])  # type: ignore[arg-type]
    clips.backfill(login="example_streamer", since="7d")  # type: ignore[call-arg]
    clips.backfill(login="example_streamer", checkpoint=7)  # type: ignore[arg-type]
    clips.backfill(login="example_streamer", max_window=600)  # type: ignore[arg-type]
    clips.backfill(login="example_streamer", concurrency="8")  # type: ignore[arg-type]
    await job  # type: ignore[misc]
    await job.commit()  # type: ignore[call-arg]
    await job.commit([batch])  # type: ignore[arg-type]
    await job.commit(batch=batch)  # type: ignore[call-arg]
    await job.report  # type: ignore[misc]
    _ = job.batches()[0]  # type: ignore[index]
    clips.watch("example_streamer")  # type: ignore[call-arg]
    clips.watch(login=7)  # type: ignore[arg-type]
    clips.watch(login=None)  # type: ignore[arg-type]
    clips.watch(login="example_streamer", every="60")  # type: ignore[arg-type]
    clips.watch(login="example_streamer", overlap=600)  # type: ignore[arg-type]
    clips.watch(login="example_streamer", checkpoint=stores)  # type: ignore[arg-type]
    watch.add("example_streamer")  # type: ignore[call-arg]
    watch.add(login=["example_streamer"])  # type: ignore[arg-type]
    await watch.discard(login="example_streamer")  # type: ignore[func-returns-value, misc]


async def extras(clips: AsyncClips, stream: ClipStream, own: Sink) -> None:
    """Where clips go, and what counts."""
    await write(stream)  # type: ignore[call-arg]
    await write(stream, 7)  # type: ignore[arg-type]
    await write(stream, OneMethod())  # type: ignore[arg-type]
    await write(stream, [own])  # type: ignore[arg-type]
    await write(source=stream, target=own)  # type: ignore[call-arg]
    await write(merge(stream), "clips.jsonl")  # type: ignore[arg-type]
    _ = write(stream, own) + 1  # type: ignore[operator]
    await to_arrow([stream])  # type: ignore[arg-type]
    await sync(clips, "clips.db", "example_streamer")  # type: ignore[call-arg]
    await sync(clips, own, login="example_streamer")  # type: ignore[arg-type]
    await sync(clips, "clips.db", login="example_streamer", recent=14)  # type: ignore[arg-type]
    Csv("clips.csv", True)  # type: ignore[call-arg]  # noqa: FBT003
    RedisTokenBucket()  # type: ignore[call-arg]
    RedisTokenBucket("redis://localhost", 100)  # type: ignore[call-arg]
    PrometheusHook(namespace=None)  # type: ignore[arg-type]


async def sandbox(helix: FakeHelix, make_clip: MakeClip, own: Sink) -> None:
    """The embedded Helix."""
    with helix:  # type: ignore[attr-defined]
        str(helix)
    helix.fail("503")  # type: ignore[arg-type]
    helix.fail(faults.status)  # type: ignore[arg-type]
    helix.fail(faults.cut(), on="videos")  # type: ignore[arg-type]
    helix.fail(faults.status("503"))  # type: ignore[arg-type]
    helix.now = NOW  # type: ignore[misc]
    Manners(cap="900")  # type: ignore[arg-type]
    Manners(900)  # type: ignore[call-arg]
    make_clip("a title")  # type: ignore[call-arg]
    make_clip(view_count="7")  # type: ignore[arg-type]
    make_clip(views=7)  # type: ignore[call-arg]
    await check_auth(StaticAuth("id", "access"))  # type: ignore[arg-type]
    await check_sink(own, list)  # type: ignore[arg-type]
    await check_bucket(TokenBucket())  # type: ignore[arg-type]


class Loose(Bucket):
    """Has other parameters than a bucket."""

    def observe(self, turn: Turn, rate: RateHeaders) -> None:  # type: ignore[override]
        """Would not know what to do with no headers."""
