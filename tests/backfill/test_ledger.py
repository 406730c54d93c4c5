"""What a ledger keeps of windows given and committed, and for how long."""

from datetime import timedelta
from unittest.mock import patch

import pytest

from twitch_clips import QueryError, Window
from twitch_clips.backfill import ledger as ledgers
from twitch_clips.backfill.ledger import Ledger, hash_of

from .conftest import DAY, START

QUESTION = "broadcaster_id=1"


def _window(lo: float, hi: float) -> Window:
    return Window(started_at=START + lo * DAY, ended_at=START + hi * DAY)


def _again(ledger: Ledger) -> Ledger:
    return Ledger.read(ledger.written(), QUESTION)


def test_what_was_taken_is_not_done() -> None:
    """Committed, it is; and once more does no harm."""
    ledger = Ledger(QUESTION)
    ledger.take(_window(0, 2), ["a"], is_done=True, is_doubtful=False)
    assert not _again(ledger).done
    ledger.commit(_window(0, 2))
    ledger.commit(_window(0, 2))
    assert list(_again(ledger).done) == [_window(0, 2)]
    assert _again(ledger).known(_window(0, 2)) == set()
    with pytest.raises(QueryError, match="no batch of this job"):
        ledger.commit(_window(1, 3))


def test_what_was_given_of_a_gap_is_known_to_the_next_run() -> None:
    """And added to, until its window is done."""
    ledger = Ledger(QUESTION)
    ledger.take(_window(0, 1), ["a"], is_done=False, is_doubtful=False)
    ledger.commit(_window(0, 1))
    ledger.commit(_window(0, 1))
    ledger = _again(ledger)
    assert ledger.known(_window(0.5, 9)) == {hash_of("a")}
    assert ledger.known(_window(1, 2)) == set()
    ledger.take(_window(0, 1), ["b"], is_done=False, is_doubtful=False)
    ledger.commit(_window(0, 1))
    ledger = _again(ledger)
    assert ledger.known(_window(0, 1)) == {hash_of("a"), hash_of("b")}
    ledger.take(_window(0, 3), ["c"], is_done=True, is_doubtful=False)
    ledger.commit(_window(0, 3))
    assert _again(ledger).known(_window(0, 3)) == set()


def test_a_wide_window_is_opened_again_once_wide_ones_are_found_to_lack_clips() -> None:
    """Committed or not, with clips or without; narrow ones and those vouched for are not."""
    ledger = Ledger(QUESTION)
    for lo, hi, ids in ((0, 4, ["a"]), (4, 8, list[str]()), (8, 9, ["b"])):
        ledger.take(_window(lo, hi), ids, is_done=True, is_doubtful=hi - lo > 1)
        ledger.commit(_window(lo, hi))
    ledger = _again(ledger)
    ledger.take(_window(9, 14), ["c"], is_done=True, is_doubtful=True)
    assert ledger.reopen(2 * DAY) == [_window(0, 4), _window(4, 8), _window(9, 14)]
    assert ledger.reopen(1 * DAY) == []
    assert list(ledger.done) == [_window(8, 9)]
    assert ledger.widest == 144
    assert ledger.known(_window(9, 10)) == {hash_of("c")}


def test_what_is_read_again_is_not_done_before_the_window_that_had_its_clips() -> None:
    """Else a run that is killed between them would lose those."""
    ledger = Ledger(QUESTION)
    ledger.take(_window(0, 4), ["a"], is_done=True, is_doubtful=True)
    ledger.reopen(2 * DAY)
    for lo in (0, 2):
        ledger.take(_window(lo, lo + 2), [], is_done=True, is_doubtful=True)
        ledger.commit(_window(lo, lo + 2))
    assert not _again(ledger).done
    ledger.commit(_window(0, 4))
    assert list(_again(ledger).done) == [_window(0, 4)]


