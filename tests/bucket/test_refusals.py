"""What a 429 means for everyone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import Turn
from twitch_clips._bucket.refusals import Refusals

START = 1000.0
chances = st.floats(0, 1)


def _taken(refusals: Refusals, now: float) -> Turn:
    """A turn that comes now."""
    turn = Turn(granted_at=now)
    refusals.note_turn(turn)
    return turn


def _refused(refusals: Refusals, now: float, chance: float = 0) -> bool:
    """A request meets a 429 in the moment in which it goes."""
    return refusals.note(now, _taken(refusals, now), heard=True, refused=True, chance=chance)


def _served(refusals: Refusals, now: float, *, heard: bool = True) -> None:
    """A request goes and is served in the same moment."""
    assert not refusals.note(now, _taken(refusals, now), heard=heard, refused=False, chance=0)


@given(chances)
def test_each_refusal_doubles_the_pause_up_to_eight_seconds(chance: float) -> None:
    """A quarter of it is chance, so that processes do not come back together."""
    refusals, now = Refusals(), START
    for longest in (1, 2, 4, 8, 8, 8):
        assert _refused(refusals, now, chance)
        pause = refusals.paused_until - now
        assert pause == pytest.approx(longest * (0.75 + 0.25 * chance))
        now = refusals.paused_until
    _served(refusals, now)
    assert _refused(refusals, now)
    assert refusals.paused_until - now == pytest.approx(0.75)


def test_a_day_of_refusals_is_nothing_new() -> None:
    """The pause is eight seconds still."""
    refusals, now = Refusals(), START
    for _ in range(10_000):
        assert _refused(refusals, now)
        now = refusals.paused_until
    assert now - START == pytest.approx(0.75 * (1 + 2 + 4 + 8 * 9997))


def test_as_long_as_nothing_is_known_one_goes_at_a_time() -> None:
    """At the start as after a refusal; an answer's headers open for all, also those of a request that was first."""
    refusals = Refusals()
    assert refusals.closed_for(START) == 0
    turn = _taken(refusals, START)
    assert refusals.closed_for(START + 1) == 2
    refusals.note(START + 1, turn, heard=True, refused=False, chance=0)
    assert refusals.closed_for(START + 1) == 0
    _taken(refusals, START + 1)
    assert refusals.closed_for(START + 1) == 0


def test_two_answers_without_headers_open_as_well() -> None:
    """No more is to be expected of the next; one alone may be from an edge that knows nothing of the bucket."""
    refusals = Refusals()
    _served(refusals, START, heard=False)
    _taken(refusals, START)
    assert refusals.closed_for(START) == 3
    _served(refusals, START, heard=False)
    _taken(refusals, START)
    assert refusals.closed_for(START) == 0


def test_who_hangs_is_waited_for_three_seconds() -> None:
    """Then another one goes ahead; the first may still be the one that is answered."""
    refusals = Refusals()
    first = _taken(refusals, START)
    assert refusals.closed_for(START + 2.9) == pytest.approx(0.1)
    assert refusals.closed_for(START + 3) == 0
    _taken(refusals, START + 3)
    assert refusals.closed_for(START + 3) == 3
    refusals.note(START + 4, first, heard=True, refused=False, chance=0)
    assert refusals.closed_for(START + 4) == 0


def test_a_turn_that_is_not_used_or_forgotten_holds_up_nobody() -> None:
    """The next one goes ahead in its place; another one's makes no difference."""
    refusals = Refusals()
    turn = _taken(refusals, START)
    refusals.note_unused(Turn(granted_at=START))
    assert refusals.closed_for(START) == 3
    refusals.note_unused(turn)
    assert refusals.closed_for(START) == 0
    _taken(refusals, START)
    refusals.forget_turn()
    assert refusals.closed_for(START) == 0


@pytest.mark.parametrize("refused", [True, False])
def test_what_was_sent_before_a_pause_says_nothing_about_now(refused: bool) -> None:  # noqa: FBT001
    """Neither does it make the pause longer, nor does it end it."""
    refusals = Refusals()
    early = _taken(refusals, START)
    _refused(refusals, START)
    until = refusals.paused_until
    assert not refusals.note(START + 0.5, early, heard=True, refused=refused, chance=0)
    assert refusals.paused_until == until
    _taken(refusals, until)
    assert refusals.closed_for(until) == 3
    assert refusals.note(until, Turn(granted_at=until), heard=True, refused=True, chance=0)
    assert refusals.paused_until - until == pytest.approx(1.5)


def test_after_three_minutes_of_nothing_else_they_have_lasted() -> None:
    """A service in between begins them anew."""
    refusals = Refusals()
    assert not refusals.has_lasted(START)
    for seconds in range(0, 171, 10):
        _refused(refusals, START + seconds)
    assert refusals.seconds(START + 170) == 170
    assert [refusals.has_lasted(START + seconds) for seconds in (179.9, 180)] == [False, True]
    _served(refusals, START + 190)
    assert refusals.seconds(START + 190) == 0
    _refused(refusals, START + 200)
    assert not refusals.has_lasted(START + 379)


@pytest.mark.parametrize(("seconds", "pause"), [(30, 1.5), (30.5, 0.75)])
def test_refusals_are_in_a_row_unless_nobody_asked_for_half_a_minute(seconds: float, pause: float) -> None:
    """Those who were refused have given up by then."""
    refusals = Refusals()
    _refused(refusals, START)
    later = refusals.paused_until + seconds
    _refused(refusals, later)
    assert refusals.paused_until - later == pause


steps = st.lists(
    st.tuples(st.floats(0, 5), st.sampled_from(["take", "unused", "heard", "unheard", "refused"]), st.integers(0, 99)),
    max_size=80,
)


@given(steps, chances)
def test_nobody_is_kept_waiting_for_more_than_a_pause_and_an_answer(
    schedule: list[tuple[float, str, int]], chance: float
) -> None:
    """Eight seconds and three, whatever comes of the turns and in whichever order; and one that was served opens."""
    refusals, now = Refusals(), START
    under_way: list[Turn] = []
    for pause, step, which in schedule:
        now += pause
        if step == "take" or not under_way:
            now = max(now, refusals.paused_until)
            now += refusals.closed_for(now)
            under_way.append(_taken(refusals, now))
        elif step == "unused":
            refusals.note_unused(under_way.pop(which % len(under_way)))
        else:
            turn = under_way.pop(which % len(under_way))
            until = refusals.paused_until
            begins = refusals.note(now, turn, heard=step == "heard", refused=step == "refused", chance=chance)
            assert begins == (step == "refused" and turn.granted_at >= until)
            assert (refusals.paused_until > until) == begins
            if step == "heard" and turn.granted_at >= until:
                assert refusals.closed_for(now) == 0
        assert refusals.paused_until - now <= 8 + 1e-9
        assert 0 <= refusals.closed_for(now) <= 3 + 1e-9
