"""Windows over a listing that ends early: all is read, in few requests."""

import math
from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_clips.backfill.estimate import Estimate
from twitch_clips.backfill.sweep import LIMIT, Span, Sweep

from .sweeps import PAGE, Clip, Helix, catalogues, channel, even, read, tiles


@settings(max_examples=50, deadline=None)
@given(
    catalogues(),
    st.sampled_from([None, 1_000, 30_000]),
    st.sampled_from([1, 3]),
    st.sampled_from(["by views", "in no order"]),
    st.sampled_from([(1_000, 1_000), (900, 1_100), (950, 1_050)]),
)
def test_all_is_read_once(
    made: tuple[list[Clip], int], widest: int | None, walkers: int, order: str, caps: tuple[int, int]
) -> None:
    """Windows tile what there is to read, none is too wide, and the requests are bounded, whatever lies there."""
    clips, slots = made
    run = read(Helix(clips, caps, order == "by views"), Sweep([(0, slots)], widest), walkers)
    assert tiles(run.windows) == [(0, slots)]
    assert all(hi - lo <= (widest or slots) for lo, hi in run.windows)
    crowded = [slot for slot, count in Counter(slot for slot, _ in clips).items() if count > caps[0]]
    if not crowded:
        assert sorted(run.rows) == sorted(clips)
    least = slots / (widest or slots) + len(clips) / PAGE
    # Down to a crowded slot it may take a walk of ten pages for each time that a window shrinks by a fifth.
    assert run.requests <= 6 * least + 10 * math.log(slots + 1, 1.25) * (1 + len(crowded))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)), min_size=1, max_size=6), st.integers(0, 9))
def test_spans_in_any_order(marks: list[tuple[int, int]], seed: int) -> None:
    """Many spans, in any order, are read each to its end, and nothing else."""
    spans = [(10_000 * place + min(pair), 10_000 * place + max(pair)) for place, pair in enumerate(marks)]
    Random(seed).shuffle(spans)  # noqa: S311
    helix = Helix(even(Random(seed), 60_000, 4_000, lambda: 5))  # noqa: S311
    run = read(helix, Sweep(spans), walkers=3)
    assert tiles(run.windows) == sorted(span for span in spans if span[0] < span[1])
    assert sorted(run.rows) == [clip for clip in helix.clips if any(lo <= clip[0] < hi for lo, hi in spans)]


def ratio(clips: list[Clip], slots: int, walkers: int = 1, *, in_order: bool = True) -> float:
    """Requests over the bound."""
    run = read(Helix(clips, in_order=in_order), Sweep([(0, slots)]), walkers)
    assert len(run.rows) == len(clips)
    return run.requests / math.ceil(len(clips) / PAGE)


@pytest.mark.parametrize("views", [1, 10, 100])
def test_few_clips_are_one_walk(views: int) -> None:
    """A channel's 250 clips are read in three requests, whatever views they have."""
    for seed in range(5):
        rng = Random(seed)  # noqa: S311
        tail = [25 * rng.paretovariate(1.1) for _ in range(20)]
        usual = tail + [rng.lognormvariate(1.5, 1.3) for _ in range(230)]
        clips = [(rng.randrange(90_000), int(views * one)) for one in usual]
        assert ratio(clips, 90_000) == 1


def test_many_clips_are_near_the_bound() -> None:
    """A channel costs some quarter more than a request for each 100 clips; an even game less."""
    rng = Random(3)  # noqa: S311
    assert ratio(channel(rng, 700, 20_000), 700 * 144) < 1.32
    assert ratio(even(rng, 500, 60_000, lambda: int(rng.paretovariate(1.1))), 500) < 1.15


def test_four_walkers_cost_little_more() -> None:
    """Halves are taken by those who are idle, and what is learned is everybody's."""
    clips = channel(Random(4), 900, 40_000)  # noqa: S311
    assert ratio(list(clips), 900 * 144, walkers=4) < 1.06 * ratio(clips, 900 * 144)


def test_without_order() -> None:
    """Where listings are in no order, views are left aside."""
    assert ratio(channel(Random(5), 700, 20_000), 700 * 144, in_order=False) < 2  # noqa: S311


