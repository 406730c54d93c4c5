"""A server that is neither quite there nor quite gone: few lines, few who wait for it in vain, and no real time."""

import asyncio
import math
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest

from tests.conftest import NOW
from twitch_clips import RateHeaders, RateLimited
from twitch_clips._bucket.level import Level
from twitch_clips._shared.bucket import PATIENCE, SharedBucket
from twitch_clips._shared.outage import Outages
from twitch_clips._shared.wire import Away, Lane, Offer, SharedTurn, Told
from twitch_clips.testing import VirtualLoop

LIMIT = 6000
HOUR = 3600.0
_ADVANCE = 3  # its place among the values
Lines = Callable[[], list[str]]


class Slow:
    """A server that answers after some seconds; where that is too late, it has counted all the same.

    Args:
        seconds: How long an answer takes.
        wait: How long the turn that it gives does.
        lasts: How many turns it gives before it is gone for one question.
    """

    name = "Redis"

    def __init__(self, seconds: float = 0.0, *, wait: float = 0.0, lasts: float = math.inf) -> None:
        """It was never asked."""
        self.seconds = seconds
        self.advance = 0.0
        self._wait = wait
        self._lasts = lasts
        self._given = 0

    async def ask(self, key: str, lane: Lane, values: list[float], patience: float) -> Told | Away:
        """A turn, or nothing."""
        assert key
        self.advance += max(0.0, values[_ADVANCE])
        if self.seconds > patience:
            await asyncio.sleep(patience)
            return Away("Slow")
        await asyncio.sleep(self.seconds)
        turn = None
        if lane != "none":
            self._given += 1
            if self._given % self._lasts == 0:
                return Away("Gone")
            turn = SharedTurn(self._given)
        now = asyncio.get_running_loop().time()
        return Told(
            offer=Offer(turn, self._wait),
            now=now,
            level=Level(LIMIT, now, LIMIT / 60),
            pause=0.0,
            processes=1,
            refused_for=0.0,
            is_open=True,
            round_trip=0.1,
        )


