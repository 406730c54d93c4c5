"""`twitch-clips watch`: new clips of channels and games, as they appear."""

import asyncio
import logging
import sys
import warnings
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.style import Style
from rich.text import Text

from twitch_clips import Clip, ClipPage, ClipWatch
from twitch_clips.events import PollFailed
from twitch_clips.export.json_lines import json_lines

from . import options
from .exits import end_line, stopping
from .question import speaks
from .source import open_clips
from .text import one_line

_SANDBOX_CHANNEL = "example_streamer"
_NAMED = 3  # or their number
_SOON = 0.1  # seconds


@click.command(epilog="Example: twitch-clips watch --sandbox --every 5")
@options.whose_of_several
@click.option(
    "--every",
    metavar="SECONDS",
    type=click.FloatRange(1, 86_400),
    default=60,
    show_default=True,
    help="Ask for each of them once in so many seconds: one request each.",
)
@options.since_option
@options.language_option
@click.option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keeps what was shown: the next run goes on there, and shows what came meanwhile.",
)
@options.json_option
@options.sandbox_option
def watch(  # noqa: PLR0913  (an argument for each option)
    *,
    game: tuple[str, ...],
    game_id: tuple[str, ...],
    broadcaster: tuple[str, ...],
    broadcaster_id: tuple[str, ...],
    every: float,
    since: timedelta | datetime | None,
    language: tuple[str, ...],
    checkpoint: Path | None,
    as_json: bool,
    sandbox: bool,
) -> None:
    """Show new clips of channels and games as they appear.

    Give --game, --game-id, --broadcaster and --broadcaster-id as often as you like. With --sandbox they may be left
    out. Each clip is shown once; those from before only with --since.

    A terminal gets two lines a clip, a pipe JSON Lines at once: for a file, >> clips.jsonl.

    Ctrl-C and SIGTERM stop it in good order: with the same --checkpoint the next run shows each other clip once.
    """
    selectors = {"game": game, "game_id": game_id, "broadcaster": broadcaster, "broadcaster_id": broadcaster_id}
    if sandbox and not any(selectors.values()):
        selectors["broadcaster"] = (_SANDBOX_CHANNEL,)
    whose = options.several_for_the_library(selectors)
    how = {"every": every, "since": since, "checkpoint": checkpoint}
    asyncio.run(_watch(whose, how, language, as_json=as_json or not sys.stdout.isatty(), sandbox=sandbox))


async def _watch(
    whose: Mapping[str, tuple[str, ...]],
    how: Mapping[str, Any],
    languages: Sequence[str],
    *,
    as_json: bool,
    sandbox: bool,
) -> None:
    asked: dict[str, Any] = {**whose, **how}
    names = [one_line(name) for given in whose.values() for name in given]
    called = ", ".join(names) if len(names) <= _NAMED else f"{len(names)} channels and games"
    async with open_clips(sandbox=sandbox, is_live=True) as clips:
        with _notes(), stopping() as stop:
            watching = clips.watch(**asked)
            click.echo(f"Watching {called} every {asked['every']:g} seconds; Ctrl-C stops it.", err=True)
            async with watching:
                showing = asyncio.create_task(_show(watching, languages, as_json=as_json))
                asking = asyncio.create_task(stop.asked.wait())
                await asyncio.wait({showing, asking}, return_when=asyncio.FIRST_COMPLETED)
                asking.cancel()
                # Between two clips it waits, and nowhere else: none is left half shown.
                showing.cancel()
                await asyncio.wait({showing})
                if not showing.cancelled():
                    showing.result()
    end_line()
    raise click.exceptions.Exit(stop.status)


async def _show(watching: ClipWatch, languages: Sequence[str], *, as_json: bool) -> None:
    console = Console()
    async for clip in watching:
        if not speaks(clip, languages):
            continue
        if as_json:
            # A watch does not tell when Helix answered: it was at most a moment ago.
            now = datetime.now(UTC)  # noqa: TID251  (the client's own clock is not public)
            page = ClipPage(clips=(clip,), cursor=None, fetched_at=now.replace(microsecond=0))
            click.echo(json_lines(page), nl=False)
        else:
            console.print(_lines(clip, console.width), soft_wrap=True)


def _lines(clip: Clip, width: int) -> Text:
    """When, whose and what; and where it is, which is never cut."""
    url = one_line(clip.url)
    head = Text.assemble(f"{clip.created_at:%Y-%m-%d %H:%M:%S}Z  {one_line(clip.broadcaster_name)}  ")
    head.append(one_line(clip.title), Style(link=url))
    head.truncate(width, overflow="ellipsis")
    return Text.assemble(head, "\n  ", (url, Style(dim=True, link=url)))


@contextmanager
def _notes() -> Generator[None]:
    """Tell of what fails and will be tried again, and of what it costs."""
    logger, handler = logging.getLogger("twitch_clips"), _Told(logging.WARNING)
    logger.addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = _tell
            yield
    finally:
        logger.removeHandler(handler)


class _Told(logging.Handler):
    """Notes on stderr of what the log has that people should know."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of a poll that failed, unless that is the end: the error is told then."""
        match record.args:
            case (PollFailed() as event,):
                words = f"{event.value}: {event.reason}; asked again in {max(event.retry_in, 1):.0f} seconds"
                asyncio.get_running_loop().call_later(_SOON, _tell, words)
            case _:
                pass


def _tell(message: Warning | str, *_where: object, **_how: object) -> None:
    click.echo(f"Note: {one_line(str(message))}", err=True)
