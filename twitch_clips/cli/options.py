"""Options that commands share, and how their values are read."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Option(Protocol):
    """Gives a command an option."""

    def __call__(self, command: _Command, /) -> _Command: ...


_SPAN = re.compile(r"([1-9]\d{0,5})([mhdw])", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

sandbox_option: _Option = click.option(
    "--sandbox", is_flag=True, help="Ask the embedded Helix: invented clips, no account, no network."
)
json_option: _Option = click.option(
    "--json", "as_json", is_flag=True, help="JSON Lines, a clip a line, on a terminal too; a pipe always gets them."
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


_WHOSE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--game", {"metavar": "NAME", "type": name, "help": "Clips of this game or category, by its whole title."}),
    ("--game-id", {"metavar": "ID", "type": id_, "help": "The same by its id."}),
    ("--broadcaster", {"metavar": "LOGIN", "type": name, "help": "Clips of this channel, as in twitch.tv/LOGIN."}),
    ("--broadcaster-id", {"metavar": "ID", "type": id_, "help": "The same by its user id."}),
)
_AS_THE_LIBRARY_SAYS = {"broadcaster": "login"}
since_option: _Option = click.option(
    "--since",
    metavar="WHEN",
    type=start,
    help="Clips made since then: 90m, 36h, 7d or 2w back, a date (its midnight in UTC) or an RFC 3339 instant.",
)
language_option: _Option = click.option(
    "--language", metavar="CODE", multiple=True, help="In this language: en is en-gb, too. More than one may be given."
)
concurrency_option: _Option = click.option(
    "--concurrency",
    metavar="N",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="Stretches of time read at once; 8 use Twitch's rate limit up.",
)
_WHEN = (
    since_option,
    click.option(
        "--until",
        metavar="WHEN",
        type=instant,
        help="And before then: a date (its midnight in UTC) or an instant. A --since like 7d counts back from it.",
    ),
)


def whose(command: _Command) -> _Command:
    """Give a command the options that say whose clips."""
    for option, settings in reversed(_WHOSE):
        command = click.option(option, **settings)(command)
    return command


def whose_of_several(command: _Command) -> _Command:
    """The same where each may be given more than once."""
    for option, settings in reversed(_WHOSE):
        command = click.option(option, multiple=True, **settings)(command)
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


def one_for_the_library(selectors: Mapping[str, str | None]) -> tuple[str, str]:
    """The same as the library's methods call it.

    Raises:
        click.UsageError: None was given, or several.
    """
    selector, value = one_selector(selectors)
    return _AS_THE_LIBRARY_SAYS.get(selector, selector), value


def several_for_the_library(selectors: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What was given of each option, under the names that the library's methods have.

    Raises:
        click.UsageError: Nothing was.
    """
    if not any(selectors.values()):
        raise click.UsageError("give one or more of --game, --game-id, --broadcaster and --broadcaster-id")
    return {_AS_THE_LIBRARY_SAYS.get(selector, selector): values for selector, values in selectors.items() if values}
