"""JSON Lines: a clip a line, with Helix's own names and `fetched_at`."""

import json
import os

import msgspec

from .fields import FIELDS, values_of
from .lines import LinesFile, Rows
from .sink import Piece

_DELETE = b"\x7f"  # the one control character of ASCII that JSON leaves as it is
# Of an attrs class msgspec writes the names by the alphabet.
_Line = msgspec.defstruct("_Line", [*FIELDS, "fetched_at"])
_encode = msgspec.json.Encoder().encode_lines


class JsonLines(LinesFile):
    """A file of JSON Lines: `{"id": …, "url": …, …, "fetched_at": …}`, UTF-8, times as `2024-05-01T18:00:00Z`.

    A stream replaces it. Of a backfill it is the checkpoint store, too: `clips.jsonl.checkpoint` beside it says how
    many bytes were committed; killed anywhere and started again, each clip is in it once. Clips stand in the order in
    which they came: a backfill's by `created_at` in each window, and windows as they were finished.

    Args:
        path: The file; its folder has to exist. One that ends in `.gz` is compressed.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Touch nothing yet."""
        super().__init__(path, Rows(form="twitch-clips jsonl 1", encode=json_lines))


def json_lines(piece: Piece) -> bytes:
    """The clips of a page or a batch as `JsonLines` writes them, for a socket or a pipe.

    Each is one line, whatever a program takes for the end of one, as nothing in it is without a shape.

    Args:
        piece: Such as `ClipStream.pages` and `Backfill.batches` give.

    Returns:
        UTF-8, with a line feed behind each clip; empty where there is no clip.
    """
    data = _encode([_Line(*values_of(clip), piece.fetched_at) for clip in piece.clips])
    if data.isascii() and _DELETE not in data:
        return data
    return b"".join([b"%b\n" % _escaped(line) for line in data.splitlines()])


def _escaped(line: bytes) -> bytes:
    if line.isascii() and _DELETE not in line:
        return line
    text = line.decode()
    if text.isprintable():
        return line
    # Some programs take U+2028 or U+0085 for the end of a line, and a terminal obeys others.
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text).encode()
