"""What the README shows runs as it stands."""

from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from twitch_clips import Clip
from twitch_clips.testing import FakeHelix

from .faults import TABLE
from .readme import EXAMPLES, README, RUN_BY, environment, run


@pytest.mark.parametrize(
    ("word", "lines"), [("limit=25)", 25), ("clips.resume(", 2), ("merge(", 10), ("job.report", 10)]
)
async def test_an_example_runs(word: str, lines: int, tmp_path: Path) -> None:
    """In a process of its own, with credentials in its environment, and prints so many lines."""
    async with FakeHelix(now=datetime.now(UTC)) as helix:
        printed = await run(tmp_path, word, **environment(helix))
    # A title may hold line breaks of its own.
    assert len(printed.splitlines()) >= lines


def test_every_example_is_run() -> None:
    """Each is known by a word of its own, and there is a test that asks for it by that word."""
    assert sorted(word for text in EXAMPLES for word in RUN_BY if word in text) == sorted(RUN_BY)
    assert all(any(word in text for word in RUN_BY) for text in EXAMPLES)
    tests = Path(__file__).parent
    assert all(f'"{word}"' in (tests / file).read_text(encoding="utf-8") for word, file in RUN_BY.items())


def test_what_is_counted_is_there_so_often() -> None:
    """The fields of a clip, and the rows of the fault table."""
    said = README.read_text(encoding="utf-8")
    assert f"all {len(attrs.fields(Clip))} fields" in said
    assert f"lists {len(TABLE)} behaviours" in said
