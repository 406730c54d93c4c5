"""How far something is: a live bar on a terminal, a line now and then in a log."""

import asyncio
import math
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import attrs
import click
from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from twitch_clips import Progress
from twitch_clips.export.sync import Part

_EVERY = 0.25  # seconds between two looks
_QUIET = 30.0  # seconds between two lines of a log, at the least
_LONG_QUIET = 300.0  # and at the most
_STEP = 0.05
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@asynccontextmanager
async def shown(part: Part, *, about: str = "", in_lines: bool = False) -> AsyncGenerator[None]:
    """Show on stderr how far something is, until it is left.

    Args:
        part: What it is.
        about: What to call it, where there are several.
        in_lines: On a terminal, too; else that has a bar.
    """
    console = Console(stderr=True)
    is_live = sys.stderr.isatty() and console.is_interactive and not in_lines
    is_over = asyncio.Event()
    showing = asyncio.create_task(
        _in_a_bar(part, about, is_over, console) if is_live else _in_lines(part, about, is_over)
    )
    try:
        yield
    finally:
        is_over.set()
        with suppress(OSError):  # that nobody reads on is no reason to stop
            await showing


async def _in_a_bar(part: Part, about: str, is_over: asyncio.Event, console: Console) -> None:
    with Bar(
        BarColumn(bar_width=None),
        TextColumn("{task.description}", markup=False),
        console=console,
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        expand=True,
    ) as bar:
        console.show_cursor()  # a process that is killed could not bring it back
        line = bar.add_task("", total=1.0)
        async for progress in _looks(part, is_over):
            told = [about, *in_short(progress)] if about else in_short(progress)
            bar.update(line, completed=progress.fraction, description="  ".join(told), refresh=True)


async def _in_lines(part: Part, about: str, is_over: asyncio.Event) -> None:
    pace, clock = Pace(), asyncio.get_running_loop().time
    async for progress in _looks(part, is_over):
        if pace.is_due(clock(), progress.fraction):
            click.echo(f"{about}: {in_words(progress)}" if about else in_words(progress), err=True)


async def _looks(part: Part, is_over: asyncio.Event) -> AsyncGenerator[Progress]:
    while not is_over.is_set():
        yield part.progress
        with suppress(TimeoutError):
            await asyncio.wait_for(is_over.wait(), _EVERY)


@attrs.define
class Pace:
    """When a line is due: not within half a minute, nor before much was done or some minutes have passed."""

    _told_at: float | None = None
    _fraction: float = 0.0

    def is_due(self, now: float, fraction: float) -> bool:
        """Whether to tell, in seconds of any clock; it counts as told then. The first look begins it."""
        if self._told_at is None:
            self._told_at = now
        quiet = now - self._told_at
        if quiet < _QUIET or (fraction - self._fraction < _STEP and quiet < _LONG_QUIET):
            return False
        self._told_at, self._fraction = now, fraction
        return True


def in_short(progress: Progress) -> list[str]:
    """For the line of a bar."""
    told = [
        f"{int(100 * progress.fraction)} %",
        f"{progress.clips:,} clips",
        f"{progress.requests_per_minute:,.0f} requests/min",
    ]
    return told if progress.seconds_left is None else [*told, f"{time_left(progress.seconds_left)} left"]


def in_words(progress: Progress) -> str:
    """For a log."""
    told = (
        f"{int(100 * progress.fraction)} %: {progress.clips:,} clips, {progress.requests:,} requests, "
        f"{progress.requests_per_minute:,.0f} a minute"
    )
    return told if progress.seconds_left is None else f"{told}, about {time_left(progress.seconds_left)} left"


def time_left(seconds: float) -> str:
    """So many seconds, as people say it."""
    whole = math.ceil(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR:02} h"
