"""Clients that do not know of each other share a bucket by what the rate headers tell each of them."""

import asyncio

import pytest

from twitch_clips import AsyncClips, Event, TokenBucket, events
from twitch_clips.testing import FakeHelix, Manners

from .conftest import client


class _Counted:
    """A hook that counts the answers of each minute."""

    def __init__(self) -> None:
        """Start now."""
        self._start = asyncio.get_running_loop().time()
        self.answered: dict[int, int] = {}
        self.refused = 0

    def __call__(self, event: Event) -> None:
        """Count one."""
        if isinstance(event, events.Requested):
            minute = int((asyncio.get_running_loop().time() - self._start) // 60)
            self.answered[minute] = self.answered.get(minute, 0) + (event.status == 200)
            self.refused += event.status == 429


async def _ask(clips: AsyncClips) -> None:
    while True:
        await clips.get("NoSuchOtter")


@pytest.mark.parametrize("limit", [800, 120])
async def test_one_that_comes_later_gets_its_share(helix: FakeHelix, limit: int) -> None:
    """The first had the bucket to itself for two minutes, and kept it as good as empty."""
    helix.limit = limit
    helix.manners = Manners(round_trip=(0.06, 0.18))
    first, second = _Counted(), _Counted()
    async with (
        client(helix, bucket=TokenBucket(), hooks=[first]) as one,
        client(helix, bucket=TokenBucket(), hooks=[second]) as other,
    ):
        tasks = [asyncio.create_task(_ask(one)) for _ in range(30)]
        await asyncio.sleep(120)
        tasks += [asyncio.create_task(_ask(other)) for _ in range(30)]
        await asyncio.sleep(300)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert first.answered[1] == pytest.approx(limit, rel=0.01)
    for minute in range(4, 7):
        assert first.answered[minute] == pytest.approx(limit / 2, rel=0.1)
        assert second.answered[minute] == pytest.approx(limit / 2, rel=0.1)
    assert first.refused + second.refused <= 5


async def test_who_was_alone_again_for_a_minute_uses_all_of_it(helix: FakeHelix) -> None:
    """What another spent once is no reason to hold back for ever."""
    helix.manners = Manners(round_trip=(0.06, 0.18))
    counted = _Counted()
    async with client(helix, bucket=TokenBucket(), hooks=[counted]) as clips:
        tasks = [asyncio.create_task(_ask(clips)) for _ in range(30)]
        await asyncio.sleep(150)
        while helix.spend(1):
            pass
        await asyncio.sleep(150)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert clips.rate.remaining < 10
    assert counted.answered[4] >= 800
    assert counted.refused <= 3


async def test_a_bots_command_waits_for_one_refill_behind_an_archive(helix: FakeHelix) -> None:
    """The archive has emptied the bucket, and fifty of its requests wait; from then on it keeps off the last tenth."""
    bucket = TokenBucket()
    waited: list[float] = []

    def note(event: Event) -> None:
        if isinstance(event, events.Waited):
            waited.append(event.seconds)

    async with client(helix, bucket=bucket, hooks=[note]) as clips:
        await clips.get("NoSuchOtter")

        async def archive() -> None:
            while True:
                bucket.observe(await bucket.acquire(background=True), None)
                helix.spend(1)

        tasks = [asyncio.create_task(archive()) for _ in range(50)]
        await asyncio.sleep(90)
        assert bucket.status.waiting >= 49  # one may have its turn in this moment
        await clips.get("NoSuchOtter")
        assert waited == [pytest.approx(60 / 800, abs=60 / 800)]
        await asyncio.sleep(10)
        for _ in range(50):
            await clips.get("NoSuchOtter")
        assert len(waited) == 1
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
