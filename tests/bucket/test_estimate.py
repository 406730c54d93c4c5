"""How many points are left, by what was spent here and what the headers say."""

import heapq

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twitch_clips import RateHeaders, Turn
from twitch_clips._bucket.estimate import Estimate
from twitch_clips._bucket.level import Level

from .model import Server

limits = st.integers(1, 2000)
START = 1000.0


def _answered(estimate: Estimate, now: float, rate: RateHeaders | None, *, refused: bool = False) -> None:
    """A request goes and is answered in the same moment."""
    estimate.note(now, estimate.take(now), rate, refused=refused)


def _wait_for(estimate: Estimate, now: float, *, background: bool = False) -> float:
    """The moment of the next turn."""
    return now + estimate.wait(now, background=background)


# Seconds before some requests, how many, and of their ways there and back, in shares of the longest way there.
requests = st.lists(
    st.tuples(st.floats(0, 10) | st.just(0.0), st.sampled_from([1, 3, 70]), st.floats(0, 1), st.floats(0, 5)),
    min_size=1,
    max_size=30,
)


@given(st.integers(2, 300), st.floats(0, 3), requests)
@example(21, 2.0, [(0.0, 70, 0.0, 1.0)])  # some that leave together arrive before the others, some after
def test_alone_it_is_never_refused_and_headers_tell_nothing_new(
    limit: int, way: float, schedule: list[tuple[float, int, float, float]]
) -> None:
    """Whatever overtakes what: a bucket that hears no header gives the same turns."""
    server, estimate, deaf = Server(limit), Estimate(Level.full(limit)), Estimate(Level.full(limit))
    now = START
    under_way: list[tuple[float, int, Turn, RateHeaders | None, float]] = []

    def go(share: float, back: float) -> None:
        turn = estimate.take(now)
        deaf.take(now)
        heapq.heappush(under_way, (now + way * share, turn.number, turn, None, now + way * (1 + back)))

    def pass_until(moment: float) -> None:
        while under_way and under_way[0][0] <= moment:
            at, number, turn, rate, end = heapq.heappop(under_way)
            if rate is None:
                heapq.heappush(under_way, (end, number, turn, server.arrive(at), end))
            else:
                estimate.note(at, turn, rate, refused=False)
                deaf.note(at, turn, None, refused=False)
                assert estimate.level == deaf.level

    go(1, 0)  # the first goes alone, and tells how long the way is
    pass_until(now := now + way)
    for pause, burst, share, back in schedule:
        pass_until(now := now + pause)
        for number in range(burst):
            while wait := estimate.wait(now):
                pass_until(now := now + wait)
            assert deaf.wait(now) == 0
            go(share if number % 2 else 1 - share, back)
    pass_until(now + 100)
    assert server.refused == 0


absurd = st.lists(
    st.tuples(st.floats(0, 20) | st.just(0.0), st.booleans(), limits, st.floats(0, 1)), min_size=1, max_size=60
)


@given(limits, absurd)
def test_no_header_puts_a_turn_off_by_more_than_a_refill(
    limit: int, answers: list[tuple[float, bool, int, float]]
) -> None:
    """Whatever it says, and however late it comes; and eight seconds where others seem to spend."""
    estimate, now = Estimate(Level.full(limit)), START
    turns: list[Turn] = []
    for pause, is_latest, size, share in answers:
        now = _wait_for(estimate, now + pause)
        turns.append(estimate.take(now))
        level = estimate.level
        turn = turns.pop() if is_latest else turns.pop(0)
        rate = RateHeaders(limit=size if share < 0.9 else level.limit, remaining=int(size * share))
        if rate.limit < rate.remaining:
            rate = RateHeaders(limit=rate.limit, remaining=0)
        estimate.note(now, turn, rate, refused=False)
        assert estimate.level.limit == rate.limit
        assert estimate.level.missing(now) >= min(level.missing(now), rate.limit) - 1e-6
        a_refill = 60 / rate.limit
        kept = 3 + 1e-3  # seconds' worth of points, for what is under way
        assert estimate.wait(now) <= max(8, a_refill + kept)
        assert estimate.wait(now, background=True) <= max(8, 1.1 * a_refill + kept + 6)


