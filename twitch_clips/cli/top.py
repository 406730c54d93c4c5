"""`twitch-clips top`: the most viewed clips of a game or channel."""

import asyncio
from collections.abc import Callable

import click
from rich.console import Console

from twitch_clips import AsyncClips, Clip, ClipStream, QueryError, TwitchClipsError
from twitch_clips.testing import JUST_CHATTING

from .source import open_clips
from .table import clip_table, one_line


@click.command(epilog="Example: twitch-clips top --sandbox --limit 10")
@click.option("--game-id", metavar="ID", help="The clips of this game or category.")
@click.option("--broadcaster-id", metavar="ID", help="The clips of this channel.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=0), default=20, show_default=True, help="At most N clips."
)
@click.option("--sandbox", is_flag=True, help="Ask the embedded Helix: invented clips, no account, no network.")
def top(game_id: str | None, broadcaster_id: str | None, limit: int, *, sandbox: bool) -> None:
    """Show the most viewed clips of a game or a channel."""
    if sandbox and game_id is None and broadcaster_id is None:
        game_id = JUST_CHATTING
    given = [
        (ask, id_)
        for ask, id_ in ((AsyncClips.by_game, game_id), (AsyncClips.by_broadcaster, broadcaster_id))
        if id_ is not None
    ]
    if len(given) != 1:
        raise click.UsageError("give one of --game-id and --broadcaster-id")
    [(ask, selector)] = given
    try:
        clips = asyncio.run(_collect(lambda clips: ask(clips, selector, limit=limit), sandbox=sandbox))
    except QueryError as error:
        raise click.UsageError(one_line(str(error))) from error
    except TwitchClipsError as error:
        raise click.ClickException(one_line(str(error))) from error
    Console().print(clip_table(clips) if clips else "No clips.")


async def _collect(ask: Callable[[AsyncClips], ClipStream], *, sandbox: bool) -> list[Clip]:
    async with open_clips(sandbox=sandbox) as clips:
        return await ask(clips).collect()
