"""What time it is for Helix, by what it says and by the machine's own clock."""

import asyncio
from datetime import timedelta

import pytest

from tests.backfill.conftest import DAY, HOUR, MINUTE
from tests.conftest import NOW
from twitch_clips.watch.server_clock import ServerClock

SECOND = timedelta(seconds=1)


async def test_until_helix_tells_the_time_it_is_the_machines() -> None:
    """To the second, cut off; so it is for other moments."""
    clock, start = ServerClock(), asyncio.get_running_loop().time()
    await asyncio.sleep(0.75)
    assert not clock.is_set
    assert clock.now() == NOW
    assert [clock.at(start + seconds) for seconds in (90, -60)] == [NOW + 90 * SECOND, NOW - 60 * SECOND]


async def test_the_first_time_that_is_told_is_believed() -> None:
    """However wrong; it goes on by the time that passes."""
    clock, start = ServerClock(), asyncio.get_running_loop().time()
    clock.learn(NOW + 5 * DAY)
    assert clock.is_set
    await asyncio.sleep(10.75)
    assert clock.now() == NOW + 5 * DAY + 10 * SECOND
    assert clock.at(start - 60) == NOW + 5 * DAY - 60 * SECOND


@pytest.mark.parametrize(("first", "then", "is_believed"), [(0, 60, True), (0, 61, False), (7200, 60, True)])
async def test_what_the_clock_or_the_machine_agrees_with_is_believed(first: int, then: int, is_believed: bool) -> None:  # noqa: FBT001
    """To a minute."""
    clock = ServerClock()
    clock.learn(NOW + first * SECOND)
    await asyncio.sleep(100)
    clock.learn(NOW + (100 + then) * SECOND)
    assert clock.now() == NOW + (100 + (then if is_believed else first)) * SECOND


async def test_what_nothing_agrees_with_is_believed_after_an_hour() -> None:
    """Of nothing else being said."""
    clock = ServerClock()
    clock.learn(NOW)
    for wait, ahead, known in [
        (10, 10 * HOUR, timedelta(0)),
        (3599, 10 * HOUR, timedelta(0)),
        (0, timedelta(0), timedelta(0)),  # one that agrees: the doubt is over
        (1, 9 * HOUR, timedelta(0)),
        (1800, 9 * HOUR, timedelta(0)),
        (1800, 10 * HOUR, 10 * HOUR),
    ]:
        await asyncio.sleep(wait)
        passed = clock.now() - NOW
        clock.learn(NOW + passed + ahead)
        assert clock.now() == NOW + passed + known


async def test_what_was_learnt_in_another_loop_is_forgotten() -> None:
    """And what was doubted there."""
    clock = ServerClock()
    clock.learn(NOW + 5 * DAY)
    await asyncio.sleep(10)
    clock.learn(NOW + 9 * DAY)
    clock.forget()
    assert not clock.is_set
    assert clock.now() == NOW + 10 * SECOND
    clock.learn(NOW + 3 * MINUTE)
    assert clock.now() == NOW + 3 * MINUTE
