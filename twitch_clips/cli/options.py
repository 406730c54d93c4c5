"""Options that commands share, and how their values are read."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])

_SPAN = re.compile(r"([1-9]\d{0,5})([mhdw])", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

sandbox_option = click.option(
    "--sandbox", is_flag=True, help="Ask the embedded Helix: invented clips, no account, no network."
)


def start(text: str) -> timedelta | datetime:
    """A span to count back, or an instant.

    Raises:
        click.BadParameter: It is neither.
    """
    if span := _SPAN.fullmatch(text.strip()):
        return timedelta(**{_UNITS[span[2].lower()]: int(span[1])})
    try:
        return instant(text)
    except click.BadParameter as error:
        raise click.BadParameter(f"{error.message}, nor a span such as 90m, 36h, 7d or 2w") from None


def instant(text: str) -> datetime:
    """A date, which is its midnight in UTC, or an RFC 3339 instant.

    Raises:
        click.BadParameter: It is neither; a time without its offset is never guessed.
    """
    stripped = text.strip()
    try:
        moment = datetime.fromisoformat(stripped.upper())
        if _DATE.fullmatch(stripped):
            moment = moment.replace(tzinfo=UTC)
        if moment.utcoffset() is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise click.BadParameter(
        f"{text!r} is neither a date such as 2026-05-01, nor an instant such as 2026-05-01T18:00:00Z"
    )


def id_(text: str) -> str:
    """The id of a channel or a game.

    Raises:
        click.BadParameter: It is not made of digits.
    """
    if not (text.isascii() and text.isdigit()):
        raise click.BadParameter(f"{text!r} is not made of digits; a name goes with --game or --broadcaster")
    return text


def name(text: str) -> str:
    """The name of a channel or a game.

    Raises:
        click.BadParameter: There is nothing in it, or something that cannot be sent.
    """
    if not text.strip() or not text.isprintable():
        raise click.BadParameter(f"{text!r} is no name")
    return text


_WHOSE = (
    click.option("--game", metavar="NAME", type=name, help="Clips of this game or category, by its whole title."),
    click.option("--game-id", metavar="ID", type=id_, help="The same by its id."),
    click.option("--broadcaster", metavar="LOGIN", type=name, help="Clips of this channel, as in twitch.tv/LOGIN."),
    click.option("--broadcaster-id", metavar="ID", type=id_, help="The same by its user id."),
)
_WHEN = (
    click.option(
        "--since",
        metavar="WHEN",
        type=start,
        help="Clips made since then: 90m, 36h, 7d or 2w back, a date (its midnight in UTC) or an RFC 3339 instant.",
    ),
    click.option(
        "--until",
        metavar="WHEN",
        type=instant,
        help="And before then: a date (its midnight in UTC) or an instant. A --since like 7d counts back from it.",
    ),
)


def whose(command: _Command) -> _Command:
    """Give a command the options that say whose clips."""
    for option in reversed(_WHOSE):
        command = option(command)
    return command


def whose_and_when(command: _Command) -> _Command:
    """Give a command the options that say whose clips, and from when until when."""
    for option in reversed(_WHEN):
        command = option(command)
    return whose(command)


def one_selector(selectors: Mapping[str, str | None]) -> tuple[str, str]:
    """The option that says whose clips, and its value.

    Raises:
        click.UsageError: None was given, or several.
    """
    given = [(selector, value) for selector, value in selectors.items() if value is not None]
    if len(given) != 1:
        raise click.UsageError("give one of --game, --game-id, --broadcaster and --broadcaster-id")
    return given[0]
