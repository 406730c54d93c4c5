"""`FakeHelix`: a server on loopback that answers as Helix is reported to.

It is written from the reports alone and shares no code with the client, so it cannot confirm the client's mistakes.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Self

from aiohttp import web

from . import channel, tokens
from .archive import Archive
from .catalogue import synthetic_clips, synthetic_games, synthetic_users
from .clips import Clips
from .clock import Clock
from .faults import Fault
from .light_clips import PREFIX
from .manners import Manners
from .names import Directory
from .plan import Endpoint
from .server import Server

_AS_REPORTED = Manners()
# Handlers that hang are not waited for when the server closes (0 would mean: for ever).
_SHUTDOWN = 0.001


class FakeHelix:
    """An embedded Helix with a synthetic catalogue: `async with FakeHelix() as helix: ...`.

    It serves `POST {auth_url}/token`, `GET {auth_url}/validate` and `GET {api_url}/clips`, `/users` and `/games`, on
    the running loop's clock. Wall time (`Date`, `Ratelimit-Reset`, the youngest clip) goes on with that clock.
    `twitch_clips.testing` has one table of all that it can be told.

    Args:
        clips: The catalogue, as Helix writes clips; by default 600 synthetic ones of the last thirty days, and those of
            the large channel, `bottomless_teapot`. None is copied, or read whole before it is served.
        users: Users, as Helix writes them; those of the synthetic catalogue by default.
        games: Games, as Helix writes them; those of the synthetic catalogue by default.
        now: Wall time at the start, aware; by default the loop's own (`VirtualLoop` has one), else the real one.
        limit: Points in a full bucket, and points a minute that come back (the guide). The application and the user
            have a bucket each.
        port: Where to listen; any free port by default.
        manners: How to behave.

    Attributes:
        client_id: The one application that it knows.
        client_secret: Its secret.
        access_token: A token of that application, good for 5,000,000 seconds from the start.
        user_id: The one user whose tokens it knows, a streamer of the synthetic catalogue.
        user_token: A token of that user, good for four hours from the start.
        refresh_token: What that is refreshed with.
        port: Where it listens, once it does.
    """

    client_id = tokens.CLIENT_ID
    client_secret = tokens.CLIENT_SECRET
    access_token = tokens.APP_TOKEN
    user_id = tokens.USER_ID
    user_token = tokens.USER_TOKEN
    refresh_token = tokens.REFRESH_TOKEN

    def __init__(  # noqa: PLR0913  (what a server can be told)
        self,
        clips: Iterable[Mapping[str, object]] | None = None,
        *,
        users: Iterable[Mapping[str, object]] | None = None,
        games: Iterable[Mapping[str, object]] | None = None,
        now: datetime | None = None,
        limit: int = 800,
        port: int = 0,
        manners: Manners = _AS_REPORTED,
    ) -> None:
        """Keep the settings; listen on `async with`."""
        self.port: int = port
        self._lacks_clips = clips is None
        self._archive = Archive(clips or ())
        if clips is None:
            self._archive.add_later(channel.SELECTORS, PREFIX, channel.synthetic_channel)
        self._clock = Clock(now)
        all_games = Directory(synthetic_games() if games is None else games, ("name", "id", "igdb_id"))
        self._users = Directory(synthetic_users() if users is None else users, ("login", "id"))
        self._server = Server(
            clips=Clips(self._archive, all_games.ids()),
            users=self._users,
            games=all_games,
            clock=self._clock,
            limit=limit,
            manners=manners,
        )

    @property
    def api_url(self) -> str:
        """The API's base URL."""
        return f"http://127.0.0.1:{self.port}/helix"

    @property
    def auth_url(self) -> str:
        """The token server's base URL."""
        return f"http://127.0.0.1:{self.port}/oauth2"

    @property
    def manners(self) -> Manners:
        """How it behaves; may be replaced while it runs."""
        return self._server.manners

    @manners.setter
    def manners(self, manners: Manners) -> None:
        self._server.manners = manners

    @property
    def limit(self) -> int:
        """Points in a full bucket; may be replaced while it runs."""
        return self._server.buckets.limit

    @limit.setter
    def limit(self, limit: int) -> None:
        self._server.buckets.limit = limit

    @property
    def now(self) -> datetime:
        """Wall time here, in UTC, while it runs."""
        return self._clock.now()

    @property
    def targets(self) -> list[str]:
        """Path and query string of each request to the API, in the order they came, refused ones included."""
        return self._server.targets

    @property
    def tokens(self) -> int:
        """How many tokens the token server has given, new ones and refreshed ones."""
        return self._server.tokens.tokens

    @property
    def validations(self) -> int:
        """How many requests for validation were answered, of good tokens and bad ones."""
        return self._server.tokens.validations

    async def __aenter__(self) -> Self:
        """Listen, with full buckets."""
        self._clock.start()
        self._server.buckets.fill()
        if self._lacks_clips:
            self._archive.add(synthetic_clips(now=self._clock.now()))
            self._lacks_clips = False
        self._runner = web.AppRunner(
            self._server.app(), access_log=None, handler_cancellation=True, shutdown_timeout=_SHUTDOWN
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close every connection."""
        await self._runner.cleanup()

    def fail(self, fault: Fault, *, on: Endpoint = "clips", skip: int = 0, times: int | None = 1) -> None:
        """Give requests a fault; of several whose turn it is, the one planned first comes first.

        Args:
            fault: One of `twitch_clips.testing.faults`, or your own.
            on: The endpoint: `clips`, `users` and `games` of the API, `token` and `validate` of the token server.
            skip: How many requests to it, from now on, go well before.
            times: How many then fail; None: all, until `heal`.
        """
        self._server.plan.add(fault, on, skip, times)

    def heal(self) -> None:
        """Forget every fault."""
        self._server.plan.clear()

    def revoke(self) -> None:
        """End every access token given so far: 401 for whoever sends one. Refresh tokens stay good."""
        self._server.tokens.revoke()

    def add(self, *clips: Mapping[str, object]) -> None:
        """Put clips into the catalogue, as Helix writes them."""
        self._archive.add(clips)

    def remove(self, *clip_ids: str) -> None:
        """Take clips out of the catalogue."""
        self._archive.remove(clip_ids)

    def rename(self, user_id: str, login: str) -> None:
        """Give the user of `user_id` another `login`: the old one is nobody's then. Clips keep their names."""
        self._users.rename(user_id, {"login": login, "display_name": login})

    def spend(self, points: int, *, user: bool = False) -> bool:
        """Spend points of the app's bucket, or of the user's, as others would: whether there were so many."""
        payer = (self.client_id, self.user_id if user else None)
        return self._server.buckets.spend(payer, points, self._clock.elapsed(), self.manners)
