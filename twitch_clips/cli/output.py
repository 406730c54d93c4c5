"""Where a command's clips go: to a person, or as JSON Lines to a program."""

import json
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.text import Text

from twitch_clips import Clip, ClipStream, make_converter

Layout = Callable[[Sequence[Clip], int], Text]
"""Lays clips out for a terminal of so many columns."""

_converter = make_converter()


async def show(stream: ClipStream, layout: Layout, *, as_json: bool) -> None:
    """Write the clips of a stream to stdout.

    JSON Lines are written as the clips come. A layout needs them all; when the stream fails, it gets those that came.
    """
    if as_json or not sys.stdout.isatty():
        async for clip in stream:
            click.echo(json_line(clip).encode())
        return
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


def json_line(clip: Clip) -> str:
    """A clip with Helix's own names, as a line."""
    return json_object(_converter.unstructure(clip))


def json_object(fields: Mapping[str, object]) -> str:
    """An object in one line without control characters or whatever else has no shape."""
    line = json.dumps(fields, ensure_ascii=False)
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line)
