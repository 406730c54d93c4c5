"""Where `-o` leads: to a file, a folder, a database or stdout."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from twitch_clips import QueryError
from twitch_clips.export import Csv, Piece, Sink, sink_for
from twitch_clips.export.json_lines import json_lines

from .options import json_option

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Stdout:
    """A sink: JSON Lines on stdout, each page as it comes."""

    def __str__(self) -> str:
        """What to call it."""
        return "stdout"

    async def open(self) -> None:
        """It is."""

    async def write(self, piece: Piece, /) -> None:
        """Show clips at once."""
        click.echo(json_lines(piece), nl=False)

    async def commit(self) -> None:
        """They were shown."""

    async def close(self) -> None:
        """Others may want it."""


def target(text: str) -> Sink:
    """What a path or a URL stands for; `-` is stdout.

    Raises:
        click.BadParameter: It is of no known kind.
    """
    if text == "-":
        return Stdout()
    try:
        return sink_for(text)
    except QueryError as error:
        raise click.BadParameter(str(error)) from None


def _output(*, required: bool = False, others: str = "") -> Callable[[_Command], _Command]:
    return click.option(
        "-o",
        "--output",
        metavar="TARGET",
        type=target,
        required=required,
        help="Where the clips go, by its suffix: FILE.jsonl, .csv (both also with .gz), .parquet or .sqlite; "
        f"{others}postgresql://...; or - for JSON Lines on stdout.",
    )


_formulas = click.option(
    "--formulas",
    is_flag=True,
    help="In a .csv, leave alone what a spreadsheet would run as a formula; else ' is put before it.",
)


def of_stream(command: _Command) -> _Command:
    """Give a command that reads one listing the options that say where its clips go."""
    return json_option(_output()(_formulas(command)))


def of_backfill(command: _Command) -> _Command:
    """The same for a command that reads all clips there are."""
    return _output(required=True, others="a folder/ of Parquet; ")(_formulas(command))


def chosen(output: Sink | None, *, formulas: bool = False, as_json: bool = False) -> Sink | None:
    """What these options come to; nothing for what a person reads on a terminal.

    Raises:
        click.UsageError: They do not go together.
    """
    if as_json and not isinstance(output, Stdout | None):
        raise click.UsageError("--json is for stdout: give it or -o")
    if formulas:
        if not isinstance(output, Csv):
            raise click.UsageError("--formulas goes with -o FILE.csv")
        return Csv(output.path, formulas=True)
    return Stdout() if output is None and (as_json or not sys.stdout.isatty()) else output
