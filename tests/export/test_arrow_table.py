"""`to_arrow`: what is in a notebook's table, and when it is not had."""

import sys
from datetime import timedelta

import pytest

from tests.backfill.conftest import START, MemoryStore, ids_of, sandbox, spread
from tests.conftest import client, listing
from twitch_clips import ExportError, TransportError
from twitch_clips.export.arrow import SCHEMA
from twitch_clips.export.arrow_table import to_arrow
from twitch_clips.testing import JUST_CHATTING, FakeHelix, faults


async def test_a_stream_is_a_table() -> None:
    """Its rows in the stream's order, each with the time at which Helix answered."""
    async with FakeHelix(listing(250)) as helix, client(helix) as clips:
        stream = clips.by_game(game_id=JUST_CHATTING)
        table = await to_arrow(stream)
        pages = [page async for page in stream.restart().pages()]
    told = [(clip.id, page.fetched_at) for page in pages for clip in page.clips]
    assert table["id"].to_pylist() == [clip_id for clip_id, _ in told]
    assert table["fetched_at"].to_pylist() == [fetched_at for _, fetched_at in told]
    assert table.schema == SCHEMA


async def test_a_backfill_is_a_table() -> None:
    """All of its clips, and its checkpoint knows of them."""
    raw = spread(300)
    async with sandbox(raw) as box:
        store = MemoryStore()
        table = await to_arrow(box.job(checkpoint=store))
        again = await to_arrow(box.job(checkpoint=store))
    assert sorted(map(str, table["id"].to_pylist())) == ids_of(raw)
    assert again.num_rows == 0


async def test_a_table_that_is_not_whole_is_not_committed() -> None:
    """The next run with the checkpoint has all clips."""
    raw = spread(1500)
    async with sandbox(raw) as box:
        store = MemoryStore()
        box.helix.fail(faults.close(), skip=12, times=None)
        with pytest.raises(TransportError):
            await to_arrow(box.job(checkpoint=store))
        box.helix.heal()
        table = await to_arrow(box.job(checkpoint=store))
    assert sorted(map(str, table["id"].to_pylist())) == ids_of(raw)


async def test_gaps_are_told_of_beside_the_table() -> None:
    """As a warning: a table cannot be had otherwise."""
    raw = spread(1300, end=START + timedelta(minutes=10))
    async with sandbox(raw) as box:
        with pytest.warns(UserWarning, match=r"clips are missing: gaps: 2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z"):
            table = await to_arrow(box.job(audit=0.0))
    assert 0 < table.num_rows < 1300


async def test_without_pyarrow_nothing_is_asked(helix: FakeHelix, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    async with client(helix) as clips:
        with pytest.raises(ExportError, match=r"pip install 'twitch-clips\[parquet\]'"):
            await to_arrow(clips.by_game(game_id=JUST_CHATTING))
    assert helix.targets == []
