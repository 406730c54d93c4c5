"""The guesses as they were tuned: whoever changes one of these numbers changes what backfills cost.

No number here is right by itself: each is what gave the fewest requests in `benchmarks/backfill.py`, which is to be run
when one of them changes.
"""

import pytest

from twitch_clips.backfill.estimate import Estimate
from twitch_clips.backfill.estimator import Estimator
from twitch_clips.backfill.profile import Piece, Profile
from twitch_clips.backfill.views import Read, Sample, Share, length_by_tail

Rows = list[tuple[int, int]]


def listed(lo: int, hi: int, count: int, usual: float = 9.0, fall: float = 0.9) -> Rows:
    """So many clips at slots in turn, their views falling from a few that have many."""
    return [(lo + place * 7 % (hi - lo), int(usual * (count / (place + 1)) ** fall)) for place in range(count)]


def read(lo: int, hi: int, count: int, usual: float = 9.0, fall: float = 0.9) -> Read:
    """A window with such clips."""
    return Read(lo, hi, sorted(views for _, views in listed(lo, hi, count, usual, fall)))


def sample(width: int | None = 60) -> Sample:
    """Windows of several widths, the nearest one first; the last is too far away to tell anything."""
    return Sample([read(0, 50, 300), read(50, 300, 700, 14), read(300, 330, 900, 7), read(330, 900, 1500)] * 2, width)


def taught() -> Estimator:
    """It has read windows of different widths and crowds, and given up two walks."""
    estimator = Estimator()
    estimator.give_up(0, 900, listed(0, 900, 100, 30), Estimate(2_500, 0.4))
    for place, (width, count, usual) in enumerate([(60, 420, 9), (90, 380, 12), (40, 500, 8), (200, 640, 20)] * 2):
        estimator.learn(200 * place, 200 * place + width, listed(200 * place, 200 * place + width, count, usual))
    estimator.give_up(1_600, 2_600, listed(1_600, 2_600, 120, 60), Estimate(1_800, 0.3))
    estimator.give_up(1_600, 2_100, listed(1_600, 2_100, 100, 50), Estimate(1_100, 0.25))
    return estimator


def both(estimate: Estimate) -> tuple[float, float]:
    """Its numbers."""
    return estimate.count, estimate.error


MARKED = Piece(100, 200, 300, [*range(100, 180, 3), 250, 260], Share(0.1, 0.04))
EMPTY = Piece(200, 300, 300, [], Share(0.1, 0.04))
PROFILE = Profile(4.0, 5.0, [Piece(0, 100, 100), MARKED, EMPTY])


@pytest.mark.parametrize(
    ("piece", "hi", "expected"),
    [
        (Piece(0, 100, 100), 70, (280.0, 15680.0)),
        (MARKED, 150, (182.8749006, 3589.3398374)),
        (EMPTY, 280, (18.8235294, 177.1626298)),
    ],
)
def test_guesses_at_pieces(piece: Piece, hi: int, expected: tuple[float, float]) -> None:
    """A mean and its variance: by density alone, beside clips that a walk saw, and where it saw none."""
    assert piece.expected(hi, 4.0, 5.0) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("hi", "expected"), [(50, (200.0, 0.4527418)), (150, (582.8749006, 0.3262918)), (300, (722.1636856, 0.2746219))]
)
def test_guesses_at_stretches(hi: int, expected: tuple[float, float]) -> None:
    """How many clips are expected up to a slot, of several pieces."""
    assert both(PROFILE.upto(hi)) == pytest.approx(expected)


def test_a_count_is_reached_at_the_first_slot_up_to_which_it_is_expected() -> None:
    """At the end, if nowhere before."""
    assert [PROFILE.reach(0, 300, count) for count in (4, 100, 500, 1_000)] == [1, 25, 127, 300]
    assert [PROFILE.reach(lo, 300, 0) for lo in (0, 10, 299)] == [1, 11, 300]
    assert PROFILE.upto(126).count < 500 <= PROFILE.upto(127).count
    assert PROFILE.reach(126, 300, 500) == PROFILE.reach(120, 300, 500) == 127


@pytest.mark.parametrize(
    ("width", "views", "expected"),
    [
        (60, 9, (0.8419597, 0.0003758898)),
        (60, 40, (0.1944927, 0.0016272288)),
        (60, 300, (0.02100495, 0.0150671173)),
        (None, 40, (0.2015623, 0.0015016554)),
    ],
)
def test_guesses_at_shares(width: int | None, views: int, expected: tuple[float, float]) -> None:
    """The share of clips with more than so many views, by windows of like width most."""
    told = sample(width).share_above(views)
    assert (told.mean, told.variance) == pytest.approx(expected)


def test_one_clip_is_as_good_as_one() -> None:
    """Be it of a window so much narrower that it tells next to nothing; one without clips tells nothing."""
    one = Sample([Read(50, 60, []), Read(0, 50, [5])], 10**9)
    told = one.share_above(1)
    assert one.clips == 1
    assert told.variance == pytest.approx(1 / told.mean)


def test_a_window_eight_times_as_wide_tells_half_as_much() -> None:
    """One of the same width tells all, and any does where no width is asked for."""
    told = [Read(0, 50, [1]).likeness(width) for width in (None, 50, 400, 6)]
    assert told == pytest.approx([1.0, 1.0, 0.4805338, 0.4708365])
    assert (sample().clips, sample(None).clips) == (3_700, 3_400)


