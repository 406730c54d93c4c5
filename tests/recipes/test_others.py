"""The README's lines for those who come from other clients."""

from datetime import UTC, datetime
from pathlib import Path

from tests.readme import environment, run
from twitch_clips.testing import FakeHelix


async def test_they_run(tmp_path: Path) -> None:
    """A channel's, a game's, and given ones."""
    async with FakeHelix(now=datetime.now(UTC)) as helix:
        printed = await run(tmp_path, "of the channel,", "example_streamer", **environment(helix))
    assert printed.startswith("10 of the channel, 10 of the game, ")