def test_nothing_is_kept_of_what_is_vouched_for() -> None:
    """But for gaps."""
    ledger = Ledger(QUESTION)
    ledger.take(_window(0, 4), ["a"], is_done=True, is_doubtful=True)
    ledger.take(_window(4, 5), ["b"], is_done=False, is_doubtful=False)
    ledger.commit(_window(0, 4))
    ledger.commit(_window(4, 5))
    ledger.vouch()
    assert _again(ledger).known(_window(0, 5)) == {hash_of("b")}
    assert ledger.reopen(DAY) == []


def test_older_windows_are_taken_to_be_right_in_the_end() -> None:
    """So that a checkpoint stays small; gaps are kept."""
    ledger = Ledger(QUESTION)
    ledger.take(_window(0, 1), ["x"], is_done=False, is_doubtful=False)
    ledger.commit(_window(0, 1))
    with patch.object(ledgers, "_KEPT", 5):
        for lo in range(1, 20, 2):
            ledger.take(_window(lo, lo + 2), [f"{lo}", f"{lo}'"], is_done=True, is_doubtful=True)
            ledger.commit(_window(lo, lo + 2))
    assert ledger.known(_window(0, 30)) == {hash_of(one) for one in ("x", "17", "17'", "19", "19'")}
    assert _again(ledger).max_window is None
    assert ledger.widest is None


def test_a_width_of_next_to_nothing_is_a_slot() -> None:
    """Whoever wrote it."""
    ledger = Ledger(QUESTION)
    ledger.max_window = timedelta(seconds=3)
    assert _again(ledger).widest == 1


def _opened_again() -> Ledger:
    """A wide window was taken, is to be read again, and a narrow one inside of it was committed."""
    ledger = Ledger(QUESTION)
    ledger.take(_window(0, 4), ["a"], is_done=True, is_doubtful=True)
    assert ledger.reopen(timedelta(days=1)) == [_window(0, 4)]
    ledger.take(_window(0, 1), ["b"], is_done=True, is_doubtful=False)
    ledger.commit(_window(0, 1))
    return ledger


def test_a_narrow_window_is_known_to_the_next_run_while_the_wide_one_around_it_is_not_committed() -> None:
    """It is read again with the rest of it, and its clips are not to be given twice."""
    ledger = _opened_again()
    ledger.vouch()
    again = _again(ledger)
    assert not again.done
    assert again.known(_window(0, 4)) == {hash_of("b")}


def test_what_a_wide_window_gave_is_known_until_all_is_vouched_for() -> None:
    """The narrower windows that cover it may be read again, more narrowly still."""
    ledger = _opened_again()
    ledger.commit(_window(0, 4))
    ledger.take(_window(1, 4), ["c"], is_done=True, is_doubtful=False)
    ledger.commit(_window(1, 4))
    assert ledger.done.covers(_window(0, 4))
    assert hash_of("a") in ledger.known(_window(2, 3))
    ledger.vouch()
    assert ledger.known(_window(0, 4)) == set()


def test_a_narrow_window_committed_late_keeps_what_was_given_inside_a_wide_one() -> None:
    """Each commit drops what is done for sure, and this is not."""
    ledger = _opened_again()
    ledger.take(_window(5, 6), ["d"], is_done=True, is_doubtful=False)
    ledger.commit(_window(5, 6))
    assert hash_of("b") in _again(ledger).known(_window(0, 1))


def test_what_a_gap_gave_is_known_while_a_wide_window_around_it_is_not_committed() -> None:
    """Though the gap was filled by a narrow one that was."""
    ledger = Ledger(QUESTION)
    ledger.take(_window(0, 0.5), ["g"], is_done=False, is_doubtful=False)
    ledger.commit(_window(0, 0.5))
    ledger.take(_window(0, 4), ["a"], is_done=True, is_doubtful=True)
    ledger.reopen(timedelta(days=1))
    ledger.take(_window(0, 1), ["b"], is_done=True, is_doubtful=False)
    ledger.commit(_window(0, 1))
    assert hash_of("g") in _again(ledger).known(_window(0, 4))
