"""Cursors of Helix's own form: an offset in base64, in JSON, in base64 (decoded from those quoted in TI#1045)."""

import base64
import json

NOWHERE = "eyJiIjpudWxsLCJhIjoiIn0"


def write_cursor(offset: int, *, variant: int | None = None) -> str:
    """The cursor of the page that begins behind so many clips.

    Args:
        offset: How many.
        variant: Another number makes another text that means the same.
    """
    inner = base64.b64encode(str(offset).encode()).decode()
    outer = json.dumps({"b": variant, "a": {"Cursor": inner}}, separators=(",", ":"))
    return base64.b64encode(outer.encode()).decode().rstrip("=")


def read_cursor(text: str) -> int:
    """The offset in a cursor, else `ValueError`."""
    try:
        outer = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
        offset = int(base64.b64decode(outer["a"]["Cursor"]))
    except (LookupError, TypeError, RecursionError) as error:
        raise ValueError(f"not a cursor: {text}") from error
    if offset < 0:
        raise ValueError(f"not an offset: {offset}")
    return offset
