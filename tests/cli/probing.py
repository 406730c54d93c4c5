"""What tests of the probe share: a busy channel, and questions asked about it."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from tests.conftest import NOW, client
from twitch_clips.cli.probe_meter import Meter
from twitch_clips.cli.probe_questions import Finding, Probe
from twitch_clips.testing import FakeHelix, Manners, light_clips

DAY = 86_400
START = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())
CHANNEL = "1000001"
AS_ASSUMED, NOT_AS_ASSUMED, UNTOLD = "as assumed", "not as assumed", "could not be told"


def clips_of(days: int = 3, every: int = 100, start: int = START) -> list[Mapping[str, object]]:
    """A channel's clips, one in so many seconds, watched as chance would have it."""
    count = days * DAY // every
    return list(light_clips(range(start, start + days * DAY, every), (number * 7919 % 4001 for number in range(count))))


CLIPS = clips_of()


@asynccontextmanager
async def asked(
    helix: FakeHelix, selector: str = "broadcaster_id", value: str = CHANNEL, *, minutes: int = 0, most: int = 400
) -> AsyncGenerator[Probe]:
    """A probe of a server, which runs as long."""
    meter = Meter(most)
    async with helix, client(helix, bucket=meter) as clips:
        yield await Probe.of(clips, meter, selector, value, minutes=minutes)


async def findings_of(probe: Probe, *names: str) -> list[Finding]:
    """What comes of questions."""
    return [finding async for finding in probe.findings(names, lambda _words: None)]


async def verdict_of(
    name: str, manners: Manners, clips: Iterable[Mapping[str, object]] = CLIPS, *, minutes: int = 0
) -> str:
    """What comes of one question, in one line: the verdict, what came, why."""
    async with asked(FakeHelix(clips, now=NOW, manners=manners), minutes=minutes) as probe:
        [finding] = await findings_of(probe, name)
    assert finding.question == name
    return f"{finding.meaning.verdict.value}: {finding.meaning.came}; {finding.meaning.why}"
