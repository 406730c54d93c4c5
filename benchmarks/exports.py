"""What writing costs: 100,000 clips into each format, to the same clips written nowhere.

The bars: JSON Lines 1.3, Parquet 1.5, SQLite 3 times the wall time; and memory that is flat, which is a peak after
500,000 clips within 5 MiB of that after 100,000.

Each run is a process of its own, and so is the server. Clips come from the sandbox: a *stream* of them by their ids;
and a *backfill*, whose every batch is on the disk, with its checkpoint, before the next one is written. Beside them,
without bars, a *bare* stream of bodies that were made beforehand: it costs the server next to nothing, and so shows
most of what writing costs. Runs take turns; medians are compared. CPU is that of the client process alone; what a
format loads is loaded before. `--quick` runs a tenth of it, once, and leaves memory out.
"""

import asyncio
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection

import attrs
from canned import beside, serving
from figures import Report, Result, arguments
from memory import listing, status

from twitch_clips import AsyncClips, Backfill, ClipStream, NoLimit, StaticAuth
from twitch_clips.export import write
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, light_clips

CLIPS, ROUNDS, LONGER = 100_000, 5, 5
NOWHERE = "nowhere"
BARS: dict[str, float | None] = {
    NOWHERE: None,
    "clips.jsonl": 1.3,
    "clips.jsonl.gz": None,
    "clips.csv": None,
    "clips.parquet": 1.5,
    "clips.sqlite": 3.0,
}
FLAT = 5.0  # MiB
LOADED = {"clips.parquet": ("pyarrow.parquet",), "clips.sqlite": ("sqlalchemy.dialects.sqlite",)}
START, END = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2024, 2025))
AUTH = StaticAuth(FakeHelix.client_id, FakeHelix.access_token)


@attrs.frozen
class Run:
    """What one process needed: seconds on the clock and of CPU for the clips, and MiB at its peak."""

    wall: float
    cpu: float
    peak: float


def catalogue(count: int) -> Iterator[Mapping[str, object]]:
    """So many clips of a year, in no order of views."""
    created = (START + (END - START) * i // count for i in range(count))
    return light_clips(created, (i * 7919 % 997 for i in range(count)))


async def _serve(count: int, pipe: Connection) -> None:
    async with FakeHelix(catalogue(count), manners=Manners(counts_points=False)) as helix:
        pipe.send(helix.api_url)
        await asyncio.Event().wait()


def serve(count: int, pipe: Connection) -> None:
    """Serve so many clips of a year; tell where."""
    asyncio.run(_serve(count, pipe))


def bare(clips: AsyncClips, count: int) -> ClipStream:
    """A listing of so many clips, as the server of `memory.py` has it."""
    return clips.by_game(str(count), on_cap="ignore")


def stream(clips: AsyncClips, count: int) -> ClipStream:
    """The sandbox's clips, by their ids."""
    return clips.by_ids(str(clip["id"]) for clip in catalogue(count))


def backfill(clips: AsyncClips, _: int) -> Backfill:
    """All clips of the sandbox's year."""
    year = (datetime.fromtimestamp(moment, UTC) for moment in (START, END))
    return clips.backfill(game_id=JUST_CHATTING, started_at=next(year), ended_at=next(year))


Source = Callable[[AsyncClips, int], ClipStream | Backfill]


async def _read(source: ClipStream | Backfill) -> int:
    count = 0
    if isinstance(source, Backfill):
        async with source:
            async for batch in source.batches():
                count += len(batch.clips)
    else:
        async for page in source.pages():
            count += len(page.clips)
    return count


async def _run(source: Source, api_url: str, count: int, target: str) -> Run:
    async with AsyncClips(AUTH, api_url=api_url, bucket=NoLimit()) as clips:
        wall, cpu = time.perf_counter(), time.process_time()
        work = source(clips, count)
        written = await _read(work) if target == NOWHERE else await write(work, target)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if written != count:
        raise SystemExit(f"{written:,} clips were written to {target} instead of {count:,}")
    return Run(wall, cpu, status("VmHWM"))


def run(source: Source, api_url: str, count: int, name: str) -> Run:
    """Write so many clips, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        target = name if name == NOWHERE else f"{folder}/{name}"
        for library in LOADED.get(name, ()):
            import_module(library)
        return asyncio.run(_run(source, api_url, count, target))


def measure(report: Report, how: str, source: Source, api_url: str, size: tuple[int, int]) -> None:
    """Report what each format costs, for so many clips, so many times."""
    count, rounds = size
    runs: dict[str, list[Run]] = {name: [] for name in BARS}
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for _ in range(rounds):
            for name, done in runs.items():
                done.append(pool.apply(run, (source, api_url, count, name)))
    for name, bar in BARS.items():
        wall, cpu = (
            statistics.median(
                getattr(one, what) / getattr(none, what) for one, none in zip(runs[name], runs[NOWHERE], strict=True)
            )
            for what in ("wall", "cpu")
        )
        seconds = statistics.median(one.wall for one in runs[name])
        report.add(
            Result(
                name=f"{how} into {name}: wall time, to writing nowhere",
                measured=f"{wall:.2f} ({seconds:.2f} s; CPU {cpu:.2f})",
                bar="" if bar is None or source is bare else f"<= {bar}",
                met=bar is None or source is bare or wall <= bar,
                main=bar is not None and source is backfill,
            )
        )


def measure_memory(report: Report, api_url: str, count: int) -> None:
    """Report by how much peaks grow with the length of a stream."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name in BARS:
            short, long = (pool.apply(run, (bare, api_url, length, name)).peak for length in (count, LONGER * count))
            report.add(
                Result(
                    name=f"memory from {count:,} to {LONGER * count:,} clips: {name}",
                    measured=f"{long - short:+.2f} MiB",
                    bar=f"within {FLAT:.0f} MiB",
                    met=long - short <= FLAT,
                )
            )


def main() -> None:
    """Measure all ways, and memory."""
    options = arguments(__doc__).parse_args()
    count, rounds = (CLIPS // 10, 1) if options.quick else (CLIPS, ROUNDS)
    report = Report()
    with serving(listing) as origin:
        measure(report, "bare", bare, f"{origin}/helix", (count, rounds))
        if not options.quick:
            measure_memory(report, f"{origin}/helix", count)
    with beside(partial(serve, count)) as api_url:
        measure(report, "stream", stream, api_url, (count, rounds))
        measure(report, "backfill", backfill, api_url, (count, rounds))
    report.hand_over(options.json)
    if report.missed() and not options.quick:
        sys.exit("missed")


if __name__ == "__main__":
    main()
