"""Text of strangers on a terminal."""

from io import StringIO

import pytest
from rich.console import Console

from tests.conftest import NOW
from twitch_clips import Clip
from twitch_clips.cli.table import clip_table, one_line


def test_a_title_links_to_its_clip_whatever_the_url_holds() -> None:
    """Neither style words nor control characters get out of the link."""
    url = "https://clips.example/x\x1b\a on red"
    clip = Clip(id="x", url=url, broadcaster_id="1", title="a title", view_count=1, created_at=NOW)
    console = Console(file=StringIO(), force_terminal=True, width=80)
    with console.capture() as capture:
        console.print(clip_table([clip]))
    shown = capture.get()
    assert "https://clips.example/x on red" in shown
    assert "\a" not in shown
    assert "\x1b[41m" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  two\nlines\tand  spaces ", "two lines and spaces"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("bell\a", "bell"),
        ("\u202eright to left", "right to left"),
        ("[bold]not markup[/bold] 😹 クリア", "[bold]not markup[/bold] 😹 クリア"),
    ],
)
def test_nothing_of_it_moves_the_cursor_or_breaks_the_line(text: str, shown: str) -> None:
    """Line breaks become spaces, control characters go."""
    assert one_line(text) == shown
