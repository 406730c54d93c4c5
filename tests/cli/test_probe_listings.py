"""What the probe asks of listings, where they are otherwise."""

import re
from datetime import timedelta

import pytest

from tests.cli.probing import (
    AS_ASSUMED,
    CLIPS,
    DAY,
    NOT_AS_ASSUMED,
    START,
    UNTOLD,
    asked,
    clips_of,
    findings_of,
    verdict_of,
)
from tests.conftest import NOW
from twitch_clips.testing import FakeHelix, Manners, light_clips
from twitch_clips.testing.manners import CapEnding


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        (timedelta(minutes=10), f"{AS_ASSUMED}: 6, 6, 0 of 12 clips; both ends are cut down to 10 minutes"),
        (None, f"{NOT_AS_ASSUMED}: 9, 3, 5 of 12 clips; start taken as given, end as given"),
        (timedelta(minutes=5), f"{NOT_AS_ASSUMED}: 9, 3, 3 of 12 clips; neither rounded nor taken as given"),
    ],
)
async def test_the_grid_is_measured(grid: timedelta | None, words: str) -> None:
    """With clips on both sides of each mark."""
    assert await verdict_of("grid", Manners(grid=grid)) == words


async def test_the_place_of_a_full_slot_is_left_for_a_quieter_one() -> None:
    """Its listing may lack some; when the other is full as well, nothing can be told."""
    full = list(light_clips([START + 7 + number for number in range(1199)], [9000] * 1199, start=10_000))
    assert (await verdict_of("grid", Manners(), [*CLIPS, *full])).startswith(UNTOLD)
    fuller = list(light_clips(range(START, START + 3600), range(3600)))
    assert (await verdict_of("edges", Manners(), fuller)).startswith(UNTOLD)


@pytest.mark.parametrize(
    ("manners", "words"),
    [
        (Manners(), f"{AS_ASSUMED}: start included, end excluded; adjoining windows neither overlap nor leave gaps"),
        (
            Manners(edges="both"),
            f"{NOT_AS_ASSUMED}: start included, end included; between adjoining windows clips are doubled",
        ),
        (
            Manners(edges="neither"),
            f"{NOT_AS_ASSUMED}: start excluded, end excluded; between adjoining windows clips are lost",
        ),
    ],
)
async def test_the_edges_are_measured(manners: Manners, words: str) -> None:
    """With a clip that was made exactly at a mark."""
    assert await verdict_of("edges", manners) == words


async def test_without_a_clip_at_a_mark_the_edges_are_not_told() -> None:
    """Here all are seven seconds off."""
    clips = clips_of(1, 100, START + 7)
    assert (await verdict_of("edges", Manners(), clips)).startswith(f"{UNTOLD}: no clip of a whole ten minutes")


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("gone", f"{AS_ASSUMED}: 1,000 clips in 10 requests, then the cursor is gone; told as End.CAPPED"),
        ("repeats", f"{AS_ASSUMED}: 1,000 clips in 10 requests, then the same cursor comes again; told as End.CAPPED"),
        ("cycles", f"{AS_ASSUMED}: 1,000 clips in 12 requests, then the clips come again; told as End.CAPPED"),
        (
            "fails",
            f"{NOT_AS_ASSUMED}: 1,000 clips in 11 requests, then Helix fails for good; a stream raises ServerError",
        ),
    ],
)
async def test_the_cap_is_measured_with_each_of_its_endings(ending: CapEnding, words: str) -> None:
    """As the client does not show them: page by page."""
    assert (await verdict_of("cap", Manners(cap_ending=ending))).startswith(words)


@pytest.mark.parametrize(
    ("manners", "words"),
    [
        (Manners(fails_from=500), f"{NOT_AS_ASSUMED}: 500 clips in 6 requests, then Helix fails for good"),
        (Manners(cap=None), f"{NOT_AS_ASSUMED}: 1,500 clips in 15 requests, then no end in sight"),
        (Manners(cap=None, short_pages=20), f"{NOT_AS_ASSUMED}: 400 clips in 20 requests, then no end in sight"),
        (Manners(cap=600), f"{UNTOLD}: 600 clips in 6 requests, then the cursor is gone"),
        (Manners(cap=1020), f"{AS_ASSUMED}: 1,020 clips in 11 requests, then the cursor is gone"),
    ],
)
async def test_a_cap_elsewhere_is_measured(manners: Manners, words: str) -> None:
    """Lower, higher, or not at all."""
    assert (await verdict_of("cap", manners)).startswith(words)


@pytest.mark.parametrize(
    ("manners", "words"),
    [
        (Manners(), f"{AS_ASSUMED}: wide 864, then 864, narrow 864 clips; nothing is lost in wide windows"),
        (
            Manners(lossy_over=timedelta(hours=12), lossy_share=0.1),
            f"{NOT_AS_ASSUMED}: wide 786, then 786, narrow 864 clips; 78 missing twice: backfill with --audit 1",
        ),
        (Manners(forgetful=0.1), f"{NOT_AS_ASSUMED}: wide 7"),
        (Manners(cap=100), f"{NOT_AS_ASSUMED}: wide 100, then 100, narrow 400"),
    ],
)
async def test_what_wide_windows_lack_is_measured(manners: Manners, words: str) -> None:
    """Against sixteen narrow ones that cover a day."""
    assert (await verdict_of("width", manners)).startswith(words)


async def test_no_width_will_do_where_each_day_is_too_full_or_there_are_no_clips() -> None:
    """Above the cap nothing can be compared."""
    assert (await verdict_of("width", Manners(), clips_of(1, 60))).startswith(UNTOLD)
    assert (await verdict_of("width", Manners(), [])).startswith(UNTOLD)


async def test_the_latest_hour_is_left_out_of_what_is_compared() -> None:
    """Its clips may not all be there yet."""
    helix = FakeHelix(clips_of(1, 300, int(NOW.timestamp()) - DAY), now=NOW)
    async with asked(helix) as probe:
        await findings_of(probe, "width")
    ends = {ended_at for target in helix.targets for ended_at in re.findall("ended_at=([^&]+)", target)}
    assert max(ends - {"2026-06-01T12:00:00Z"}) == "2026-06-01T11:00:00Z"
