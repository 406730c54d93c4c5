"""Synthetic clips."""

import re
from datetime import UTC, datetime, timedelta

from tests.conftest import NOW
from twitch_clips.testing import synthetic_clips
from twitch_clips.testing.catalogue import synthetic_games, synthetic_users


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


def test_every_channel_and_viewer_of_a_clip_is_a_user() -> None:
    """And every game but none has a name."""
    users = {user["id"]: user["display_name"] for user in synthetic_users()}
    games = {game["id"] for game in synthetic_games()}
    for clip in synthetic_clips(600, now=NOW):
        assert users[clip["broadcaster_id"]] == clip["broadcaster_name"]
        assert users[clip["creator_id"]] == clip["creator_name"]
        assert clip["game_id"] in games | {""}


def test_users_have_logins_and_were_there_before_their_clips() -> None:
    """A login is Latin letters, digits and `_`, whatever the name."""
    for user in synthetic_users():
        assert re.fullmatch(r"[a-z0-9_]{1,25}", str(user["login"]))
        assert datetime.fromisoformat(str(user["created_at"])) < NOW - timedelta(days=30)
