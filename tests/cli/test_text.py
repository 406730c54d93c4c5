"""Text of strangers on a terminal."""

import pytest

from twitch_clips.cli.text import one_line


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
