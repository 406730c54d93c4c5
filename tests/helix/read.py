"""Clips as they are when they were read."""

from datetime import UTC, datetime
from typing import Any

import attrs
from hypothesis import strategies as st

from twitch_clips import Clip

from .bodies import texts

MOMENT = datetime(2026, 3, 13, 17, 8, 46, tzinfo=UTC)
LATE_TEXTS = (
    *("embed_url", "broadcaster_name", "creator_id", "creator_name"),
    *("video_id", "game_id", "language", "thumbnail_url"),
)
clips = st.builds(
    Clip,
    **dict.fromkeys(("id", "url", "broadcaster_id", "title", *LATE_TEXTS), texts),
    view_count=st.integers(),
    created_at=st.datetimes(timezones=st.just(UTC)),
    duration=st.floats(allow_nan=False, allow_infinity=False),
    vod_offset=st.none() | st.integers(),
    is_featured=st.booleans(),
)


def expected(raw: dict[str, Any]) -> Clip:
    """What a clip of a page is read as."""
    fields = {field.name for field in attrs.fields(Clip)}
    given: dict[str, Any] = {name: value for name, value in raw.items() if name in fields and value is not None}
    given["created_at"] = datetime.strptime(raw["created_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    given["duration"] = float(given.get("duration", 0))
    return Clip(**given)
