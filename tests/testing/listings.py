"""Catalogues whose order and times a test knows."""

from datetime import datetime, timedelta

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, RawClip, synthetic_clips

MINUTE = timedelta(minutes=1)


def listing(count: int, *, newest: datetime = NOW - MINUTE, apart: timedelta = timedelta(seconds=1)) -> list[RawClip]:
    """So many clips of Just Chatting in the order Helix lists them, each made `apart` before the one above it."""
    return [
        clip | {"game_id": JUST_CHATTING, "view_count": 10_000 - place, "created_at": rfc3339(newest - place * apart)}
        for place, clip in enumerate(synthetic_clips(count, now=NOW))
    ]


def rfc3339(moment: datetime) -> str:
    """As Helix writes and reads times."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
