"""Guesses at how many clips there are."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips.backfill.estimate import Estimate
from twitch_clips.backfill.estimator import Estimator
from twitch_clips.backfill.profile import Piece, Profile
from twitch_clips.backfill.views import Read, Sample, Share, falls, length_by_tail

counts = st.floats(0.3, 1e6)
errors = st.floats(0.0, 3.0)


def test_odds() -> None:
    """As often above its median as below; a standard deviation above in a sixth of the cases."""
    assert Estimate(900, 0.3).odds_from(900) == pytest.approx(0.5)
    assert Estimate(900 / math.exp(0.3), 0.3).odds_from(900) == pytest.approx(0.1587, abs=1e-4)
    assert Estimate(0, 0.3).odds_from(900) == 0


@given(counts, errors, st.floats(1, 2_000))
def test_what_is_known_raises_the_odds(count: float, error: float, known: float) -> None:
    """They are never less, nor more than sure."""
    estimate = Estimate(count, error)
    assert 0 <= estimate.odds_from(900) <= estimate.odds_from(900, known) + 1e-9
    assert estimate.odds_from(900, known) <= 1


@given(counts, errors, st.floats(1, 1e6))
def test_at_least(count: float, error: float, known: float) -> None:
    """What is known to be there is expected, or nearly so, and more is never taken for less."""
    estimate = Estimate(count, error).at_least(known)
    assert estimate.count >= 0.99 * min(known, max(count, known * 0.5))
    assert estimate.count >= 0.99 * count
    assert estimate.error >= min(error, 0.15)


@given(counts, st.floats(0.01, 3), counts, st.floats(0.01, 3))
def test_joined(count: float, error: float, other: float, its_error: float) -> None:
    """Two guesses taken together lie between both, and are surer than either."""
    both = Estimate(count, error).joined(Estimate(other, its_error))
    assert min(count, other) * 0.999 <= both.count <= max(count, other) * 1.001
    assert both.error <= min(error, its_error) + 1e-9


def test_cost() -> None:
    """Small windows cost much for rounding up, windows near the cap for failing."""
    costs = [Estimate(count, 0.3).cost(900, 3) for count in (50, 450, 900, 2_000)]
    assert min(costs) == costs[1]


def test_order() -> None:
    """Views fall, but for a few that moved; where any other order is, they do not."""
    views = [1_000 // place for place in range(1, 101)]
    assert falls([(0, one) for one in views])
    views[10], views[20] = views[20], views[10]
    assert falls([(0, one) for one in views])
    Random(1).shuffle(views)  # noqa: S311
    assert not falls([(0, one) for one in views])
    assert falls([])
    falling = list(range(1_000, 0, -1))
    for length, rises in ((9, 1), (100, 11), (105, 11)):
        for more in (0, 1):
            some = falling[:length]
            for place in range(0, 2 * min(rises + more, length // 2), 2):
                some[place : place + 2] = some[place + 1], some[place]
            assert falls(rows(some)) is not bool(more)


def views(seed: int, count: int, scale: float = 1.0) -> list[int]:
    """Views with a heavy tail, falling."""
    rng = Random(seed)  # noqa: S311
    return sorted((int(scale * 20 * rng.paretovariate(1.1)) for _ in range(count)), reverse=True)


def rows(of: list[int]) -> list[tuple[int, int]]:
    """Rows with such views, all at one slot."""
    return [(0, one) for one in of]


@pytest.mark.parametrize("scale", [0.5, 1, 2])
def test_length_by_views(scale: float) -> None:
    """A listing's length shows in its first pages, held against what was read, at other scales of views too."""
    sample = Sample([Read(0, 9, sorted(views(1, 800))), Read(9, 20, sorted(views(2, 800)))], 10)
    page = rows(views(3, 600, scale)[:300])
    told = sample.length_of(page, Estimate(500, 0.5), 0.7)
    assert told.count == pytest.approx(600, rel=0.4)
    assert sample.length_of(page, None, 0.7).error > told.error


