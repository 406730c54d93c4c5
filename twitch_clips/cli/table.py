"""Clips as a table for people."""

from collections.abc import Iterable

from rich import box
from rich.style import Style
from rich.table import Table
from rich.text import Text

from twitch_clips import Clip


def clip_table(clips: Iterable[Clip]) -> Table:
    """A row a clip; the title is a link where the terminal knows links."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    table.add_column("Views", justify="right", no_wrap=True)
    table.add_column("Created", no_wrap=True)
    table.add_column("Seconds", justify="right", no_wrap=True)
    table.add_column("Channel", no_wrap=True, max_width=20)
    table.add_column("Title", no_wrap=True, ratio=1)
    for clip in clips:
        table.add_row(
            f"{clip.view_count:,}",
            f"{clip.created_at:%Y-%m-%d}",
            f"{clip.duration:.1f}",
            Text(one_line(clip.broadcaster_name)),
            Text(one_line(clip.title), style=Style(link=one_line(clip.url))),
        )
    return table


def one_line(text: str) -> str:
    """Text of strangers, made harmless for a terminal: line breaks are spaces, control characters gone."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())
