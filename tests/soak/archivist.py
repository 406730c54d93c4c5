"""Who keeps archives: every clip of a range, or a list of what is missing."""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.backfill.conftest import covers
from tests.conftest import NOW
from twitch_clips import Backfill, BackfillIncomplete, Batch, Proof, Report
from twitch_clips.export import write

from .life import Kept, Life
from .world import ARCHIVE_ID, DAY, FILE_ID, World, chance_of, created

_DONE = {Proof.ENDED, Proof.AUDITED}
_START, _END = NOW - 50 * DAY, NOW - 3 * DAY


class Archivist:
    """Reads a channel's archive batch by batch, again and again from its beginning."""

    def __init__(self, world: World) -> None:
        """Have nothing yet."""
        self._world = world
        self._chance = chance_of(world.seed, "archivist")
        self._wanted = wanted(world, ARCHIVE_ID)
        self._disk: dict[str, str] = {}
        self._stored: set[str] = set()
        self._done: set[str] = set()

    async def live(self, life: Life) -> None:
        """Read on."""
        is_whole = False
        while not life.is_over and not (life.is_last and is_whole):
            job = life.clips.backfill(
                broadcaster_id=ARCHIVE_ID,
                started_at=_START,
                ended_at=_END,
                checkpoint=Kept(life, self._disk, "archive"),
                concurrency=self._chance.choice((1, 4, 8)),
                audit=self._chance.choice((0.0, 0.02, 0.2)),
            )
            async with job:
                is_read = await self._read(life, job)
            if is_read:
                is_whole = check(self._world, job.report, self._wanted - self._stored)
                self._world.counts["archives read"] += is_whole
                for kept in (self._disk, self._stored, self._done) if is_whole else ():
                    kept.clear()
            await life.pause(500)

    async def _read(self, life: Life, job: Backfill) -> bool:
        """Read until something comes between, or to the end: whether it was that."""
        batches = job.batches()
        held: list[Batch] = []
        while not life.is_over and self._chance.random() > 0.03:
            batch: Batch | None = None
            is_answered = False
            async with life.risk():
                batch = await anext(batches, None)
                is_answered = True
            if batch is not None:
                self._look_at(batch)
                held.append(batch)
            if held and self._chance.random() < 0.4:
                await self._commit(life, job, held.pop(self._chance.randrange(len(held))))
            if is_answered and batch is None:
                while held:
                    await self._commit(life, job, held.pop())
                return not life.is_over
            await life.pause(0.5)
        return False

    def _look_at(self, batch: Batch) -> None:
        ids = {clip.id for clip in batch.clips}
        assert len(ids) == len(batch.clips)
        assert ids <= self._wanted
        assert not ids & self._done, "what was committed came again"

    async def _commit(self, life: Life, job: Backfill, batch: Batch) -> None:
        """Store what is in it, and commit it, however often that takes."""
        ids = {clip.id for clip in batch.clips}
        self._stored |= ids
        is_kept = False
        while not is_kept and not life.is_over:
            async with life.risk():
                await job.commit(batch)
                is_kept = True
        self._done |= ids if is_kept and batch.proof in _DONE else set()


class Filer:
    """Has a channel's archive written to a file, again and again."""

    def __init__(self, world: World) -> None:
        """Have nothing yet."""
        self._world = world
        self._chance = chance_of(world.seed, "filer")
        self._wanted = wanted(world, FILE_ID)

    async def live(self, life: Life) -> None:
        """Write on."""
        path, is_whole = life.folder / "clips.jsonl", False
        while not life.is_over and not (life.is_last and is_whole):
            job = life.clips.backfill(broadcaster_id=FILE_ID, started_at=_START, ended_at=_END, audit=0.0)
            async with life.risk(patience=20):
                with suppress(BackfillIncomplete):
                    await write(job, path)
                is_whole = self._check(path, job.report)
                for file in life.folder.iterdir() if is_whole else ():
                    file.unlink()
            await life.pause(500)

    def _check(self, path: Path, report: Report) -> bool:
        ids = [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
        assert len(ids) == len(set(ids))
        is_whole = check(self._world, report, self._wanted - set(ids))
        self._world.counts["files written"] += is_whole
        return is_whole


def wanted(world: World, channel: str) -> frozenset[str]:
    """The ids of a channel's clips in the range."""
    return world.of(channel) & world.ids(lambda clip: _START <= created(clip) < _END)


def check(world: World, report: Report, lacks: Iterable[str]) -> bool:
    """See that whatever an archive lacks lies where the report says so; whether it says so of nothing."""
    named = [*report.gaps, *report.unsettled, *report.unread]
    world.counts["gaps"] += len(report.gaps)
    world.counts["unsettled"] += len(report.unsettled)
    missing = [clip_id for clip_id in lacks if not covers(named, created(world.clips[clip_id]))]
    assert not missing, f"never given: {missing} {report}"
    return not named
