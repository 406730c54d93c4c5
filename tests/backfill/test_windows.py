"""Sets of moments, against plain sets of numbers; slots of ten minutes."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import Window
from twitch_clips.backfill.windows import Stretches, slot_from, slot_of, start_of, window_of

from .conftest import START

LENGTH = 60


def _window(lo: int, hi: int) -> Window:
    return Window(started_at=START + timedelta(minutes=lo), ended_at=START + timedelta(minutes=hi))


def _minutes(stretches: Stretches) -> set[int]:
    return {minute for minute in range(LENGTH) if START + timedelta(minutes=minute) in stretches}


sets = st.lists(st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)), max_size=6).map(
    lambda ends: Stretches(_window(lo, hi) for lo, hi in ends)
)


@given(sets, sets)
def test_they_are_sets(one: Stretches, two: Stretches) -> None:
    """Union, difference, intersection, membership."""
    assert _minutes(one | two) == _minutes(one) | _minutes(two)
    assert _minutes(one - two) == _minutes(one) - _minutes(two)
    assert _minutes(one & two) == _minutes(one) & _minutes(two)
    assert bool(one) is bool(_minutes(one))
    assert (one == two) is (_minutes(one) == _minutes(two))
    assert all(two.covers(window) for window in one & two)


@given(sets)
def test_their_windows_are_in_order_and_apart(one: Stretches) -> None:
    """Those that meet are one."""
    windows = list(one)
    assert all(window.started_at < window.ended_at for window in windows)
    assert all(early.ended_at < late.started_at for early, late in pairwise(windows))
    assert Stretches(reversed(windows)) == one


@given(sets)
def test_the_slots_that_they_touch_cover_them(one: Stretches) -> None:
    """Runs of them, apart from each other; each slot has a moment of it."""
    spans = one.spans()
    slots = {slot for lo, hi in spans for slot in range(lo, hi)}
    assert slots == {slot_of(START + timedelta(minutes=minute)) for minute in _minutes(one)}
    assert all(early[1] < late[0] for early, late in pairwise(spans))


def test_slots_begin_at_ten_minute_marks() -> None:
    """A moment on a mark begins one."""
    slot = slot_of(START)
    assert (start_of(slot), slot_from(START)) == (START, slot)
    assert slot_of(START + timedelta(seconds=599)) == slot
    assert slot_from(START + timedelta(seconds=1)) == slot + 1
    assert window_of(slot, slot + 1) == _window(0, 10)


def test_they_can_be_shown_and_compared_but_not_hashed() -> None:
    """As any collection that is compared by what is in it."""
    one = Stretches([_window(0, 10)])
    assert repr(one) == "Stretches(2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z)"
    assert repr(one | Stretches([_window(20, 30)])).count(":00Z, 2026") == 1
    assert one != 7
    with pytest.raises(TypeError):
        hash(one)
