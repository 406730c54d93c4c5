"""Clips as the rows of a database, without what a database cannot hold."""

from collections.abc import Iterable
from operator import attrgetter

import attrs

from twitch_clips import Clip

from .sink import Piece

Row = dict[str, object]
FIELDS = tuple(field.name for field in attrs.fields(Clip))
_values = attrgetter(*FIELDS)
_MOST = 2**63 - 1
_OF_A_TEXT = [field.name for field in attrs.fields(Clip) if field.type is str]
_texts = attrgetter(*_OF_A_TEXT)


def rows_of(pieces: Iterable[Piece]) -> list[Row]:
    """A row for each clip, by their ids: whoever writes the same ones at the same time takes them in the same order."""
    rows: list[Row] = []
    for piece in pieces:
        at = piece.fetched_at
        seen = {"fetched_at": at, "first_seen": at, "last_seen": at}
        rows += (_row(clip) | seen for clip in piece.clips)
    rows.sort(key=lambda row: str(row["id"]))
    return rows


def _row(clip: Clip) -> Row:
    row: Row = dict(zip(FIELDS, _values(clip), strict=True))
    if not _is_storable("".join(_texts(clip))):
        row |= {name: _storable(text) for name, text in zip(_OF_A_TEXT, _texts(clip), strict=True)}
    if max(clip.view_count, clip.vod_offset or 0) > _MOST:
        row |= {
            "view_count": min(clip.view_count, _MOST),
            "vod_offset": clip.vod_offset and min(clip.vod_offset, _MOST),
        }
    return row


def _is_storable(text: str) -> bool:
    if text.isascii():
        return "\0" not in text
    return text == _storable(text)


def _storable(text: str) -> str:
    """The text with U+FFFD in place of NUL, which PostgreSQL refuses, and of half pairs, which are no UTF-8."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
