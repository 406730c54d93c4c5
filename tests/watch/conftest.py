"""What the tests of a watch share: clips that appear late, and what a watch gives in a while."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

import attrs
import pytest

from tests.backfill.conftest import CHANNEL, MINUTE
from tests.conftest import NOW
from twitch_clips import Clip, ClipWatch, TwitchClipsError
from twitch_clips.testing import JUST_CHATTING, FakeHelix, light_clips

OTHER = "1000002"
TEAPOT_TYCOON = "490001"
Raw = Mapping[str, object]


class _Never(Exception):  # noqa: N818
    """Nobody raises it."""


@attrs.frozen
class Late:
    """A clip, and when Helix begins to list it."""

    raw: Raw
    appears_at: datetime

    @property
    def id(self) -> str:
        """The clip's id."""
        return str(self.raw["id"])

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(str(self.raw["created_at"]))


def clip(moment: datetime, number: int = 0, *, channel: str = CHANNEL, game: str = JUST_CHATTING) -> Raw:
    """One clip of a moment; the number makes its id."""
    [raw] = light_clips([int(moment.timestamp())], [7], broadcaster_id=channel, game_id=game, start=number)
    return raw


def schedule(
    count: int, start: datetime, end: datetime, *, seed: int = 1, longest: timedelta = 25 * MINUTE
) -> list[Late]:
    """So many clips of any moments; most appear within a minute, one in five takes up to the longest."""
    chance = Random(seed)  # noqa: S311  (a catalogue wants a seed)
    late: list[Late] = []
    for number in range(count):
        moment = start + chance.random() * (end - start)
        delay = chance.random() * (longest if chance.random() < 0.2 else MINUTE)
        late.append(Late(clip(moment, number), moment.replace(microsecond=0) + delay))
    return late


async def publish(helix: FakeHelix, late: Iterable[Late]) -> None:
    """Have each clip listed once its moment has come."""
    for one in sorted(late, key=lambda one: one.appears_at):
        await asyncio.sleep((one.appears_at - helix.now).total_seconds())
        helix.add(one.raw)


async def follow(watch: ClipWatch, seconds: float, *, through: type[Exception] = _Never) -> list[Clip]:
    """What a watch gives in so many seconds, going on through errors of a kind; then it is cancelled where it waits."""
    clips: list[Clip] = []

    async def read() -> None:
        while True:
            with contextlib.suppress(through):
                clips.append(await anext(watch))

    reading = asyncio.create_task(read())
    await asyncio.wait([reading], timeout=seconds)
    reading.cancel()
    await asyncio.wait([reading])
    with contextlib.suppress(asyncio.CancelledError):
        reading.result()
    return clips


async def failures_of(watch: ClipWatch, count: int) -> list[str]:
    """Why it raises, so many times in a row, without a clip between."""
    reasons: list[str] = []
    for _ in range(count):
        with pytest.raises(TwitchClipsError) as failure:
            await anext(watch)
        reasons.append(str(failure.value))
    return reasons


def ids(clips: Iterable[Clip | Late | Raw]) -> list[str]:
    """Their ids."""
    return [str(one["id"]) if isinstance(one, Mapping) else one.id for one in clips]


def lists(helix: FakeHelix) -> list[str]:
    """The requests for clips."""
    return [target for target in helix.targets if target.startswith("/helix/clips")]


def after(**span: Any) -> datetime:
    """So long after the start of the test."""
    return NOW + timedelta(**span)
