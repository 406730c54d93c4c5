"""What a stream costs and waits for: turns, repeated requests, events, the log."""

import asyncio
import logging
from collections.abc import AsyncGenerator

import attrs
import pytest

from twitch_clips import (
    Event,
    NoLimit,
    RateLimited,
    RetryPolicy,
    ServerError,
    TimedOut,
    TokenBucket,
    events,
)
from twitch_clips.testing import FakeHelix, Manners, faults

from .conftest import client, listing, records

GAME = "509658"
RAW = listing(250)
PAGE = (events.Requested, events.PageRead)


@pytest.fixture
async def helix() -> AsyncGenerator[FakeHelix]:
    """A Helix that knows 250 clips of one game."""
    async with FakeHelix(RAW) as helix:
        yield helix


def _now() -> float:
    return asyncio.get_running_loop().time()


async def test_a_call_that_would_wait_longer_than_max_wait_is_told_at_once(helix: FakeHelix) -> None:
    """With the seconds that a web service can answer its 503 with; the stream is good when they have passed."""
    bucket = TokenBucket(2)
    async with client(helix, bucket=bucket, max_wait=5) as clips:
        helix.limit = 2
        stream = clips.by_game(GAME)
        for _ in range(200):
            await anext(stream)
        start = _now()
        with pytest.raises(RateLimited, match="the token bucket is empty; try again in") as caught:
            await anext(stream)
        assert _now() == start
        assert caught.value.retry_after == clips.rate.retry_after == pytest.approx(30, abs=0.1)
        await asyncio.sleep(caught.value.retry_after - 4)
        assert len(await stream.collect()) == 50


async def test_max_wait_counts_those_who_wait_in_front(helix: FakeHelix) -> None:
    """One point a second: the third in the queue would wait for three."""
    async with client(helix, bucket=TokenBucket(60), max_wait=2.5) as clips:
        helix.limit = 60
        await asyncio.gather(*(clips.get("Otter") for _ in range(60)))
        outcomes = await asyncio.gather(*(clips.get("Otter") for _ in range(4)), return_exceptions=True)
    assert [isinstance(outcome, RateLimited) for outcome in outcomes] == [False, False, True, True]


async def test_the_rate_can_be_seen(helix: FakeHelix) -> None:
    """Before the first request it is a guess; then what the headers say."""
    async with client(helix) as clips:
        assert (clips.rate.limit, clips.rate.remaining, clips.rate.waiting, clips.rate.retry_after) == (800, 800, 0, 0)
        helix.limit = 30
        await clips.get("Otter")
        assert (clips.rate.limit, clips.rate.remaining) == (30, 29)
        tasks = [asyncio.ensure_future(clips.get("Otter")) for _ in range(40)]
        await asyncio.sleep(0.1)
        assert (clips.rate.remaining, clips.rate.waiting) == (0, 11)
        assert clips.rate.retry_after == pytest.approx(2 * 12, abs=0.3)
        await asyncio.gather(*tasks)


async def test_pauses_have_full_jitter_and_are_bounded(helix: FakeHelix) -> None:
    """Four of them, of at most 0.5, 1, 2 and 4 seconds."""
    helix.fail(faults.status(503), times=None)
    lengths: set[float] = set()
    async with client(helix) as clips:
        for _ in range(20):
            start = _now()
            with pytest.raises(ServerError):
                await clips.get("Otter")
            lengths.add(_now() - start)
    assert max(lengths) < 7.5
    assert len(lengths) == 20
    assert len(helix.targets) == 100


async def test_the_deadline_counts_attempts_and_pauses_of_one_page_and_never_the_queue(helix: FakeHelix) -> None:
    """Ten attempts would be allowed; two of twenty seconds each are beyond thirty."""
    helix.limit = 1
    helix.fail(faults.hang(), times=None, skip=1)
    policy = RetryPolicy(attempts=10, deadline=30)
    async with client(helix, retry=policy, timeout=20, bucket=TokenBucket(1)) as clips:
        await clips.get("Otter")
        with pytest.raises(TimedOut):
            await clips.get("Otter")
    assert len(helix.targets) == 3


async def test_the_deadline_is_reached_by_pauses_alone(helix: FakeHelix) -> None:
    """A hundred attempts would be allowed, and each fails at once."""
    helix.fail(faults.status(503), times=None)
    async with client(helix, retry=RetryPolicy(attempts=100, base=8, deadline=20)) as clips:
        start = _now()
        with pytest.raises(ServerError):
            await clips.get("Otter")
    assert _now() - start <= 20.1
    assert len(helix.targets) < 100


