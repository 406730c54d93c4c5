"""What an estimator takes from walks that were given up, and from surprises."""

import pytest

from twitch_clips.backfill.estimate import Estimate
from twitch_clips.backfill.estimator import Estimator
from twitch_clips.backfill.views import Share

Rows = list[tuple[int, int]]


def falling(count: int, slot: int, most: int = 5_000) -> Rows:
    """So many clips at one slot, each with fewer views than the one before."""
    return [(slot, most - place) for place in range(count)]


def marked(estimator: Estimator, lo: int, hi: int) -> int:
    """How many clips are known of a stretch."""
    return estimator.profile(lo, hi).marked(hi)


def test_a_later_look_that_saw_less_of_the_same_place_does_not_count() -> None:
    """Nor one to the same end; one that saw more does."""
    for hi, seen in ((1_900, 50), (2_000, 50), (2_000, 300)):
        estimator = Estimator()
        estimator.give_up(1_000, 2_000, falling(101, 1_500), Estimate(2_000, 0.2))
        estimator.give_up(1_200, hi, falling(seen + 1, 1_500), Estimate(2_000, 0.2))
        assert marked(estimator, 1_200, hi) == max(100, seen)


def test_a_look_beyond_an_older_one_counts_by_itself() -> None:
    """The older one tells nothing of what lies behind its end, or before its start."""
    for lo, hi, slot in ((1_500, 2_500, 2_200), (500, 1_500, 700)):
        estimator = Estimator()
        estimator.give_up(1_000, 2_000, [*falling(50, 1_200), *falling(51, 1_700, 4_000)], Estimate(2_000, 0.2))
        estimator.give_up(lo, hi, falling(21, slot), Estimate(2_000, 0.2))
        assert marked(estimator, lo, hi) == 20


@pytest.mark.parametrize(
    ("judged", "share"),
    [
        (Estimate(200, 0.3), Share(0.5, 0.09)),
        (Estimate(50, 0.0), Share(1.0, 0.0025)),
    ],
)
def test_the_clips_seen_are_a_share_of_those_judged_to_be_there(judged: Estimate, share: Share) -> None:
    """Never more than all, and never for sure."""
    estimator = Estimator()
    estimator.give_up(1_000, 2_000, falling(101, 1_500), judged)
    [piece] = estimator.profile(1_000, 2_000).pieces
    assert piece.share is not None
    assert (piece.share.mean, piece.share.variance) == pytest.approx((share.mean, share.variance))


def test_of_one_clip_one_is_all() -> None:
    """However few were judged to be there."""
    for count in (0, 1):
        estimator = Estimator()
        estimator.give_up(1_000, 2_000, falling(2, 1_500), Estimate(count, 0.5))
        assert [piece.share for piece in estimator.profile(1_000, 2_000).pieces] == [Share(1.0, 0.25)]


def test_what_is_read_at_either_end_tells_what_share_a_walk_saw() -> None:
    """A tenth, it was judged; but in what was read it is all."""
    for lo, hi in ((1_000, 1_100), (1_900, 2_000)):
        estimator = Estimator()
        estimator.give_up(1_000, 2_000, falling(101, 1_500), Estimate(1_000, 0.2))
        estimator.learn(lo, hi, falling(90, lo))
        shares = [piece.share.mean for piece in estimator.profile(1_100, 1_900).pieces if piece.share]
        assert len(shares) == 1
        assert shares[0] > 0.2


def test_the_last_windows_are_remembered_and_no_others() -> None:
    """However near they were."""
    estimator = Estimator()
    estimator.learn(0, 1, falling(500, 0))
    for place in range(64):
        assert estimator.profile(1, 2).density > 5
        estimator.learn(1_000 + place, 1_001 + place, falling(1, 0))
    assert estimator.profile(1, 2).density < 2


def test_views_that_were_in_no_order_tell_nothing_for_eight_windows() -> None:
    """Then they do."""
    estimator, prior = Estimator(), Estimate(300, 0.3)
    for place in range(3):
        estimator.learn(place, place + 1, falling(300, place))
    estimator.distrust_views()
    told = list[bool]()
    for place in range(3, 12):
        told.append(estimator.judge(place, place + 1, falling(100, place), prior) != prior)
        estimator.learn(place, place + 1, falling(300, place))
    assert told == [False] * 8 + [True]


def test_a_surprise_counts_only_so_much() -> None:
    """Of a thousand times as many clips as of ten thousand times as many."""
    for count in (2_000, 20_000):
        estimator = Estimator()
        estimator.learn(0, 1_000, falling(2, 0))
        estimator.learn(1_000, 2_000, falling(count, 0, 20_000))
        assert estimator.time_variance == pytest.approx(0.6 + 0.15 * (3 - 0.6))


def test_a_surprise_of_views_counts_only_so_much() -> None:
    """Be it that all have more than any before."""
    estimator = Estimator()
    estimator.learn(0, 1, falling(400, 0))
    estimator.view_variance = 0.05
    estimator.learn(1, 2, falling(151, 1, 90_000))
    assert estimator.view_variance == pytest.approx(0.05 + 0.08 * (2 - 0.05))


def test_views_teach_where_a_listing_goes_on_for_half_a_page() -> None:
    """Behind its first one: the length that they would have told is compared with the true one."""
    for count, teaches in ((150, False), (151, True)):
        estimator = Estimator()
        estimator.learn(0, 1, falling(400, 0))
        before = estimator.view_variance
        estimator.learn(1, 2, falling(count, 1, 9_000))
        assert (estimator.view_variance != before) is teaches


def test_a_first_page_of_equal_views_teaches_nothing_but_the_next_ones_do() -> None:
    """Nobody has more than the last of it."""
    estimator = Estimator()
    estimator.learn(0, 1, falling(400, 0))
    before = estimator.view_variance
    estimator.learn(1, 2, [(1, 5_000)] * 120)
    assert estimator.view_variance == before
    estimator.learn(2, 3, [*[(1, 5_000)] * 120, *falling(180, 1, 4_900)])
    assert estimator.view_variance != before