def rows_of(lo: int, hi: int, count: int) -> list[Clip]:
    """Rows by falling views, evenly over a window."""
    return [(lo + place % (hi - lo), 10 * 100_000 // (place + 1)) for place in range(count)]


def started(spans: Sequence[tuple[int, int]] = ((0, 1_000),), count: int = 200) -> tuple[Sweep, Span]:
    """A sweep whose first window was read: the first 10 slots."""
    sweep = Sweep(spans, widest=10)
    span = sweep.take()
    assert span is not None
    attempt = sweep.window(span)
    attempt.complete(rows_of(attempt.lo, attempt.hi, count))
    sweep.widest = None
    return sweep, span


def test_the_first_window_is_read_alone() -> None:
    """Others wait until something is known, and the largest span is looked at first."""
    sweep = Sweep([(0, 10), (100, 900), (2_000, 2_020)])
    span = sweep.take()
    assert span is not None
    assert (span.lo, span.hi) == (100, 900)
    assert sweep.take() is None
    attempt = sweep.window(span)
    assert (attempt.lo, attempt.hi, attempt.prior) == (100, 900, None)
    attempt.complete([])
    assert not sweep.is_done
    assert {(one.lo, one.hi) for one in (sweep.take(), sweep.take()) if one} == {(0, 10), (2_000, 2_020)}
    assert sweep.take() is None


def test_half_of_what_is_left() -> None:
    """An idle walker takes the later half of the span that has most left, if it is worth it."""
    sweep, span = started([(0, 10_000)])
    under_way = sweep.window(span)
    half = sweep.take()
    assert half is not None
    assert half.busy
    assert half.hi == 10_000
    assert under_way.hi <= span.hi == half.lo
    assert half.lo == pytest.approx(5_000, rel=0.05)
    sweep, _ = started([(0, 100)])
    assert sweep.take() is None


def test_a_slot_has_no_halves() -> None:
    """A stretch that is all one window, or a single slot, is not divided."""
    sweep, span = started([(0, 11)], count=800)
    sweep.estimator.learn(10, 11, rows_of(10, 11, 899))
    sweep.window(span)
    assert sweep.take() is None
    sweep, span = started([(0, 1_000)], count=1)
    crowd = [(999, 1_000 - place) for place in range(PAGE)]
    sweep.estimator.give_up(span.lo, 1_000, crowd, Estimate(40_000, 0.1))
    assert sweep.take() is None


def test_a_released_span_is_free_again() -> None:
    """What a walker leaves is the next one's."""
    sweep, span = started()
    sweep.release(span)
    assert sweep.take() is span


def test_a_span_added_later() -> None:
    """A stretch that has to be read again is one more span; an empty one is none."""
    sweep, span = started([(0, 10)])
    assert sweep.is_done
    assert span.lo == span.hi
    sweep.add(5, 5)
    assert sweep.is_done
    sweep.add(5, 9)
    assert not sweep.is_done
    assert (again := sweep.take()) is not None
    assert (again.lo, again.hi) == (5, 9)


def test_expected_left() -> None:
    """Nothing is known at first; then a page tells something, and windows read tell more."""
    sweep = Sweep([(0, 1_000)])
    assert sweep.expected_left() == 0
    span = sweep.take()
    assert span is not None
    attempt = sweep.window(span)
    attempt.goes_on(rows_of(0, 1_000, PAGE), 1)
    attempt.give_up(rows_of(0, 1_000, PAGE))
    assert sweep.expected_left() > PAGE
    sweep, _ = started(count=200)
    assert sweep.expected_left() == pytest.approx(990 * 20, rel=0.1)


def test_windows_shrink() -> None:
    """After a walk that was given up a window is at most four fifths as wide, after one that failed half."""
    sweep, span = started()
    attempt = sweep.window(span)
    attempt.give_up(rows_of(attempt.lo, attempt.hi, LIMIT))
    narrower = sweep.window(span)
    assert narrower.hi - narrower.lo <= 0.8 * (attempt.hi - attempt.lo)
    narrower.fail([])
    assert sweep.window(span).hi - narrower.lo <= 0.5 * (narrower.hi - narrower.lo)
    for _ in range(9):
        sweep.window(span).fail([])
    assert sweep.window(span).hi == span.lo + 1


def test_a_walk_that_fails_before_anything_is_known() -> None:
    """The next window is half as wide."""
    sweep = Sweep([(0, 1_000)])
    span = sweep.take()
    assert span is not None
    sweep.window(span).fail([])
    assert sweep.window(span).hi == 500


def test_widest_holds_at_once() -> None:
    """A limit on the width may come, or fall, at any time; a slot is the least."""
    sweep, span = started(count=2)
    assert sweep.window(span).hi > 110
    sweep.widest = 20
    assert sweep.window(span).hi == span.lo + 20
    sweep.widest = 0
    assert sweep.window(span).hi == span.lo + 1


def test_a_full_slot_teaches_nothing() -> None:
    """A slot with more clips than a listing shows is done with, and its rows are not taken for all of them."""
    sweep, span = started()
    before = sweep.expected_left()
    sweep.widest = 1
    attempt = sweep.window(span)
    rows = rows_of(attempt.lo, attempt.hi, 1_000)
    assert all(attempt.goes_on(rows[: pages * PAGE], pages) for pages in range(1, 11))
    attempt.complete(rows)
    assert span.lo == attempt.hi
    assert sweep.expected_left() == pytest.approx(before, rel=0.01)


def test_a_look_ahead() -> None:
    """Where little is known, and no clip of what comes, the next walk looks over a wide stretch, once."""
    sweep, span = started([(0, 1_000_000)], count=5)
    ahead = sweep.window(span)
    assert ahead.prior is not None
    assert ahead.prior.count > LIMIT
    assert span.looked
    ahead.give_up(rows_of(ahead.lo, ahead.hi, PAGE))
    assert sweep.window(span).hi < ahead.hi
