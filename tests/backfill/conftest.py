"""What the tests of a backfill share: catalogues from a seed, a server that has one, and what came of a job."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import attrs

from tests.conftest import NOW, client
from twitch_clips import AsyncClips, Backfill, Batch, Event, Proof, Window
from twitch_clips.testing import FakeHelix, Manners, light_clips

CHANNEL = "1000001"
START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Raw = Mapping[str, object]


class MemoryStore:
    """A store in memory."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.text: str | None = None
        self.saves: int = 0

    def load(self) -> str | None:
        """What was saved last."""
        return self.text

    def save(self, text: str, /) -> None:
        """Keep it."""
        self.text, self.saves = text, self.saves + 1


@attrs.define
class Sandbox:
    """A server, a client of it, and the events of that client."""

    helix: FakeHelix
    clips: AsyncClips
    events: list[Event]

    def job(self, **options: Any) -> Backfill:
        """A backfill of the channel, from the range's start to its end."""
        if not options.keys() & {"login", "broadcaster_id", "game", "game_id"}:
            options["broadcaster_id"] = CHANNEL
        given: dict[str, Any] = {"started_at": START, "ended_at": END} | options
        return self.clips.backfill(**given)

    def told(self, kind: type[Event]) -> list[Any]:
        """The events of a kind."""
        return [event for event in self.events if type(event) is kind]


@asynccontextmanager
async def sandbox(raw: Iterable[Raw], **given: Any) -> AsyncGenerator[Sandbox]:
    """A server with these clips, and a client of it: settings of the server, `settings` of the client."""
    settings = given.pop("settings", {})
    events: list[Event] = []
    async with (
        FakeHelix(raw, now=given.pop("now", NOW), manners=Manners(**given)) as helix,
        client(helix, hooks=[events.append], **settings) as clips,
    ):
        yield Sandbox(helix, clips, events)


def spread(count: int, *, seed: int = 1, start: datetime = START, end: datetime = END, first: int = 0) -> list[Raw]:
    """So many clips at any seconds of a range, with views as uneven as real ones."""
    chance = Random(seed)  # noqa: S311  (a catalogue wants a seed)
    seconds = int((end - start).total_seconds())
    moments = [int(start.timestamp()) + chance.randrange(seconds) for _ in range(count)]
    return list(light_clips(moments, [int(chance.paretovariate(0.8) * 3) for _ in moments], start=first))


def at(moments: Sequence[datetime], *, first: int = 0) -> list[Raw]:
    """A clip at each of these moments."""
    return list(light_clips([int(moment.timestamp()) for moment in moments], [7] * len(moments), start=first))


def ids_of(raw: Iterable[Raw], start: datetime = START, end: datetime = END) -> list[str]:
    """The ids of those within a range, sorted."""
    return sorted(str(clip["id"]) for clip in raw if start <= datetime.fromisoformat(str(clip["created_at"])) < end)


def found(batches: Iterable[Batch]) -> list[str]:
    """The ids in batches, sorted; a clip that came twice is there twice."""
    return sorted(clip.id for batch in batches for clip in batch.clips)


async def drain(job: Backfill, *, commit: bool = True) -> list[Batch]:
    """All batches of a job, each committed."""
    batches: list[Batch] = []
    async with job:
        async for batch in job.batches():
            batches.append(batch)
            if commit:
                await job.commit(batch)
    return batches


def covers(windows: Iterable[Window], moment: datetime) -> bool:
    """Whether a moment lies in one of them."""
    return any(window.started_at <= moment < window.ended_at for window in windows)


def proofs(batches: Iterable[Batch]) -> set[Proof]:
    """Those that were given."""
    return {batch.proof for batch in batches}