def test_equal_views_tell_nothing() -> None:
    """Where all rows have the same views, what was expected stands."""
    sample = Sample([Read(0, 9, sorted(views(1, 800)))], 10)
    prior = Estimate(400, 0.4)
    assert sample.length_of(rows([3] * 100), prior, 0.5) == prior
    assert sample.length_of(rows([3] * 100), None, 0.5) == Estimate(150, 1.0)


def test_windows_of_like_width_tell_most() -> None:
    """A share is more that of the windows of the same width than that of others as near."""
    narrow, wide = Read(0, 2, [9] * 100), Read(2, 2_000, [1] * 100)
    assert Sample([narrow, wide], 2).share_above(5).mean > 0.8
    assert Sample([wide, narrow], 2_000).share_above(5).mean < 0.2
    assert Sample([Read(0, 2, [])], 2).clips == 0


def test_enough_is_enough() -> None:
    """The nearest windows are asked, up to some thousand clips."""
    assert Sample([Read(0, 2, [1] * 800)] * 9, None).clips == 3_200


@pytest.mark.parametrize("scale", [1, 10, 100])
def test_length_by_tail(scale: int) -> None:
    """The first page tells a short listing from a long one, no matter how many views are usual."""
    rng = Random(2)  # noqa: S311
    usual = [25 * rng.paretovariate(1.1) for _ in range(14)] + [rng.lognormvariate(1.5, 1.3) for _ in range(166)]
    short = sorted((int(scale * one) for one in usual), reverse=True)[:100]
    assert length_by_tail(rows(short)).count < 400
    assert length_by_tail(rows(views(1, 50_000, scale)[:100])).count > 900


def test_a_profile_follows_marks() -> None:
    """Clips are expected where a walk that was given up saw some."""
    piece = Piece(0, 100, 100, [50] * 40, Share(0.1, 0.04))
    profile = Profile(4.0, 5.0, [piece, Piece(100, 200, 200)])
    assert profile.upto(50).count < 150
    assert 200 < profile.upto(51).count < 500
    assert profile.marked(50) == 0
    assert profile.marked(200) == 40
    assert profile.upto(200).count > profile.upto(100).count
    assert profile.upto(50) == Profile(4.0, 5.0, [piece]).upto(50)


def test_no_marks() -> None:
    """Where a walk saw none of a share of the clips, there are fewer than density says."""
    empty = Profile(4.0, 5.0, [Piece(0, 100, 100, [], Share(0.1, 0.04))])
    assert empty.upto(100).count < Profile(4.0, 5.0, [Piece(0, 100, 100)]).upto(100).count / 4


@given(st.lists(st.integers(0, 99), max_size=60), st.floats(1e-6, 100), st.floats(0.1, 400))
def test_counts_grow(slots: list[int], density: float, weight: float) -> None:
    """A wider window is not expected to hold nothing, and `reach` is where a count is reached."""
    profile = Profile(density, weight, [Piece(0, 100, 100, sorted(slots), Share(0.2, 0.1))])
    assert all(profile.upto(hi).count > 0 for hi in range(1, 101))
    reached = profile.reach(0, 100, 50)
    assert 1 <= reached <= 100


def spread(lo: int, hi: int, of: list[int]) -> list[tuple[int, int]]:
    """Rows with such views, at slots in turn."""
    return [(lo + place % (hi - lo), one) for place, one in enumerate(of)]


def taught(windows: int = 10) -> Estimator:
    """One that has read windows of 100 slots with 400 clips."""
    estimator = Estimator()
    for place in range(windows):
        lo, hi = 100 * place, 100 * place + 100
        estimator.learn(lo, hi, spread(lo, hi, views(place, 400)))
    return estimator


def test_it_learns() -> None:
    """Where windows are alike, it becomes sure of the next."""
    estimator = Estimator()
    assert not estimator.knows
    estimator = taught()
    assert estimator.knows
    expected = estimator.profile(1_000, 2_000).upto(1_100)
    assert expected.count == pytest.approx(400, rel=0.05)
    assert expected.error < 0.4
    assert estimator.time_variance < 0.2


