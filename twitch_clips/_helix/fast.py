"""The hot path of decoding: a whole page in one go by msgspec, straight into the records.

It reads what is as Helix documents it and leaves everything else to `decode`. Nothing but speed depends on it.
"""

from datetime import UTC

import attrs
import msgspec

from twitch_clips.records import Clip

from .page import Page


@attrs.frozen
class _Pagination:
    cursor: str | None = None


@attrs.frozen
class _Body:
    data: list[Clip]  # no default: a 200 with an error body must not read as an empty last page
    pagination: _Pagination | None = None


_decoder = msgspec.json.Decoder(_Body)


def page(body: bytes) -> Page | None:
    """The page that a body holds; `None` for what has to be read with more care."""
    try:
        decoded = _decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # msgspec 0.20's own are no ValueErrors
        return None
    clips = decoded.data
    # msgspec lets other offsets, and times with none, through as they are.
    ids = [clip.id for clip in clips if clip.created_at.tzinfo is UTC]
    if len(ids) < len(clips):
        return None
    return Page(clips, ids, (decoded.pagination.cursor if decoded.pagination else None) or None)
