"""What the probe asks of new clips, where they are late."""

from datetime import timedelta

import pytest

from tests.cli.probing import AS_ASSUMED, CLIPS, NOT_AS_ASSUMED, UNTOLD, asked, findings_of, verdict_of
from tests.conftest import NOW
from twitch_clips.testing import FakeHelix, Manners, light_clips


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (0, f"{AS_ASSUMED}: 5 new: half within 15 s, all within 15 s"),
        (180, f"{AS_ASSUMED}: 5 new: half within 195 s, all within 195 s"),
        (2400, f"{NOT_AS_ASSUMED}: 5 new: half within 2415 s, all within 2415 s"),
        (4000, f"{UNTOLD}: no new clip in 5 min"),
    ],
)
async def test_how_late_new_clips_come_is_measured(late: int, words: str) -> None:
    """By looking every half-minute, for five minutes, at the last hour."""
    now = int(NOW.timestamp())
    moments = range(now + 15 - 7200, now + 3600, 60)
    clips = list(light_clips(moments, [0] * len(moments)))
    manners = Manners(late=timedelta(seconds=late))
    assert (await verdict_of("lateness", manners, clips, minutes=5)).startswith(words)


async def test_lateness_is_not_told_where_the_newest_minute_is_above_the_cap() -> None:
    """New clips have no views, and stand where the listing is cut off."""
    clips = list(light_clips([int(NOW.timestamp())] * 1001, [0] * 1001))
    assert (await verdict_of("lateness", Manners(), clips, minutes=5)).startswith(f"{UNTOLD}: more new clips than")


async def test_it_looks_at_no_more_minutes_than_are_below_the_cap() -> None:
    """Here at twenty, not at sixty; and what a listing lacks that is cut off later is not counted."""
    now = int(NOW.timestamp())
    moments = [*range(now - 3600, now, 3), *range(now + 15, now + 75, 30), *[now + 100] * 800]
    helix = FakeHelix(list(light_clips(moments, [0] * len(moments))), now=NOW)
    async with asked(helix, minutes=5) as probe:
        [finding] = await findings_of(probe, "lateness")
    assert finding.meaning.came == "2 new: half within 15 s, all within 15 s"
    assert "started_at=2026-06-01T11:40:00Z&ended_at=2026-06-01T12:20:00Z" in helix.targets[-1]


async def test_looks_that_take_long_do_not_put_the_next_ones_off() -> None:
    """Each request takes seven seconds here; there are ten looks all the same, and one before."""
    helix = FakeHelix(now=NOW, manners=Manners(latency=7.0))
    async with asked(helix, minutes=5) as probe:
        before = len(helix.targets)
        [finding] = await findings_of(probe, "lateness")
    assert len(helix.targets) - before == finding.requests == 12


async def test_without_minutes_lateness_is_skipped() -> None:
    """At no cost."""
    async with asked(FakeHelix(CLIPS, now=NOW)) as probe:
        [finding] = await findings_of(probe, "lateness")
    assert (finding.meaning.verdict.value, finding.requests) == ("skipped", 0)
