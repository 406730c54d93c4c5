"""JSON Lines: a clip a line, with Helix's own names and `fetched_at`."""

import json
import os

import msgspec

from .lines import LinesFile, Rows
from .sink import Piece

_DELETE = b"\x7f"  # the one control character of ASCII that JSON leaves as it is
_encoder = msgspec.json.Encoder()


class JsonLines(LinesFile):
    """A file of JSON Lines: `{"id": …, "url": …, …, "fetched_at": …}`, UTF-8, times as `2024-05-01T18:00:00Z`.

    A stream replaces it. Of a backfill it is the checkpoint store, too: `clips.jsonl.checkpoint` beside it says how
    many bytes were committed; killed anywhere and started again, each clip is in it once.

    Args:
        path: The file; its folder has to exist. One that ends in `.gz` is compressed.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Touch nothing yet."""
        super().__init__(path, Rows(form="twitch-clips jsonl 1", encode=json_lines))


def json_lines(piece: Piece) -> bytes:
    """The clips of a piece, each in a line without control characters or whatever else has no shape."""
    *lines, _ = _encoder.encode_lines(piece.clips).split(b"\n")
    end = b',"fetched_at":%b}\n' % _encoder.encode(piece.fetched_at)
    return end.join([*(_escaped(line[:-1]) for line in lines), b""])


def _escaped(line: bytes) -> bytes:
    if line.isascii() and _DELETE not in line:
        return line
    text = line.decode()
    if text.isprintable():
        return line
    # Some programs take U+2028 or U+0085 for the end of a line, and a terminal obeys others.
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text).encode()
