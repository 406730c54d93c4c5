"""When the next turn comes: what is left, and whether anybody may go."""

import pytest

from twitch_clips import RateHeaders, RateStatus, Turn
from twitch_clips._bucket.level import Level
from twitch_clips._bucket.turns import Turns

START = 1000.0


def _note(turns: Turns, now: float, turn: Turn, rate: RateHeaders | None = None, *, refused: bool) -> float | None:
    return turns.note(now, turn, rate, refused=refused, chance=1)


def test_the_status_counts_those_who_wait() -> None:
    """Each of them is a refill away from the one before."""
    turns = Turns(Level.full(60))
    assert turns.status(START, 0) == RateStatus(limit=60, remaining=60, waiting=0, retry_after=0)
    for _ in range(60):
        turns.take(START)
    status = turns.status(START, 3)
    assert (status.limit, status.remaining, status.waiting) == (60, 0, 3)
    assert status.retry_after == pytest.approx(4)


def test_a_pause_is_waited_for_though_points_are_left() -> None:
    """None are shown until it is over."""
    turns = Turns(Level.full(60))
    _note(turns, START, turns.take(START), RateHeaders(limit=60, remaining=59), refused=False)
    _note(turns, START, turns.take(START), RateHeaders(limit=60, remaining=58), refused=True)
    assert turns.status(START + 0.5, 0) == RateStatus(limit=60, remaining=0, waiting=0, retry_after=0.5)
    assert turns.wait(START + 0.5) == 0.5
    assert turns.status(START + 1, 0).remaining == 59


def test_whoever_goes_ahead_need_not_share() -> None:
    """Others spend, but one in a second or more asks for no share; those after it do."""
    turns = Turns(Level.full(60))
    last = [turns.take(START) for _ in range(55)][-1]
    assert turns.wait(START) == 0
    _note(turns, START, last, RateHeaders(limit=60, remaining=1), refused=False)
    assert turns.wait(START) > 1
    _note(turns, START, turns.take(START), RateHeaders(limit=60, remaining=0), refused=True)
    assert turns.wait(START) == 1


@pytest.mark.parametrize("was_awaited", [True, False])
def test_where_others_spend_turns_that_were_awaited_tell_how_far_apart_they_come(was_awaited: bool) -> None:  # noqa: FBT001
    """Those that were not awaited do not."""
    turns, now = Turns(Level.full(60)), START
    _note(turns, now, turns.take(now), RateHeaders(limit=60, remaining=35), refused=False)
    for _ in range(9):
        now += 3
        turn = turns.take(now, was_awaited=True) if was_awaited else turns.take(now)
        _note(turns, now, turn, refused=False)
    each = 3 if was_awaited else 1
    assert turns.status(now, 99).retry_after - turns.status(now, 98).retry_after == pytest.approx(each)


def test_a_turn_is_not_the_backgrounds_unless_it_says_so() -> None:
    """The background stands back after any other one."""
    turns = Turns(Level.full(60))
    for taken in range(54):
        assert (turns.wait(START, background=True), taken) == (0, taken)
        turns.take(START)
    assert (turns.wait(START), turns.wait(START, background=True)) == (0, 1)


def test_a_turn_that_is_given_back_is_gone_from_both() -> None:
    """Its point is there, and nobody waits for it to be answered."""
    turns = Turns(Level.full(60))
    turn = turns.take(START)
    assert turns.refusals.closed_for(START) == 3
    turns.give_back(turn)
    assert turns.refusals.closed_for(START) == 0
    assert turns.status(START, 0).remaining == 60


def test_only_429s_that_begin_a_pause_slow_it_down() -> None:
    """Of fifty that were under way one does."""
    turns = Turns(Level.full(600))
    for _ in range(2):
        _note(turns, START, turns.take(START), refused=False)
    for turn in [turns.take(START) for _ in range(50)]:
        _note(turns, START, turn, refused=True)
    assert turns.level.refill == pytest.approx(8.5)


def test_what_has_lasted_for_three_minutes_is_told() -> None:
    """In seconds, and only when another pause begins."""
    turns = Turns(Level.full(60))
    for seconds in range(0, 180, 10):
        assert _note(turns, START + seconds, turns.take(START + seconds), refused=True) is None
    late = turns.take(START + 170)
    assert _note(turns, START + 179, turns.take(START + 179), refused=True) is None
    assert _note(turns, START + 181, late, refused=True) is None
    assert _note(turns, START + 190, turns.take(START + 190), refused=True) == 190