@pytest.mark.parametrize(("remaining", "left"), [(10, 9), (9, 9), (8, 9), (7, 7), (3, 3), (0, 0)])
def test_only_what_others_spent_lowers_the_count(remaining: int, left: int) -> None:
    """One was sent of ten; more than one that is missing besides was another's, one may be rounding."""
    estimate = Estimate(Level.full(10))
    _answered(estimate, START, RateHeaders(limit=10, remaining=remaining))
    assert estimate.level.left(START) == pytest.approx(left)


def test_a_request_under_way_is_reckoned_with() -> None:
    """It was sent after the one that was answered: of the three points that remain, two are sure."""
    estimate = Estimate(Level.full(10))
    first = estimate.take(START)
    estimate.take(START)
    estimate.note(START, first, RateHeaders(limit=10, remaining=3), refused=False)
    assert estimate.level.left(START) == pytest.approx(2)


def test_a_header_that_comes_late_says_no_more_than_one_that_came_in_time() -> None:
    """It tells of a minute ago, when all that was missing was ours: by now that has come back."""
    estimate = Estimate(Level.full(60))
    turns = [estimate.take(START) for _ in range(60)]
    estimate.note(START + 60, turns[0], RateHeaders(limit=60, remaining=0), refused=False)
    assert estimate.level.left(START + 60) == pytest.approx(60)


@pytest.mark.parametrize("limit", [30, 2000])
def test_the_limit_follows_the_headers(limit: int) -> None:
    """Some applications have another one than 800."""
    estimate = Estimate(Level.full(800))
    _answered(estimate, START, RateHeaders(limit=limit, remaining=0))
    assert estimate.level.limit == limit
    assert estimate.wait(START) == pytest.approx(60 / limit)


def test_a_request_under_way_is_reckoned_with_when_the_limit_changes() -> None:
    """The server had four left when it answered, and may get one more."""
    estimate = Estimate(Level.full(800))
    first = estimate.take(START)
    estimate.take(START)
    estimate.note(START, first, RateHeaders(limit=10, remaining=4), refused=False)
    assert estimate.level.left(START) == pytest.approx(3)


def test_once_others_are_known_of_no_point_is_put_down_to_the_way() -> None:
    """Eight that are missing may be in transit at first; after one header that nothing explains they are others'."""
    for known, reported, left in [(False, 782, 790), (True, 782, 782), (False, 788, 790), (True, 788, 788)]:
        estimate = Estimate(Level.full(800))
        estimate.note(START + 1, estimate.take(START), None, refused=False)
        if known:
            estimate.note(START + 9, estimate.take(START + 9), RateHeaders(limit=800, remaining=700), refused=False)
        last = [estimate.take(START + 59) for _ in range(10)][-1]
        estimate.note(START + 59, last, RateHeaders(limit=800, remaining=reported), refused=False)
        assert estimate.level.left(START + 59) == pytest.approx(left)


def test_who_sees_others_spend_paces_itself_for_a_while() -> None:
    """Its share of what is left, not all of it; a minute later the points are its own again, to the last."""
    estimate = Estimate(Level.full(800))
    _answered(estimate, START, RateHeaders(limit=800, remaining=16))
    assert estimate.level.left(START) > 15
    assert 0.1 < estimate.wait(START) < 1
    assert 0 < estimate.wait(START + 1 / 16) < estimate.wait(START)
    _answered(estimate, START + 9, None)
    assert estimate.level.left(START + 9) > 100
    assert estimate.wait(START + 9) > 0
    for _ in range(799):
        assert estimate.wait(START + 100) == 0
        estimate.take(START + 100)


