"""How a listing ends at Helix's cap."""

import linecache
import logging
import warnings
from datetime import timedelta

import pytest

from tests.conftest import NOW, client, listing
from twitch_clips import (
    CappedWarning,
    End,
    ResultCapped,
)
from twitch_clips.testing import FakeHelix

from .conftest import GAME, take


async def test_the_end_at_the_cap_warns_at_the_users_line() -> None:
    """By default, once, naming `backfill`; the clips come first."""
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        stream = clips.by_game(GAME)  # this line
        with pytest.warns(CappedWarning, match="ended after 1000 clips.*backfill") as warned:
            assert len(await stream.collect()) == 1000
        assert await stream.first() is None
    [warning] = warned
    assert linecache.getline(warning.filename, warning.lineno).endswith("# this line\n")
    assert stream.end is End.CAPPED


async def test_the_cap_can_be_raised_or_ignored() -> None:
    """After all clips that came; `end` says it in any case."""
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        raising, ignoring = clips.by_game(GAME, on_cap="raise"), clips.by_game(GAME, on_cap="ignore")
        assert len(await take(raising, 1000)) == 1000
        with pytest.raises(ResultCapped, match="about 1,000 results") as caught:
            await anext(raising)
        assert caught.value.checkpoint is None
        assert await raising.first() is None
        assert len(await ignoring.collect()) == 1000
    assert raising.end is ignoring.end is End.CAPPED


@pytest.mark.parametrize(("count", "end"), [(899, End.EXHAUSTED), (900, End.CAPPED)])
async def test_a_listing_that_served_900_is_taken_for_capped(count: int, end: End) -> None:
    """Also over a resume in between: what was served before counts."""
    async with FakeHelix(listing(count)) as helix, client(helix) as clips:
        stream = clips.by_game(GAME, on_cap="ignore")
        await take(stream, 450)
        resumed = clips.resume(str(stream.checkpoint), on_cap="ignore")
        assert len(await resumed.collect()) == count - 450
        assert resumed.end is end


async def test_collecting_a_capped_listing_that_may_not_be_capped_takes_nothing() -> None:
    """`async for` gives its clips, and then the error."""
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        stream = clips.by_game(GAME, on_cap="raise")
        for _ in range(2):
            with pytest.raises(ResultCapped) as caught:
                await stream.collect()
            assert caught.value.checkpoint == stream.checkpoint
        assert len(await take(stream, 1000)) == 1000
        with pytest.raises(ResultCapped):
            await anext(stream)


async def test_a_warning_that_is_made_an_error_loses_no_clip() -> None:
    """It comes once; what was collected is there for the next call."""
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        stream = clips.by_game(GAME)
        with pytest.raises(CappedWarning):
            await stream.collect()
        assert len(await stream.collect()) == 1000
        assert len(helix.targets) == 10


async def test_each_capped_listing_warns(caplog: pytest.LogCaptureFixture) -> None:
    """Python shows one warning of one line and text once: so the text names the question; the log has a line too."""
    caplog.set_level(logging.INFO)
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("default")
            for days in (60, 61, 61):
                await clips.by_game(GAME, started_at=NOW - timedelta(days=days), ended_at=NOW).collect()
    assert len(warned) == 2
    assert (
        "the listing of game_id=509658 started_at=2026-04-02T12:00:00Z ended_at=2026-06-01T12:00:00Z ended after"
        in str(warned[0].message)
    )
    assert sum("ListingCapped" in record.message for record in caplog.records) == 3
