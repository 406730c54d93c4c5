"""What Helix tells, as frozen records. They know nothing of JSON: `_helix.decode` builds them."""

from datetime import datetime

import attrs


@attrs.frozen(kw_only=True)
class Clip:
    """One clip, with the 17 fields of Helix Get Clips under their own names.

    Ids are opaque strings. The first six fields are always there; any of the others has its empty default
    when Helix leaves it out or answers null (fields came late: `duration` 2021, `vod_offset` 2022,
    `is_featured` 2023). An empty string stays one: `video_id` and `game_id` often are.

    Attributes:
        id: The clip's id, also called slug. Case matters, hyphens belong to it.
        url: The page that plays the clip. Its form has changed over the years: do not take it apart.
        broadcaster_id: User id of the channel.
        title: As the creator typed it; line breaks and any script may be in it.
        view_count: Views so far. It moves.
        created_at: When the clip was made: aware, UTC, whole seconds.
        embed_url: For an `iframe`.
        broadcaster_name: The channel's display name, which is not always its login.
        creator_id: User id of who made the clip.
        creator_name: Display name of who made the clip.
        video_id: The VOD that the clip was cut from; empty when it is gone or not made yet.
        game_id: The game or category that was being streamed.
        language: Two letters, a locale such as `en-gb`, `other` or empty.
        thumbnail_url: A still picture; it may not exist (any more).
        duration: Seconds, to a tenth; 0.0 when Helix did not say.
        vod_offset: Seconds from the VOD's start to the clip; 0 is valid. `None` when there is no VOD.
        is_featured: Whether the broadcaster featured the clip.
    """

    id: str
    url: str
    broadcaster_id: str
    title: str
    view_count: int
    created_at: datetime
    embed_url: str = ""
    broadcaster_name: str = ""
    creator_id: str = ""
    creator_name: str = ""
    video_id: str = ""
    game_id: str = ""
    language: str = ""
    thumbnail_url: str = ""
    duration: float = 0.0
    vod_offset: int | None = None
    is_featured: bool = False

    @property
    def vod_url(self) -> str | None:
        """The VOD at the clip's moment, or `None` when Helix names no VOD or no place in it."""
        if not self.video_id or self.vod_offset is None:
            return None
        minutes, seconds = divmod(self.vod_offset, 60)
        hours, minutes = divmod(minutes, 60)
        return f"https://www.twitch.tv/videos/{self.video_id}?t={hours}h{minutes}m{seconds}s"


@attrs.frozen(kw_only=True)
class RateHeaders:
    """What the `Ratelimit-*` headers of one answer say.

    Attributes:
        limit: Points that the bucket holds; a sixtieth of them comes back each second.
        remaining: Points left when the answer was made. Several requests under way make it stale.
    """

    limit: int
    remaining: int
