"""`AsyncClips`: checks the question, hands out streams."""

from collections.abc import AsyncIterable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Self, Unpack, overload

import attrs

from ._buckets import Buckets
from ._helix import decode
from ._helix.links import clip_id
from ._helix.page import Invalid
from ._helix.query import ClipsQuery
from ._http import Http, base_url
from ._listing import Listing
from ._options import ListingOptions, Settings, check_settings, read_environment, read_options, read_terms
from ._session import OnInvalid, Session, Tally
from ._sheet import OnCap, Terms, Where
from .auth import Auth
from .backfill import BackfillOptions, make_backfill
from .bucket import Bucket
from .by_ids import IdSource, IdStream
from .checkpoint import Checkpoint
from .errors import CheckpointError
from .events import Emitter, Hook
from .names import Names
from .records import Clip, Game, RateStatus, User
from .retry import DEFAULT_RETRY, RetryPolicy
from .stream import ClipStream
from .watch import WatchOptions, make_watch

if TYPE_CHECKING:
    import aiohttp

    from .backfill.job import Backfill
    from .watch.job import ClipWatch

DEFAULT_API_URL = "https://api.twitch.tv/helix"


class AsyncClips:
    """Twitch clips, as asynchronous streams of typed records over one token bucket.

    It may be made outside an event loop and used in several, one after the other. Nothing is sent before the first
    `await`. Close it with `async with` or `aclose()`.

    Args:
        auth: Where access tokens come from: `AppAuth`, `UserAuth`, `StaticAuth` or your own `Auth`.
        api_url: The API's base URL, with or without `/` at its end.
        session: An aiohttp session whose connections (and proxy) to use instead of own ones. It is never closed here,
            and its other settings are left aside: hooks and middlewares would get to see the token.
        bucket: What decides when a request may go; by default a `TokenBucket` that all clients in this event loop share
            which ask the same API with the same credentials.
        retry: How often and how fast a failed request is sent again.
        timeout: Seconds that one request may take, from connecting to the last byte.
        max_wait: Seconds that a request may wait for its turn: one that would wait longer raises `RateLimited` as soon
            as that is known, at the latest when they have passed. `None` for as long as it takes.
        on_invalid: What is done with a record that cannot be read: `"raise"` a `DecodeError` after the clips before it,
            or `"skip"` it (counted in `stats.invalid`, with an event and a warning in the log).
        hooks: Called with each `Event`. One that raises is logged and does no harm.

    Raises:
        QueryError: An argument is wrong.
    """

    def __init__(  # noqa: PLR0913  (each by its name, and none is needed)
        self,
        auth: Auth,
        *,
        api_url: str = DEFAULT_API_URL,
        session: "aiohttp.ClientSession | None" = None,
        bucket: Bucket | None = None,
        retry: RetryPolicy = DEFAULT_RETRY,
        timeout: float = 30.0,
        max_wait: float | None = None,
        on_invalid: OnInvalid = "raise",
        hooks: Sequence[Hook] = (),
    ) -> None:
        """Keep the settings; open nothing yet."""
        check_settings(retry, timeout, max_wait, on_invalid, hooks)
        self._session = Session(
            auth=auth,
            buckets=Buckets(bucket, auth, str(base_url("api_url", api_url))),
            http=Http(api_url, session, timeout=timeout),
            retry=retry,
            events=Emitter(hooks),
            max_wait=max_wait,
            on_invalid=on_invalid,
        )
        self._names = Names(self._session)

    @classmethod
    def from_env(cls, **settings: Unpack[Settings]) -> Self:
        """From the environment.

        `TWITCH_CLIENT_ID` with either `TWITCH_CLIENT_SECRET` (an app token is asked for) or `TWITCH_ACCESS_TOKEN` (sent
        as given); `TWITCH_API_URL` and `TWITCH_AUTH_URL` point at another server.

        Args:
            **settings: Those of the class, but for `auth` and `api_url`.

        Raises:
            AuthError: A variable is missing, or both kinds of credentials are there.
            QueryError: A variable holds what cannot be a credential or an address.
        """
        auth, api_url = read_environment(DEFAULT_API_URL)
        return cls(auth, api_url=api_url, **settings)

    @overload
    def by_game(self, game_id: str, **options: Unpack[ListingOptions]) -> ClipStream: ...
    @overload
    def by_game(self, *, game: str, **options: Unpack[ListingOptions]) -> ClipStream: ...
    def by_game(
        self, game_id: str | None = None, *, game: str | None = None, **options: Unpack[ListingOptions]
    ) -> ClipStream:
        """The clips of a game or category, most viewed first; one request per page of up to 100.

        Args:
            game_id: Its id. Or:
            game: Its title, looked up once (one request) when the first clip is asked for.
            **options: All by name, and all may be left out:

                - `since`: From then until now: a span (`"90m"`, `"36h"`, `"7d"`, `"2w"`, a `timedelta`) or an instant.
                  The newest clips are there: what is sent is rounded outwards to Helix's 10 minutes, and what is older
                  than `since` left out here. Now is when the first request is made.
                - `started_at`: Start of a window, an aware `datetime` or an RFC 3339 string. It goes out as given, and
                  Helix cuts it down to 10 minutes (twitchdev/issues#52); alone it means one week from then.
                - `ended_at`: The window's end, cut down likewise.
                - `is_featured`: `True` for featured clips only, `False` for the others, `None` (by default) for all.
                - `where`: A function of a clip; only clips that pass are given.
                - `limit`: Give at most so many clips that pass `where`; `None` for all there are.
                - `page_size`: Clips that each request asks for, 1 to 100 (by default); the same on every page.
                - `after`: The cursor of an earlier `ClipPage`, to begin behind it; a cap reads as an end then.
                - `before`: A cursor, for the one page before it. Helix is reported to refuse it (`CursorRejected`;
                  twitchdev/issues#1012).
                - `on_cap`: At Helix's cap of about 1,000 results: `"warn"` (by default, `CappedWarning`), `"raise"`
                  `ResultCapped`, or `"ignore"`; `end` is `End.CAPPED` in any case.

        Raises:
            QueryError: An argument is wrong; nothing was sent.
        """
        return self._listing(*read_options({"game_id": game_id, "game": game}, options))

    @overload
    def by_broadcaster(self, broadcaster_id: str, **options: Unpack[ListingOptions]) -> ClipStream: ...
    @overload
    def by_broadcaster(self, *, login: str, **options: Unpack[ListingOptions]) -> ClipStream: ...
    def by_broadcaster(
        self, broadcaster_id: str | None = None, *, login: str | None = None, **options: Unpack[ListingOptions]
    ) -> ClipStream:
        """The clips of a channel, most viewed first; one request per page of up to 100.

        Args:
            broadcaster_id: Its user id. Or:
            login: Its login, looked up once (one request) when the first clip is asked for.
            **options: As for `by_game`.

        Raises:
            QueryError: An argument is wrong; nothing was sent.
        """
        return self._listing(*read_options({"broadcaster_id": broadcaster_id, "login": login}, options))

    def by_ids(self, ids: Iterable[str] | AsyncIterable[str], *, concurrency: int = 4) -> IdStream:
        """The clips of given ids or clip URLs, in that order, each once; one request per 100.

        Args:
            ids: Any number of ids or URLs, in an iterable of either kind; taken as they are needed.
            concurrency: Requests made at once, 1 to 100. As many hundreds of ids are taken before the first one.

        Raises:
            QueryError: An argument is wrong, or an id in a list; nothing was sent.
        """
        return IdStream(self._session, partial(IdSource, self._session, ids, concurrency), None, Terms())

    async def get(self, id_or_url: str) -> Clip | None:
        """One clip by its id or URL, at one request; `None` when Helix knows none (deleted, or not published yet).

        Raises:
            QueryError: It is neither an id nor a link to a clip; nothing was sent.
            TwitchClipsError: As for `ClipStream`.
        """
        id_ = clip_id(id_or_url)
        page, _ = await self._session.ask("clips", [("id", id_)], decode.page, Tally())
        for record in page.records:
            if isinstance(record, Invalid):
                raise record.error
            return record
        return None

    def resume(self, checkpoint: Checkpoint | str, *, where: Where | None = None, on_cap: OnCap = "warn") -> ClipStream:
        """The rest of a listing, from where a stream stood, in this process or another one; one request per page.

        Args:
            checkpoint: `ClipStream.checkpoint`, that of an error, or its token.
            where: The stream's predicate again; a checkpoint cannot hold it.
            on_cap: As for `by_game`.

        Raises:
            CheckpointError: It is damaged or foreign, or the stream had a `where` and none is given now.
            QueryError: An argument is wrong.
        """
        point = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint.parse(checkpoint)
        if point.filtered and where is None:
            raise CheckpointError("the stream of this checkpoint had a `where`: give it again, resume(..., where=...)")
        terms = read_terms(where, on_cap, limit=point.limit, given=point.given)
        point = attrs.evolve(point, filtered=where is not None)
        return self._listing(ClipsQuery.read(point.question), point, terms)

    def backfill(self, **options: Unpack[BackfillOptions]) -> "Backfill":
        """Every clip of a channel or a game in a range, or a list of what is missing; some 1.2 requests per 100 clips.

        Args:
            **options: All by name. Exactly one of the first four; the others may be left out:

                - `login` or `broadcaster_id`: Of a channel; its user id. Or:
                - `game` or `game_id`: The title of a game or category; its id.
                - `started_at`: Start of the range, included: an aware `datetime` or an RFC 3339 string. By default the
                  channel's creation (one request), or 2016-05-26, of which the first clips are.
                - `ended_at`: End of the range, not included; by default now. What lies ahead of now is for later runs.
                - `checkpoint`: A path (a JSON file, replaced at one stroke) or a `StateStore`: what was committed is
                  not asked for again. Another run goes on there; one over a wider range adds what is new.
                - `concurrency`: Windows that are read at once, 1 to 64; 4 by default, 8 use the rate limit up.
                - `max_window`: A `timedelta` that no window is to be wider than; by default as wide as pays.
                - `settle`: How old a window's end has to be for its clips to be all there: an hour by default. Younger
                  ones are delivered, and read again by the next run.
                - `audit`: The share of the days with clips, in windows wider than a day, that are read again by
                  themselves, at least five for each width; 0.02 by default, 0 for none. 1.0 is the thorough way: every
                  day, those that look empty too, so a quiet channel costs a request a day. Wide windows are reported to
                  leave clips out (twitchdev/issues#48, #80). Where a day has clips that its window lacked, windows are
                  made narrower for good (the checkpoint remembers it), and what was read wider is read again.

        Raises:
            QueryError: An argument is wrong; nothing was sent.
        """
        return make_backfill(self._session, options)

    def watch(self, **options: Unpack[WatchOptions]) -> "ClipWatch":
        """Each new clip of channels and games, once, as it appears; `3600 / every` requests an hour for each of them.

        Args:
            **options: All by name. One or more of the first four, each a string or a list of them, which may be empty:

                - `login` or `broadcaster_id`: Of channels; their user ids.
                - `game` or `game_id`: Titles of games or categories; their ids.
                - `since`: A span or an instant: what the checkpoint does not know is given from then on. By default
                  nothing is given that was to be seen before the watch began.
                - `every`: Seconds between two polls of one channel or game, 1 to 86,400; 60 by default.
                - `overlap`: A `timedelta`, how far a poll reaches back behind the last one that went well: a clip that
                  Helix lists later than that is missed. 30 minutes by default, as clips are told to take 15 seconds and
                  reported to take longer (twitchdev/issues#1135). It costs nothing while it holds 100 clips.
                - `checkpoint`: A path (a JSON file) or a `StateStore`: another run goes on there. One is for one watch.

        Raises:
            QueryError: An argument is wrong; nothing was sent.
        """
        return make_watch(self._session, self._names, options)

    async def users(self, logins: Iterable[str] = (), *, ids: Iterable[str] = ()) -> dict[str, User]:
        """Users by their logins and ids, under each as it was given; one request per 100.

        Who does not exist is not in it. A malformed login does not fail the others, but costs some more requests.

        Raises:
            QueryError: A login is empty, or an id is not made of digits; nothing was sent.
            BadRequest: Helix refuses the ids, or every one of a hundred logins.
            TwitchClipsError: As for `ClipStream`.
        """
        return await self._names.users.find(logins, ids, Tally())

    async def games(self, names: Iterable[str] = (), *, ids: Iterable[str] = ()) -> dict[str, Game]:
        """Games and categories by their titles (`names`) and ids, under each as it was given; one request per 100.

        What does not exist is not in it. A title has to be whole; upper and lower case do not matter.

        Raises:
            QueryError: A title is empty, or an id is not made of digits; nothing was sent.
            BadRequest: Helix refuses the ids, or every one of a hundred titles.
            TwitchClipsError: As for `ClipStream`.
        """
        return await self._names.games.find(names, ids, Tally())

    @property
    def rate(self) -> RateStatus:
        """How the token bucket stands, as far as is known without a request."""
        return self._session.buckets.status

    async def aclose(self) -> None:
        """Close the connections. Those of a session that was passed in stay open."""
        await self._session.aclose()

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close."""
        await self.aclose()

    def _listing(self, query: ClipsQuery, start: Checkpoint, terms: Terms) -> ClipStream:
        return ClipStream(self._session, partial(Listing, self._session, self._names, query, start), start, terms)
