"""Records are values."""

from datetime import UTC, datetime

import attrs
import pytest

from twitch_clips import Clip

CLIP = Clip(
    id="BriskAmberOtter",
    url="https://clips.twitch.tv/BriskAmberOtter",
    broadcaster_id="1000001",
    title="an invented moment",
    view_count=10,
    created_at=datetime(2026, 3, 13, 17, 8, 46, tzinfo=UTC),
)


def test_what_helix_may_leave_out_has_an_empty_default() -> None:
    """Eleven of the seventeen fields."""
    assert (CLIP.game_id, CLIP.language, CLIP.duration, CLIP.vod_offset, CLIP.is_featured) == ("", "", 0.0, None, False)


def test_a_clip_is_a_value() -> None:
    """Frozen, hashable, without a place for anything else."""
    assert {CLIP, attrs.evolve(CLIP)} == {CLIP}
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        CLIP.title = "another"  # type: ignore[misc]
    assert not hasattr(CLIP, "__dict__")
    with pytest.raises(TypeError, match="positional"):
        Clip("BriskAmberOtter")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize(
    ("video_id", "vod_offset", "url"),
    [
        ("3000000001", 3725, "https://www.twitch.tv/videos/3000000001?t=1h2m5s"),
        ("3000000001", 0, "https://www.twitch.tv/videos/3000000001?t=0h0m0s"),
        ("3000000001", None, None),
        ("", 3725, None),
        ("", None, None),
    ],
)
def test_the_vod_is_linked_at_the_clips_moment(video_id: str, vod_offset: int | None, url: str | None) -> None:
    """Offset 0 is a moment like any other; without a VOD or an offset there is no link."""
    assert attrs.evolve(CLIP, video_id=video_id, vod_offset=vod_offset).vod_url == url
