"""Where a command's clips come from: Twitch, or the embedded sandbox."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from twitch_clips import AppAuth, AsyncClips
from twitch_clips.testing import FakeHelix


@asynccontextmanager
async def open_clips(*, sandbox: bool) -> AsyncGenerator[AsyncClips]:
    """An `AsyncClips` for one command."""
    if not sandbox:
        async with AsyncClips.from_env() as clips:
            yield clips
        return
    async with FakeHelix() as helix:
        auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
        async with AsyncClips(auth, api_url=helix.api_url) as clips:
            yield clips
