"""`twitch-clips probe`: what Helix does today, and whether the client is built on it."""

import asyncio
import sys
from collections.abc import AsyncIterator

import click
from rich.console import Console

from twitch_clips.testing import JUST_CHATTING

from . import options
from .output import json_object
from .probe_meter import Meter
from .probe_questions import QUESTIONS, Finding, Probe
from .probe_table import findings_table
from .probe_verdicts import Verdict
from .source import open_clips

_REQUESTS = 400
_MINUTES = 5
_SANDBOX_GAME = "Kettle Quest"


@click.command(epilog="Example: twitch-clips probe --sandbox")
@options.whose
@click.option(
    "--minutes",
    metavar="N",
    type=click.IntRange(0, 60),
    help=f"Look for new clips so long; 0 leaves it out.  [default: {_MINUTES}, with --sandbox 0]",
)
@click.option(
    "--only",
    metavar="QUESTION",
    type=click.Choice(list(QUESTIONS)),
    multiple=True,
    help=f"Ask this alone: {', '.join(QUESTIONS)}. More than one may be given.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="JSON Lines, an object a question, on a terminal too; a pipe always gets them.",
)
@options.sandbox_option
def probe(  # noqa: PLR0913  (an argument for each option)
    *,
    game: str | None,
    game_id: str | None,
    broadcaster: str | None,
    broadcaster_id: str | None,
    minutes: int | None,
    only: tuple[str, ...],
    as_json: bool,
    sandbox: bool,
) -> None:
    """Measure what nobody has confirmed lately, and say what it means.

    It asks about a busy game or channel: the category Just Chatting, unless one of --game, --game-id, --broadcaster and
    --broadcaster-id says otherwise. It spends at most 400 requests, and some minutes.

    The exit status is 1 when a question could not be answered; the others are answered all the same.
    """
    selectors = {"game": game, "game_id": game_id, "broadcaster": broadcaster, "broadcaster_id": broadcaster_id}
    if not any(value is not None for value in selectors.values()):
        selectors |= {"game": _SANDBOX_GAME} if sandbox else {"game_id": JUST_CHATTING}
    about = options.one_selector(selectors)
    if minutes is None:
        minutes = 0 if sandbox else _MINUTES
    asyncio.run(_probe(about, only or tuple(QUESTIONS), minutes, as_json=as_json, sandbox=sandbox))


async def _probe(about: tuple[str, str], names: tuple[str, ...], minutes: int, *, as_json: bool, sandbox: bool) -> None:
    meter = Meter(_REQUESTS)
    async with open_clips(sandbox=sandbox, bucket=meter, is_live=minutes > 0) as clips:
        wait = f" and {minutes} min of looking for new clips" if minutes and "lateness" in names else ""
        click.echo(
            f"Asking about {about[0].replace('_', ' ')} {about[1]}: at most {_REQUESTS} requests{wait}.", err=True
        )
        asked = await Probe.of(clips, meter, *about, minutes=minutes)
        findings = asked.findings(names, lambda words: click.echo(words, err=True))
        shown = await show(findings, as_json=as_json)
    click.echo(f"{meter.requests} requests.", err=True)
    if any(finding.meaning.verdict is Verdict.UNTOLD for finding in shown):
        raise click.exceptions.Exit(1)


async def show(findings: AsyncIterator[Finding], *, as_json: bool) -> list[Finding]:
    """Write findings to stdout, as JSON Lines while they come or in a table at the end; and give them."""
    shown: list[Finding] = []
    is_live = as_json or not sys.stdout.isatty()
    async for finding in findings:
        shown.append(finding)
        if is_live:
            click.echo(json_object(finding.fields).encode())
    if not is_live:
        Console().print(findings_table(shown))
    return shown
