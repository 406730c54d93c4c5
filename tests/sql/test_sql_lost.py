"""Tables that somebody has dropped while others stay: nothing may be taken for read that is not there."""

import pytest

from tests.backfill.conftest import ids_of, sandbox, spread
from twitch_clips import ExportError
from twitch_clips.export import write

from .conftest import Place

RAW = spread(30)


async def test_clips_that_are_gone_are_not_taken_for_read(place: Place) -> None:
    """A run is refused as long as there are checkpoints of them, and says what to do; then it begins anew."""
    async with sandbox(RAW) as box:
        await write(box.job(), place.target)
        place.ask("DROP TABLE clips")
        asked = len(box.helix.targets)
        words = "its table 'twitch_clips_checkpoints' is of clips whose table is gone; give another database, or rename"
        with pytest.raises(ExportError, match=words):
            await write(box.job(), place.target)
        assert len(box.helix.targets) == asked
        place.ask("ALTER TABLE twitch_clips_checkpoints RENAME TO earlier")
        assert await write(box.job(), place.target) == len(RAW)
    assert place.column("id") == ids_of(RAW)


async def test_a_database_without_checkpoints_has_lost_nothing(place: Place) -> None:
    """Only streams were written to it: both tables are made again."""
    async with sandbox(RAW) as box:
        await write(box.clips.by_broadcaster("1000001"), place.target)
        place.ask("DROP TABLE clips")
        await write(box.clips.by_broadcaster("1000001"), place.target)
        assert place.column("id") == ids_of(RAW)
        place.ask("DROP TABLE clips")
        place.ask("DROP TABLE twitch_clips_checkpoints")
        assert await write(box.job(), place.target) == len(RAW)
