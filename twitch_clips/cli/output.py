"""Where a stream's clips go: to a person, or to a sink."""

import json
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.text import Text

from twitch_clips import Clip, ClipStream
from twitch_clips.export import Sink, write

from .target import Stdout

Layout = Callable[[Sequence[Clip], int], Text]
"""Lays clips out for a terminal of so many columns."""


async def show(stream: ClipStream, layout: Layout, sink: Sink | None) -> None:
    """Write the clips of a stream into a sink, or lay them out on the terminal where there is none.

    A layout needs them all; when the stream fails, it gets those that came.
    """
    if sink is None:
        await _lay_out(stream, layout)
    elif isinstance(sink, Stdout):
        await write(stream, sink)
    else:
        with _saying("Asking ..."):
            count = await write(stream, sink)
        click.echo(f"{sink}: {count:,} clips", err=True)


async def _lay_out(stream: ClipStream, layout: Layout) -> None:
    clips: list[Clip] = []
    try:
        with _saying("Asking ..."):
            async for clip in stream:
                clips.append(clip)  # noqa: PERF401  (a comprehension would lose them all to an error)
    finally:
        if clips:
            console = Console()
            # What is wider than the terminal is for it to wrap, so that a URL can be copied whole.
            console.print(layout(clips, console.width), soft_wrap=True)


@contextmanager
def _saying(words: str) -> Generator[None]:
    """Show words on the terminal for the time being."""
    if not sys.stderr.isatty():
        yield
        return
    click.echo(words, nl=False, err=True)
    try:
        yield
    finally:
        click.echo(f"\r{' ' * len(words)}\r", nl=False, err=True)


def json_object(fields: Mapping[str, object]) -> str:
    """An object in one line without control characters or whatever else has no shape."""
    line = json.dumps(fields, ensure_ascii=False)
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line)
