"""Places that cannot be: said before anything is asked. And a disk that does not tell what is there: no loss by it."""

from pathlib import Path

import pytest

from tests.backfill.conftest import ids_of, sandbox, spread
from twitch_clips import CheckpointError, ExportError
from twitch_clips.export import write

from .conftest import NAMES, fail, ids_in
from .tables import ids

RAW = spread(60)
HALF = "2026-02-01T00:00:00Z"
EVERY = pytest.mark.parametrize("name", [*NAMES, "clips.parquet", "archive/"])


@EVERY
@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("a" * 300, "File name too long"),
        ("round", "Too many levels of symbolic links"),
        ("a\0", "no file can have the name"),
        ("file/in it", "there is no folder"),
        ("lost", "there is no folder"),
    ],
)
async def test_a_place_that_cannot_be(name: str, place: str, words: str, tmp_path: Path) -> None:
    """For a file in such a folder, or for such a folder."""
    (tmp_path / "round").symlink_to(tmp_path / "round")
    (tmp_path / "lost").symlink_to(tmp_path / "nowhere" / "lost")
    (tmp_path / "file").touch()
    target = tmp_path / place / ("" if name.endswith("/") else name)
    async with sandbox([]) as box:
        with pytest.raises(ExportError, match=words) as caught:
            await write(box.job(), f"{target}/" if name.endswith("/") else target)
        assert "\n" not in str(caught.value)
        assert box.helix.targets == []


@EVERY
async def test_a_place_that_cannot_be_looked_at(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.14 takes it for one where nothing is. Whichever look fails, it is said, or all is there."""
    read = ids if name in {"clips.parquet", "archive/"} else ids_in
    failing = 0
    while True:
        failing += 1
        folder = tmp_path / str(failing)
        folder.mkdir()
        target = f"{folder}/{name}"
        async with sandbox(RAW) as box:
            await write(box.job(ended_at=HALF), target)
            with monkeypatch.context() as patched:
                looks = fail(patched, failing, ("stat", "listdir", "scandir"))
                try:
                    await write(box.job(), target)
                except (ExportError, CheckpointError):
                    is_told = True
                else:
                    is_told = False
            assert is_told or read(Path(target)) == ids_of(RAW)
            await write(box.job(), target)  # which goes on
        assert read(Path(target)) == ids_of(RAW)
        if looks() < failing:
            break
