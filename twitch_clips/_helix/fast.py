"""The hot path of decoding: a whole page in one go by msgspec, straight into the records.

It reads what is as Helix documents it and leaves everything else to `decode`. Nothing but speed depends on it.
"""

from datetime import UTC

import attrs
import msgspec

from twitch_clips.records import Clip


@attrs.frozen
class _Pagination:
    cursor: str | None = None


@attrs.frozen
class _Body:
    data: list[Clip]  # no default: a 200 with an error body must not read as an empty last page
    pagination: _Pagination | None = None


_decoder = msgspec.json.Decoder(_Body)


def page(body: bytes) -> tuple[list[Clip], str | None] | None:
    """The clips and the cursor of a page; `None` for what has to be read with more care."""
    try:
        decoded = _decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # msgspec 0.20's own are no ValueErrors
        return None
    for clip in decoded.data:
        # msgspec lets other offsets, and times with none, through as they are.
        if clip.created_at.tzinfo is not UTC:
            return None
    return decoded.data, decoded.pagination.cursor if decoded.pagination else None
