"""How Helix is reported to behave, each behaviour a switch.

TI#n is https://github.com/twitchdev/issues/issues/n; the guide is https://dev.twitch.tv/docs/api/guide/, the reference
https://dev.twitch.tv/docs/api/reference/.
"""

from datetime import timedelta
from typing import Literal, get_args, get_origin

import attrs

CapEnding = Literal["gone", "repeats", "cycles", "fails"]
LastPage = Literal["empty_object", "missing", "null", "cursor_null", "cursor_empty", "nowhere", "leads_to_empty"]
Edges = Literal["start", "both", "neither"]
LoneEnd = Literal["ignored", "refused"]
UnknownGame = Literal["404", "empty"]
Order = Literal["views", "random"]
RateHeaders = Literal["right", "missing", "absurd", "nothing_left"]
Reset = Literal["full", "next_point", "minute"]
BadIdentifiers = Literal["fail_batch", "left_out"]
Before = Literal["refused", "served"]
CreatedAtForm = Literal["rfc3339", "sqlite"]


@attrs.frozen(kw_only=True, cache_hash=True)
class Manners:
    """The switches of `FakeHelix`; the defaults are what is documented or reported most lately.

    Attributes:
        cap: A query serves no more clips than this (TI#133, TI#1188; 993 to 1,100 were seen); a pair of bounds: drawn
            anew for each request without a cursor; None: no cap.
        cap_ending: What stands behind the cap: the cursor is gone (TI#133), the same cursor comes for ever (TI#1045),
            new cursors bring the clips already served in another order (TI#1188), or a permanent 500 (TI#360).
        last_page: How the end of a listing is written: `pagination` is `{}` (the reference), not there, null, its
            cursor null or `""`; the cursor `eyJiIjpudWxsLCJhIjoiIn0`, which decodes to nothing (an example of the
            reference); or a cursor behind which there is an empty page (the guide, "Lists are dynamic"). Behind that
            of `nowhere`, too, there is an empty page without a cursor; otherwise it is refused.
        fails_from: A request whose cursor stands at this offset or beyond is answered 500, always (TI#360: one full day
            of a game, the pages at offsets 100 to 400 fine, at 500 never); None: none is.
        full_page_has_cursor: A full last page has a cursor all the same, to an empty page (Twitch's mock server).
        short_pages: At most so many clips a page, whatever `first` says (the guide, "Lists are dynamic").
        first_clamped: A `first` beyond 1 to 100 is taken for 20 and not refused (Twitch's mock server).
        grid: Both ends of the time window are cut down to a multiple of this (TI#52, TI#521); None: taken as given.
        edges: Which ends of the window are in it (start: inferred from TI#52; neither: Twitch's mock server).
        lone_end: `ended_at` alone is ignored (the reference until 2022) or refused with 400 (Twitch's mock server).
        late: A clip is listed only so long after its `created_at` (TI#935, TI#1135).
        lossy_over: A window wider than this, or none, lacks some clips, always the same ones (TI#48, TI#80).
        lossy_share: The share of the clips that it lacks, 0 to 1.
        forgetful: The share of the clips, 0 to 1, that a query lacks, a page's query being the latest request without a
            cursor that asked the same: drawn anew for each query, so that the next one has them (TI#48; archives that
            sweep a channel again and again, such as github.com/Zibbp/ganymede).
        hidden: Ids of clips that no listing has, though they are served by id (TI#981).
        missing_fields: Fields that clips lack (as recorded ones of 2021, and Twitch's mock server).
        created_at_form: `2024-01-01T00:00:00Z`, or Twitch's mock server's `2024-01-01 00:00:00`.
        order: By falling views (the reference), or in no order at all (TI#1147), the same one for every page.
        moving_views: So many clips gain views before each request for a listing, so that offsets shift (the guide,
            "Lists are dynamic").
        unknown_game: 404 (the reference) or an empty listing (Twitch's mock server).
        before: The cursor of `before` is refused (TI#1012), or the page that ends there is served (the seed reference).
        clip_ids_at_once: More `id`s than this are refused (the reference).
        first_id_only: All `id`s but the first are ignored (Twitch's mock server).
        bad_identifiers: One malformed login or id fails the whole request for users with 400 (other
            clients' live tests), or is left out like an unknown one.
        counts_points: A request costs a point, and without one it is refused (the guide); False: nobody counts
            (Twitch's mock server).
        refill: Points a minute that come back, while the headers go on implying the limit (TI#597: 600 of 800); None:
            the limit.
        reset: `Ratelimit-Reset` is when the bucket is full again (the guide), when the next point is there, or the end
            of a minute; with `minute` the points, too, come back all at once then (as measured in 2017:
            discuss.dev.twitch.com/t/12955).
        rate_headers: As documented; none; such as no client can use; or none left, on every answer.
        rotate_refresh_tokens: A refresh token is good for one use and the answer brings the next (TI#895), else it
            stays the same.
        public_client: No client secret is needed to refresh (TI#895).
        token_form_strict: The token form is read only if the content type is exactly
            `application/x-www-form-urlencoded`, nothing behind it (Twitch's mock server).
        gzip: Bodies are compressed for whoever accepts it (recorded answers).
        latency: Seconds between a request's arrival, when it costs its point and its answer is made, and that answer.
        round_trip: Seconds that a request and its answer are under way, drawn anew between two bounds for each; it
            arrives at any moment of them, so that requests overtake each other.
    """

    cap: int | tuple[int, int] | None = 1000
    cap_ending: CapEnding = "gone"
    last_page: LastPage = "empty_object"
    fails_from: int | None = None
    full_page_has_cursor: bool = False
    short_pages: int | None = None
    first_clamped: bool = False
    grid: timedelta | None = timedelta(minutes=10)
    edges: Edges = "start"
    lone_end: LoneEnd = "ignored"
    late: timedelta = timedelta()
    lossy_over: timedelta | None = None
    lossy_share: float = 0.02
    forgetful: float = 0.0
    hidden: frozenset[str] = frozenset()
    missing_fields: frozenset[str] = frozenset()
    created_at_form: CreatedAtForm = "rfc3339"
    order: Order = "views"
    moving_views: int = 0
    unknown_game: UnknownGame = "404"
    before: Before = "refused"
    clip_ids_at_once: int = 100
    first_id_only: bool = False
    bad_identifiers: BadIdentifiers = "fail_batch"
    counts_points: bool = True
    refill: float | None = None
    reset: Reset = "full"
    rate_headers: RateHeaders = "right"
    rotate_refresh_tokens: bool = True
    public_client: bool = False
    token_form_strict: bool = False
    gzip: bool = False
    latency: float = 0.0
    round_trip: tuple[float, float] = (0.0, 0.0)

    def __attrs_post_init__(self) -> None:
        """Refuse a slip of the pen: it would be a switch that is off."""
        for field in attrs.fields(Manners):
            word = getattr(self, field.name)
            if get_origin(field.type) is Literal and word not in get_args(field.type):
                raise ValueError(f"{field.name} is one of {get_args(field.type)}, not {word!r}")


TWITCH_CLI = Manners(
    cap=None,
    last_page="missing",
    full_page_has_cursor=True,
    first_clamped=True,
    grid=None,
    edges="neither",
    lone_end="refused",
    missing_fields=frozenset({"creator_name", "embed_url", "is_featured", "vod_offset"}),
    created_at_form="sqlite",
    order="random",
    unknown_game="empty",
    before="served",
    first_id_only=True,
    counts_points=False,
    rate_headers="missing",
    token_form_strict=True,
)
"""Twitch's own mock server, `twitch mock-api start` (github.com/twitchdev/twitch-cli, `internal/mock_api`)."""