async def test_a_body_without_end_is_asked_for_again(helix: FakeHelix) -> None:
    """As a cut one is."""
    helix.fail(faults.endless(), skip=1)
    async with client(helix, timeout=3599) as clips:
        assert len(await clips.by_game(GAME).collect()) == 250
    assert len(helix.targets) == 4


async def test_the_wait_for_a_connection_is_charged_to_no_time_out(helix: FakeHelix) -> None:
    """Four hundred at once over a hundred connections: the last are sent after 30 seconds and answered after 40."""
    seen: list[Event] = []
    helix.manners = Manners(latency=10)
    policy = RetryPolicy(attempts=2, deadline=15)
    async with client(helix, timeout=15, retry=policy, hooks=[seen.append]) as clips:
        await clips.get("Otter")
        start = _now()
        helix.fail(faults.status(503), skip=350)
        await asyncio.gather(*(clips.get("Otter") for _ in range(400)))
        assert _now() - start == pytest.approx(50, abs=1)
    assert max(event.seconds for event in seen if isinstance(event, events.Requested)) == pytest.approx(10, abs=0.5)


async def test_whoever_waits_for_a_connection_may_be_cancelled(helix: FakeHelix) -> None:
    """Nothing was sent for it, and the bucket does not reckon it as under way."""
    helix.manners = Manners(latency=10)
    async with client(helix) as clips:
        await clips.get("Otter")
        asked = len(helix.targets)
        asking = [asyncio.ensure_future(clips.get("Otter")) for _ in range(101)]
        await asyncio.sleep(1)
        asking.pop().cancel()
        await asyncio.gather(*asking)
        assert len(helix.targets) == asked + 100
        helix.fail(faults.too_many())
        await asyncio.wait_for(clips.get("Otter"), 60)


async def test_a_hook_that_ends_its_task_leaves_no_request_under_way(helix: FakeHelix) -> None:
    """It was told of a wait and raised; after the next 429 one request goes ahead all the same."""

    def end(event: Event) -> None:
        if isinstance(event, events.Waited):
            seen.append(event)
            if len(seen) == 1:
                raise asyncio.CancelledError

    seen: list[Event] = []
    helix.limit = 1
    async with client(helix, bucket=TokenBucket(1), hooks=[end]) as clips:
        await clips.get("Otter")
        with pytest.raises(asyncio.CancelledError):
            await clips.get("Otter")
        helix.fail(faults.too_many())
        await asyncio.wait_for(clips.get("Otter"), 600)
    assert len(helix.targets) == 3


async def test_a_hook_that_ends_its_task_loses_no_clip(helix: FakeHelix) -> None:
    """It was told of a record that was skipped, on a page of which nothing had been given yet."""

    def end(event: Event) -> None:
        if isinstance(event, events.RecordSkipped):
            raise asyncio.CancelledError

    helix.fail(records(lambda page: [None, *page[1:]]), skip=1)
    async with client(helix, hooks=[end], on_invalid="skip") as clips:
        stream = clips.by_game(GAME)
        ids = [(await anext(stream)).id for _ in range(100)]
        with pytest.raises(asyncio.CancelledError):
            await anext(stream)
        ids += [clip.id for clip in await stream.collect()]
    assert len(set(ids)) == len(ids) == 249


async def test_a_repetition_after_a_429_says_how_long_everyone_pauses(helix: FakeHelix) -> None:
    """No attempt is counted, and the pause is the bucket's: its turn comes no sooner."""
    seen: list[Event] = []
    helix.fail(faults.too_many())
    async with client(helix, hooks=[seen.append]) as clips:
        await clips.get("Otter")
    [retried] = [event for event in seen if isinstance(event, events.Retried)]
    [waited] = [event for event in seen if isinstance(event, events.Waited)]
    assert retried.attempt == 0
    assert retried.pause == pytest.approx(waited.seconds, abs=0.01)
    assert 0.75 <= retried.pause <= 1


async def test_a_stream_that_waits_is_charged_for_it_in_its_stats(helix: FakeHelix) -> None:
    """Turns and pauses alike."""
    helix.fail(faults.too_many(), times=2)
    async with client(helix) as clips:
        start = _now()
        stream = clips.by_game(GAME)
        await stream.collect()
        assert stream.stats.requests == 5
        assert stream.stats.waited == pytest.approx(_now() - start, abs=0.01)
        assert 2.25 <= stream.stats.waited <= 3.3  # and two points, as the bucket was empty


async def test_a_429_has_everyone_pause_and_one_go_ahead(helix: FakeHelix) -> None:
    """Of ten streams two meet the empty bucket at most for each pause; then all are served."""
    async with client(helix) as clips:
        await clips.get("Otter")
        helix.spend(799)
        found = await asyncio.gather(*(clips.by_game(GAME, limit=1).first() for _ in range(10)))
        assert None not in found
        assert len(helix.targets) == 21  # ten at once are refused, as nothing was known


