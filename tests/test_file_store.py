"""A file that keeps a checkpoint: what it says when something is wrong with it, and what it takes for its own.

And stores of a user's own.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from twitch_clips import CheckpointError
from twitch_clips.checkpoint import FileStore, load_from, save_to


def test_a_store_is_shown_by_its_path() -> None:
    """As whoever gave it wrote it."""
    assert str(FileStore("kept/../kept.json")) == "kept/../kept.json"


async def test_a_folder_that_is_not_there_is_told_by_either(tmp_path: Path) -> None:
    """At once: else it would turn out when there is much to keep."""
    store = FileStore(tmp_path / "none" / "kept")
    with pytest.raises(CheckpointError) as caught:
        await store.load()
    assert str(caught.value) == f"the checkpoint {store} cannot be read: No such file or directory"
    with pytest.raises(CheckpointError) as caught:
        await store.save("text")
    what = "cannot be written (No such file or directory): what it held before stands"
    assert str(caught.value) == f"the checkpoint {store} {what}"


async def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """Nothing of it is guessed, nor is it replaced."""
    (tmp_path / "kept").write_bytes(b"\xff")
    store = FileStore(tmp_path / "kept")
    with pytest.raises(CheckpointError, match=r"kept cannot be read: 'utf-8' codec can't decode byte 0xff"):
        await store.load()
    with pytest.raises(CheckpointError, match=r"cannot be written \('utf-8' codec can't decode byte 0xff"):
        await store.save("text")
    assert (tmp_path / "kept").read_bytes() == b"\xff"


async def test_an_empty_file_is_not_replaced_unread(tmp_path: Path) -> None:
    """Somebody made it."""
    (tmp_path / "kept").touch()
    store = FileStore(tmp_path / "kept")
    with pytest.raises(CheckpointError) as caught:
        await store.save("text")
    why = "another job has written it since; give each job a checkpoint of its own"
    assert str(caught.value) == f"the checkpoint {store} cannot be written ({why}): what it held before stands"
    assert await store.load() == ""
    await store.save("text")


@pytest.mark.parametrize("fails_at", [1, 2])
async def test_a_save_after_one_that_failed_knows_its_own_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    """The one from before, when the disk failed at the file; the new one already, when it failed at the folder."""
    synced = list[int]()

    def fail(file: int) -> None:
        synced.append(file)
        if len(synced) == fails_at:
            raise OSError("no")

    store = FileStore(tmp_path / "kept")
    await store.save("first")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(CheckpointError, match=r"cannot be written \(no\)"):
            await store.save("second")
    assert (tmp_path / "kept").read_text(encoding="utf-8") == ("first" if fails_at == 1 else "second")
    await store.save("third")
    assert await store.load() == "third"


class _Plain:
    """A store in memory, and at once."""

    def __init__(self, text: Any = None) -> None:
        """Hold a text, or what is none."""
        self.text = text

    def load(self) -> str | None:
        """What it holds."""
        held: str | None = self.text
        return held

    def save(self, text: str, /) -> None:
        """Hold it."""
        self.text = text


async def test_a_store_may_answer_at_once_or_later(tmp_path: Path) -> None:
    """A user's own may be of either kind."""
    for store in (_Plain(), FileStore(tmp_path / "kept")):
        assert await load_from(store) is None
        await save_to(store, "text")
        assert await load_from(store) == "text"


async def test_a_store_that_holds_no_text_is_refused() -> None:
    """An empty one is a text."""
    assert await load_from(_Plain("")) == ""
    with pytest.raises(CheckpointError) as caught:
        await load_from(_Plain(b"text"))
    assert str(caught.value) == "the checkpoint's store gave b'text' and not a text"
