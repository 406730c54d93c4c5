"""What a request for clips asks, read from its query string."""

import contextlib
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from .archive import Question, Selector
from .cursors import NOWHERE, read_cursor
from .manners import Manners
from .refusal import RefusalError

Params = Mapping[str, Sequence[str]]
"""A query string: each name with its values, in their order."""

BAD_CURSOR = "The cursor specified in the before or after query parameter is not valid."

_MAX_FIRST = 100
_DEFAULT_FIRST = 20
_WEEK = timedelta(weeks=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


def read_selector(params: Params) -> tuple[str, Sequence[str]]:
    """The one selector that is wanted (the reference), with its values: several ids, or one game or channel."""
    given = [
        (name, values)
        for name in ("broadcaster_id", "game_id", "id")
        if (values := [value for value in params.get(name, ()) if value])
    ]
    if len(given) != 1 or (given[0][0] != "id" and len(given[0][1]) != 1):
        raise RefusalError(400, "Specify one of broadcaster_id, game_id and id.")
    return given[0]


def read_question(params: Params, selector: Selector, manners: Manners) -> Question:
    """What the listing is of."""
    started_at, ended_at = _window(params, manners)
    return Question(selector=selector, started_at=started_at, ended_at=ended_at, is_featured=_is_featured(params))


def read_first(params: Params, manners: Manners) -> int:
    """Clips a page, 1 to 100."""
    text = read_one(params, "first") or str(_DEFAULT_FIRST)
    if text.isascii() and text.isdigit() and 1 <= int(text) <= _MAX_FIRST:
        return int(text)
    if manners.first_clamped:
        return _DEFAULT_FIRST
    raise RefusalError(400, 'The parameter "first" was malformed: the value must be less than or equal to 100')


def read_offset(cursor: str, manners: Manners) -> int | None:
    """How many clips come before the page; None: the cursor leads nowhere."""
    if cursor == NOWHERE and manners.last_page == "nowhere":
        return None
    try:
        return read_cursor(cursor)
    except ValueError:
        raise RefusalError(400, BAD_CURSOR) from None


def read_one(params: Params, name: str) -> str | None:
    """The first value of a parameter; an empty one is none."""
    return next(iter(params.get(name, ())), None) or None


def _window(params: Params, manners: Manners) -> tuple[float, float]:
    """From and until when, in POSIX seconds, on the grid."""
    started_at, ended_at = _time(params, "started_at"), _time(params, "ended_at")
    if started_at is None:
        if ended_at is not None and manners.lone_end == "refused":
            raise RefusalError(400, "started_at is required if ended_at is provided")
        return -math.inf, math.inf
    if ended_at is None:
        if started_at.year == 1:  # "0001-01-01T00:00:00Z" alone brought over a thousand clips: TI#1188
            return -math.inf, math.inf
        return _floor(started_at - _EPOCH, manners), _floor(started_at - _EPOCH + _WEEK, manners)
    return _floor(started_at - _EPOCH, manners), _floor(ended_at - _EPOCH, manners)


def _time(params: Params, name: str) -> datetime | None:
    text = read_one(params, name)
    if text is None:
        return None
    if _RFC3339.fullmatch(text):
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(text.upper())
    raise RefusalError(400, f'The parameter "{name}" was malformed: the value must be in RFC3339 format')


def _floor(since_epoch: timedelta, manners: Manners) -> float:
    return (since_epoch if manners.grid is None else since_epoch // manners.grid * manners.grid).total_seconds()


def _is_featured(params: Params) -> bool | None:
    text = read_one(params, "is_featured")
    if text not in {None, "true", "false"}:
        raise RefusalError(400, 'The parameter "is_featured" was malformed: the value must be a boolean')
    return None if text is None else text == "true"