async def test_a_long_queue_is_no_endless_refusal(helix: FakeHelix) -> None:
    """Each of three hundred is refused at most now and then, and others are served all the time: none gives up."""
    helix.manners = Manners(round_trip=(0.06, 0.18))
    async with client(helix) as clips:
        await clips.get("Otter")
        while helix.spend(1):
            pass

        async def spend_most() -> None:
            while True:
                await asyncio.sleep(1 / 13)
                helix.spend(1)

        other = asyncio.create_task(spend_most())
        start = _now()
        await asyncio.gather(*(clips.get("Otter") for _ in range(300)))
        assert _now() - start > 180
        other.cancel()


async def test_whoever_is_turned_away_is_told_of(helix: FakeHelix) -> None:
    """A service can count what it answered 503 to."""
    seen: list[Event] = []
    helix.limit = 1
    async with client(helix, bucket=TokenBucket(1), max_wait=5, hooks=[seen.append]) as clips:
        await clips.get("Otter")
        with pytest.raises(RateLimited) as caught:
            await clips.get("Otter")
    [turned_away] = [event for event in seen if isinstance(event, events.TurnedAway)]
    assert turned_away.retry_after == caught.value.retry_after > 50


async def test_a_429_with_points_left_is_no_matter_of_the_bucket(helix: FakeHelix) -> None:
    """Others go on meanwhile."""
    helix.fail(faults.too_many(remaining=500), times=None, on="users")
    async with client(helix) as clips:
        asking = asyncio.ensure_future(clips.users(["example_streamer"]))
        await asyncio.sleep(0.1)
        start = _now()
        assert await clips.by_game(GAME).first() is not None
        assert _now() == start
        with pytest.raises(RateLimited, match=r"Helix answered 429: Request limit exceeded; try again in 8\.0 seconds"):
            await asking


async def test_without_a_bucket_429s_are_ordinary_failures(helix: FakeHelix) -> None:
    """Nobody pauses, so attempts are counted."""
    helix.fail(faults.too_many(), times=None)
    async with client(helix, bucket=NoLimit()) as clips:
        assert clips.rate.retry_after == 0
        with pytest.raises(RateLimited):
            await clips.get("Otter")
    assert len(helix.targets) == 5


async def test_hooks_see_what_happens(helix: FakeHelix) -> None:
    """In order, as frozen records."""
    seen: list[Event] = []
    helix.fail(faults.status(503), skip=1)
    helix.fail(faults.status(401), skip=2)
    helix.fail(faults.status(400), skip=3)
    helix.fail(records(lambda page: [None, *page[1:]]), skip=5)
    async with client(helix, hooks=[seen.append], on_invalid="skip") as clips:
        await clips.by_game(GAME, limit=249).collect()
    assert [type(event) for event in seen] == [
        *PAGE,
        events.Requested,
        events.Retried,
        events.Requested,
        events.TokenRefused,
        events.Requested,
        events.ListingRestarted,
        *PAGE,
        events.Requested,
        events.RecordSkipped,
        events.PageRead,
        *PAGE,
    ]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        seen[0].path = "users"  # type: ignore[attr-defined]


async def test_the_log_has_a_debug_line_for_each_request(helix: FakeHelix, caplog: pytest.LogCaptureFixture) -> None:
    """Without any hook; and INFO when a wait passes five seconds."""
    caplog.set_level(logging.DEBUG, "twitch_clips")
    async with client(helix, bucket=TokenBucket(6)) as clips:
        helix.limit = 6
        await asyncio.gather(*(clips.get("Otter") for _ in range(7)))
    lines = [(record.levelname, record.message) for record in caplog.records]
    assert sum("Requested(path='clips', status=200" in line for _, line in lines) == 7
    assert [line for level, line in lines if level == "INFO"] == ["StillWaiting(seconds=5.0, waiting=1)"]


async def test_nothing_is_logged_above_debug_when_all_is_well(
    helix: FakeHelix, caplog: pytest.LogCaptureFixture
) -> None:
    """And events that nobody wants are not even made."""
    caplog.set_level(logging.INFO, "twitch_clips")
    async with client(helix) as clips:
        await clips.by_game(GAME).collect()
    assert caplog.records == []


async def test_a_latency_of_the_server_is_no_waiting(helix: FakeHelix) -> None:
    """`stats.waited` is what the bucket and the pauses took."""
    helix.manners = Manners(latency=3)
    async with client(helix) as clips:
        stream = clips.by_game(GAME)
        await stream.collect()
        assert stream.stats.waited == 0
