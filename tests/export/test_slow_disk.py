"""A disk or a database that is slower than Helix: several windows are committed at once, and nothing is lost by it."""

import asyncio

import pytest

from tests.backfill.conftest import MemoryStore, Sandbox, ids_of, sandbox, spread
from twitch_clips import TwitchClipsError
from twitch_clips.export import Piece, write
from twitch_clips.testing import faults

RAW = spread(6_000)


class SlowSink(MemoryStore):
    """A sink that is a store; a save takes some seconds."""

    def __init__(self, seconds: float) -> None:
        """Have nothing."""
        super().__init__()
        self.seconds = seconds
        self.in_hand: list[str] = []
        self.ids: list[str] = []
        self.most = 0

    async def open(self) -> None:
        """There is nothing to prepare."""

    async def write(self, piece: Piece, /) -> None:
        """Take clips in hand."""
        self.in_hand += [clip.id for clip in piece.clips]

    async def save(self, text: str, /) -> None:  # type: ignore[override]
        """Have them stand, in a while."""
        taken, self.in_hand = self.in_hand, []
        await asyncio.sleep(self.seconds)
        super().save(text)
        self.ids += taken
        self.most = max(self.most, len(taken))

    async def commit(self) -> None:
        """All that was saved stands."""

    async def close(self) -> None:
        """What is in hand is dropped."""
        self.in_hand = []


async def written(box: Sandbox, sink: SlowSink) -> None:
    """Run it to its end, and look whether all is there once."""
    count = await write(box.job(concurrency=8), sink)
    assert sorted(sink.ids) == ids_of(RAW)
    assert count <= len(sink.ids)


async def test_a_fast_disk_gets_each_window_by_itself() -> None:
    """A kill has little read again."""
    async with sandbox(RAW) as box:
        sink = SlowSink(0)
        await written(box, sink)
    assert sink.saves > 7
    assert sink.most < 1_000


async def test_a_slow_one_gets_several_at_once() -> None:
    """So that it is written to for a fifth of the time at the most."""
    async with sandbox(RAW, latency=0.1) as box:
        sink = SlowSink(2.0)
        await written(box, sink)
    assert 2 <= sink.saves <= 5
    assert sink.most > 1_500


async def test_no_more_clips_are_held_than_a_kill_may_cost() -> None:
    """However slow it is."""
    raw = spread(24_000)
    async with sandbox(raw) as box:
        sink = SlowSink(1e6)
        assert await write(box.job(), sink) == len(raw)
    assert 5_000 <= sink.most < 6_100


async def test_what_came_before_an_outage_is_committed() -> None:
    """And the next run goes on behind it."""
    async with sandbox(RAW, latency=0.1) as box:
        sink = SlowSink(2.0)
        box.helix.fail(faults.status(403), skip=40, times=None)
        with pytest.raises(TwitchClipsError, match="403"):
            await write(box.job(concurrency=1), sink)
        assert len(sink.ids) > 1_500
        box.helix.heal()
        await written(box, sink)
