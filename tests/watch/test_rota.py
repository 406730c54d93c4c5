"""Places in a round."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from twitch_clips.watch.rota import Rota
from twitch_clips.watch.terms import Key

KEYS = [Key.of("game_id", str(number)) for number in range(40)]


def polled(rota: Rota, start: float, end: float) -> list[tuple[float, Key]]:
    """Who is polled when, if polls take no time."""
    polls: list[tuple[float, Key]] = []
    while (now := rota.next_at()) is not None and now < end:
        for key in rota.due(now):
            rota.put(key, rota.take(key), max(now, start))
            polls.append((now, key))
    return polls


@given(count=st.integers(1, 40), every=st.floats(1, 5000), start=st.floats(0, 1e7))
def test_every_round_has_everyone_evenly(count: int, every: float, start: float) -> None:
    """Each once, as far from the next as can be."""
    rota = Rota(every)
    rota.begin(KEYS[:count], start)
    polls = polled(rota, start, start + 3 * every - every / count / 2)
    assert [key for _, key in polls] == KEYS[:count] * 3
    gaps = [later - now for (now, _), (later, _) in pairwise(polls)]
    assert all(abs(gap - every / count) < 1e-3 for gap in gaps)


@given(count=st.integers(0, 8), added=st.integers(1, 9), every=st.floats(1, 5000), rounds=st.floats(0, 20))
def test_those_added_are_polled_within_a_round(count: int, added: int, every: float, rounds: float) -> None:
    """Apart from all others, by half of what an even spread would have at least."""
    rota, now = Rota(every), rounds * every
    rota.begin(KEYS[:count], 0.0)
    polled(rota, 0.0, now)
    for key in KEYS[20 : 20 + added]:
        rota.add(key, now)
    polls = polled(rota, now, now + every + 1e-5)
    assert {key for _, key in polls} == {*KEYS[:count], *KEYS[20 : 20 + added]}
    gaps = [later - moment for (moment, _), (later, _) in pairwise(polls)]
    assert all(gap >= every / (count + added) / 2 - 1e-3 for gap in gaps)


def test_one_that_is_put_off_keeps_its_place() -> None:
    """A round at least, and as many whole ones as its pause takes."""
    rota = Rota(60)
    rota.begin(KEYS[:2], 1000)
    rota.take(KEYS[1])
    assert rota.put(KEYS[1], 1030, 1031) == 59
    rota.take(KEYS[1])
    assert rota.put(KEYS[1], 1090, 1195) == 15
    rota.take(KEYS[1])
    assert rota.put(KEYS[1], 1210, 1211, 200.0) == 239
    assert rota.due(1000) == KEYS[:1]


def test_one_that_is_gone_is_nobody() -> None:
    """Also while it is polled."""
    rota = Rota(60)
    rota.begin(KEYS[:1], 0)
    rota.take(KEYS[0])
    rota.discard(KEYS[0])
    assert rota.put(KEYS[0], 0, 1) == 0
    rota.put_now(KEYS[0], 1)
    assert rota.next_at() is None


def test_one_that_is_gone_has_no_turn_any_more() -> None:
    """Nor does it matter whether it was there."""
    rota = Rota(60)
    rota.begin(KEYS[:2], 0)
    for key in (KEYS[0], KEYS[0], KEYS[2]):
        rota.discard(key)
    assert rota.due(1000) == KEYS[1:2]


def test_the_longest_overdue_is_first() -> None:
    """Whatever it is called; one of which more is to be had is due in that moment."""
    rota = Rota(60)
    rota.begin([KEYS[2], KEYS[0], KEYS[1]], 0)
    assert rota.due(50) == [KEYS[2], KEYS[0], KEYS[1]]
    rota.take(KEYS[2])
    rota.put_now(KEYS[2], 30)
    assert rota.due(50) == [KEYS[0], KEYS[2], KEYS[1]]


def test_the_first_one_is_polled_at_once() -> None:
    """Whenever that is in a round."""
    rota = Rota(60)
    assert (rota.next_at(), rota.put(KEYS[0], 0, 1)) == (None, 0)
    rota.add(KEYS[0], 90)
    assert rota.next_at() == 90
    rota.begin([], 1000)
    rota.add(KEYS[0], 1090)
    assert rota.next_at() == 1090
