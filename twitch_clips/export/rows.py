"""Clips as the rows of a database, without what a database cannot hold."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import attrgetter, itemgetter
from typing import NamedTuple

import attrs

from twitch_clips import Clip

from .fields import FIELDS, values_of
from .sink import Piece

Row = dict[str, object]
MOST = 2**63 - 1
"""A larger count is kept as this."""
_OF_A_TEXT = [field.name for field in attrs.fields(Clip) if field.type is str]
_texts = attrgetter(*_OF_A_TEXT)


class Aged(NamedTuple):
    """A clip that is to be looked up again."""

    fetched_at: datetime
    id: str
    is_gone: bool


def rows_of(pieces: Iterable[Piece], instant: Callable[[datetime], object]) -> list[Row]:
    """A row for each clip, by their ids: whoever writes the same ones at the same time takes them in the same order.

    Args:
        pieces: Have the clips.
        instant: What a moment is written as.
    """
    rows: list[Row] = []
    for piece in pieces:
        at = instant(piece.fetched_at.replace(microsecond=0))
        seen: Row = {"fetched_at": at, "first_seen": at, "last_seen": at}
        for clip in piece.clips:
            row = _row(clip)
            row["created_at"] = instant(clip.created_at)
            row.update(seen)
            rows.append(row)
    rows.sort(key=itemgetter("id"))
    return rows


def in_text(value: datetime) -> str:
    """A moment as SQLite's date functions read it; whole seconds, so that texts are in the order of time."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat("T", "seconds") + "Z"


def _row(clip: Clip) -> Row:
    row: Row = dict(zip(FIELDS, values_of(clip), strict=True))
    texts = _texts(clip)
    if not _is_storable("".join(texts)):
        row.update(zip(_OF_A_TEXT, map(_storable, texts), strict=True))
    if max(clip.view_count, clip.vod_offset or 0) > MOST:
        row |= {
            "view_count": min(clip.view_count, MOST),
            "vod_offset": clip.vod_offset and min(clip.vod_offset, MOST),
        }
    return row


def _is_storable(text: str) -> bool:
    if text.isascii():
        return "\0" not in text
    return text == _storable(text)


def _storable(text: str) -> str:
    """The text with U+FFFD in place of NUL, which PostgreSQL refuses, and of half pairs, which are no UTF-8."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
