"""The synthetic catalogue's large channel: seven years of streams, the same ones whatever the day."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import accumulate
from random import Random

import attrs

from .catalogue import BOTTOMLESS_TEAPOT, KETTLE_QUEST
from .light_clips import LightClip

SELECTORS = frozenset({("broadcaster_id", BOTTOMLESS_TEAPOT), ("game_id", KETTLE_QUEST)})
"""What its clips are listed by."""

_FIRST = int(datetime(2019, 1, 1, tzinfo=UTC).timestamp())
_LAST = int(datetime(2025, 12, 31, tzinfo=UTC).timestamp())
_HOUR = 3600
_DAY = 24 * _HOUR
# The rest is fitted by eye to what is told of large channels: 600 to 1,000 clips on a busy day, few on most.
_STREAMS_A_DAY = 0.6
_UNEVENNESS = 1.8
_IN_BURSTS = 0.4
_SECONDS_OF_A_BURST = 30
_HEAVY_TAIL = 0.9
_WITHOUT_GAME = 0.05


@attrs.frozen
class _Stream:
    """An evening, in POSIX seconds; its clips come in proportion to `volume`, many of them in bursts."""

    started_at: int
    seconds: int
    volume: float
    bursts: tuple[int, ...]


def synthetic_channel(count: int = 30_000, *, seed: int = 1) -> list[Mapping[str, object]]:
    """The clips of `bottomless_teapot`, from 2019 to 2025, oldest first: as light as those of `light_clips`.

    On most days there are few or none, on some more than a query serves; a handful has most of the views. Most are of
    the game 490003, Kettle Quest, some of none.

    Args:
        count: How many.
        seed: Another seed gives other clips.
    """
    chance = Random(seed)
    streams = [_stream(chance, day) for day in range(_FIRST, _LAST, _DAY) if chance.random() < _STREAMS_A_DAY]
    volumes = list(accumulate(stream.volume for stream in streams))
    created = sorted(_moment(chance, stream) for stream in chance.choices(streams, cum_weights=volumes, k=count))
    return [
        LightClip(
            number,
            created_at,
            int(3 * chance.paretovariate(_HEAVY_TAIL)),
            BOTTOMLESS_TEAPOT,
            "" if chance.random() < _WITHOUT_GAME else KETTLE_QUEST,
        )
        for number, created_at in enumerate(created)
    ]


def _stream(chance: Random, day: int) -> _Stream:
    started_at = day + chance.randrange(12 * _HOUR, 20 * _HOUR)
    seconds = chance.randrange(2 * _HOUR, 10 * _HOUR)
    bursts = tuple(started_at + chance.randrange(seconds) for _ in range(chance.randint(1, 4)))
    return _Stream(started_at, seconds, chance.lognormvariate(0, _UNEVENNESS), bursts)


def _moment(chance: Random, stream: _Stream) -> int:
    if chance.random() < _IN_BURSTS:
        return chance.choice(stream.bursts) + int(chance.expovariate(1 / _SECONDS_OF_A_BURST))
    return stream.started_at + int(chance.random() * stream.seconds)
