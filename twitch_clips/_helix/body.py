"""The JSON of an answer, as Python's own reads it: nothing is known of records here."""

import json
from typing import cast

from twitch_clips.errors import DecodeError

from .query import is_text


def text_field(body: bytes, name: str) -> str | None:
    """A text in the JSON object that a body may be; `None` when it is no object or has no such text."""
    try:
        value = parse(body)
    except DecodeError:
        return None
    found = cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None
    return found if is_text(found) else None


def parse(body: bytes) -> object:
    """The value that a body stands for; a byte order mark before it is survived.

    Raises:
        DecodeError: It is no JSON.
    """
    try:
        # A byte that is no UTF-8 does no harm in a field that nobody reads; in any other it is refused with it.
        text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
        return json.loads(text, parse_constant=_no_constant, parse_int=_number)
    except (ValueError, RecursionError) as error:
        reason = str(error)
    raise DecodeError("$", f"not JSON ({reason})")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _number(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:  # Python refuses to read integers without end; such a one may stand in an unknown field
        return float(digits)
