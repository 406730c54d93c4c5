"""Memory of a client process that backfills 600,000 clips of a game. The bar: a peak within 40 MiB of an empty run.

Each run is a process of its own: `AsyncClips.backfill` as by default, each batch committed to a checkpoint file, no
clip kept; the empty one asks for a range without clips. Peaks are its own `VmHWM`, as in `memory.py`. The server is
another process, a `FakeHelix` that counts no points, so that the rate limit costs no time.

A large channel is shown beside it, without a bar: of its wide windows a hash of each clip's id is kept. `--quick` runs
that one alone, and the bar stands there.
"""

import asyncio
import multiprocessing
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from canned import beside
from catalogues import END, GENERATORS
from figures import Report, Result, arguments
from memory import status

from twitch_clips import AsyncClips, NoLimit, StaticAuth
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, light_clips

CHANNEL, GAME = "large, bursty", "game"
EMPTY = timedelta(days=9 * 365)  # before the catalogues' end: none begins so early
BAR = 40.0


async def _serve(name: str, pipe: Connection) -> None:
    catalogue = GENERATORS[name](0)
    clips = light_clips(catalogue.created, catalogue.views)
    async with FakeHelix(clips, manners=Manners(counts_points=False)) as helix:
        pipe.send((helix.api_url, helix.client_id, helix.access_token, catalogue.started_at, len(catalogue.created)))
        await asyncio.Event().wait()


def serve(name: str, pipe: Connection) -> None:
    """Serve a catalogue; tell where, for whom, from when on, and how many clips there are."""
    asyncio.run(_serve(name, pipe))


async def backfill(api_url: str, auth: StaticAuth, started_at: datetime, ended_at: datetime, length: int) -> None:
    """Read a range, and have each batch committed."""
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        async with (
            AsyncClips(auth, api_url=api_url, bucket=NoLimit()) as clips,
            clips.backfill(
                game_id=JUST_CHATTING,
                started_at=started_at,
                ended_at=ended_at,
                checkpoint=Path(folder) / "checkpoint.json",
            ) as job,
        ):
            async for batch in job.batches():
                count += len(batch.clips)
                await job.commit(batch)
    if count != length or not job.report.complete:
        raise SystemExit(f"{count:,} clips came instead of {length:,}: {job.report}")


def peak(api_url: str, client_id: str, token: str, started_at: int, length: int) -> float:
    """MiB of this process after a backfill; of nothing where no clip is awaited."""
    start, end = datetime.fromtimestamp(started_at, UTC), datetime.fromtimestamp(END, UTC)
    if not length:
        end -= EMPTY
        start = end - timedelta(days=30)
    asyncio.run(backfill(api_url, StaticAuth(client_id, token), start, end, length))
    return status("VmHWM")


def measure(name: str, bar: float | None) -> Result:
    """What the peak of a catalogue is over that of nothing."""
    with (
        beside(partial(serve, name)) as (api_url, client_id, token, started_at, length),
        multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool,
    ):
        empty = pool.apply(peak, (api_url, client_id, token, started_at, 0))
        start = time.monotonic()
        full = pool.apply(peak, (api_url, client_id, token, started_at, length))
    print(f"{length:,} clips in {time.monotonic() - start:.0f} s, peak {full:.2f} MiB")
    return Result(
        name=f"memory of a backfill, to one of nothing: {name}, {length:,} clips",
        measured=f"{full - empty:+.2f} MiB",
        bar="" if bar is None else f"within {bar:.0f} MiB",
        met=bar is None or full - empty <= bar,
        main=bar is not None,
    )


def main() -> None:
    """Measure one catalogue or all."""
    options = arguments(__doc__).parse_args()
    report = Report()
    report.add(measure(CHANNEL, BAR if options.quick else None))
    if not options.quick:
        report.add(measure(GAME, BAR))
    report.hand_over(options.json)
    if report.missed():
        sys.exit("missed")


if __name__ == "__main__":
    main()
