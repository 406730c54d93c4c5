"""What Helix tells, as frozen records. They know nothing of JSON: `_helix.decode` builds them."""

from datetime import datetime
from enum import Enum

import attrs


@attrs.frozen(kw_only=True)
class Clip:
    """One clip, with the 17 fields of Helix Get Clips under their own names.

    (https://dev.twitch.tv/docs/api/reference/#get-clips)

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
        limit: Points that the bucket holds; a sixtieth of them comes back each second. A request costs one.
        remaining: Points left when the answer was made. Several requests under way make it stale.
        reset_at: When the bucket is full again, as Helix documents it: POSIX seconds by the clock of the answer's
            `Date`; `None` where the answer does not say. No bucket here goes by it.
    """

    limit: int
    remaining: int
    reset_at: int | None = None


@attrs.frozen(kw_only=True)
class RateStatus:
    """How the token bucket stands.

    Attributes:
        limit: Points that it holds, of which each request costs one.
        remaining: Points that are left, as far as is known here.
        waiting: Requests that wait for their turn.
        retry_after: Seconds until one more request could go; 0.0 when it could now.
    """

    limit: int
    remaining: int
    waiting: int
    retry_after: float


@attrs.frozen(kw_only=True)
class User:
    """A Twitch user or channel.

    Attributes:
        id: The user's id, the `broadcaster_id` of a channel's clips.
        login: The name in addresses: lower case, may change.
        display_name: The name as shown, in any script.
        created_at: When the account was made: aware, UTC.
    """

    id: str
    login: str
    display_name: str
    created_at: datetime


@attrs.frozen(kw_only=True)
class Game:
    """A game or category.

    Attributes:
        id: Its id, the `game_id` of its clips.
        name: Its title.
    """

    id: str
    name: str


@attrs.frozen(kw_only=True)
class ClipPage:
    """What a page of Helix's came to.

    Attributes:
        clips: The clips of it that the stream gives: duplicates, what `where` refuses and what is beyond `limit` are
            out, so it may be empty.
        cursor: Leads to the next page, as `after`; `None` when this was the last, or is not given to its end.
        fetched_at: When Helix answered, by its own clock: aware, UTC.
    """

    clips: tuple[Clip, ...]
    cursor: str | None
    fetched_at: datetime


@attrs.frozen(kw_only=True)
class StreamStats:
    """What a stream has cost and given so far.

    Attributes:
        requests: Requests to Helix, repeated ones and look-ups of names included.
        pages: Pages that came.
        clips: Clips given.
        duplicates: Records left out because an earlier page had them. Pages are cut from a list that moves with the
            views, so each stands for a clip that may have been skipped: above 0, a listing may lack some.
        invalid: Records left out because they could not be read (`on_invalid="skip"`).
        waited: Seconds spent waiting for turns and between attempts.
    """

    requests: int
    pages: int
    clips: int
    duplicates: int
    invalid: int
    waited: float


@attrs.frozen(kw_only=True, repr=False)
class Window:
    """A stretch of time.

    Attributes:
        started_at: Its start, included: aware, UTC.
        ended_at: Its end, not included.
    """

    started_at: datetime
    ended_at: datetime

    def __repr__(self) -> str:
        """Both ends."""
        return f"Window({self})"

    def __str__(self) -> str:
        """Both ends, as RFC 3339."""
        return " to ".join(f"{end.replace(tzinfo=None).isoformat()}Z" for end in (self.started_at, self.ended_at))


class Proof(Enum):
    """What a backfill can say of a window that it read."""

    ENDED = "ended"
    """Its listing ended by itself, below Helix's cap."""
    AUDITED = "audited"
    """The same, and days of it, read again by themselves, added nothing."""
    SATURATED = "saturated"
    """Ten minutes with more clips than Helix lists, featured and others apart: a gap, what was listed is kept."""
    UNSETTLED = "unsettled"
    """Too young, or its views moved too much: what was listed is delivered, and it is read again by the next run."""
    FAILED = "failed"
    """Its listing fails for good: a gap, what was listed is kept."""


class End(Enum):
    """Why a stream has no more clips."""

    EXHAUSTED = "exhausted"
    """Helix says that there are no more."""
    LIMIT = "limit"
    """All were given that were asked for."""
    CAPPED = "capped"
    """Helix cut the listing off at its cap of about 1,000 results: there may be more."""
    CLOSED = "closed"
    """`aclose()` was called."""
