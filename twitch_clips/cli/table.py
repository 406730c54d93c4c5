"""Clips as a table for people: two lines a clip, the second is its URL."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from twitch_clips import Clip

from .text import one_line

_CHANNEL_WIDTH = 20
_NARROWEST_TITLE = 10
_GAP = "  "
_HEAD = Style(bold=True)
_VIEWS = Style(color="cyan")


def clip_table(clips: Sequence[Clip], width: int) -> Text:
    """Lay clips out in so many columns; a title too long for them is cut, a URL never."""
    views = [f"{clip.view_count:,}" for clip in clips]
    seconds = [f"{clip.duration:.1f}" for clip in clips]
    channels = [one_line(clip.broadcaster_name) for clip in clips]
    widths = [
        _widest("Views", views),
        len("2026-05-01"),
        _widest("Seconds", seconds),
        min(_CHANNEL_WIDTH, _widest("Channel", channels)),
    ]
    left = width - sum(widths) - len(_GAP) * len(widths)
    widths.append(max(left, _NARROWEST_TITLE))
    lines = [_row([Text(word, _HEAD) for word in ("Views", "Created", "Seconds", "Channel", "Title")], widths)]
    indent = " " * widths[0] + _GAP
    for clip, view_count, length, channel in zip(clips, views, seconds, channels, strict=True):
        url = one_line(clip.url)
        day = Text(f"{clip.created_at:%Y-%m-%d}")
        title = Text(one_line(clip.title), Style(link=url))
        lines.append(_row([Text(view_count, _VIEWS), day, Text(length), Text(channel), title], widths))
        lines.append(Text.assemble(indent, (url, Style(dim=True, link=url))))
    return Text("\n").join(lines)


def _widest(head: str, cells: Sequence[str]) -> int:
    return max(len(head), *map(cell_len, cells))


def _row(cells: Sequence[Text], widths: Sequence[int]) -> Text:
    """Views and Seconds stand to the right, the others to the left; nothing is behind the title."""
    views, day, seconds, channel, title = cells
    for number, place in ((views, widths[0]), (seconds, widths[2])):
        number.align("right", place)
    for words, place in ((day, widths[1]), (channel, widths[3])):
        words.truncate(place, overflow="ellipsis", pad=True)
    title.truncate(widths[4], overflow="ellipsis")
    return Text(_GAP).join([views, day, seconds, channel, title])
