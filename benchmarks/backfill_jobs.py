"""What the rows of `backfill.py` run: a whole backfill of a catalogue, on virtual time, and what must hold of each."""

import asyncio
import logging
import random
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from multiprocessing.pool import AsyncResult, Pool

import attrs
from catalogues import DAY, GENERATORS, Catalogue

from twitch_clips import AppAuth, AsyncClips, Backfill, Report, TokenBucket, Window
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, VirtualLoop, light_clips

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CHANNEL = "1000001"
TOO_LONG = 7200  # virtual seconds: whoever takes longer hangs
PLAIN = Manners()
logging.getLogger("twitch_clips").setLevel(logging.CRITICAL)  # clips that are missed on purpose are no news


@attrs.frozen(kw_only=True)
class Job:
    """A backfill.

    Attributes:
        catalogue: Of what: a name in `GENERATORS`.
        days: So many in the middle of its range; `None`: all.
        manners: How the server behaves.
        moving: The share of the clips that gain views before each page.
        walkers: Windows that are read at once.
        audit: As `AsyncClips.backfill` has it.
    """

    catalogue: str
    days: int | None = None
    manners: Manners = PLAIN
    moving: float = 0.0
    walkers: int = 1
    audit: float = 0.0


@attrs.frozen(kw_only=True)
class Run:
    """What a job came to.

    Attributes:
        clips: In the catalogue.
        found: Clips of those that were given.
        requests: As the server counted them.
        seconds: Virtual ones.
        wrong: What must not be; `""`: nothing.
    """

    clips: int = 1
    found: int = 0
    requests: int = 0
    seconds: float = 0.0
    wrong: str = ""


def ran(job: Job, seed: int) -> Run:
    """What a job comes to; a defect of what is measured is a finding and not the end."""
    random.seed(seed)  # an audit draws its days
    try:
        with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
            return runner.run(observe(job, seed))
    except Exception as error:  # noqa: BLE001
        return Run(wrong=repr(error))


class Runs:
    """What jobs come to, each run once, in processes of their own.

    Args:
        pool: Of processes.
    """

    def __init__(self, pool: Pool) -> None:
        """Run nothing yet."""
        self._pool = pool
        self._runs: dict[tuple[Job, int], AsyncResult[Run]] = {}

    def start(self, job: Job, seed: int) -> "AsyncResult[Run]":
        """Have a job run, unless it was already."""
        if (job, seed) not in self._runs:
            self._runs[job, seed] = self._pool.apply_async(ran, (job, seed))
        return self._runs[job, seed]

    def of(self, job: Job, seed: int) -> Run:
        """What it came to; waits for it."""
        return self.start(job, seed).get()


async def observe(job: Job, seed: int) -> Run:
    """Backfill the whole catalogue."""
    catalogue = middle(GENERATORS[job.catalogue](seed), job.days)
    clips = list(light_clips(catalogue.created, catalogue.views))
    manners = attrs.evolve(job.manners, moving_views=round(job.moving * len(clips)))
    async with FakeHelix(clips, now=NOW, manners=manners) as helix:
        auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
        await auth.token()
        start = asyncio.get_running_loop().time()
        async with (
            AsyncClips(auth, api_url=helix.api_url, bucket=TokenBucket()) as asking,
            asyncio.timeout(TOO_LONG),
            begin(asking, job, catalogue) as backfill,
        ):
            given = [clip.id async for clip in backfill]
        seconds = asyncio.get_running_loop().time() - start
        requests = len(helix.targets)
    ids = set(given)
    missing = [datetime.fromisoformat(str(clip["created_at"])) for clip in clips if clip["id"] not in ids]
    wrong = f"{len(given) - len(ids):,} clips came twice; " if len(ids) < len(given) else ""
    wrong += unreported(missing, backfill.report, manners)
    if requests != backfill.report.requests:
        wrong += f"{backfill.report.requests:,} requests are reported, {requests:,} were made; "
    return Run(clips=len(clips), found=len(clips) - len(missing), requests=requests, seconds=seconds, wrong=wrong)


def middle(catalogue: Catalogue, days: int | None) -> Catalogue:
    """So many days in the middle of a catalogue."""
    if days is None:
        return catalogue
    start = (catalogue.started_at + catalogue.ended_at - days * DAY) // 2
    low, high = (bisect_left(catalogue.created, moment) for moment in (start, start + days * DAY))
    return Catalogue(
        started_at=start,
        ended_at=start + days * DAY,
        created=catalogue.created[low:high],
        views=catalogue.views[low:high],
    )


def begin(asking: AsyncClips, job: Job, catalogue: Catalogue) -> Backfill:
    """Nothing is asked yet."""
    begin = partial(
        asking.backfill,
        started_at=datetime.fromtimestamp(catalogue.started_at, UTC),
        ended_at=datetime.fromtimestamp(catalogue.ended_at, UTC),
        concurrency=job.walkers,
        audit=job.audit,
    )
    return begin(game_id=JUST_CHATTING) if job.catalogue.startswith("game") else begin(broadcaster_id=CHANNEL)


def unreported(missing: Sequence[datetime], report: Report, manners: Manners) -> str:
    """What the report leaves unsaid of clips that were not given."""
    named: list[Window] = [*report.gaps, *report.unsettled, *report.unread]
    lost = [moment for moment in missing if not any(one.started_at <= moment < one.ended_at for one in named)]
    if not lost or (manners.lossy_over and f"{report.audited:,} days were read again" in str(report)):
        return ""
    return f"{len(lost):,} clips are missing and not reported, the first of {min(lost):%Y-%m-%d %H:%M:%S}; "
