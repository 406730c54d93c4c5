"""The three clients, each opened as its own documentation shows and asked for 100 clips a page.

`AsyncClips` beside twitchAPI 4.5.0 and TwitchIO 3.3.2, which need `pip install --group bench`. They are given their
token beforehand, so that only what is measured is measured; where a token is to be renewed, all three have the
application's id and secret instead.
"""

import importlib
import importlib.metadata
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, cast

import aiohttp
import attrs

from twitch_clips import AppAuth, AsyncClips, StaticAuth
from twitch_clips.testing import JUST_CHATTING, FakeHelix

OURS = "twitch-clips"
PAGE = 100


class Identified(Protocol):
    """What every client's clip has."""

    @property
    def id(self) -> str:
        """The clip's id."""
        ...


Clips = AsyncIterator[Identified]


@attrs.frozen
class Asked:
    """An open client; each call is a listing of its own."""

    by_game: Callable[[], Clips]
    by_ids: Callable[[list[str]], Clips]


class TwitchApi(Protocol):
    """What is used of twitchAPI's `Twitch`."""

    async def set_app_authentication(self, token: str, scope: list[object]) -> None:
        """Take a token."""
        ...

    async def authenticate_app(self, scope: list[object]) -> None:
        """Ask for a token."""
        ...

    def get_clips(
        self, *, game_id: str | None = None, clip_id: list[str] | None = None, first: int = 20
    ) -> AsyncIterator[Identified]:
        """The clips of a game, or those that have one of the ids."""
        ...

    async def close(self) -> None:
        """Close."""
        ...


class TwitchIo(AbstractAsyncContextManager["TwitchIo"], Protocol):
    """What is used of TwitchIO's `Client`."""

    async def login(self, *, token: str | None, load_tokens: bool, save_tokens: bool) -> None:
        """Take a token, or ask for one."""
        ...

    def fetch_clips(
        self, *, game_id: str | None = None, clip_ids: list[str] | None = None, first: int = 20
    ) -> AsyncIterator[Identified]:
        """The clips of a game, or those that have one of the ids."""
        ...


@asynccontextmanager
async def twitch_clips(origin: str, *, renews: bool) -> AsyncGenerator[Asked]:
    """Ours."""
    app = AppAuth(FakeHelix.client_id, FakeHelix.client_secret, auth_url=f"{origin}/oauth2")
    auth = app if renews else StaticAuth(FakeHelix.client_id, FakeHelix.access_token)
    async with AsyncClips(auth, api_url=f"{origin}/helix") as clips:
        yield Asked(lambda: clips.by_game(JUST_CHATTING), clips.by_ids)


@asynccontextmanager
async def twitch_api(origin: str, *, renews: bool) -> AsyncGenerator[Asked]:
    """TwitchAPI."""
    make = cast("Callable[..., TwitchApi]", importlib.import_module("twitchAPI.twitch").Twitch)
    client = make(
        FakeHelix.client_id,
        FakeHelix.client_secret if renews else None,
        authenticate_app=False,
        base_url=f"{origin}/helix/",
        auth_base_url=f"{origin}/oauth2/",
    )
    if renews:
        await client.authenticate_app([])
    else:
        await client.set_app_authentication(FakeHelix.access_token, [])
    yield Asked(
        lambda: client.get_clips(game_id=JUST_CHATTING, first=PAGE),
        lambda ids: client.get_clips(clip_id=ids, first=PAGE),
    )
    await client.close()


@asynccontextmanager
async def twitch_io(origin: str, *, renews: bool) -> AsyncGenerator[Asked]:
    """TwitchIO.

    Its addresses are attributes of a class, the same for all clients of a process. They are made relative, and the
    session that it takes knows the rest: joining the two costs it a thousandth of a page.
    """
    route = importlib.import_module("twitchio.http").Route
    route.BASE, route.ID_BASE = "helix/", ""
    make = cast("Callable[..., TwitchIo]", importlib.import_module("twitchio").Client)
    secret, token = (FakeHelix.client_secret, None) if renews else (None, FakeHelix.access_token)
    async with (
        aiohttp.ClientSession(base_url=f"{origin}/") as session,
        make(client_id=FakeHelix.client_id, client_secret=secret, session=session) as client,
    ):
        await client.login(token=token, load_tokens=False, save_tokens=False)
        yield Asked(
            lambda: client.fetch_clips(game_id=JUST_CHATTING, first=PAGE),
            lambda ids: client.fetch_clips(clip_ids=ids, first=PAGE),
        )


class Opening(Protocol):
    """How a client is opened."""

    def __call__(self, origin: str, *, renews: bool) -> AbstractAsyncContextManager[Asked]:
        """Open it.

        Args:
            origin: Of a server with Helix at `/helix` and a token server at `/oauth2`.
            renews: Whether it has an id and a secret to get tokens with, or else a token.
        """
        ...


CLIENTS: dict[str, Opening] = {OURS: twitch_clips, "twitchAPI": twitch_api, "TwitchIO": twitch_io}


def versions() -> dict[str, str]:
    """What is installed of each."""
    return {name: importlib.metadata.version(name) for name in CLIENTS}
