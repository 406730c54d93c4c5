"""How far apart turns come where others have their part of the refill, by those that were awaited."""

import pytest

from twitch_clips import RateHeaders
from twitch_clips._bucket.estimate import Estimate
from twitch_clips._bucket.level import Level

START = 1000.0


def _emptied(remaining: int) -> Estimate:
    """A bucket of which 480 points were just spent, after headers that say how many there were."""
    estimate = Estimate(Level.full(960))
    estimate.note(START, estimate.take(START), RateHeaders(limit=960, remaining=remaining), refused=False)
    for _ in range(480):
        estimate.take(START)
    return estimate


@pytest.mark.parametrize(("spacing", "remaining"), [(3, 500), (1 / 16, 500), (3, 959)])
def test_turns_are_foretold_as_far_apart_as_they_came(spacing: float, remaining: int) -> None:
    """Where others have their part of the refill; else a refill apart, once the points that are there are spent."""
    estimate, now = _emptied(remaining), START + spacing
    estimate.take(now, was_awaited=True)
    waits = [estimate.wait(now, background=background) for background in (False, True)]
    prospects = [estimate.prospect(now, background=background) for background in (False, True)]
    if (spacing, remaining) == (3, 500):
        assert prospects == [(wait, 3) for wait in waits]
        assert 0 < waits[0] < waits[1]
    else:
        assert [each for _, each in prospects] == [1 / 16, 1 / 16]
        first = (1 - estimate.level.left(now)) / 16
        assert [wait for wait, _ in prospects] == pytest.approx([first, first + 6])
        assert first < 0


@pytest.mark.parametrize(
    ("seconds", "each"), [([3, 13], 3.5), ([3, 5], 3), ([3, 13, 9], 3.5), ([3, 13, 9, 9], 4.03625)]
)
def test_their_mean_is_followed_in_steps_of_a_tenth(seconds: list[int], each: float) -> None:
    """A twentieth of each new one; those who wait are sorted anew whenever it is another."""
    estimate, now = _emptied(500), START
    for pause in seconds:
        estimate.take(now := now + pause, was_awaited=True)
    assert estimate.prospect(now)[1] == pytest.approx(each)


def test_a_turn_that_nobody_waited_for_tells_nothing() -> None:
    """It came when it was asked for: what was measured before is no more."""
    estimate = _emptied(500)
    estimate.take(START + 3, was_awaited=True)
    estimate.take(START + 4)
    assert estimate.prospect(START + 4)[1] == 1 / 16
    estimate.take(START + 6, was_awaited=True)
    assert estimate.prospect(START + 6)[1] == 2
