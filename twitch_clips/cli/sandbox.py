"""`twitch-clips sandbox`: the embedded Helix, for any client."""

import asyncio
import os
import shlex
from contextlib import AsyncExitStack

import click

from twitch_clips.testing import FakeHelix

from .exits import Failure


@click.command(epilog="Example: twitch-clips sandbox --port 8080")
@click.option(
    "--port", metavar="N", type=click.IntRange(1, 65535), help="Listen there; by default on any port that is free."
)
def sandbox(port: int | None) -> None:
    """Serve an embedded Helix with invented clips, until Ctrl-C.

    One of its channels, bottomless_teapot, has 30,000 of them, of 2019 to 2025, whatever the day.

    It prints the variables that point a client at it, as lines for a shell: paste them where the client is to run.
    """
    asyncio.run(_serve(port or 0))


async def _serve(port: int) -> None:
    async with AsyncExitStack() as stack:
        try:
            helix = await stack.enter_async_context(FakeHelix(port=port))
        except OSError as error:
            raise Failure(
                f"cannot listen on port {port} ({os.strerror(error.errno or 0)}): give another --port, or none"
            ) from None
        variables = {
            "TWITCH_CLIENT_ID": helix.client_id,
            "TWITCH_CLIENT_SECRET": helix.client_secret,
            "TWITCH_ACCESS_TOKEN": "",  # one from before would contradict the secret
            "TWITCH_API_URL": helix.api_url,
            "TWITCH_AUTH_URL": helix.auth_url,
        }
        click.echo("\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()))
        click.echo(f"A sandbox of invented clips, on port {helix.port}; Ctrl-C stops it.", err=True)
        await asyncio.Event().wait()
