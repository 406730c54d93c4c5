"""Clips that weigh little: a catalogue of hundreds of thousands fits into a test or a benchmark."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

import attrs

from .catalogue import FIRST_VIEWER, JUST_CHATTING, VIEWERS, channel_name

_OPENINGS = ("once more", "for the third time", "without looking", "as promised", "against all advice")
_ENDINGS = ("the lid flew off", "it boiled over", "chat was right", "nobody blinked", "クリア", 'somebody said "no"')
PREFIX = "LightTeapotComet-"
# Odd, so that no two numbers give the same 64 bits.
_SPREAD = 0x9E3779B97F4A7C15


@attrs.define(eq=False, weakref_slot=False)
class LightClip(Mapping[str, object]):
    """A clip as Helix writes it, of which all but five values are made when they are read.

    It equals the dict of its 17 fields.

    Args:
        number: The id and the invented fields follow from it: in one catalogue no other clip has it.
        created_at: POSIX seconds.
        views: The view count.
        broadcaster_id: The channel.
        game_id: The game, or `""`.
    """

    number: int
    created_at: int
    views: int
    broadcaster_id: str
    game_id: str

    def __getitem__(self, name: str) -> object:
        """Make the value of a field."""
        return _FIELDS[name](self)

    def __iter__(self) -> Iterator[str]:
        """Give the names of the fields, in Helix's order."""
        return iter(_FIELDS)

    def __len__(self) -> int:
        """How many fields there are."""
        return len(_FIELDS)

    @property
    def slug(self) -> str:
        """The clip's id."""
        return f"{PREFIX}{self.chance:016x}"

    @property
    def chance(self) -> int:
        """64 bits that look like chance."""
        return (self.number + 1) * _SPREAD & 0xFFFF_FFFF_FFFF_FFFF

    @property
    def viewer(self) -> int:
        """Which of the catalogue's viewers made it."""
        return self.chance % VIEWERS

    @property
    def has_vod(self) -> bool:
        """Whether its video is still there, as with two in three."""
        return self.chance % 3 > 0


def light_clips(
    created: Iterable[int],
    views: Iterable[int],
    *,
    broadcaster_id: str = "1000001",
    game_id: str = JUST_CHATTING,
    start: int = 0,
) -> Iterator[Mapping[str, object]]:
    """Clips for `FakeHelix(clips=...)` of some 150 bytes each, with invented words; about 1 in 20 is featured.

    Args:
        created: When each was made, POSIX seconds, in any order.
        views: The view count of each, as many as there are moments.
        broadcaster_id: Their channel.
        game_id: Their game.
        start: The first one's number. Ids follow from the numbers, so those of one server's channels must not meet.
    """
    for number, (created_at, view_count) in enumerate(zip(created, views, strict=True), start):
        yield LightClip(number, created_at, view_count, broadcaster_id, game_id)


def _words(clip: LightClip) -> str:
    return f"{_OPENINGS[clip.chance % len(_OPENINGS)]} {_ENDINGS[clip.chance % len(_ENDINGS)]}"


_FIELDS: dict[str, Callable[[LightClip], object]] = {
    "id": lambda clip: clip.slug,
    "url": lambda clip: f"https://clips.twitch.tv/{clip.slug}",
    "embed_url": lambda clip: f"https://clips.twitch.tv/embed?clip={clip.slug}",
    "broadcaster_id": lambda clip: clip.broadcaster_id,
    "broadcaster_name": lambda clip: channel_name(clip.broadcaster_id),
    "creator_id": lambda clip: str(FIRST_VIEWER + clip.viewer),
    "creator_name": lambda clip: f"viewer_{clip.viewer}",
    "video_id": lambda clip: str(1_000_000_000 + clip.created_at // 86_400) if clip.has_vod else "",
    "game_id": lambda clip: clip.game_id,
    "language": lambda clip: "ja" if clip.chance % 7 == 0 else "en",
    "title": _words,
    "view_count": lambda clip: clip.views,
    "created_at": lambda clip: datetime.fromtimestamp(clip.created_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "thumbnail_url": lambda clip: (
        f"https://static-cdn.jtvnw.net/twitch-clips-thumbnails-prod/{clip.slug}/preview-480x272.jpg"
    ),
    "duration": lambda clip: (30, 60, 5 + clip.chance % 500 / 10)[clip.chance % 3],
    "vod_offset": lambda clip: clip.created_at % 86_400 if clip.has_vod else None,
    "is_featured": lambda clip: clip.number % 20 == 0,
}
