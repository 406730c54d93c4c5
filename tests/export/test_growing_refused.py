"""A file that a backfill cannot add to, as it or its checkpoint is not what it was: why, and nothing is changed."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from twitch_clips import CheckpointError, ExportError
from twitch_clips.export import Csv, JsonLines

from .conftest import checkpoint_of, grow, held, ids_in, listed, loaded, move, numbered, put, remove, sink_at
from .tables import batch


async def refused(path: Path, kind: type[Exception] = ExportError) -> str:
    """What the next run is told."""
    with pytest.raises(kind) as caught:
        await loaded(path)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return str(caught.value)


async def test_two_runs_at_once_are_refused(path: Path) -> None:
    """The second; once the first is done, it goes on."""
    await grow(path, 1, state="one")
    sink = sink_at(path)
    await sink.load()
    assert await refused(path) == f"{path} is being written by another run: wait for it, or give another file"
    await sink.write(batch([2]))
    await sink.save("two")
    await sink.close()
    assert await loaded(path) == "two"


async def test_a_file_that_is_moved_away_is_not_written_on(path: Path, tmp_path: Path) -> None:
    """Nothing would come of it; brought back, it is as it was."""
    await grow(path, 1, state="one")
    sink = sink_at(path)
    await sink.load()
    moved = move(path, tmp_path / "moved")
    for is_there in (False, True):
        if is_there:
            put(path)
        await sink.write(batch([2]))
        with pytest.raises(ExportError) as caught:
            await sink.save("two")
        assert (
            str(caught.value) == f"{path} was moved away or replaced in the meantime: bring it back, and run it again"
        )
    await sink.close()
    moved.replace(path)
    assert await loaded(path) == "one"


async def test_a_file_that_takes_an_empty_ones_place_is_not_removed(path: Path) -> None:
    """When a run ends that has made the empty one."""
    sink = sink_at(path)
    await sink.load()
    remove(path)
    put(path, b"somebody's")
    await sink.close()
    assert held(path) == b"somebody's"


async def test_a_file_that_goes_while_it_is_opened_is_not_taken(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the run before does with one that got nothing: whatever were written to it would be nowhere."""
    put(path)
    open_ = os.open

    def late(name: Any, *args: Any) -> int:
        file = open_(name, *args)
        remove(path)
        return file

    monkeypatch.setattr(os, "open", late)
    assert (await refused(path)).startswith(f"{path} was moved away or replaced in the meantime: ")


async def test_a_file_of_somebody_else_is_left_alone(path: Path) -> None:
    """Unless there is nothing in it."""
    put(path, b"precious\n")
    assert await refused(path) == f"{path} was there before, without a checkpoint: give another file, or move it away"
    assert (held(path).decode(), listed(path.parent)) == ("precious\n", {path.name})
    put(path, b"")
    await grow(path, 1, state="one")
    assert ids_in(path) == numbered(1)


async def test_a_checkpoint_without_its_file_says_so(path: Path) -> None:
    """No file is made; without the checkpoint it begins anew."""
    await grow(path, 1, state="one")
    remove(path)
    assert await refused(path) == (
        f"{path} is not there, but its checkpoint is: bring it back, or delete {checkpoint_of(path)} to begin anew"
    )
    assert path.name not in listed(path.parent)
    checkpoint_of(path).unlink()
    await grow(path, 2, state="two")
    assert ids_in(path) == numbered(2)


@pytest.mark.parametrize(("pattern", "change"), [(rb"(?s).\Z", b""), (rb"(?s).+", b""), (rb"\A", b"changed ")])
async def test_a_file_that_was_changed_is_left_alone(path: Path, pattern: bytes, change: bytes) -> None:
    """Shorter than what was committed, or with something else at its end."""
    await grow(path, 1, 2, state="two")
    size = len(held(path))
    changed = re.sub(pattern, change, held(path), count=1)
    put(path, changed)
    assert await refused(path) == (
        f"{path} is not as the last run left it ({size:,} bytes at least): bring it back, "
        f"or move it and {checkpoint_of(path)} away to begin anew"
    )
    assert held(path) == changed


def written(**changes: Any) -> str:
    """A checkpoint."""
    state: dict[str, Any] = {
        "form": "twitch-clips jsonl 1",
        "length": 0,
        "tail": 0,
        "clips": 0,
        "state": None,
        "extra": {},
    }
    return json.dumps({name: value for name, value in (state | changes).items() if value != "gone"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        written()[:-9],
        written(form="twitch-clips jsonl 2"),
        written(form="twitch-clips csv 1"),
        written(form="gone"),
        written(length=-1),
        written(length=1.0),
        written(clips=True),
        written(tail=None),
        written(state={}),
        written(extra=[]),
        written(extra="gone"),
    ],
)
async def test_a_checkpoint_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    """Whatever it holds; nothing is cut off."""
    path = tmp_path / "clips.jsonl"
    await grow(path, 1, state="one")
    whole = held(path) + b"and more"
    put(path, whole)
    checkpoint_of(path).write_text(text, encoding="utf-8")
    assert await refused(path, CheckpointError) == (
        f"{checkpoint_of(path)} is damaged, or of another kind or version: bring back a copy, "
        f"or move it and {path} away to begin anew"
    )
    assert held(path) == whole


async def test_a_checkpoint_that_is_whole_is_not(tmp_path: Path) -> None:
    """For comparison; and one that is no text cannot be read."""
    path = tmp_path / "clips.jsonl"
    put(path)
    checkpoint_of(path).write_text(written(state="kept"), encoding="utf-8")
    assert await loaded(path) == "kept"
    checkpoint_of(path).write_bytes(b"\xff")
    with pytest.raises(CheckpointError, match="cannot be read: 'utf-8' codec"):
        await loaded(path)
    checkpoint_of(path).unlink()
    checkpoint_of(path).mkdir()
    with pytest.raises(CheckpointError, match="cannot be read: Is a directory"):
        await loaded(path)


async def test_one_file_does_not_hold_formulas_and_what_was_made_of_them(tmp_path: Path) -> None:
    """Whoever wants to change over begins anew."""
    path = tmp_path / "clips.csv"
    await grow(path, 1, state="one")
    with pytest.raises(CheckpointError, match="of another kind"):
        await Csv(path, formulas=True).load()


async def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """Such as a terminal or a pipe, which forget what they were given; also when nobody asked before."""
    path = tmp_path / "clips.jsonl"
    path.symlink_to(os.devnull)
    sink = JsonLines(path)
    with pytest.raises(ExportError, match="is not an ordinary file: give another one"):
        await sink.load()
    await sink.close()
    remove(path)
    path.mkdir()
    with pytest.raises(ExportError, match="Is a directory"):
        await sink.load()
    await sink.close()
