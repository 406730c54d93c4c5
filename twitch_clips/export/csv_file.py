"""CSV: a clip a record, for spreadsheets and whatever else reads it."""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from twitch_clips import Clip

from .fields import FIELDS, values_of
from .lines import LinesFile, Rows
from .sink import Piece

COLUMNS = (*FIELDS, "fetched_at")
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last are full-width forms of the first


class Csv(LinesFile):
    r"""A file of CSV: a header with Helix's own names and `fetched_at`, then a clip a record.

    UTF-8, as RFC 4180: comma, double quotes where needed (line breaks and quotes in a title stay what they are), CRLF.
    Times as `2024-05-01T18:00:00Z`, `is_featured` as `true` or `false`, a `vod_offset` that is not known as nothing.

    What a spreadsheet would run as a formula gets an apostrophe before it, which keeps it text: cells that begin with
    `=`, `+`, `-`, `@`, a tab or a line break (as OWASP lists them). Anybody can give a clip such a title.

    A stream replaces the file. Of a backfill it is the checkpoint store, too: `clips.csv.checkpoint` beside it says how
    many bytes were committed; killed anywhere and started again, each clip is in it once. Clips stand in the order in
    which they came: a backfill's by `created_at` in each window, and windows as they were finished.

    Args:
        path: The file; its folder has to exist. One that ends in `.gz` is compressed.
        formulas: Leave such cells as they are: for programs that are no spreadsheet.
    """

    def __init__(self, path: str | os.PathLike[str], *, formulas: bool = False) -> None:
        """Touch nothing yet."""
        kind = "csv with formulas" if formulas else "csv"  # one file is not to hold both
        rows = Rows(
            form=f"twitch-clips {kind} 1",
            header=_record(COLUMNS).encode(),
            encode=partial(csv_records, formulas=formulas),
        )
        super().__init__(path, rows)


def csv_records(piece: Piece, *, formulas: bool) -> bytes:
    """The clips of a piece; what a spreadsheet would run is made harmless, unless formulas are wanted."""
    fetched_at = _written(piece.fetched_at)
    return "".join([_record([*_cells(clip, formulas=formulas), fetched_at]) for clip in piece.clips]).encode()


def _cells(clip: Clip, *, formulas: bool) -> list[str]:
    signs = frozenset[str]() if formulas else _FORMULA
    return [
        _written(value) if not isinstance(value, str) else f"'{value}" if value[:1] in signs else value
        for value in values_of(clip)
    ]


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "" if value is None else str(value)


def _record(cells: Sequence[str]) -> str:
    record = ",".join(cells)
    # Looking at a record as a whole first takes half the time.
    if record.count(",") != len(cells) - 1 or _needs_quotes(record.replace(",", "")):
        record = ",".join(map(_quoted, cells))
    return f"{record}\r\n"


def _quoted(cell: str) -> str:
    return '"{}"'.format(cell.replace('"', '""')) if _needs_quotes(cell) else cell


def _needs_quotes(text: str) -> bool:
    return "," in text or '"' in text or "\n" in text or "\r" in text
