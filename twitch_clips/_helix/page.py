"""What a page of clips comes to, however it was read."""

from collections.abc import Sequence

import attrs

from twitch_clips.errors import DecodeError
from twitch_clips.records import Clip


@attrs.frozen(kw_only=True)
class Invalid:
    """A record that is no clip.

    Attributes:
        id: What it says its id is; empty when it says nothing.
        error: What is wrong, and where.
    """

    id: str
    error: DecodeError


@attrs.define  # not frozen: one is made for every page, and freezing costs as much as all else about it
class Page:
    """One answer.

    Attributes:
        records: In Helix's order.
        ids: What each is known by. An invalid record must not hide the clip whose id it bears, so it has another one.
        cursor: Leads on; `None` when there is no next page.
        is_sound: Whether all records are clips.
    """

    records: Sequence[Clip | Invalid]
    ids: list[str]
    cursor: str | None
    is_sound: bool = True
