"""Where a command's clips come from: Twitch, or the embedded sandbox."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from twitch_clips import AppAuth, AsyncClips, AuthError, Bucket
from twitch_clips.testing import FakeHelix

from .exits import Failure


@asynccontextmanager
async def open_clips(*, sandbox: bool, bucket: Bucket | None = None) -> AsyncGenerator[AsyncClips]:
    """An `AsyncClips` for one command, with a bucket of the command's own where it has one.

    Raises:
        Failure: The environment has no credentials, or too many.
        QueryError: It has some that cannot be any.
    """
    if not sandbox:
        async with _from_env(bucket) as clips:
            yield clips
        return
    async with FakeHelix() as helix:
        auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
        async with AsyncClips(auth, api_url=helix.api_url, bucket=bucket) as clips:
            yield clips


def _from_env(bucket: Bucket | None) -> AsyncClips:
    try:
        return AsyncClips.from_env(bucket=bucket)
    except AuthError as error:
        raise Failure(f"{error}; without an account, try --sandbox") from None
