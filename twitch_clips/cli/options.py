"""Options that commands share, and how their values are read."""

import re
from datetime import UTC, datetime, timedelta

import click

_SPAN = re.compile(r"([1-9]\d{0,5})([mhdw])", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

sandbox_option = click.option(
    "--sandbox", is_flag=True, help="Ask the embedded Helix: invented clips, no account, no network."
)
json_option = click.option(
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
