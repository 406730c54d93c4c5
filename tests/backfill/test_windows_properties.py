"""Windows in any order and any overlap: a ledger comes to their union; slots of any moment lie on Helix's grid."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import Window
from twitch_clips._helix.times import GRID, floored, raised
from twitch_clips.backfill.ledger import Ledger
from twitch_clips.backfill.windows import Stretches, slot_from, slot_of, start_of, window_of

from .conftest import START

QUESTION = "broadcaster_id=1"
moments = st.datetimes(datetime(2016, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
windows = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(
    lambda ends: Window(
        started_at=START + timedelta(minutes=ends[0]), ended_at=START + timedelta(minutes=ends[0] + ends[1])
    )
)
# A window, whether all of it was read, and whether that is to be doubted.
takings = st.lists(st.tuples(windows, st.booleans(), st.booleans()), max_size=8)


@given(moments)
def test_a_slot_is_where_helix_cuts(moment: datetime) -> None:
    """Down to its start, up to the next one; a moment lies in exactly one."""
    slot = slot_of(moment)
    assert start_of(slot) == floored(moment) <= moment < start_of(slot + 1)
    assert start_of(slot_from(moment)) == raised(moment) < moment + GRID
    assert slot_from(moment) - slot == (moment != start_of(slot))
    assert slot_of(start_of(slot)) == slot_from(start_of(slot)) == slot


@given(st.lists(st.integers(0, 300), min_size=2, unique=True))
def test_cuts_of_a_stretch_are_the_stretch(marks: list[int]) -> None:
    """Disjoint, with nothing between them, each on the grid; whole again in any order."""
    cuts = [window_of(lo, hi) for lo, hi in zip(sorted(marks)[:-1], sorted(marks)[1:], strict=True)]
    whole = window_of(min(marks), max(marks))
    assert list(Stretches(reversed(cuts))) == [whole]
    assert sum((cut.ended_at - cut.started_at for cut in cuts), timedelta()) == whole.ended_at - whole.started_at
    assert all((cut.started_at - start_of(0)) % GRID == timedelta() for cut in cuts)


@given(takings)
def test_a_ledger_comes_to_the_union_of_what_was_read(taken: list[tuple[Window, bool, bool]]) -> None:
    """Whatever the order and the overlap; another process reads the same from its text."""
    ledger = Ledger(QUESTION)
    for number, (window, is_done, is_doubtful) in enumerate(taken):
        ledger.take(window, [f"clip {number}"], is_done=is_done, is_doubtful=is_doubtful)
        ledger.commit(window)
    union = Stretches(window for window, is_done, _ in taken if is_done)
    again = Ledger.read(ledger.written(), QUESTION)
    assert ledger.done == again.done == union
    assert json.loads(again.written()) == json.loads(ledger.written())


@given(takings, takings)
def test_what_is_not_committed_is_not_done(
    committed: list[tuple[Window, bool, bool]], taken: list[tuple[Window, bool, bool]]
) -> None:
    """Where it lies over what is, all of that stretch is read again: nothing of it may be lost."""
    ledger = Ledger(QUESTION)
    for window, is_done, is_doubtful in committed:
        ledger.take(window, [], is_done=is_done, is_doubtful=is_doubtful)
        ledger.commit(window)
    for window, is_done, is_doubtful in taken:
        ledger.take(window, [], is_done=is_done, is_doubtful=is_doubtful)
    union = Stretches(window for window, is_done, _ in committed if is_done)
    assert Ledger.read(ledger.written(), QUESTION).done == union - Stretches(window for window, _, _ in taken)
