"""What a run says of a checkpoint that is none, and of one that cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest

from twitch_clips import CheckpointError

from .conftest import DAY, MemoryStore, drain, sandbox, spread

RAW = spread(2600)


def _written(**changes: Any) -> str:
    state = {
        "form": "twitch-clips backfill 1",
        "question": "broadcaster_id=1000001",
        "max_window": None,
        "done": [["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]],
        "given": [{"window": ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"], "ids": "AAAAAAAAAAA="}],
    }
    return json.dumps({name: value for name, value in (state | changes).items() if value != "gone"})


DAMAGED = [
    "",
    "[]",
    "{",
    "[" * 100_000,
    _written()[:-9],
    _written(form="twitch-clips backfill 2"),
    _written(form="gone"),
    _written(question="gone"),
    _written(done="gone"),
    _written(done=None),
    _written(done=[["2026-01-01T00:00:00Z"]]),
    _written(done=[["2026-01-01T00:00:00", "2026-01-02T00:00:00Z"]]),
    _written(done=[3]),
    _written(done={"a": 1}),
    _written(given=[{}]),
    _written(given=["ab"]),
    _written(given=[{"window": ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"], "ids": "AAAA"}]),
    _written(given=[{"window": ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"], "ids": "é"}]),
    _written(given=[{"window": ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"], "ids": 7}]),
    _written(given=7),
    _written(max_window="1 day"),
    _written(max_window=1e300),
    _written(max_window=[]),
]


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
async def test_a_damaged_checkpoint_is_refused(text: str, tmp_path: Path) -> None:
    """It is left as it is, and nothing is asked."""
    path = tmp_path / "done.json"
    path.write_text(text, encoding="utf-8")
    async with sandbox(RAW[:5]) as box:
        with pytest.raises(CheckpointError) as caught:
            await anext(box.job(checkpoint=path))
        assert box.helix.targets == []
    assert caught.value.__context__ is None
    assert str(caught.value).startswith(f"{path}: ")
    assert path.read_text(encoding="utf-8") == text


async def test_a_damaged_text_of_a_store_of_ones_own_has_no_path() -> None:
    """Nor the words of one."""
    store = MemoryStore()
    store.text = "{}"
    async with sandbox([]) as box:
        with pytest.raises(CheckpointError, match=r"^not the checkpoint of a backfill"):
            await anext(box.job(checkpoint=store))


async def test_a_whole_checkpoint_is_not(tmp_path: Path) -> None:
    """For comparison; its known width is kept to, if it is one."""
    path = tmp_path / "done.json"
    path.write_text(_written(max_window=86400.0), encoding="utf-8")
    async with sandbox(RAW[:50]) as box:
        batches = await drain(job := box.job(checkpoint=path))
        assert all(batch.window.ended_at - batch.window.started_at <= DAY for batch in batches)
        assert job.report.max_window == DAY
        assert (await box.job(checkpoint=path).plan()).requests == 0


async def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    """A directory; bytes that are no text; a folder that is not there, before anything is read for nothing."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    async with sandbox(RAW[:5]) as box:
        for path, problem in [
            (tmp_path, "Is a directory"),
            (tmp_path / "bytes", "utf-8"),
            (tmp_path / "nowhere" / "done.json", "No such"),
        ]:
            with pytest.raises(CheckpointError, match=problem):
                await anext(box.job(checkpoint=path))
        assert box.helix.targets == []
