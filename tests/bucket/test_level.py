"""The arithmetic of the bucket: properties of pure functions."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twitch_clips import RateHeaders
from twitch_clips._bucket.level import Level, in_transit

from .model import Server

limits = st.integers(1, 2000)
moments = st.floats(0, 10_000)
refills = st.floats(0.01, 40)
levels = st.builds(Level, limits, st.floats(900, 1200), refills)
NOW = 1000.0


@given(limits, st.lists(st.tuples(st.floats(0, 5), st.integers(1, 30)), min_size=1, max_size=30))
def test_never_more_than_the_bucket_holds_and_refills(limit: int, schedule: list[tuple[float, int]]) -> None:
    """However the requests come, in any `t` seconds at most `limit + t * limit / 60` go."""
    now, level = 0.0, Level.full(limit)
    gone: list[float] = []
    for pause, burst in schedule:
        now += pause
        for _ in range(burst):
            now += level.wait(now)
            level = level.take(now)
            gone.append(now)
    # The most that went within the seconds up to each moment, beyond what came back in them.
    most = 0.0
    for before, moment in zip([0.0, *gone], gone, strict=False):
        most = max(0.0, most - (moment - before) * limit / 60) + 1
        assert most <= limit + 1e-3


@given(limits, moments)
def test_a_full_bucket_lets_its_limit_go_at_once_and_no_more(limit: int, now: float) -> None:
    """The next one waits for a sixtieth of a minute's share."""
    level = Level.full(limit)
    for _ in range(limit):
        assert level.wait(now) == 0
        level = level.take(now)
    assert level.wait(now) == pytest.approx(60 / limit)


@given(levels, st.floats(0.5, 1))
def test_a_wait_ends_when_the_points_are_there(level: Level, share: float) -> None:
    """Not before, but for rounding, and not after."""
    points = max(1.0, level.limit * share)
    wait = level.wait(NOW, points)
    assert level.left(NOW + wait) >= points - 1e-5 * level.refill - 1e-9
    assert level.left(NOW + wait * 0.99) < points or wait == 0


@given(levels)
def test_a_point_given_back_at_once_is_as_if_it_was_not_taken(level: Level) -> None:
    """Nothing came back meanwhile."""
    assert level.take(NOW).returned(NOW, 0).left(NOW) == pytest.approx(min(level.limit, level.left(NOW)), abs=1e-6)


@given(limits, st.lists(st.floats(0, 5) | st.just(0.0), min_size=1, max_size=60), st.integers(0, 59))
@example(30, [0.0, 5.0], 0)  # full again in between, and slow to refill: seldom drawn
def test_a_point_given_back_late_is_never_given_back_twice(limit: int, pauses: list[float], which: int) -> None:
    """The bucket may have filled up without it: it is no fuller than if it had not been taken, nor emptier than now."""
    now, level, without = NOW, Level.full(limit), Level.full(limit)
    which %= len(pauses)
    for number, pause in enumerate(pauses):
        now += pause
        level = level.take(now)
        without = without if number == which else without.take(now)
    returned = level.returned(now, len(pauses) - 1 - which)
    assert level.left(now) - 1e-6 <= returned.left(now) <= without.left(now) + 1e-6


@given(levels, st.floats(0, 3000))
def test_a_level_is_only_ever_lowered(level: Level, missing: float) -> None:
    """To as many points as are missing, which are never more than the bucket holds: one is back after one refill."""
    lowered = level.lowered(NOW, missing)
    assert lowered.missing(NOW) == pytest.approx(max(level.missing(NOW), min(missing, level.limit)), abs=1e-6)
    assert (lowered.limit, lowered.refill) == (level.limit, level.refill)
    assert lowered.wait(NOW) <= max(level.wait(NOW), 1 / level.refill) + 1e-6


@given(levels, limits)
def test_a_bucket_of_another_size_lacks_as_many_points(level: Level, limit: int) -> None:
    """If it can; and they come back within its own minute."""
    resized = level.resized(NOW, limit)
    assert (resized.limit, resized.refill) == (limit, limit / 60)
    assert resized.missing(NOW) == pytest.approx(min(limit, level.missing(NOW)), abs=1e-6)


@given(levels, st.floats(0.1, 100))
def test_another_refill_changes_nothing_now(level: Level, refill: float) -> None:
    """Only how fast the points come back."""
    changed = level.refilling(NOW, refill)
    assert changed.left(NOW) == pytest.approx(level.left(NOW), abs=1e-6)
    missing = max(0.0, level.missing(NOW) - 2 * refill)
    assert changed.missing(NOW + 2) == pytest.approx(missing, abs=1e-6)


# How a request fares: seconds since the one before, then on its way, then on its way back.
ways = st.tuples(st.floats(0, 5) | st.just(0.0), st.floats(0, 1), st.floats(0, 2))


@given(limits, st.lists(ways, min_size=1, max_size=60))
def test_our_own_requests_contradict_no_header(limit: int, requests: list[tuple[float, float, float]]) -> None:
    """They arrive at any moment of a round trip, and their answers in any order."""
    server, level = Server(limit), Level.full(limit)
    slack = in_transit(level.refill, max(way + back for _, way, back in requests))
    sent: list[float] = []
    rates: dict[int, RateHeaders] = {}
    moment = 0.0
    events: list[tuple[float, int, int]] = []
    for number, (pause, way, back) in enumerate(requests):
        moment += pause
        events += [(moment, 0, number), (moment + way, 1, number), (moment + way + back, 2, number)]
    for now, kind, number in sorted(events):
        if kind == 0:
            level = level.take(now)
            sent.append(now)
        elif kind == 1:
            rates[number] = server.arrive(now)
        else:
            assert not level.contradicts(rates[number], sent[number], slack)


@given(st.integers(50, 2000), st.integers(0, 20), st.floats(0, 3))
def test_points_that_others_spent_contradict_a_header(limit: int, ours: int, round_trip: float) -> None:
    """From two on, more than come back during a round trip; fewer might be rounding."""
    level = Level.full(limit)
    slack = in_transit(level.refill, round_trip)
    for _ in range(ours + 1):
        level = level.take(NOW)
    for others in range(limit - ours):
        rate = RateHeaders(limit=limit, remaining=limit - ours - 1 - others)
        if abs(others - slack - 1) > 1e-6:
            assert level.contradicts(rate, NOW, slack) == (others > slack + 1)


def test_a_round_trip_counts_for_three_seconds_at_most() -> None:
    """Whoever is slower is so for other reasons than its way."""
    assert [in_transit(10, round_trip) for round_trip in (0, 0.3, 3, 30)] == [0, 3, 30, 30]
