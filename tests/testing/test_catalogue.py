"""Synthetic clips."""

from datetime import UTC, datetime, timedelta

from tests.conftest import NOW
from twitch_clips.testing import synthetic_clips


def test_the_same_seed_gives_the_same_clips() -> None:
    """And another one others."""
    assert synthetic_clips(50, now=NOW) == synthetic_clips(50, now=NOW)
    assert synthetic_clips(50, now=NOW) != synthetic_clips(50, now=NOW, seed=2)


def test_they_have_the_fields_and_the_oddities_of_real_ones() -> None:
    """What a reader of clips has to be ready for is among a few hundred of them."""
    clips = synthetic_clips(600, now=NOW)
    assert {len(clip) for clip in clips} == {17}
    assert len({clip["id"] for clip in clips}) == 600
    assert {type(clip["duration"]) for clip in clips} == {int, float}
    assert {clip["vod_offset"] for clip in clips} >= {None, 0}
    assert all("" in {clip[name] for clip in clips} for name in ("game_id", "video_id", "language"))
    assert any("\n" in str(clip["title"]) for clip in clips)
    assert any(str(clip["id"]).endswith(("-", "_")) for clip in clips)


def test_they_are_of_the_last_thirty_days() -> None:
    """Before `now`."""
    for clip in synthetic_clips(100, now=NOW):
        created_at = datetime.strptime(str(clip["created_at"]), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        assert NOW - timedelta(days=30) <= created_at < NOW
