"""Clips with all their fields."""

from tests.conftest import NOW
from twitch_clips import Clip
from twitch_clips.cli.card import clip_cards

_FULL = Clip(
    id="SlugOne-_x",
    url="https://clips.example/SlugOne-_x",
    broadcaster_id="12",
    title="two\nlines",
    view_count=1234567,
    created_at=NOW,
    embed_url="https://clips.example/embed?clip=SlugOne-_x",
    broadcaster_name="Somebody",
    creator_id="34",
    creator_name="viewer\a",
    video_id="56",
    game_id="78",
    language="en-gb",
    thumbnail_url="https://pictures.example/1.jpg",
    duration=29.96,
    vod_offset=3723,
    is_featured=True,
)
_BARE = Clip(id="x", url="https://clips.example/x", broadcaster_id="12", title="t", view_count=0, created_at=NOW)


def test_a_card_shows_every_field() -> None:
    """In words and units for people."""
    assert clip_cards([_FULL], 80).plain.splitlines() == [
        "two lines",
        "URL         https://clips.example/SlugOne-_x",
        "Views       1,234,567",
        "Created     2026-06-01 12:00:00 UTC",
        "Seconds     30.0",
        "Channel     Somebody (id 12)",
        "Clipped by  viewer (id 34)",
        "Game id     78",
        "Language    en-gb",
        "Featured    yes",
        "VOD         https://www.twitch.tv/videos/56?t=1h2m3s",
        "Thumbnail   https://pictures.example/1.jpg",
        "Embed       https://clips.example/embed?clip=SlugOne-_x",
        "Id          SlugOne-_x",
    ]


def test_what_helix_left_empty_is_left_out() -> None:
    """No label stands alone."""
    assert clip_cards([_BARE], 80).plain.splitlines() == [
        "t",
        "URL         https://clips.example/x",
        "Views       0",
        "Created     2026-06-01 12:00:00 UTC",
        "Channel     12",
        "Featured    no",
        "Id          x",
    ]


def test_a_blank_line_stands_between_two_cards() -> None:
    """And none behind the last."""
    lines = clip_cards([_BARE, _BARE], 80).plain.splitlines()
    assert [number for number, line in enumerate(lines) if not line] == [7]