def test_points_are_kept_for_what_may_arrive_together() -> None:
    """As many as come back during the slowest round trip lately."""
    for limit, round_trip, burst in [(60, 0, 59), (60, 2, 57), (60, 100, 56), (4, 100, 2)]:
        estimate, now = Estimate(Level.full(limit)), START
        estimate.note(now + round_trip, estimate.take(now), None, refused=False)
        for sent in range(burst):
            assert (estimate.wait(now), sent) == (0, sent)
            estimate.take(now)
        assert estimate.wait(now) > 0


def test_a_slow_round_trip_is_forgotten() -> None:
    """After so many quick ones nearly all of the points may go again."""
    estimate, now = Estimate(Level.full(60)), START
    estimate.note(now + 3, estimate.take(now), None, refused=False)
    for _ in range(300):
        _answered(estimate, now := _wait_for(estimate, now + 1), None)
    now += 100
    for _ in range(59):
        assert estimate.wait(now) == 0
        estimate.take(now)


def test_a_bucket_of_one_point_keeps_none() -> None:
    """It would never have more than it keeps."""
    estimate = Estimate(Level.full(1))
    estimate.note(START + 3, estimate.take(START), None, refused=False)
    assert estimate.wait(START + 3) == pytest.approx(57)


def test_whoever_meets_a_429_shares() -> None:
    """All of ours are counted and it was refused still: the points that come back are not for us alone."""
    estimate = Estimate(Level.full(60))
    for _ in range(59):
        estimate.take(START)
    _answered(estimate, START, RateHeaders(limit=60, remaining=0), refused=True)
    assert estimate.wait(START) > 1.5
    assert estimate.wait(START, goes_ahead=True) == pytest.approx(1)


def test_429s_slow_down_only_who_hears_nothing() -> None:
    """For ten seconds headers are trusted to go on coming."""
    estimate = Estimate(Level.full(60))
    _answered(estimate, START, RateHeaders(limit=60, remaining=59))
    estimate.slow_down(START + 10)
    assert estimate.level.refill == 1
    estimate.slow_down(START + 10.1)
    assert estimate.level.refill == 0.85
    estimate.note(START + 22.2, estimate.take(START + 22.1), None, refused=False)
    assert estimate.level.refill == pytest.approx(0.85 + 3 * 0.02)  # in steps of four seconds


@given(st.integers(10, 2000), st.floats(0, 59))
def test_the_background_keeps_off_the_last_tenth_while_others_spend(limit: int, since: float) -> None:
    """For a minute after any turn that was not its own."""
    estimate, now = Estimate(Level.full(limit)), START
    estimate.take(now)
    now += since
    gone = 0
    while not estimate.wait(now, background=True):
        estimate.take(now, background=True)
        gone += 1
    assert limit * 0.1 - 1e-3 <= estimate.level.left(now) <= limit * 0.1 + 1 + 1e-3
    assert estimate.wait(now) == 0
    assert estimate.wait(now, background=True) <= 60 / limit + 1e-6


def test_the_background_keeps_off_what_may_arrive_together_too() -> None:
    """Half a second's worth besides the tenth."""
    estimate = Estimate(Level.full(600))
    estimate.note(START + 0.5, estimate.take(START), None, refused=False)
    gone = 0
    while not estimate.wait(START + 1, background=True):
        estimate.take(START + 1, background=True)
        gone += 1
    assert gone == 600 - 60 - 5


def test_the_background_takes_all_when_it_is_alone() -> None:
    """Before anybody came, and a minute after the last one did."""
    for first in (START, START + 60):
        estimate = Estimate(Level.full(100))
        if first > START:
            estimate.take(START)
        for _ in range(100):
            assert estimate.wait(first, background=True) == 0
            estimate.take(first, background=True)
        assert estimate.wait(first, background=True) > 0


def test_the_background_stands_back_for_another_process_too() -> None:
    """Headers show that somebody spends, though nobody does here."""
    estimate = Estimate(Level.full(800))
    estimate.note(START, estimate.take(START, background=True), RateHeaders(limit=800, remaining=70), refused=False)
    assert estimate.wait(START) < 0.5
    assert estimate.wait(START, background=True) == pytest.approx(11 * 60 / 800)
