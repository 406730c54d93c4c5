"""What the probe's measurements mean."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from twitch_clips import Window
from twitch_clips.cli.probe_verdicts import (
    Cap,
    Edges,
    Ending,
    Lateness,
    Look,
    Refill,
    Slots,
    Verdict,
    Widths,
    of_cap,
    of_edges,
    of_grid,
    of_lateness,
    of_refill,
    of_reset,
    of_widths,
)

START = datetime(2026, 5, 1, 18, tzinfo=UTC)
ASKED = ((3, 17), (7, 13), (1, 9))
AS_ASSUMED, NOT_AS_ASSUMED, UNTOLD = Verdict.AS_ASSUMED, Verdict.NOT_AS_ASSUMED, Verdict.UNTOLD
IDS = [f"clip{number}" for number in range(100)]


def _at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def _slots(start: Callable[[int], float], end: Callable[[int], float], every: int = 1) -> Slots:
    """Two slots with a clip in the middle of every so many minutes, listed by a rule."""
    made = [minute + 0.5 for minute in range(0, 20, every)]
    return Slots(
        {str(minute): _at(minute) for minute in made},
        [
            (
                Window(started_at=_at(low), ended_at=_at(high)),
                frozenset(str(minute) for minute in made if start(low) <= minute < end(high)),
            )
            for low, high in ASKED
        ],
    )


def _down(minute: int) -> float:
    return minute // 10 * 10


def _up(minute: int) -> float:
    return -(-minute // 10) * 10


def _near(minute: int) -> float:
    return (minute + 5) // 10 * 10


def _ever(_minute: int) -> float:
    return 20


@pytest.mark.parametrize(
    ("start", "end", "verdict", "why"),
    [
        (_down, _down, AS_ASSUMED, "both ends are cut down to 10 minutes"),
        (float, float, NOT_AS_ASSUMED, "start taken as given, end as given"),
        (_down, _up, NOT_AS_ASSUMED, "start taken down, end up"),
        (_near, _near, NOT_AS_ASSUMED, "start taken to the nearest, end to the nearest"),
        (_down, _ever, NOT_AS_ASSUMED, "neither rounded nor taken as given"),
    ],
)
def test_the_rule_that_explains_what_was_listed_is_found(
    start: Callable[[int], float], end: Callable[[int], float], verdict: Verdict, why: str
) -> None:
    """For each end by itself."""
    meaning = of_grid(_slots(start, end))
    assert (meaning.verdict, meaning.why) == (verdict, why)


def test_a_grid_is_not_told_from_too_few_clips() -> None:
    """Nor from clips that stand where most rules leave them out."""
    assert of_grid(_slots(_down, _down, every=5)).verdict is UNTOLD
    assert of_grid(None).verdict is UNTOLD
    late = {clip_id: _at(18.5) for clip_id in IDS[:5]}
    meaning = of_grid(Slots(late, [(window, frozenset()) for window, _ in _slots(_down, _down).asked]))
    assert (meaning.verdict, meaning.came) == (UNTOLD, "0, 0, 0 of 5 clips")


def test_a_clip_at_the_very_end_of_a_window_says_nothing_of_rounding() -> None:
    """Which windows have it is another question."""
    slots = _slots(_down, _down)
    slots = Slots({**slots.created, **{f"mark{n}": _at(10) for n in range(9)}}, slots.asked)
    assert of_grid(slots).verdict is AS_ASSUMED


@pytest.mark.parametrize(
    ("edges", "verdict", "words"),
    [
        (Edges(ends_there=False, begins_there=True), AS_ASSUMED, "neither overlap nor leave gaps"),
        (Edges(ends_there=True, begins_there=True), NOT_AS_ASSUMED, "doubled"),
        (Edges(ends_there=False, begins_there=False), NOT_AS_ASSUMED, "lost"),
        (Edges(ends_there=True, begins_there=False), NOT_AS_ASSUMED, "the first window's"),
        (None, UNTOLD, "try a busier channel"),
    ],
)
def test_adjoining_windows_overlap_or_leave_gaps_or_neither(edges: Edges | None, verdict: Verdict, words: str) -> None:
    """The start belongs to a window, its end to the next one."""
    meaning = of_edges(edges)
    assert meaning.verdict is verdict
    assert words in meaning.why


@pytest.mark.parametrize(
    ("clips", "ending", "verdict", "words"),
    [
        (900, "gone", AS_ASSUMED, "End.CAPPED"),
        (1100, "cycles", AS_ASSUMED, "End.CAPPED"),
        (1000, "repeats", AS_ASSUMED, "End.CAPPED"),
        (1101, "gone", NOT_AS_ASSUMED, "higher"),
        (1500, "none", NOT_AS_ASSUMED, "no cap"),
        (500, "fails", NOT_AS_ASSUMED, "ServerError"),
        (500, "cycles", NOT_AS_ASSUMED, "ListingBroken"),
        (899, "gone", UNTOLD, "busier"),
    ],
)
def test_the_cap_is_where_and_how_the_client_looks_for_it(
    clips: int, ending: Ending, verdict: Verdict, words: str
) -> None:
    """From 900 to 1,100 clips, in any way but an error."""
    meaning = of_cap(Cap(clips, 11, ending))
    assert meaning.came.startswith(f"{clips:,} clips in 11 requests, then ")
    assert meaning.verdict is verdict
    assert words in meaning.why


@pytest.mark.parametrize(
    ("first", "again", "narrow", "verdict", "words"),
    [
        (100, 100, 100, AS_ASSUMED, "nothing is lost"),
        (97, 97, 100, NOT_AS_ASSUMED, "3 missing twice"),
        (97, 100, 100, NOT_AS_ASSUMED, "3 missing once"),
        (100, 100, 96, NOT_AS_ASSUMED, "4 missing in the narrow windows"),
        (30, 30, 30, AS_ASSUMED, "nothing is lost"),
        (29, 29, 29, UNTOLD, "too few"),
    ],
)
def test_wide_windows_lack_clips_always_or_now_and_then_or_none(
    first: int, again: int, narrow: int, verdict: Verdict, words: str
) -> None:
    """And narrow ones may, too."""
    meaning = of_widths(Widths(*(frozenset(IDS[:count]) for count in (first, again, narrow))))
    assert meaning.came == f"wide {first}, then {again}, narrow {narrow} clips"
    assert meaning.verdict is verdict
    assert words in meaning.why


def test_widths_are_not_told_without_a_window_that_will_do() -> None:
    """Each was empty or too full."""
    assert of_widths(None).verdict is UNTOLD


def _refill(per_second: float, resets: Callable[[int], float | None], *, at_reset: int | None = 799) -> Refill:
    """Seven looks, from 700 of 800 points on."""
    looks = [
        Look(1000.0 + second, 800, left := int(700 + (per_second - 1) * second), resets(799 - left))
        for second in range(7)
    ]
    return Refill(80, looks, None if at_reset is None else Look(30.0, 800, at_reset, 1.0))


def _full(missing: int) -> float:
    return missing * 60 // 800 + 1


def _next_point(_missing: int) -> float:
    return 1.0


def _minute(_missing: int) -> float:
    return 41.0


def _unsaid(_missing: int) -> None:
    return None


@pytest.mark.parametrize(
    ("per_second", "verdict", "words"),
    [
        (13.0, AS_ASSUMED, "a sixtieth of the limit each second"),
        (10.0, NOT_AS_ASSUMED, "less than a sixtieth"),
        (0.0, NOT_AS_ASSUMED, "less than a sixtieth"),
        (16.0, NOT_AS_ASSUMED, "more than a sixtieth"),
    ],
)
def test_the_refill_is_a_sixtieth_of_the_limit_a_second_or_is_not(
    per_second: float, verdict: Verdict, words: str
) -> None:
    """What the looks themselves cost is counted."""
    meaning = of_refill(_refill(per_second, _full))
    assert meaning.came == f"{per_second:.1f} points a second came back, of 800 a minute"
    assert meaning.verdict is verdict
    assert words in meaning.why


def test_a_small_bucket_is_measured_in_whole_points() -> None:
    """Of 30 a minute two or three come back in five seconds."""
    for left in (20, 21):
        looks = [Look(0.0, 30, 20, None), Look(2.5, 30, 20, None), Look(5.0, 30, left, None)]
        assert of_refill(Refill(10, looks, None)).verdict is AS_ASSUMED


@pytest.mark.parametrize(
    ("resets", "at_reset", "verdict", "words"),
    [
        (_full, 799, AS_ASSUMED, "when the bucket is full again"),
        (_full, 700, NOT_AS_ASSUMED, "it promises too much"),
        (_full, None, UNTOLD, "Reset did not come"),
        (_next_point, 799, NOT_AS_ASSUMED, "the next point's time"),
        (_minute, 799, NOT_AS_ASSUMED, "not when it is full by rate"),
        (_unsaid, None, UNTOLD, "says nothing of Reset"),
    ],
)
def test_reset_is_when_the_bucket_is_full_or_is_not(
    resets: Callable[[int], float | None], at_reset: int | None, verdict: Verdict, words: str
) -> None:
    """By what it says, and by what is there then."""
    meaning = of_reset(_refill(13.0, resets, at_reset=at_reset))
    assert meaning.verdict is verdict
    assert words in meaning.why


@pytest.mark.parametrize("of", [of_refill, of_reset])
def test_a_bucket_that_does_not_empty_tells_nothing(of: Callable[[Refill], object]) -> None:
    """Nor do answers without rate headers."""
    for first, words in ((799, "799 of 800 left"), (790, "790 of 800 left"), (800, "799 of 800 left")):
        looks = [Look(0.0, 800, first, 0.0), Look(0.75, 800, 799, 0.0)]
        assert f"{words} after 80 requests" in str(of(Refill(80, looks, None)))
    assert "no rate headers" in str(of(Refill(80, [], None)))


def test_reset_is_not_told_from_few_missing_points() -> None:
    """It is said in whole seconds."""
    looks = [Look(0.0, 800, 789, 1.0), Look(0.5, 800, 795, 1.0)]
    assert of_reset(Refill(80, looks, looks[-1])).verdict is UNTOLD


@pytest.mark.parametrize(
    ("lateness", "verdict", "words"),
    [
        (Lateness(5, [(0, 20), (5, 35), (0, 30)]), AS_ASSUMED, "3 new: half within 30 s, all within 35 s"),
        (Lateness(60, [(0, 30), (1801, 1831)]), NOT_AS_ASSUMED, "all within 1831 s"),
        (Lateness(60, [(1790, 1820)]), AS_ASSUMED, "all within 1820 s"),
        (Lateness(5, []), UNTOLD, "no new clip in 5 min"),
        (Lateness(5, [(0, 30)], is_whole=False), AS_ASSUMED, "1 new"),
        (Lateness(5, [], is_whole=False), UNTOLD, "more new clips than Twitch lists"),
    ],
)
def test_clips_are_late_or_in_time_for_a_watch(lateness: Lateness, verdict: Verdict, words: str) -> None:
    """Late is what surely took longer than its windows overlap."""
    meaning = of_lateness(lateness)
    assert meaning.verdict is verdict
    assert words in meaning.came
