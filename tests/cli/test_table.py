"""Clips as a table."""

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.conftest import NOW
from twitch_clips import Clip
from twitch_clips.cli.table import clip_table


def _clip(title: str = "a title", url: str = "https://clips.example/x", channel: str = "somebody") -> Clip:
    return Clip(
        id="x", url=url, broadcaster_id="1", broadcaster_name=channel, title=title, view_count=1234, created_at=NOW
    )


def _shown(clip: Clip, width: int = 80) -> str:
    console = Console(force_terminal=True, color_system="truecolor", width=width, _environ={})
    with console.capture() as capture:
        console.print(clip_table([clip], width), soft_wrap=True)
    return capture.get()


def test_title_and_url_link_to_the_clip_whatever_the_url_holds() -> None:
    """Neither style words nor control characters get out of the link."""
    shown = _shown(_clip(url="https://clips.example/x\x1b\a on red"))
    assert shown.count(";https://clips.example/x on red\x1b\\") == 2
    assert "\a" not in shown
    assert "\x1b[41m" not in shown


@pytest.mark.parametrize("width", [80, 120])
def test_a_long_title_is_cut_where_the_terminal_ends(width: int) -> None:
    """By the cells that it takes, two for each of these characters."""
    row = clip_table([_clip(title="クリア" * 50)], width).plain.splitlines()[1]
    assert width - 1 <= cell_len(row) <= width
    assert row.endswith("…")


def test_a_long_channel_leaves_room_for_the_title() -> None:
    """Its name is cut at 20 cells."""
    row = clip_table([_clip(channel="n" * 25)], 80).plain.splitlines()[1]
    assert row == "1,234  2026-06-01      0.0  nnnnnnnnnnnnnnnnnnn…  a title"


def test_on_a_very_narrow_terminal_something_of_the_title_is_left() -> None:
    """Its rows are wider than the terminal then."""
    assert clip_table([_clip(title="a rather long title")], 20).plain.splitlines()[1].endswith("  a rather …")


def test_a_url_is_never_cut() -> None:
    """It is for copying."""
    url = f"https://clips.example/{'x' * 100}"
    assert url in _shown(_clip(url=url))
