"""Which bucket a client draws on, and that it works on every kind of event loop."""

import asyncio
import gc
import weakref
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from twitch_clips import (
    AppAuth,
    AsyncClips,
    Auth,
    Bucket,
    NoLimit,
    RateHeaders,
    RateStatus,
    StaticAuth,
    TokenBucket,
    Turn,
    UserAuth,
)
from twitch_clips.testing import FakeHelix, VirtualLoop

from .conftest import client


async def _store(*_tokens: str) -> None:
    """Nobody asks for them again."""


def _user_auth(helix: FakeHelix) -> UserAuth:
    tokens = (helix.user_token, helix.refresh_token)
    return UserAuth(helix.client_id, helix.client_secret, *tokens, on_refresh=_store, auth_url=helix.auth_url)


async def test_clients_with_the_same_credentials_share_a_bucket(helix: FakeHelix) -> None:
    """What one spends the other knows, at once and after the first is closed."""
    async with client(helix) as other:
        async with client(helix) as clips:
            assert clips.rate.remaining == 800
            for _ in range(5):
                await clips.get("Otter")
            assert clips.rate.remaining == other.rate.remaining == 795
        await other.get("Otter")
    async with client(helix) as clips:
        assert clips.rate.remaining == 794


async def test_a_slash_at_the_end_of_the_address_makes_no_other_api(helix: FakeHelix) -> None:
    """It is taken away."""
    auth = StaticAuth(helix.client_id, helix.access_token)
    async with AsyncClips(auth, api_url=helix.api_url) as clips, AsyncClips(auth, api_url=f"{helix.api_url}/") as same:
        await clips.get("Otter")
        assert same.rate.remaining == 799


async def test_whoever_else_pays_has_another_bucket(helix: FakeHelix) -> None:
    """Another application, user, token of which nothing is known, or API: none sees what the others spend."""
    auths: list[Auth] = [
        AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url),
        AppAuth("another", helix.client_secret, auth_url=helix.auth_url),
        StaticAuth(helix.client_id, helix.user_token, user_id=helix.user_id),
        StaticAuth(helix.client_id, helix.user_token, user_id="1000002"),
        StaticAuth(helix.client_id, "t0ken"),
        StaticAuth(helix.client_id, "an0ther"),
    ]
    clips = [AsyncClips(auth, api_url=helix.api_url) for auth in auths]
    clips.append(AsyncClips(auths[0], api_url=helix.auth_url))
    for spent in (0, 2):
        await clips[spent].get("Otter")
    assert [one.rate.remaining for one in clips] == [799, 800, 799, 800, 800, 800, 800]
    for one in clips:
        await one.aclose()


async def test_a_users_token_draws_on_the_users_bucket_wherever_it_is_from(helix: FakeHelix) -> None:
    """Who the user is is said by the validation, before the first request is charged to anybody."""
    auth = _user_auth(helix)
    known = StaticAuth(helix.client_id, helix.user_token, user_id=helix.user_id)
    async with AsyncClips(auth, api_url=helix.api_url) as clips, AsyncClips(known, api_url=helix.api_url) as same:
        await same.get("Otter")
        assert auth.payer != known.payer
        assert clips.rate.remaining == 800
        await clips.get("Otter")
        assert auth.payer == known.payer == f"user {helix.user_id}"
        assert clips.rate.remaining == same.rate.remaining == 798


def test_a_payer_tells_nothing_of_a_token() -> None:
    """It may be written down."""
    assert "t0ken" not in StaticAuth("example", "t0ken").payer
    assert "t0ken" not in UserAuth("example", "", "t0ken", "refr3sh", on_refresh=_store).payer


@attrs.define
class _Tokens:
    """Somebody's own source of tokens, which says nothing of who pays."""

    client_id: str
    access_token: str

    async def token(self) -> str:
        """As given."""
        return self.access_token

    async def invalidate(self, stale: str, /) -> None:
        """There is no other."""


async def test_a_source_of_tokens_that_names_no_payer_has_the_applications(helix: FakeHelix) -> None:
    """As most tokens are an application's."""
    tokens = _Tokens(helix.client_id, helix.access_token)
    async with AsyncClips(tokens, api_url=helix.api_url) as clips, client(helix) as app:
        await clips.get("Otter")
        assert app.rate.remaining == 799


async def test_a_bucket_that_is_passed_in_is_used_for_all(helix: FakeHelix) -> None:
    """Whoever pays, and beside the shared one."""
    bucket = TokenBucket(600)
    user = StaticAuth(helix.client_id, helix.user_token, user_id=helix.user_id)
    async with client(helix, bucket=bucket) as app, AsyncClips(user, api_url=helix.api_url, bucket=bucket) as clips:
        assert app.rate.limit == clips.rate.limit == 600
        await app.get("Otter")
        await clips.get("Otter")
        assert app.rate == clips.rate == bucket.status
        assert bucket.status.remaining == 798
    async with client(helix) as other:
        assert other.rate.remaining == 800


def test_a_bucket_that_is_passed_in_can_be_looked_at_before_it_is_used() -> None:
    """Outside of any event loop."""
    assert AsyncClips(StaticAuth("example", "t0ken"), bucket=TokenBucket(600)).rate.limit == 600


