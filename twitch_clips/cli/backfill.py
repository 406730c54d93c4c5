"""`twitch-clips backfill`: every clip of a channel or a game, in a file."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from twitch_clips import (
    BackfillIncomplete,
    CheckpointError,
    ExportError,
    QueryError,
    StateStore,
    StateStores,
    TwitchClipsError,
)
from twitch_clips.export import Sink, write

from . import options, target
from .progress import shown
from .question import Window
from .source import open_clips

GAPS = 3
_SANDBOX_CHANNEL = "bottomless_teapot"


@click.command(epilog="Example: twitch-clips backfill --sandbox -o clips.jsonl")
@options.whose_and_when
@target.of_backfill
@options.concurrency_option
@click.option(
    "--audit",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    help="The share of days that are read again by themselves, as Twitch is reported to leave clips out of wide "
    "windows: 0 for none, 1 for all.  [default: 0.02]",
)
@options.sandbox_option
def backfill(  # noqa: PLR0913  (an argument for each option)
    *,
    game: str | None,
    game_id: str | None,
    broadcaster: str | None,
    broadcaster_id: str | None,
    since: timedelta | datetime | None,
    until: datetime | None,
    output: Sink,
    formulas: bool,
    concurrency: int,
    audit: float | None,
    sandbox: bool,
) -> None:
    """Write every clip of a channel or a game, or say what is missing.

    Give one of --game, --game-id, --broadcaster and --broadcaster-id. With --sandbox they may be left out. By default
    it reaches from the first clips until now.

    Run the same command again to go on after Ctrl-C or a failure, or to add what is new: each clip is there once. How
    far it is stands beside a file, as in FILE.jsonl.checkpoint. Only stdout (-o -) gets all clips again.

    The exit status is 3 when there are gaps: stretches whose clips Twitch did not all list.
    """
    selectors = {"game": game, "game_id": game_id, "broadcaster": broadcaster, "broadcaster_id": broadcaster_id}
    if sandbox and not any(value is not None for value in selectors.values()):
        selectors["broadcaster"] = _SANDBOX_CHANNEL
    asked: dict[str, Any] = dict([options.one_for_the_library(selectors)], concurrency=concurrency)
    asked |= _range(since, until)
    if audit is not None:
        asked["audit"] = audit
    asyncio.run(_backfill(asked, target.chosen(output, formulas=formulas) or output, sandbox=sandbox))


def _range(since: timedelta | datetime | None, until: datetime | None) -> Mapping[str, datetime | None]:
    """The ends of the range.

    Raises:
        click.UsageError: There is nothing in it.
    """
    if since is None:
        return {"ended_at": until}
    now = datetime.now(UTC)  # noqa: TID251  (the client's own clock is not public)
    if isinstance(since, datetime) and since >= now:
        raise click.UsageError("--since is ahead of now")
    return {"started_at": Window.of(since, until or now).started_at, "ended_at": until}


async def _backfill(asked: Mapping[str, Any], sink: Sink, *, sandbox: bool) -> None:
    async with open_clips(sandbox=sandbox) as clips:
        job = clips.backfill(**asked)
        goes_on = isinstance(sink, StateStore | StateStores)
        advice = "Stop it at any time: the same command goes on." if goes_on else "The next run begins anew."
        click.echo(f"Writing to {sink}. {advice}", err=True)
        try:
            async with shown(job, in_lines=sys.stdout.isatty() and not goes_on):
                await write(job, sink)
        except BackfillIncomplete as error:
            again = "the same command asks for them again" if goes_on else "run it again"
            click.echo(f"{error.report}\nNote: there are gaps; {again}.", err=True)
            raise click.exceptions.Exit(GAPS) from None
        except TwitchClipsError as error:
            if goes_on and job.report.clips and not isinstance(error, QueryError | CheckpointError | ExportError):
                click.echo("Note: what was read is kept; the same command goes on from there.", err=True)
            raise
        click.echo(job.report, err=True)