def test_surprises_teach_too() -> None:
    """Where windows are not alike, it becomes less sure."""
    estimator = taught()
    before = estimator.time_variance, estimator.view_variance
    for place in range(10, 16):
        estimator.learn(100 * place, 100 * place + 100, spread(0, 100, views(1, 4_000 if place % 2 else 40, place)))
    assert estimator.time_variance > before[0]
    assert estimator.view_variance > before[1]


def test_what_a_walk_saw_that_was_given_up() -> None:
    """Its clips show where the others lie, in every window from there on, until it is read."""
    estimator = taught()
    crowd = [(1_500, one) for one in views(77, 2_000)[:101]]
    estimator.give_up(1_000, 2_000, crowd, Estimate(2_000, 0.2))
    profile = estimator.profile(1_000, 3_000)
    assert profile.upto(1_500).count < 700
    assert profile.upto(1_501).count > 1.7 * profile.upto(1_500).count
    # A second look at a part of it counts instead, unless it saw less.
    estimator.give_up(1_000, 1_800, crowd[:20], Estimate(1_900, 0.2))
    assert estimator.profile(1_000, 3_000).marked(1_600) > 50
    estimator.give_up(1_000, 1_700, [(1_200, one) for one in views(78, 2_000)[:300]], Estimate(1_900, 0.2))
    assert estimator.profile(1_000, 3_000).marked(1_300) > 250
    estimator.learn(1_000, 1_400, spread(1_000, 1_400, views(5, 300)))
    assert estimator.profile(1_400, 3_000).marked(1_600) < 120
    estimator.learn(1_400, 2_000, spread(1_400, 2_000, views(6, 300)))
    assert estimator.profile(1_400, 3_000).marked(1_600) == 0


def test_equal_rows_show_nothing() -> None:
    """Rows of equal views are not all clips with more views than any number."""
    estimator = taught()
    estimator.give_up(1_000, 2_000, spread(1_000, 2_000, [3] * 100), Estimate(2_000, 0.2))
    assert estimator.profile(1_000, 2_000).marked(2_000) == 0


def test_before_anything_is_read() -> None:
    """A page tells the density until a window has been read, and the tail of views tells lengths."""
    estimator = Estimator()
    page = views(1, 9_000)[:100]
    alone = estimator.judge(0, 1_000, rows(page), None)
    assert alone == length_by_tail(rows(page))
    assert estimator.judge(0, 1_000, rows(page), Estimate(100, 0.1)).count < alone.count
    estimator.give_up(5_000, 6_000, spread(5_000, 6_000, page), Estimate(3_000, 0.5))
    assert estimator.knows
    assert estimator.profile(5_000, 6_000).density == 3
    assert estimator.profile(5_000, 6_000).marked(6_000) == sum(one > page[-1] for one in page)


def test_without_order() -> None:
    """Where views are in no order they tell nothing, but rows still show where clips lie; later all is as before."""
    estimator = taught()
    estimator.give_up(1_000, 2_000, spread(1_000, 1_100, views(7, 2_000)[:100]), Estimate(2_000, 0.2))
    estimator.distrust_views()
    assert estimator.profile(1_000, 2_000).marked(2_000) == 0
    prior = Estimate(300, 0.3)
    page = rows(views(5, 9_000)[:100])
    assert estimator.judge(1_000, 1_100, page, prior) == prior
    assert estimator.judge(1_000, 1_100, page, None) == Estimate(100, 1.0)
    estimator.give_up(1_000, 2_000, spread(1_000, 1_100, [3] * 100), Estimate(2_000, 0.2))
    assert estimator.profile(1_000, 2_000).marked(1_100) == 100
    for place in range(10, 18):
        estimator.learn(10_000 + place, 10_001 + place, spread(0, 1, views(place, 300)))
    assert estimator.judge(1_000, 1_100, page, prior) != prior


def test_memory_is_bounded() -> None:
    """However much is read, no more is remembered than tells something."""
    estimator = taught(300)
    for place in range(300):
        estimator.give_up(50_000, 50_100 + place, spread(50_000, 50_100, views(1, 100)), Estimate(2_000, 0.2))
    assert len(list(estimator.profile(50_000, 60_000).pieces)) <= 65
