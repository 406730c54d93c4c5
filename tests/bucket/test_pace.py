"""How fast a process sends that shares a bucket with others: properties of pure functions."""

from functools import partial

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twitch_clips._bucket.level import Level, pace, paced_wait

NOW = 1000.0
HEARD = NOW - 0.5
trips = st.floats(0, 30)
limits = st.integers(1, 2000)
points = st.floats(-100, 2000)
refills = st.floats(0.01, 40)
levels = st.builds(Level, limits, st.floats(900, 1200), refills)


@given(levels, points, points, trips)
def test_the_more_is_left_the_faster(level: Level, one: float, other: float, trip: float) -> None:
    """And nobody sends when nothing is left."""
    low, high = sorted((one, other))
    assert 0 <= pace(level, low, trip) <= pace(level, high, trip)
    assert pace(level, min(low, 0), trip) == 0


@given(st.integers(200, 2000), st.floats(0.05, 1), trips)
def test_at_the_level_that_is_sought_one_process_sends_as_much_as_comes_back(
    limit: int, left: float, trip: float
) -> None:
    """Where more is left it sends faster, but sixteen of them do not overdraw it within a round trip."""
    level = Level.full(limit)
    assert pace(level, limit * 0.05, trip) == pytest.approx(level.refill)
    assert pace(level, limit * left, trip) >= level.refill * 0.999
    assert pace(level, limit * left, trip) <= max(level.refill, left * limit / 16 / max(trip, 1e-6)) * 1.001


@pytest.mark.parametrize("limit", [20, 60, 160])
def test_in_a_small_bucket_eight_points_are_sought(limit: int) -> None:
    """A twentieth of it would be overdrawn by two that send together."""
    level = Level.full(limit)
    assert pace(level, 8, 0) == pytest.approx(level.refill)
    assert pace(level, 4, 0) == pytest.approx(level.refill / 4)


@given(levels, st.floats(0, 60), st.floats(0, 60), st.floats(0, 20), trips)
def test_what_came_back_since_the_last_headers_counts_for_little(
    level: Level, one: float, other: float, since: float, trip: float
) -> None:
    """Others may have drawn on it: the longer ago they came the longer is the wait."""
    early, late = sorted((NOW - one, NOW - other))
    wait_of = partial(paced_wait, level, NOW, NOW - since, seconds=trip)
    assert wait_of(heard_at=early) >= wait_of(heard_at=late) - 1e-3


@pytest.mark.parametrize(("then", "left"), [(0, 10), (12, 22)])
def test_a_quarter_of_what_came_back_since_the_last_headers_counts(then: int, left: int) -> None:
    """None of 800 points was left then and forty are now: as if there were ten; what was left then counts in full."""
    level = Level(800, NOW + 57 - then * 60 / 800, 800 / 60)
    wait = paced_wait(level, NOW, NOW, heard_at=NOW - 3, seconds=0)
    assert level.left(NOW) == pytest.approx(40 + then)
    assert wait * pace(level, left + wait * level.refill / 4, 0) == pytest.approx(1, rel=0.01)


@given(levels, st.floats(0, 20), trips)
def test_a_paced_wait_ends_within_eight_seconds(level: Level, since: float, trip: float) -> None:
    """It is over when it has passed, and what has passed of it is not waited for again."""
    wait_at = partial(paced_wait, level, last=NOW - since, heard_at=HEARD, seconds=trip)
    wait = wait_at(NOW)
    assert 0 <= wait <= 8
    if wait < 8:
        assert wait_at(NOW + wait + 1e-3) == 0
    assume(0.1 < wait < 7.9)
    assert wait_at(NOW + wait / 2) == pytest.approx(wait / 2, abs=1e-3)


@given(levels, st.floats(0, 100), st.floats(0, 20), trips)
def test_the_less_is_left_the_longer_is_a_paced_wait(level: Level, less: float, since: float, trip: float) -> None:
    """So that those who share a bucket leave some of it to each other."""
    wait_of = partial(paced_wait, now=NOW, last=NOW - since, heard_at=HEARD, seconds=trip)
    emptier = attrs.evolve(level, full_at=level.full_at + less)
    assert wait_of(emptier) >= wait_of(level) - 1e-3
