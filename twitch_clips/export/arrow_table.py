"""`to_arrow`: clips as a table in memory, for notebooks."""

import warnings
from functools import partial
from typing import TYPE_CHECKING

from twitch_clips import Backfill, BackfillIncomplete, Batch, ClipStream

from .disk import in_thread
from .sink import require

if TYPE_CHECKING:
    import pyarrow as pa


async def to_arrow(source: ClipStream | Backfill, /) -> "pa.Table":
    """All clips of a stream or a backfill as a pyarrow table.

    Its columns are the fields of `Clip` and `fetched_at`: ids are strings, times UTC, `vod_offset` may be null. Rows
    are in the order of the source. All is in memory: some 250 bytes a clip, and some 1,500 while a backfill is read.

    A backfill with gaps gives its table, too, as it could not be had otherwise: it warns, and `source.report` tells
    which. One that has a checkpoint is committed once the table is whole.

    After an error take a new job, or `stream.restart()`: what was read before the error is not given again.

    Args:
        source: What to read: the rest of a stream, or of a job.

    Raises:
        ExportError: pyarrow is missing.
        TwitchClipsError: As for the source.
    """
    await in_thread(partial(require, "parquet", "pyarrow", "pyarrow.parquet"))
    from . import arrow  # noqa: PLC0415  (it loads pyarrow)

    if isinstance(source, ClipStream):
        return arrow.table_of([arrow.batch_of(page) async for page in source.pages()])
    batches: list[Batch] = [batch async for batch in source.batches()]
    table = arrow.table_of(map(arrow.batch_of, batches))
    for batch in batches:
        await source.commit(batch)
    if not source.report.complete:
        warnings.warn(f"clips are missing: {BackfillIncomplete(source.report)}", UserWarning, stacklevel=2)
    return table
