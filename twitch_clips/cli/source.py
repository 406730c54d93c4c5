"""Where a command's clips come from: Twitch, or the embedded sandbox."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from twitch_clips import AppAuth, AsyncClips, AuthError
from twitch_clips.testing import FakeHelix

from .exits import Failure


@asynccontextmanager
async def open_clips(*, sandbox: bool) -> AsyncGenerator[AsyncClips]:
    """An `AsyncClips` for one command.

    Raises:
        Failure: The environment has no credentials, or too many.
        QueryError: It has some that cannot be any.
    """
    if not sandbox:
        async with _from_env() as clips:
            yield clips
        return
    async with FakeHelix() as helix:
        auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
        async with AsyncClips(auth, api_url=helix.api_url) as clips:
            yield clips


def _from_env() -> AsyncClips:
    try:
        return AsyncClips.from_env()
    except AuthError as error:
        raise Failure(f"{error}; without an account, try --sandbox") from None
