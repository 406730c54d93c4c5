"""`twitch-clips sync`: a database that follows channels and games."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import click

from twitch_clips import AsyncClips, AuthError, QueryError, TwitchClipsError, Unauthorized, UnknownName
from twitch_clips.export import Sql, Synced
from twitch_clips.export import sync as follow

from . import options
from .advice import what_to_do
from .backfill import GAPS
from .exits import Failure
from .nearest import name_advice
from .progress import shown
from .source import open_clips
from .text import one_line

_SANDBOX_CHANNEL = "bottomless_teapot"


def database(text: str) -> str:
    """A file of SQLite, or the URL of a database.

    Raises:
        click.BadParameter: It is neither.
    """
    try:
        Sql(text)
    except QueryError as error:
        raise click.BadParameter(str(error)) from None
    return text


@click.command(epilog="Example: twitch-clips sync --sandbox --db clips.sqlite")
@options.whose_of_several
@click.option(
    "--db",
    metavar="DATABASE",
    type=database,
    required=True,
    help="A file of SQLite, which is made, or postgresql://USER@HOST/DATABASE.",
)
@click.option(
    "--recent",
    metavar="DAYS",
    type=click.IntRange(1, 3650),
    default=14,
    show_default=True,
    help="Clips of so many days are read again by each run: their views move, and some are listed late.",
)
@click.option(
    "--refresh",
    is_flag=True,
    help="Look up all other clips, too: to have their views, and to find those that are gone. It costs a request for "
    "each hundred.",
)
@options.concurrency_option
@options.sandbox_option
def sync(  # noqa: PLR0913  (an argument for each option)
    *,
    game: tuple[str, ...],
    game_id: tuple[str, ...],
    broadcaster: tuple[str, ...],
    broadcaster_id: tuple[str, ...],
    db: str,
    recent: int,
    refresh: bool,
    concurrency: int,
    sandbox: bool,
) -> None:
    """Have a database follow channels and games, run by run.

    The first run reads all of their clips, each next one what is new. Give --game, --game-id, --broadcaster and
    --broadcaster-id as often as you like; they are done one after the other. With --sandbox they may be left out.

    It is made for cron: run it as often as you like, kill it anywhere. A second run at the same time is refused.

    The exit status is 1 when one of them failed (the others are done), 3 when there are only gaps: stretches whose
    clips Twitch did not all list, which the next run asks for again.
    """
    selectors = {"game": game, "game_id": game_id, "broadcaster": broadcaster, "broadcaster_id": broadcaster_id}
    if sandbox and not any(selectors.values()):
        selectors["broadcaster"] = (_SANDBOX_CHANNEL,)
    given = options.several_for_the_library(selectors)
    targets = [(selector, value) for selector, values in given.items() for value in values]
    asked = {"recent": timedelta(days=recent), "refresh": refresh, "concurrency": concurrency}
    asyncio.run(_sync(targets, db, asked, sandbox=sandbox))


async def _sync(targets: list[tuple[str, str]], db: str, asked: dict[str, Any], *, sandbox: bool) -> None:
    failures, gaps = 0, 0
    async with open_clips(sandbox=sandbox) as clips:
        for selector, value in targets:
            name = one_line(value)
            question: dict[str, Any] = asked | {selector: value, "around": partial(shown, about=name)}
            try:
                done = await follow(clips, db, **question)
            except TwitchClipsError as error:
                if len(targets) == 1 or _concerns_all(error):
                    raise
                failures += 1
                click.echo(f"{name}: {await _in_words(clips, error)}", err=True)
            else:
                gaps += len(done.gaps)
                click.echo("\n".join(_lines(name, done)))
    if failures:
        raise Failure(f"{failures} of {len(targets)} failed; run it again to go on")
    if gaps:
        raise click.exceptions.Exit(GAPS)


def _concerns_all(error: TwitchClipsError) -> bool:
    """Whether the others would meet it as well."""
    is_wrong = isinstance(error, QueryError) and not isinstance(error, UnknownName)
    return is_wrong or isinstance(error, AuthError | Unauthorized)


async def _in_words(clips: AsyncClips, error: TwitchClipsError) -> str:
    words = one_line(str(error)).rstrip(".")
    if isinstance(error, UnknownName):
        return f"{words}; {await name_advice(clips, error)}"
    return f"{words}{what_to_do(error)}"


def _lines(name: str, done: Synced) -> list[str]:
    told = f"{done.new:,} new, {done.updated:,} renewed, {done.gone:,} gone; {done.clips:,} in all"
    gaps = [f"{name}: gap: {gap}; the next run asks for it again" for gap in done.gaps]
    return [f"{name}: {told}; {done.requests:,} requests", *gaps]
