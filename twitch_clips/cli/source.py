"""Where a command's clips come from: Twitch, or the embedded sandbox."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from itertools import count

from twitch_clips import AppAuth, AsyncClips, AuthError, Bucket, UnknownName
from twitch_clips.testing import FakeHelix, synthetic_clips

from .exits import Failure
from .nearest import name_advice

_BETWEEN_CLIPS = 2.0  # seconds


@asynccontextmanager
async def open_clips(
    *, sandbox: bool, bucket: Bucket | None = None, is_live: bool = False
) -> AsyncGenerator[AsyncClips]:
    """An `AsyncClips` for one command, with a bucket of the command's own where it has one.

    In a sandbox that is live clips are made now and then.

    Raises:
        Failure: The environment has no credentials, or too many; or Twitch does not know a name.
        QueryError: It has some that cannot be any.
    """
    opened = _sandbox(bucket, is_live=is_live) if sandbox else _from_env(bucket)
    async with opened as clips:
        try:
            yield clips
        except UnknownName as error:
            raise Failure(f"{str(error).rstrip('.')}; {await name_advice(clips, error)}") from None


@asynccontextmanager
async def _sandbox(bucket: Bucket | None, *, is_live: bool) -> AsyncGenerator[AsyncClips]:
    async with FakeHelix() as helix:
        auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
        async with AsyncClips(auth, api_url=helix.api_url, bucket=bucket) as clips:
            life = asyncio.create_task(_live(helix)) if is_live else None
            try:
                yield clips
            finally:
                if life is not None:
                    life.cancel()


async def _live(helix: FakeHelix) -> None:
    seeds = count(2)
    while True:
        [clip] = synthetic_clips(1, now=helix.now, seed=next(seeds))
        helix.add(clip | {"created_at": f"{helix.now:%Y-%m-%dT%H:%M:%SZ}", "view_count": 1})
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), _BETWEEN_CLIPS)


def _from_env(bucket: Bucket | None) -> AsyncClips:
    try:
        return AsyncClips.from_env(bucket=bucket)
    except AuthError as error:
        raise Failure(f"{error}; without an account, try --sandbox") from None