async def test_of_many_payers_the_last_are_remembered(helix: FakeHelix) -> None:
    """A program may ask for ever new users: sixty-four buckets that no client has any more are kept."""

    async def remaining(user_id: str) -> int:
        auth = StaticAuth(helix.client_id, helix.user_token, user_id=user_id)
        async with AsyncClips(auth, api_url=helix.api_url) as clips:
            return clips.rate.remaining

    auth = StaticAuth(helix.client_id, helix.user_token, user_id="0")
    async with AsyncClips(auth, api_url=helix.api_url) as clips:
        await clips.get("Otter")
    del clips
    for user_id in range(1, 64):
        assert await remaining(str(user_id)) == 800
    assert await remaining("0") == 799
    await remaining("64")
    gc.collect()
    assert await remaining("0") == 800


class _Keyed(NoLimit):
    """One that stands for several."""

    def __init__(self) -> None:
        self.buckets: dict[str, TokenBucket] = {}

    def keyed(self, key: str) -> Bucket:
        """The one of a key."""
        return self.buckets.setdefault(key, TokenBucket())


async def test_a_bucket_that_stands_for_several_is_asked_for_the_one_of_the_payer(helix: FakeHelix) -> None:
    """By the API, the application and the user."""
    keyed = _Keyed()
    user = _user_auth(helix)
    async with client(helix, bucket=keyed) as app, AsyncClips(user, api_url=helix.api_url, bucket=keyed) as clips:
        await app.get("Otter")
        await clips.get("Otter")
        assert clips.rate.remaining == 799
    start = f"{helix.api_url} {helix.client_id}"
    assert list(keyed.buckets) == [f"{start} app", f"{start} user {helix.user_id}"]


def test_a_second_event_loop_has_a_bucket_of_its_own(closed_port: int) -> None:
    """Loops may run in several threads; outside of any, the status is as the last one left it."""
    clips = AsyncClips(
        StaticAuth(FakeHelix.client_id, FakeHelix.access_token), api_url=f"http://127.0.0.1:{closed_port}/helix"
    )

    async def ask(limit: int) -> RateStatus:
        async with FakeHelix(port=closed_port, limit=limit):
            await clips.get("Otter")
        assert clips.rate.limit == limit
        return clips.rate

    async def look_and_close() -> RateStatus:
        rate = clips.rate
        await clips.aclose()
        return rate

    with asyncio.Runner(loop_factory=VirtualLoop) as first, asyncio.Runner(loop_factory=VirtualLoop) as second:
        assert first.run(ask(600)).remaining == 599
        assert clips.rate.limit == 600
        assert second.run(ask(700)).remaining == 699
        assert clips.rate.limit == 700
        assert first.run(look_and_close()).limit == 600
    assert clips.rate.limit == 600


def test_closed_loops_are_let_go(closed_port: int) -> None:
    """A program may call `asyncio.run` for each command, with a client each time or always the same one."""
    loops: list[weakref.ref[AbstractEventLoop]] = []
    url = f"http://127.0.0.1:{closed_port}"
    kept = AsyncClips(StaticAuth("example", "t0ken"), api_url=url)

    async def ask(clips: AsyncClips) -> None:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        assert clips.rate.remaining == 800

    for _ in range(20):
        asyncio.run(ask(kept))
        asyncio.run(ask(AsyncClips(StaticAuth("example", "t0ken"), api_url=url)))
    gc.collect()
    assert len([loop for loop in loops if loop() is not None]) <= 2


def _real_loop() -> AbstractEventLoop:
    """Uvloop's, in real time."""
    made: AbstractEventLoop = pytest.importorskip("uvloop").new_event_loop()
    return made


eager = pytest.param(
    VirtualLoop,
    getattr(asyncio, "eager_task_factory", None),
    marks=pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="eager tasks came with Python 3.12"),
    id="eager tasks",
)
kinds = pytest.mark.parametrize(
    ("new_loop", "task_factory"),
    [pytest.param(VirtualLoop, None, id="virtual"), pytest.param(_real_loop, None, id="uvloop"), eager],
)


@kinds
def test_a_bucket_works_on_every_kind_of_loop(new_loop: Callable[[], AbstractEventLoop], task_factory: Any) -> None:
    """Turns ten milliseconds apart: one is told, ten are cancelled, and the rest are served in order."""
    bucket = TokenBucket(600)

    async def wait(max_wait: float | None = None) -> Turn:
        return await bucket.acquire(max_wait=max_wait)

    async def use() -> None:
        asyncio.get_running_loop().set_task_factory(task_factory)
        bucket.observe(await bucket.acquire(), RateHeaders(limit=6000, remaining=0))
        waiting = [asyncio.ensure_future(wait()) for _ in range(50)]
        late = asyncio.ensure_future(wait(0.01))
        await asyncio.sleep(0)
        assert bucket.status.waiting > 0
        for turn in waiting[20:30]:
            turn.cancel()
        kept = waiting[:20] + waiting[30:]
        turns = await asyncio.wait_for(asyncio.gather(*kept), 10)
        assert [turn.number for turn in turns] == sorted(turn.number for turn in turns)
        assert turns[-1].waited >= 0.38
        assert late.exception() is not None
        assert bucket.status.waiting == 0

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(use())


@kinds
def test_a_client_works_on_every_kind_of_loop(new_loop: Callable[[], AbstractEventLoop], task_factory: Any) -> None:
    """Thirty questions when the bucket is empty, so that all but one wait; nothing is refused."""

    async def ask() -> None:
        asyncio.get_running_loop().set_task_factory(task_factory)
        async with FakeHelix(limit=60_000) as helix, client(helix) as clips:
            helix.spend(59_999)
            await clips.get("Otter")
            await asyncio.gather(*(clips.get("Otter") for _ in range(30)))
            assert len(helix.targets) == 31
            assert clips.rate.waiting == 0

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(ask())
