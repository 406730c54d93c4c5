"""CSV: a clip a record, for spreadsheets and whatever else reads it."""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

import attrs

from twitch_clips import Clip

from .lines import LinesFile, Rows
from .sink import Piece

COLUMNS = (*(field.name for field in attrs.fields(Clip)), "fetched_at")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # and their full-width forms


class Csv(LinesFile):
    r"""A file of CSV: a header with Helix's own names and `fetched_at`, then a clip a record.

    UTF-8, as RFC 4180: comma, double quotes where needed (line breaks and quotes in a title stay what they are), CRLF.
    Times as `2024-05-01T18:00:00Z`, `is_featured` as `true` or `false`, a `vod_offset` that is not known as nothing.

    What a spreadsheet would run as a formula gets an apostrophe before it, which keeps it text: cells that begin with
    `=`, `+`, `-`, `@`, a tab or a line break (as OWASP lists them). Anybody can give a clip such a title.

    A stream replaces the file. Of a backfill it is the checkpoint store, too: `clips.csv.checkpoint` beside it says how
    many bytes were committed; killed anywhere and started again, each clip is in it once.

    Args:
        path: The file; its folder has to exist. One that ends in `.gz` is compressed.
        formulas: Leave such cells as they are: for programs that are no spreadsheet.
    """

    def __init__(self, path: str | os.PathLike[str], *, formulas: bool = False) -> None:
        """Touch nothing yet."""
        kind = "csv with formulas" if formulas else "csv"  # one file is not to hold both
        rows = Rows(
            form=f"twitch-clips {kind} 1",
            header=_records([COLUMNS]),
            encode=partial(csv_records, formulas=formulas),
        )
        super().__init__(path, rows)


def csv_records(piece: Piece, *, formulas: bool) -> bytes:
    """The clips of a piece; what a spreadsheet would run is made harmless, unless formulas are wanted."""
    fetched_at = _cell(piece.fetched_at, formulas=formulas)
    return _records(
        [*(_cell(value, formulas=formulas) for value in attrs.astuple(clip, recurse=False)), fetched_at]
        for clip in piece.clips
    )


def _records(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: object, *, formulas: bool) -> str:
    if isinstance(value, str):
        return value if formulas or not value.startswith(_FORMULA) else f"'{value}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "" if value is None else str(value)