def _run(main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        runner.run(main)


async def _use(bucket: SharedBucket, seconds: float, pause: float = 0.1) -> tuple[int, int]:
    """How many turns there were, and how many callers were held up."""
    loop = asyncio.get_running_loop()
    end, turns, held_up = loop.time() + seconds, 0, 0
    while loop.time() < end:
        start = loop.time()
        turn = await bucket.acquire()
        turns += 1
        held_up += loop.time() - start >= PATIENCE
        bucket.observe(turn, RateHeaders(limit=LIMIT, remaining=LIMIT))
        await asyncio.sleep(pause)
    return turns, held_up


def _kinds(lines: list[str]) -> list[str]:
    return [line.split(" (")[0] for line in lines]


def test_a_server_that_is_slow_for_an_hour_is_away_for_an_hour(lines: Lines) -> None:
    """It gets a line, and holds up one caller; when it is fast again, another line."""

    async def main() -> None:
        server = Slow()
        bucket = SharedBucket(server, "key", None)
        await _use(bucket, 10)
        server.seconds = 0.4
        _, held_up = await _use(bucket, HOUR)
        assert held_up == 1
        assert _kinds(lines()) == ["WARNING Redis is away"]
        server.seconds = 0.0
        await _use(bucket, 10)
        assert _kinds(lines()) == ["WARNING Redis is away", "INFO Redis is back"]

    _run(main())


def test_what_was_spent_meanwhile_is_told_once(lines: Lines) -> None:
    """However often the server was tried."""

    async def main() -> None:
        server = Slow()
        bucket = SharedBucket(server, "key", None)
        await _use(bucket, 1)
        server.seconds = 0.4
        turns, _ = await _use(bucket, 60, 0.005)
        server.seconds = 0.0
        more, _ = await _use(bucket, 5, 0.005)
        assert len(lines()) == 2
        assert server.advance * LIMIT / 60 <= turns + more

    _run(main())


def test_a_server_that_comes_and_goes_is_tried_less_and_less_often(lines: Lines) -> None:
    """Up to twice a minute."""

    async def main() -> None:
        bucket = SharedBucket(Slow(lasts=5), "key", None)
        await _use(bucket, 60)
        assert 4 <= len(lines()) <= 16
        before = len(lines())
        await _use(bucket, 600)
        assert len(lines()) - before <= 42

    _run(main())


def test_pauses_grow_on_from_outage_to_outage() -> None:
    """After half a minute without one, the next one is another story: the server is looked for at once."""
    outages = Outages("Redis")
    outages.begin(0.0, "Gone")
    assert [outages.next_pause() for _ in range(5)] == [0.25, 0.5, 1, 2, 2]
    outages.end(100.0)
    outages.begin(129.0, "Gone")
    assert [outages.next_pause() for _ in range(3)] == [2, 4, 4]
    outages.end(200.0)
    outages.begin(231.0, "Gone")
    assert outages.next_pause() == 0.25


def test_one_bucket_may_be_away_alone(lines: Lines) -> None:
    """What is wrong with one key says nothing of another."""

    async def main() -> None:
        bad, good = SharedBucket(Slow(1.0), "bad", None), SharedBucket(Slow(), "good", None)
        await asyncio.gather(_use(bad, 600), _use(good, 600))
        assert _kinds(lines()) == ["WARNING Redis is away"]

    _run(main())


def test_a_bucket_is_closed_while_the_server_hangs() -> None:
    """What asks for a turn in that moment leaves nothing behind."""

    async def main() -> None:
        server = Slow()
        bucket = SharedBucket(server, "key", None)
        await _use(bucket, 1)
        server.seconds = HOUR
        waiter = asyncio.ensure_future(bucket.acquire())
        await asyncio.sleep(0.1)
        await bucket.aclose()
        with pytest.raises(RateLimited, match="closed"):
            await waiter
        assert len(asyncio.all_tasks()) == 1

    _run(main())


def test_a_coroutine_that_is_closed_passes_its_turn_on() -> None:
    """A turn that had come is not lost; with its loop closed, it is nobody's."""

    async def main() -> None:
        bucket = SharedBucket(Slow(wait=1.0), "key", None)
        await _use(bucket, 1)
        coroutine = bucket.acquire()
        waiter: asyncio.Future[Any] = coroutine.send(None)
        await asyncio.sleep(1.5)
        second = asyncio.ensure_future(bucket.acquire())
        await asyncio.sleep(0)
        coroutine.close()
        assert (await second).number == waiter.result().number

    _run(main())


def test_a_coroutine_is_closed_after_its_loop() -> None:
    """Its turn is nobody's, and nobody is called in a loop that is gone."""
    bucket = SharedBucket(Slow(), "key", None)
    loop = asyncio.new_event_loop()
    coroutine = bucket.acquire()
    loop.call_soon(coroutine.send, None)
    loop.run_until_complete(asyncio.sleep(0.01))
    late = loop.create_task(bucket.acquire())
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    coroutine.close()
    assert not late.done()
    assert bucket.status.waiting == 0
    asyncio.run(_use_once(bucket))


async def _use_once(bucket: SharedBucket) -> None:
    bucket.give_back(await bucket.acquire())
    await bucket.aclose()


def test_who_waits_in_a_loop_that_lost_the_bucket_is_told() -> None:
    """Whether a turn or the server was waited for."""
    server = Slow(wait=HOUR)
    bucket = SharedBucket(server, "key", None)
    with asyncio.Runner() as one, asyncio.Runner() as other:

        async def begin() -> "asyncio.Task[Any]":
            task = asyncio.ensure_future(bucket.acquire())
            await asyncio.sleep(0.01)
            return task

        async def finish(task: "asyncio.Task[Any]") -> None:
            with pytest.raises(RateLimited, match="another event loop"):
                await task
            assert len(asyncio.all_tasks()) == 1

        waiter = one.run(begin())
        there = other.run(begin())
        one.run(finish(waiter))
        there.cancel()
        other.run(bucket.aclose())
