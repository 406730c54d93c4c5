"""A process on its own while the server is away: no Redis, and no real time either."""

import asyncio
import math
from functools import partial

import pytest

from tests.conftest import NOW
from twitch_clips import RateHeaders, RateLimited
from twitch_clips._bucket.level import Level
from twitch_clips._bucket.queue import Turn
from twitch_clips._shared.bucket import SharedBucket
from twitch_clips._shared.known import Known
from twitch_clips._shared.share import Share
from twitch_clips._shared.wire import Away, Lane, Told
from twitch_clips.testing import VirtualLoop

from .conftest import waiting


class Nobody:
    """A server that is away."""

    name = "Nobody"

    def __init__(self) -> None:
        """It was never asked."""
        self.asked = 0

    async def ask(self, key: str, lane: Lane, values: list[float], patience: float) -> Told | Away:
        """No answer."""
        assert key
        assert lane
        assert values
        assert patience
        self.asked += 1
        await asyncio.sleep(0.1)
        return Away("Nobody")


async def _refuse_for_minutes() -> None:
    bucket = SharedBucket(Nobody(), "key", None)
    seconds = 0.0
    while seconds < 175:
        turn = await bucket.acquire()
        bucket.observe(turn, None, refused=True)
        seconds += turn.waited
    ahead = await bucket.acquire()
    async with waiting(bucket) as (waiter,):
        await asyncio.sleep(2.5)
        bucket.observe(ahead, None, refused=True)
        with pytest.raises(RateLimited, match=r"429 for 1[89]"):
            await waiter


def test_a_refusal_that_lasts_turns_everyone_away() -> None:
    """While the server is away, too."""
    with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        runner.run(_refuse_for_minutes())


async def _leave_and_return() -> None:
    server = Nobody()
    bucket = SharedBucket(server, "key", 60)
    bucket.give_back(await bucket.acquire())
    await asyncio.sleep(60)
    asked = server.asked
    await asyncio.sleep(600)
    assert server.asked == asked
    bucket.give_back(await bucket.acquire())
    await asyncio.sleep(60)
    assert server.asked > asked


def test_a_server_is_looked_for_while_somebody_needs_it() -> None:
    """And no longer."""
    with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        runner.run(_leave_and_return())


def test_the_parts_of_a_bucket_make_the_whole() -> None:
    """Three that spent ten, twenty and nothing in ten seconds move the whole by thirty."""
    whole = Known(Level(600, 1030.0, 10.0), processes=3, is_open=True)
    advance = 0.0
    for spent in (10, 20, 0):
        share = Share(1000.0, whole, None)
        for _ in range(spent):
            offer = share.ask(1005.0, background=False)
            assert offer.turn is not None
        advance += share.advance(1010.0)
        assert share.advance(1010.0) == 0  # told once
    assert advance * whole.level.refill == pytest.approx(30)


def test_a_part_of_a_full_bucket_is_full() -> None:
    """And no larger than the whole, whatever the user says; what was spent of it long ago is no more."""
    share = Share(1000.0, Known(Level.full(600), is_open=True), 1000)
    assert share.status(1000.0).remaining == 600
    offer = share.ask(1000.0, background=False)
    assert offer.turn is not None
    assert share.observe(1000.1, offer.turn, None, refused=False) is None
    assert share.advance(1100.0) == 0


def test_a_limit_that_helix_changes_is_divided_too() -> None:
    """By as many as before."""
    share = Share(0.0, Known(Level(600, -math.inf, 10.0), processes=3, is_open=True), None)
    share.observe(0.1, Turn(0, 0.0), RateHeaders(limit=300, remaining=150), refused=False)
    assert share.status(0.1).limit == 100
    assert share.status(0.1).remaining == 50
