"""A lognormal guess, held against sums over its distribution."""

import math
from statistics import NormalDist, fmean, pstdev

import pytest

from twitch_clips.backfill.estimate import Estimate

NORMAL = NormalDist()
guesses = pytest.mark.parametrize(("count", "error"), [(500.0, 0.5), (900.0, 0.3), (40.0, 1.5)])


def logarithms(count: float, error: float, above: float = 0.0) -> list[float]:
    """Logarithms of counts, as often as they are to be expected, of those above so many."""
    known = NormalDist(math.log(count), error).cdf(math.log(above)) if above else 0.0
    shares = ((place + 0.5) / 50_000 for place in range(50_000))
    return [math.log(count) + error * NORMAL.inv_cdf(known + (1 - known) * share) for share in shares]


@guesses
def test_the_odds_are_the_share_of_counts_that_are_as_high(count: float, error: float) -> None:
    """Among those that can be, where so many are known."""
    estimate = Estimate(count, error)
    for limit, known in ((900.0, 0.0), (900.0, 300.0), (2_000.0, 900.0)):
        left = logarithms(count, error, known)
        odds = sum(one >= math.log(limit) for one in left) / len(left)
        assert estimate.odds_from(limit, known) == pytest.approx(odds, abs=1e-4)


def test_a_guess_may_be_less_than_a_clip() -> None:
    """Where nothing is known, nothing is taken for known."""
    assert Estimate(0.5, 1.0).odds_from(2) == pytest.approx(1 - NORMAL.cdf(math.log(4)))
    told = Estimate(0.5, 1.0).at_least(0.5).count
    assert math.log(told) == pytest.approx(fmean(logarithms(0.5, 1.0, 0.5)), abs=2e-3)


def test_no_guess_is_taken_for_sure() -> None:
    """An error of nothing is a thousandth; and what is known already was reached for sure."""
    assert Estimate(500, 0.3).odds_from(900, 900) == 1
    assert Estimate(901, 0).odds_from(900) == pytest.approx(0.8668, abs=1e-3)


@guesses
def test_the_cost_is_pages_over_clips(count: float, error: float) -> None:
    """Half a page for a listing that ends, what is wasted for one that does not, over the clips of those that end."""
    logs = logarithms(count, error)
    ends = [one for one in logs if one < math.log(900)]
    fails = 1 - len(ends) / len(logs)
    read = sum(math.exp(one) for one in ends) / len(logs)
    assert Estimate(count, error).cost(900, 3) == pytest.approx((0.5 * (1 - fails) + 3 * fails) / read, rel=1e-3)


def test_a_listing_of_hardly_a_clip_costs_half_a_page_for_that() -> None:
    """Were there none, the cost would have no bound."""
    assert Estimate(0.01, 0.3).cost(900, 3) == pytest.approx(50 * math.exp(-0.045))
    assert Estimate(0, 0.3).cost(900, 3) == pytest.approx(5e8)


@guesses
@pytest.mark.parametrize("share", [0.9, 1.2, 3.0])
def test_once_so_many_are_known_the_rest_of_the_distribution_is_left(count: float, error: float, share: float) -> None:
    """Its mean and its width, as logarithms."""
    left = logarithms(count, error, share * count)
    told = Estimate(count, error).at_least(share * count)
    assert math.log(told.count) == pytest.approx(fmean(left), abs=2e-3)
    assert told.error == pytest.approx(max(pstdev(left), 0.15), abs=2e-3)


def test_a_count_that_was_thought_sure_and_is_higher_is_rough() -> None:
    """Its error was too small, so it is taken for more; far beyond the guess, what is known is nearly all."""
    assert Estimate(500, 0.01).at_least(600) == Estimate(500, 0.3).at_least(600)
    for known in (500 * math.exp(0.3 * 5.99), 500 * math.exp(0.3 * 6.01), 1e6):
        told = Estimate(500, 0.3).at_least(known)
        assert told.count == pytest.approx(known * math.exp(0.3 * 0.3 / math.log(known / 500)), rel=0.02)
        assert told.error == 0.15


def test_what_was_as_good_as_known_before_changes_nothing() -> None:
    """Two standard deviations below the guess."""
    assert Estimate(500, 0.5).at_least(500 * math.exp(-1.01)) == Estimate(500, 0.5)
    assert Estimate(500, 0.5).at_least(500 * math.exp(-0.99)).count > 500


def test_two_guesses_are_weighed_by_how_well_they_are_known() -> None:
    """As logarithms, by the inverse of their variances; of nothing, a third of a clip is thought."""
    both = Estimate(100, 0.2).joined(Estimate(400, 0.4))
    assert both.count == pytest.approx(math.exp(0.8 * math.log(100) + 0.2 * math.log(400)))
    assert both.error == pytest.approx((25 + 6.25) ** -0.5)
    for one, other in ((Estimate(0, 0), Estimate(900, 0)), (Estimate(900, 0), Estimate(0, 0))):
        assert one.joined(other).count == pytest.approx(math.sqrt(0.3 * 900))
        assert one.joined(other).error == pytest.approx(1e-3 / math.sqrt(2))
