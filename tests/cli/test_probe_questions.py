"""The probe's questions, one after the other."""

from contextlib import AsyncExitStack

import pytest

from tests.cli.probing import (
    AS_ASSUMED,
    CHANNEL,
    CLIPS,
    DAY,
    NOT_AS_ASSUMED,
    START,
    UNTOLD,
    asked,
    findings_of,
    verdict_of,
)
from tests.conftest import NOW
from twitch_clips import NotFound, Unauthorized, UnknownName
from twitch_clips.cli.probe_questions import QUESTIONS
from twitch_clips.testing import TWITCH_CLI, FakeHelix, Manners, faults, light_clips


@pytest.mark.parametrize(
    ("selector", "value"),
    [
        ("game", "Just Chatting"),
        ("game_id", "509658"),
        ("broadcaster", "example_streamer"),
        ("broadcaster_id", CHANNEL),
    ],
)
async def test_all_questions_are_answered_about_any_game_or_channel(selector: str, value: str) -> None:
    """In their order, told of before; of a game, the narrow ones about the channel that has most of its clips."""
    told: list[str] = []
    others = light_clips(range(START, START + DAY, 1000), range(87), broadcaster_id="1000002", start=10_000)
    helix = FakeHelix([*CLIPS, *others], now=NOW)
    async with asked(helix, selector, value) as probe:
        findings = [finding async for finding in probe.findings(list(QUESTIONS), told.append)]
    assert [finding.question for finding in findings] == list(QUESTIONS)
    assert {finding.meaning.verdict.value for finding in findings} == {AS_ASSUMED, "skipped"}
    assert told == [f"{name}: {words}" for name, words in QUESTIONS.items()]
    assert len(helix.targets) < 250


async def test_a_question_that_fails_stops_none_of_the_others() -> None:
    """Its line says why."""
    helix = FakeHelix(CLIPS, now=NOW)
    async with asked(helix) as probe:
        helix.fail(faults.raw(418, "\x1b]0;two\nlines\a"))
        first, second = await findings_of(probe, "grid", "cap")
    assert (first.meaning.verdict.value, first.meaning.why) == (UNTOLD, "Helix answered 418: ]0;two lines")
    assert second.meaning.verdict.value == AS_ASSUMED


async def test_where_long_listings_fail_the_others_go_on_with_what_came() -> None:
    """A sample of fewer clips does as well."""
    assert (await verdict_of("grid", Manners(fails_from=500))).startswith(AS_ASSUMED)


async def test_it_makes_no_more_requests_than_it_said() -> None:
    """What is left then fails, in words."""
    helix = FakeHelix(CLIPS, now=NOW)
    async with asked(helix, most=30) as probe:
        *_, last = await findings_of(probe, "cap", "refill", "width")
    assert len(helix.targets) == 30
    assert "the probe's own bound of 30 requests is reached" in last.meaning.why


async def test_twitchs_own_mock_server_is_told_from_twitch() -> None:
    """In all that can be told."""
    async with asked(FakeHelix(CLIPS, now=NOW, manners=TWITCH_CLI)) as probe:
        findings = await findings_of(probe, *QUESTIONS)
    verdicts = {finding.question: finding.meaning.verdict.value for finding in findings}
    assert verdicts == {
        "grid": NOT_AS_ASSUMED,
        "edges": NOT_AS_ASSUMED,
        "cap": NOT_AS_ASSUMED,
        "width": NOT_AS_ASSUMED,
        "refill": UNTOLD,
        "reset": UNTOLD,
        "lateness": "skipped",
    }


@pytest.mark.parametrize(
    ("selector", "value", "error"),
    [("game", "no such game", UnknownName), ("broadcaster", "nobody_here", UnknownName), ("game_id", "404", NotFound)],
)
async def test_nothing_is_asked_of_what_twitch_does_not_know(selector: str, value: str, error: type[Exception]) -> None:
    """Nor with a token that it refuses."""
    refusing = FakeHelix(CLIPS, now=NOW)
    refusing.fail(faults.status(401), times=None)
    async with AsyncExitStack() as stack:
        with pytest.raises(error):
            await stack.enter_async_context(asked(FakeHelix(CLIPS, now=NOW), selector, value))
        with pytest.raises(Unauthorized):
            await stack.enter_async_context(asked(refusing))
