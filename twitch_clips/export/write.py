"""`write`: all clips of a stream or of a backfill into a file, a folder or a database."""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from twitch_clips import Backfill, Batch, ClipStream, QueryError, StateStore, StateStores, TwitchClipsError

from .address import is_url
from .csv_file import Csv
from .dataset import ParquetDataset
from .disk import is_folder, told
from .json_lines import JsonLines
from .parquet import Parquet
from .sink import Sink
from .sql import Sql

_BY_SUFFIX: dict[str, Callable[[str], Sink]] = {
    ".jsonl": JsonLines,
    ".jsonl.gz": JsonLines,
    ".csv": Csv,
    ".csv.gz": Csv,
    ".parquet": Parquet,
    ".sqlite": Sql,
    ".sqlite3": Sql,
    ".db": Sql,
}
_KNOWN = ", ".join(_BY_SUFFIX)
_APART = 4  # times as long as the last commit took: they take a fifth of the time at most
_MOST_HELD = 5_000  # clips, which a kill would have read again; to encode them at once takes some 40 ms


async def write(source: ClipStream | Backfill, target: str | os.PathLike[str] | Sink, /) -> int:
    """Write all clips of a stream or a backfill. It costs the requests that the source costs, and none of its own.

    A stream's clips replace a file at one stroke, once all of them are there; in a database they are added to what is
    there, or renew it, in one transaction.

    A backfill's clips are added as its windows finish. The target keeps its checkpoint, too (so make the job without
    one): killed anywhere and run again, it goes on, and each clip is there once; run again later, it adds what is new.
    A sink of your own that is not also a store gets each clip at least once.

    Args:
        source: What to read: the rest of a stream, or a job that has not begun.
        target: A file by its suffix: `.jsonl`, `.csv` (both also with `.gz`), `.parquet`, `.sqlite`, `.sqlite3`, `.db`;
            a folder (`"archive/"`, for a backfill alone) for a Parquet dataset; the URL of a database
            (`sqlite:///…`, `postgresql://…`); or a `Sink`.

    Returns:
        How many clips were written.

    Raises:
        QueryError: The target is of no known kind, a folder gets a stream, or the job has a checkpoint of its own or
            has begun.
        ExportError: The target cannot be written, holds something else, or needs a library that is missing. What was
            there stands; what a backfill has committed, too.
        BackfillIncomplete: All that could be read is written, and there are gaps.
        TwitchClipsError: As for the source.
    """
    sink = target if isinstance(target, Sink) else sink_for(target)
    if isinstance(sink, ParquetDataset) and not isinstance(source, Backfill):
        raise QueryError(f"{sink} is a folder, which backfills add to: give a file such as clips.parquet")
    if not isinstance(source, ClipStream | Backfill):  # pyright: ignore[reportUnnecessaryIsInstance]  (it is anybody's)
        raise QueryError(f"clips come from a ClipStream or a Backfill, not from {source!r:.60}")
    if isinstance(source, Backfill):
        if isinstance(sink, StateStore | StateStores):
            source.keep_in(sink)
        count = await _write_job(source, sink)
        source.report.raise_if_incomplete()
        return count
    return await _write_stream(source, sink)


def sink_for(target: str | os.PathLike[str]) -> Sink:
    """The sink that a path or a URL stands for: what `write` makes of a target that is no sink. It touches nothing.

    Raises:
        QueryError: It is of no known kind.
        ExportError: It cannot be looked at.
    """
    text = os.fspath(target) if isinstance(target, str | os.PathLike) else None  # pyright: ignore[reportUnnecessaryIsInstance]  (it is anybody's)
    if not isinstance(text, str) or not text:
        raise QueryError(f"a target is a path, a URL or a Sink, not {target!r:.60}")
    if is_url(text):
        return Sql(text)
    with told(f"write {text}"):
        if text.endswith(os.sep) or is_folder(Path(text)):
            return ParquetDataset(text)
    name = Path(text).name.lower()
    for suffix, kind in _BY_SUFFIX.items():
        if name.endswith(suffix):
            return kind(text)
    raise QueryError(f"{text!r} is of no known kind: give a file ({_KNOWN}), a folder/ or the URL of a database")


async def _write_stream(stream: ClipStream, sink: Sink) -> int:
    count = 0
    try:
        await sink.open()
        async for page in stream.pages():
            await sink.write(page)
            count += len(page.clips)
        await sink.commit()
    finally:
        await sink.close()
    return count


async def _write_job(job: Backfill, sink: Sink) -> int:
    try:
        await sink.open()
        async with job:
            count = await _write_batches(job, sink)
        await sink.commit()
    finally:
        await sink.close()
    return count


async def _write_batches(job: Backfill, sink: Sink) -> int:
    """Write all batches. Several are committed at once where a disk or a database is slower than Helix."""
    clock = asyncio.get_running_loop().time
    batches, held, count, due = job.batches(), list[Batch](), 0, clock()
    while True:
        try:
            batch = await anext(batches, None)
        except TwitchClipsError:
            await _commit(job, sink, held)  # what came before it is whole
            raise
        if batch is not None:
            held.append(batch)
            count += len(batch.clips)
        if batch is None or clock() >= due or sum(len(one.clips) for one in held) >= _MOST_HELD:
            start = clock()
            await _commit(job, sink, held)
            held, due = [], clock() + _APART * (clock() - start)
        if batch is None:
            return count


async def _commit(job: Backfill, sink: Sink, batches: Sequence[Batch]) -> None:
    if not batches:
        return
    for batch in batches:
        await sink.write(batch)
    if not isinstance(sink, StateStore | StateStores):
        await sink.commit()
    await job.commit(*batches)  # nothing may be awaited before it: what a sink has would be saved early
