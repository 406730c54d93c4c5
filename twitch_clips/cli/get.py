"""`twitch-clips get`: clips by their ids or links."""

import asyncio

import click

from twitch_clips.export import Sink

from . import options, target
from .card import clip_cards
from .exits import Failure
from .output import show
from .source import open_clips


@click.command(epilog="Example: twitch-clips get --sandbox AmberCometDapper-oJCBPxHw-ZwaEznE")
@click.argument("ids", metavar="ID_OR_URL...", nargs=-1, required=True)
@target.of_stream
@options.sandbox_option
def get(ids: tuple[str, ...], *, output: Sink | None, as_json: bool, formulas: bool, sandbox: bool) -> None:
    """Show clips by their ids or links, in the order given, each once.

    The exit status is 1 when Twitch does not know them all; those that it knows are shown.
    """
    asyncio.run(_get(ids, target.chosen(output, as_json=as_json, formulas=formulas), sandbox=sandbox))


async def _get(ids: tuple[str, ...], sink: Sink | None, *, sandbox: bool) -> None:
    async with open_clips(sandbox=sandbox) as clips:
        stream = clips.by_ids(ids)
        await show(stream, clip_cards, sink)
    if stream.missing:
        raise Failure(f"Twitch knows no clip {', '.join(stream.missing)}: deleted, or not published yet")
