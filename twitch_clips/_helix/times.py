"""Instants and spans as users write them, and as Helix wants them."""

import re
from datetime import UTC, datetime, timedelta

from twitch_clips.errors import QueryError

When = datetime | str
"""An aware `datetime`, or an RFC 3339 string; it goes out as given."""
Since = timedelta | datetime | str
"""From then until now: a span (`timedelta`, or a string such as `90m`, `36h`, `7d`, `2w`), or an instant as `When`."""
GRID = timedelta(minutes=10)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = 'an aware datetime or an RFC 3339 string with its time zone, such as "2024-01-01T00:00:00Z"'
# Python's own reader takes offsets of 99 minutes, and since 3.14 an hour of 24.
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:[0-5]\d)", re.ASCII)
_SPAN = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_instant(name: str, value: object) -> datetime:
    """An aware datetime, or an RFC 3339 string, in UTC.

    Raises:
        QueryError: It is neither; a time without its offset is never guessed.
    """
    moment = _parsed(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise QueryError(f"{name} must be {_INSTANT}, not {value!r}")
    if moment.utcoffset() is None:
        raise QueryError(f"{name} must say its time zone: {value!r} does not; add tzinfo=timezone.utc if it is UTC")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise QueryError(f"{name} is out of range: {value!r}") from None


def read_since(value: object) -> datetime | timedelta:
    """A span such as `"90m"`, `"36h"`, `"7d"` or `"2w"`, a `timedelta`, or an instant.

    Raises:
        QueryError: It is none of them, or a span that is not above nothing.
    """
    span: object = value
    if isinstance(value, str) and (written := _SPAN.fullmatch(value.strip().lower())):
        span = timedelta(**{_UNITS[written[2]]: int(written[1])})
    if isinstance(span, timedelta):
        if span <= timedelta(0):
            raise QueryError(f"since must be a span above nothing, not {value!r}")
        return span
    if isinstance(value, datetime) or (isinstance(value, str) and _parsed(value)):
        return read_instant("since", value)
    raise QueryError(f'since must be a span such as "90m", "36h", "7d" or "2w", a timedelta, {_INSTANT}, not {value!r}')


def write_instant(moment: datetime) -> str:
    """As RFC 3339 in UTC with `Z`; with a fraction only where there is one."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def floored(moment: datetime) -> datetime:
    """Down to the 10-minute mark: Helix cuts both ends of a window down to it (twitchdev/issues#52)."""
    return moment - (moment - _EPOCH) % GRID


def raised(moment: datetime) -> datetime:
    """Up to the 10-minute mark."""
    return moment + (_EPOCH - moment) % GRID


def before(moment: datetime, span: timedelta) -> datetime:
    """So long before a moment.

    Raises:
        QueryError: There was no time yet.
    """
    try:
        return moment - span
    except OverflowError:
        raise QueryError(f"since reaches back beyond the year 1: {span!r}") from None


def _parsed(text: str) -> datetime | None:
    stripped = text.strip()
    if not _RFC_3339.fullmatch(stripped):
        return None
    try:
        return datetime.fromisoformat(stripped.upper())  # cuts off what is finer than a microsecond
    except ValueError:
        return None
