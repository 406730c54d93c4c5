"""What is told of long waits, and of points that others spent."""

import asyncio
import gc
import weakref
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from unittest.mock import Mock

from twitch_clips import AsyncClips, Clip, Event, NoLimit, StaticAuth, TokenBucket, Turn, events
from twitch_clips.events import SpentElsewhere, StillWaiting
from twitch_clips.testing import FakeHelix, VirtualLoop, faults

from .conftest import client


@asynccontextmanager
async def _watched(helix: FakeHelix, limit: int) -> AsyncGenerator[tuple[AsyncClips, list[Event]]]:
    """A client whose bucket is empty, and what its hook is told from then on."""
    seen: list[Event] = []
    helix.limit = limit
    async with client(helix, bucket=TokenBucket(limit), hooks=[seen.append]) as clips:
        await asyncio.gather(*(clips.get("Otter") for _ in range(limit)))
        seen.clear()
        yield clips, seen


def _jams(seen: list[Event]) -> list[tuple[float, int]]:
    return [(round(event.seconds, 1), event.waiting) for event in seen if isinstance(event, StillWaiting)]


async def test_a_long_wait_is_told_of_once_a_minute_however_many_wait(helix: FakeHelix) -> None:
    """One point comes back in a second: 130 wait for 130 seconds, 125 of them still after five."""
    async with _watched(helix, 60) as (clips, seen):
        await asyncio.sleep(0.5)
        await asyncio.gather(*(clips.get("Otter") for _ in range(130)))
        assert _jams(seen) == [(5, 125), (65, 65), (125, 5)]


async def test_short_waits_are_not_told_of(helix: FakeHelix) -> None:
    """Though somebody waits all the time."""
    async with _watched(helix, 60) as (clips, seen):
        for _ in range(10):
            await asyncio.gather(*(clips.get("Otter") for _ in range(4)))
        assert len([event for event in seen if isinstance(event, events.Waited)]) == 40
        assert _jams(seen) == []


async def test_a_wait_is_told_of_while_it_lasts(helix: FakeHelix) -> None:
    """After five seconds, whenever it began and whoever came and went before it."""
    async with _watched(helix, 6) as (clips, seen):
        await asyncio.sleep(9)
        await clips.get("Otter")
        asking = asyncio.ensure_future(clips.get("Otter"))
        await asyncio.sleep(4.9)
        assert _jams(seen) == []
        await asyncio.sleep(0.2)
        assert _jams(seen) == [(5, 1)]
        assert not asking.done()
        await asking


async def test_a_second_jam_is_told_of_as_the_first_was(helix: FakeHelix) -> None:
    """It begins twenty seconds after the first was over, and lasts for twenty."""
    async with _watched(helix, 6) as (clips, seen):
        await clips.get("Otter")
        assert _jams(seen) == [(5, 1)]
        await asyncio.sleep(20)
        await asyncio.gather(*(clips.get("Otter") for _ in range(4)))
        assert _jams(seen) == [(5, 1), (5, 2)]


async def test_whoever_gave_up_is_not_told_of(helix: FakeHelix) -> None:
    """It was cancelled before the five seconds were over."""
    async with _watched(helix, 6) as (clips, seen):
        asking = [asyncio.ensure_future(clips.get("Otter")) for _ in range(2)]
        await asyncio.sleep(4)
        for task in asking:
            task.cancel()
        await asyncio.sleep(60)
        assert _jams(seen) == []


async def test_nobody_is_watched_over_for_ever(helix: FakeHelix) -> None:
    """When all have their turns the watch ends: a client that is dropped is gone."""
    hook = Mock()
    async with client(helix, hooks=[hook]) as clips:
        await clips.get("Otter")
    gone = weakref.ref(hook)
    del clips, hook
    await asyncio.sleep(60)
    gc.collect()
    assert gone() is None


class _NoTurns(NoLimit):
    """A bucket that never gives any."""

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:  # noqa: ARG002
        """For ever."""
        never: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        return await never


def test_another_loop_knows_nothing_of_those_who_waited_in_the_first() -> None:
    """They are gone with it, though nobody cancelled them: the one that waits there is the only one."""
    seen: list[Event] = []
    auth = StaticAuth(FakeHelix.client_id, FakeHelix.access_token)
    clips = AsyncClips(auth, bucket=_NoTurns(), hooks=[seen.append])

    async def wait(count: int, seconds: float) -> Sequence[asyncio.Future[Clip | None]]:
        asking = [asyncio.ensure_future(clips.get("Otter")) for _ in range(count)]
        await asyncio.sleep(seconds)
        return asking

    loop = VirtualLoop()
    left = loop.run_until_complete(wait(10, 4))
    loop.close()
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(wait(1, 5.1))
    assert _jams(seen) == [(5, 1)]
    assert not any(asking.done() for asking in left)


def _spent_elsewhere(seen: list[Event]) -> list[int]:
    return [event.points for event in seen if isinstance(event, SpentElsewhere)]


async def test_points_that_somebody_else_spent_are_told_of_once(helix: FakeHelix) -> None:
    """By the first 429; those that follow in the pause are of the same."""
    seen: list[Event] = []
    async with client(helix, hooks=[seen.append]) as clips:
        await clips.get("Otter")
        assert helix.spend(799)
        await asyncio.gather(*(clips.get("Otter") for _ in range(10)))
    assert _spent_elsewhere(seen) == [789]
    refusals = [event for event in seen if isinstance(event, events.Requested) and event.status == 429]
    assert len(refusals) == 10


async def test_our_own_points_are_not_told_of(helix: FakeHelix) -> None:
    """A 429 when none are left by our count either, and one that is no matter of points."""
    async with _watched(helix, 60) as (clips, seen):
        helix.fail(faults.too_many())
        await clips.get("Otter")
        await asyncio.sleep(30)
        helix.fail(faults.too_many(remaining=5))
        await clips.get("Otter")
        assert len([event for event in seen if isinstance(event, events.Retried)]) == 2
        assert _spent_elsewhere(seen) == []


async def test_a_bot_that_starts_again_is_refused_once(helix: FakeHelix) -> None:
    """Nothing is known of the bucket that it emptied: of fifty questions one finds out."""
    seen: list[Event] = []
    helix.spend(800)
    async with client(helix, hooks=[seen.append]) as clips:
        await asyncio.gather(*(clips.get("Otter") for _ in range(50)))
    assert _spent_elsewhere(seen) == [799]
    assert len(helix.targets) == 51
