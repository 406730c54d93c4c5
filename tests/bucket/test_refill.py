"""How fast points come back where no headers tell it."""

import pytest

from twitch_clips import RateHeaders
from twitch_clips._bucket.estimate import Estimate
from twitch_clips._bucket.level import Level

from .model import Server

START = 1000.0


def _answered(estimate: Estimate, now: float, rate: RateHeaders | None, *, refused: bool = False) -> None:
    """A request goes and is answered in the same moment."""
    estimate.note(now, estimate.take(now), rate, refused=refused)


def _refused(estimate: Estimate, now: float) -> None:
    """A 429 without headers, at which a pause begins."""
    _answered(estimate, now, None, refused=True)
    estimate.slow_down(now)


def _refill(estimate: Estimate) -> float:
    return estimate.level.refill * 60 / estimate.level.limit


def test_a_slower_refill_is_learned_from_429s_without_headers() -> None:
    """And found back up, by half a percent of the whole a second, never beyond it."""
    estimate, now = Estimate(Level.full(600)), START
    _refused(estimate, now)
    assert _refill(estimate) == pytest.approx(0.85)
    assert estimate.level.left(now) == pytest.approx(0)
    for _ in range(10):
        now += 2
        _answered(estimate, now, None)
    assert _refill(estimate) == pytest.approx(0.95)
    for _ in range(20):
        now += 2
        _answered(estimate, now, None)
    assert estimate.level.refill == 10


def test_a_429_that_begins_no_pause_says_nothing_of_the_refill() -> None:
    """It only says that nothing is left: of fifty that were under way each meets the same empty bucket."""
    estimate = Estimate(Level.full(600))
    for _ in range(50):
        _answered(estimate, START, None, refused=True)
    assert _refill(estimate) == 1
    assert estimate.level.left(START) <= 0


def test_headers_speak_louder_than_429s() -> None:
    """While they come they say what is left; when they have not for ten seconds, 429s count."""
    estimate = Estimate(Level.full(600))
    _answered(estimate, START, RateHeaders(limit=600, remaining=599))
    _refused(estimate, START + 9)
    assert _refill(estimate) == 1
    _refused(estimate, START + 10.1)
    assert _refill(estimate) == pytest.approx(0.85)
    _answered(estimate, START + 10.1, RateHeaders(limit=600, remaining=0), refused=True)
    estimate.slow_down(START + 10.1)
    assert _refill(estimate) == pytest.approx(0.85)


def test_a_server_that_gives_back_less_and_says_nothing_is_met_at_its_rate() -> None:
    """Three quarters of what the limit implies, and no headers: after ten minutes one in twenty is refused at most."""
    server, estimate, now = Server(600), Estimate(Level.full(800)), START
    sent = refused = 0
    while now < START + 1200:
        now += estimate.wait(now)
        before = server.refused
        turn = estimate.take(now)
        server.arrive(now)
        is_refused = server.refused > before
        estimate.note(now, turn, None, refused=is_refused)
        if is_refused:
            estimate.slow_down(now)
            now += 1
        if now > START + 600:
            sent, refused = sent + 1, refused + is_refused
    assert sent - refused > 0.9 * 600 * 10
    assert refused < sent / 20