@pytest.mark.parametrize(
    ("rows", "prior", "expected"),
    [
        (100, None, (858.3836575, 0.6616910)),
        (100, Estimate(600, 0.3), (645.7246126, 0.3041565)),
        (100, Estimate(20_000, 0.0), (17246.0963931, 0.1905087)),
        (100, Estimate(0.0, 1.0), (549.2181527, 0.6610660)),
        (300, None, (934.1815401, 0.5839799)),
        (300, Estimate(600, 0.3), (655.7581156, 0.2892935)),
        (300, Estimate(20_000, 0.0), (11070.0137870, 0.3110323)),
    ],
)
def test_guesses_at_lengths(rows: int, prior: Estimate | None, expected: tuple[float, float]) -> None:
    """By the first rows, with and without something expected."""
    assert both(sample().length_of(listed(0, 60, 900)[:rows], prior, 0.6)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (listed(0, 60, 900)[:100], (3681.1796406, 1.5524175)),
        (listed(0, 60, 900)[:300], (11043.5389218, 1.5502688)),
        (listed(0, 9, 100, 900, 2.0), (127.0347745, 0.4828364)),
    ],
)
def test_guesses_by_the_tail_of_views(rows: Rows, expected: tuple[float, float]) -> None:
    """When nothing was read before."""
    assert both(length_by_tail(rows)) == pytest.approx(expected)


def test_how_sure_a_whole_run_makes() -> None:
    """Of densities and of views: the errors of what was foretold add up."""
    estimator = taught()
    assert (estimator.time_variance, estimator.view_variance) == pytest.approx((0.5298462, 0.1992193))


@pytest.mark.parametrize(
    ("width", "density", "counts", "error"),
    [
        (None, 4.2941190, (358.8347078, 1187.5328682, 2011.2738186, 3728.9214219), 0.3521037),
        (30, 5.2558207, (385.7764562, 1211.1662998, 2053.1414086, 4155.4696707), 0.3813012),
        (400, 3.9596394, (348.3907820, 1177.5070675, 1993.2911052, 3577.1468461), 0.3408023),
    ],
)
def test_guesses_after_a_whole_run(width: int | None, density: float, counts: tuple[float, ...], error: float) -> None:
    """What was read and given up shows in what is expected of the rest."""
    profile = taught().profile(1_600, 3_000, width)
    assert profile.density == pytest.approx(density)
    assert [profile.upto(hi).count for hi in (1_700, 2_100, 2_600, 3_000)] == pytest.approx(counts)
    assert profile.upto(3_000).error == pytest.approx(error)


@pytest.mark.parametrize(
    ("lo", "prior", "expected"),
    [
        (1_600, None, (749.9981856, 0.5037604)),
        (1_600, Estimate(800, 0.4), (779.3072201, 0.3247998)),
        (150, None, (892.6875934, 0.5043859)),
        (150, Estimate(800, 0.4), (836.6512891, 0.3253031)),
    ],
)
def test_judgements_after_a_whole_run(lo: int, prior: Estimate | None, expected: tuple[float, float]) -> None:
    """Of a listing by its first page, by the windows nearby."""
    assert both(taught().judge(lo, lo + 100, listed(lo, lo + 100, 700, 15)[:100], prior)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("width", "counts", "error"),
    [
        (None, (357.9940300, 1273.3593464, 2166.2187363, 3598.1948564, 4186.2970841), 0.2844072),
        (50, (385.6077243, 1361.6861445, 2257.8154436, 3800.2463408, 4402.2475104), 0.2901811),
    ],
)
def test_guesses_where_a_part_of_what_a_walk_saw_was_read(
    width: int | None, counts: tuple[float, ...], error: float
) -> None:
    """What was read tells what share of the rest that walk saw."""
    estimator = taught()
    for lo, hi, count, usual in ((1_600, 1_690, 260, 55), (1_690, 1_800, 330, 75)):
        estimator.learn(lo, hi, listed(lo, hi, count, usual))
    estimator.give_up(3_000, 3_400, listed(3_000, 3_400, 110, 33), Estimate(1_000, 0.2))
    profile = estimator.profile(1_500, 3_200, width)
    assert [(piece.lo, piece.hi) for piece in profile.pieces] == [
        *((1_500, 1_800), (1_800, 2_100), (2_100, 2_600), (2_600, 3_000), (3_000, 3_200))
    ]
    assert [profile.upto(hi).count for hi in (1_600, 1_900, 2_600, 3_000, 3_200)] == pytest.approx(counts)
    assert profile.upto(3_200).error == pytest.approx(error)
    assert profile.marked(3_200) == 145


def test_how_sure_three_pages_of_views_make() -> None:
    """Each of them foretells a length."""
    estimator = Estimator()
    estimator.learn(0, 60, listed(0, 60, 420, 900))
    estimator.learn(60, 120, listed(60, 120, 500, 1_900))
    assert estimator.view_variance == pytest.approx(0.1866493591, rel=1e-7)


def test_before_anything_is_known_next_to_nothing_is_expected() -> None:
    """And that is as good as half a clip."""
    profile = Estimator().profile(0, 10)
    assert (profile.density, profile.weight) == (1e-9, 0.5)
    assert profile.upto(5).count == 1e-6
    assert profile.pieces[0].expected(5, 0.01, 1.0) == pytest.approx((0.05, 0.0025))


def test_a_window_of_three_clips_is_hardly_a_density() -> None:
    """Three are three and a half, give or take as many as that."""
    estimator = Estimator()
    estimator.learn(0, 100, listed(0, 100, 3))
    profile = estimator.profile(100, 200)
    assert profile.density == pytest.approx(0.035, rel=2e-3)
    assert profile.weight == pytest.approx(1 / (0.6 + 3.5 / 3.5**2), rel=2e-3)
