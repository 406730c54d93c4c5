"""What the probe asks of the rate limit, where it is otherwise."""

import pytest

from tests.cli.probing import AS_ASSUMED, CLIPS, NOT_AS_ASSUMED, UNTOLD, asked, findings_of
from tests.conftest import NOW
from twitch_clips.testing import FakeHelix, Manners, faults


@pytest.mark.parametrize(
    ("manners", "refill", "reset"),
    [
        (
            Manners(round_trip=(0.05, 0.15)),
            (AS_ASSUMED, "13.5 points a second came back, of 800 a minute"),
            (AS_ASSUMED, "full at it"),
        ),
        (
            Manners(refill=400),
            (NOT_AS_ASSUMED, "6.7 points a second came back, of 800 a minute"),
            (NOT_AS_ASSUMED, "missing at it"),
        ),
        (
            Manners(reset="next_point"),
            (AS_ASSUMED, "13.3 points a second came back, of 800 a minute"),
            (NOT_AS_ASSUMED, "1 s ahead with 6.2 s to full"),
        ),
        (
            Manners(reset="minute"),
            (NOT_AS_ASSUMED, "0.0 points a second came back, of 800 a minute"),
            (NOT_AS_ASSUMED, "s ahead with 6"),
        ),
        (Manners(counts_points=False), (UNTOLD, "800 of 800 left after 80 requests"), (UNTOLD, "800 of 800 left")),
        (Manners(rate_headers="missing"), (UNTOLD, "no rate headers"), (UNTOLD, "no rate headers")),
    ],
)
async def test_the_refill_and_reset_are_measured(
    manners: Manners, refill: tuple[str, str], reset: tuple[str, str]
) -> None:
    """With one burst for both."""
    async with asked(FakeHelix(CLIPS, now=NOW, manners=manners)) as probe:
        first, second = await findings_of(probe, "refill", "reset")
    for (verdict, words), finding in ((refill, first), (reset, second)):
        assert finding.meaning.verdict.value == verdict
        assert words in finding.meaning.came
    assert (first.requests <= 91, second.requests) == (True, 0)


async def test_rate_headers_that_go_missing_end_the_looks() -> None:
    """What came before counts; a Reset far ahead is not waited for."""
    helix = FakeHelix(CLIPS, now=NOW)
    async with asked(helix) as probe:
        helix.fail(faults.headers({"Ratelimit-Limit": None}), skip=84, times=None)
        first, second = await findings_of(probe, "refill", "reset")
    assert (first.meaning.verdict.value, second.meaning.verdict.value) == (AS_ASSUMED, UNTOLD)
    helix = FakeHelix(CLIPS, now=NOW)
    async with asked(helix) as probe:
        helix.fail(faults.headers({"Ratelimit-Reset": "99999999999"}), skip=88, times=None)
        [second] = await findings_of(probe, "reset")
    assert second.meaning.verdict.value == UNTOLD


async def test_without_reset_the_refill_is_measured_all_the_same() -> None:
    """The two are apart."""
    helix = FakeHelix(CLIPS, now=NOW)
    async with asked(helix) as probe:
        helix.fail(faults.headers({"Ratelimit-Reset": None}), times=None)
        first, second = await findings_of(probe, "refill", "reset")
    assert (first.meaning.verdict.value, second.meaning.verdict.value) == (AS_ASSUMED, UNTOLD)
