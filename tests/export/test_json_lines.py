"""JSON Lines: a line for each clip, whatever is in it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.backfill.conftest import sandbox
from tests.conftest import NOW, listing
from twitch_clips import Clip, make_converter
from twitch_clips.export import write
from twitch_clips.export.json_lines import json_lines
from twitch_clips.testing import JUST_CHATTING

from .conftest import held, records_of, text_of
from .tables import COLUMNS, clip, page
from .test_csv import CLIPS
from .test_csv import page as page_of


@given(st.lists(CLIPS, max_size=4))
def test_a_line_is_what_the_converter_says(clips: list[Clip]) -> None:
    """Of each clip, with `fetched_at`, in the order of Helix's fields; as many lines as clips, by anybody's count."""
    written = json_lines(page_of(clips))
    unstructure = make_converter().unstructure
    expected = [{**unstructure(one), "fetched_at": "2026-06-01T12:00:00Z"} for one in clips]
    lines = written.decode().splitlines()
    assert [json.loads(line) for line in lines] == expected
    assert all(list(json.loads(line)) == COLUMNS for line in lines)
    assert len(written.splitlines()) == len(lines) == len(clips)
    assert all(line.isprintable() for line in lines)
    assert written.endswith(b"\n") or not clips


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("plain", "plain"),
        ("\u4e16\u754c \U0001f600", "\u4e16\u754c \U0001f600"),
        ("\u4e16\u2028\x85\x9b31m", "\u4e16\\u2028\\u0085\\u009b31m"),
        ("\x7f", "\\u007f"),
        ("\x1b[31m\n\0", "\\u001b[31m\\n\\u0000"),
        ("\U000e0000", "\\udb40\\udc00"),
    ],
)
def test_what_has_no_shape_is_escaped(title: str, told: str) -> None:
    """Letters of any script are themselves; what ends lines or drives terminals is not."""
    assert f'"title":"{told}",' in json_lines(page(1, title=title)).decode()
    assert json.loads(json_lines(page(1, title=title)))["title"] == title


async def test_a_file_is_what_helix_has(tmp_path: Path) -> None:
    """Each field as Helix writes it, and when it was fetched by Helix's clock."""
    path = tmp_path / "clips.jsonl"
    raw = listing(30)
    async with sandbox(raw) as box:
        await write(box.clips.by_game(game_id=JUST_CHATTING), path)
    records = records_of(path)
    assert {record.pop("fetched_at") for record in records} == {f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}
    names = COLUMNS[:-1]
    assert records == [{name: one[name] for name in names} for one in raw]
    assert held(path) == text_of(path).encode()
    assert clip(1).id not in text_of(path)
