"""Synthetic catalogues of clips to measure a backfill on: channels and games of many shapes, each by a seed.

They were written before, and without a look at, whatever is measured on them. A channel has stream days with Pareto
weights on 5 of 7 days, six hours each, 30 % of the clips in bursts of a minute. A game is an inhomogeneous Poisson
process with a daily and a weekly rhythm. Views are lognormal with a Pareto tail; their scale drifts over the years and
jumps by day together with the day's volume, and many a clip has but 0 to 3.

A generator gives the same catalogue for the same seed. All clips lie before `END`.
"""

import math
import random
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import attrs

END = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())
MINUTE, HOUR, DAY = 60, 3600, 86_400
SLOT = 10 * MINUTE
YEAR = 365  # days
STREAM = 6 * HOUR
DAYS_OFF = 2  # of a week
PARETO = 1.3  # of the weights of stream days
LARGEST_DAY = 4_000  # clips, or little more, as its weight lets expect: so that no slot comes to 700
IN_BURSTS = 0.3  # of a stream's clips
LARGEST_BURST = 120  # clips, on average
DAILY_JUMP = 0.4  # sigma of the logarithm of a day's views
IN_TAIL = 0.08  # of the clips
TAIL, TAIL_FROM = 1.1, 25.0  # index, and views at a scale of 1
BODY = (1.5, 1.3)  # mu and sigma of the logarithm of views at a scale of 1
RAREST = 1e4**-TAIL  # the Pareto tail ends at 10,000 times where it begins
LARGE = 86_475
BUSY = 1_300  # clips in the busy slot
CLUSTER = 1.15  # index of the sizes of clusters
DENSEST = 300  # clips of a cluster, to 10 minutes of its length
LARGEST_CLUSTER = 3_000  # clips

# When a clip was made, and the scale of its views.
Clip = tuple[int, float]


@attrs.frozen(kw_only=True)
class Catalogue:
    """All clips of a channel or game in a range.

    Attributes:
        started_at: Where the range starts, in POSIX seconds, on a mark of 10 minutes.
        ended_at: Where it ends, not included; the same.
        created: When each clip was made, in whole POSIX seconds, ascending.
        views: Views of each, in the same order.
    """

    started_at: int
    ended_at: int
    created: "array[int]"
    views: "array[int]"


def _views(rng: random.Random, scale: float) -> int:
    if rng.random() < IN_TAIL:
        return int(scale * TAIL_FROM * rng.uniform(RAREST, 1) ** (-1 / TAIL))
    return int(scale * rng.lognormvariate(*BODY))


def _catalogue(rng: random.Random, days: int, clips: Iterable[Clip]) -> Catalogue:
    """The clips in order, with views."""
    ordered = sorted(clips)
    return Catalogue(
        started_at=END - days * DAY,
        ended_at=END,
        created=array("q", [moment for moment, _ in ordered]),
        views=array("i", [_views(rng, scale) for _, scale in ordered]),
    )


# Views over the years: the logarithms of their scale at even distances.


def _wander(rng: random.Random, days: int, base: float = 1.0) -> list[float]:
    """A random walk of the scale, a step a year."""
    levels = [math.log(base) + rng.gauss(0, 0.3)]
    for _ in range(math.ceil(days / YEAR)):
        levels.append(levels[-1] + rng.gauss(0, 0.3))
    return levels


def _level(levels: Sequence[float], share: float) -> float:
    """The scale at a share of the way."""
    place = share * (len(levels) - 1)
    left = min(int(place), len(levels) - 2)
    return math.exp(levels[left] + (place - left) * (levels[left + 1] - levels[left]))


# Channels: what each stream day weighs. The last day has no stream, since a stream may go on after midnight.


def _stream_days(rng: random.Random, days: int) -> dict[int, float]:
    """Pareto weights on 5 of 7 days."""
    weights: dict[int, float] = {}
    for week in range(0, days - 1, 7):
        off = rng.sample(range(week, week + 7), DAYS_OFF)
        weights |= {day: rng.paretovariate(PARETO) for day in range(week, min(week + 7, days - 1)) if day not in off}
    return weights


def _stream(rng: random.Random, start: int, clips: int) -> list[int]:
    """When the clips of one stream were made."""
    count = max(rng.randint(1, 6), 1 + int(IN_BURSTS * clips / LARGEST_BURST))
    bursts = [rng.randrange(start, start + STREAM - MINUTE) for _ in range(count)]
    sizes = [rng.uniform(0.2, 1) for _ in bursts]
    crowded = sum(rng.random() < IN_BURSTS for _ in range(clips))
    moments = [burst + rng.randrange(MINUTE) for burst in rng.choices(bursts, sizes, k=crowded)]
    return moments + [rng.randrange(start, start + STREAM) for _ in range(clips - crowded)]


def _channel(
    rng: random.Random, days: int, clips: int, weights: Mapping[int, float], scale: Callable[[int], float]
) -> Catalogue:
    """A channel's clips, by the weight of its days and the scale of a day's views."""
    weighed = dict(weights)
    for _ in range(10):  # what is cut off one day falls to the others
        most = LARGEST_DAY * sum(weighed.values()) / clips
        weighed = {day: min(weight, most) for day, weight in weighed.items()}
    mean = sum(weighed.values()) / len(weighed)
    counts = dict.fromkeys(weighed, 0)
    for day in rng.choices(list(weighed), list(weighed.values()), k=clips):
        counts[day] += 1
    usual = rng.uniform(0, 24 * HOUR)
    made: list[Clip] = []
    for day, count in counts.items():
        start = END - (days - day) * DAY + int(min(max(rng.gauss(usual, HOUR / 2), 0), DAY))
        factor = scale(day) * math.sqrt(weighed[day] / mean) * rng.lognormvariate(0, DAILY_JUMP)
        made += [(moment, factor) for moment in _stream(rng, start, count)]
    return _catalogue(rng, days, made)


def _plain(rng: random.Random, *, years: int, fewest: int, most: int, base: float = 1.0) -> Catalogue:
    """A channel with stream days and views that wander."""
    days = years * YEAR
    levels = _wander(rng, days, base)
    clips = rng.randint(fewest, most)
    return _channel(rng, days, clips, _stream_days(rng, days), lambda day: _level(levels, day / days))


def _viral(rng: random.Random) -> Catalogue:
    """Some dozens of days of 10 to 40 times the volume and the views."""
    days = 6 * YEAR
    levels = _wander(rng, days)
    weights = _stream_days(rng, days)
    mean = sum(weights.values()) / len(weights)
    viral = {day: rng.uniform(10, 40) for day in rng.sample(list(weights), rng.randint(24, 48))}
    weights |= {day: mean * times for day, times in viral.items()}
    # The square root of the weight is in the views already.
    return _channel(rng, days, LARGE, weights, lambda day: _level(levels, day / days) * math.sqrt(viral.get(day, 1.0)))


def _steady(rng: random.Random) -> Catalogue:
    """A stream each day, at nearly the same volume."""
    days = 3 * YEAR
    levels = _wander(rng, days)
    sigma = rng.uniform(0.1, 0.15)
    weights = {day: rng.lognormvariate(0, sigma) for day in range(days - 1)}
    return _channel(rng, days, 40_000, weights, lambda day: _level(levels, day / days))


def _grew(rng: random.Random) -> Catalogue:
    """The volume grew a hundredfold."""
    days = 5 * YEAR
    levels = _wander(rng, days)
    weights = {day: weight * 100 ** (day / days) for day, weight in _stream_days(rng, days).items()}
    return _channel(rng, days, 60_000, weights, lambda day: _level(levels, day / days))


def _absences(rng: random.Random) -> Catalogue:
    """Weeks to many months without a stream, again and again."""
    days = 6 * YEAR
    levels = _wander(rng, days)
    weights = _stream_days(rng, days)
    for _ in range(rng.randint(6, 10)):
        length = int(math.exp(rng.uniform(math.log(14), math.log(300))))
        start = rng.randrange(days - length)
        weights = {day: weight for day, weight in weights.items() if not start <= day < start + length}
    return _channel(rng, days, rng.randint(55_000, 57_000), weights, lambda day: _level(levels, day / days))


def _drift(rng: random.Random) -> Catalogue:
    """Views that go up and down by era, 10 to 20 times in all, and have been collected for long or not."""
    days = 5 * YEAR
    most = math.log(rng.uniform(10, 20))
    levels = [most * (part / 5 - 0.5) for part in range(6)]
    rng.shuffle(levels)

    def scale(day: int) -> float:
        collected = 1 - math.exp(-(days - day + 15) / 250)
        return _level(levels, day / days) * collected

    return _channel(rng, days, 50_000, _stream_days(rng, days), scale)


# Games: the intensity of each minute.


def _rhythm(rng: random.Random, days: int) -> list[float]:
    """A daily and a weekly rhythm, and light noise by slot."""
    peak = rng.uniform(0, DAY)
    best = rng.uniform(0, 7 * DAY)
    rates: list[float] = []
    for slot in range(0, days * DAY, SLOT):
        noise = rng.lognormvariate(0, 0.08)
        for moment in range(slot, slot + SLOT, MINUTE):
            daily = 1 + 0.5 * math.cos(2 * math.pi * (moment - peak) / DAY)
            weekly = 1 + 0.15 * math.cos(2 * math.pi * (moment - best) / (7 * DAY))
            rates.append(daily * weekly * noise)
    return rates


def _played(rng: random.Random, days: int, clips: int) -> list[Clip]:
    """A game's clips, in no order."""
    start = END - days * DAY
    rates = _rhythm(rng, days)
    jumps = [rng.lognormvariate(0, DAILY_JUMP / 2) for _ in range(days)]
    made: list[Clip] = []
    for minute in rng.choices(range(len(rates)), rates, k=clips):
        moment = minute * MINUTE + int(rng.random() * MINUTE)
        made.append((start + moment, jumps[moment // DAY]))
    return made


def _game(rng: random.Random) -> Catalogue:
    """A game for a month."""
    return _catalogue(rng, 30, _played(rng, 30, 600_000))


def _busy_slot(rng: random.Random) -> Catalogue:
    """A game for ten days, with an event of ten minutes in the middle."""
    made = _played(rng, 10, 202_850)
    event = END - 5 * DAY + rng.randrange(-36, 36) * SLOT
    usual = sum(event <= moment < event + SLOT for moment, _ in made)
    made += [(event + rng.randrange(SLOT), 3.0) for _ in range(BUSY - usual)]
    return _catalogue(rng, 10, made)


def _clusters(rng: random.Random) -> Catalogue:
    """Clusters at random, of all sizes, for minutes to weeks each: no calendar."""
    days = 6 * YEAR
    levels = _wander(rng, days)
    made: list[Clip] = []
    while len(made) < 56_000:  # noqa: PLR2004
        length = math.exp(rng.uniform(math.log(2 * MINUTE), math.log(21 * DAY)))
        most = min(DENSEST * max(1.0, length / SLOT), LARGEST_CLUSTER)
        size = int(min(3 * rng.paretovariate(CLUSTER), most))
        centre = rng.uniform(0, days * DAY)
        scale = _level(levels, centre / (days * DAY)) * math.sqrt(size / 15) * rng.lognormvariate(0, DAILY_JUMP)
        moments = [int(rng.gauss(centre, length / 4)) for _ in range(size)]
        made += [(END - days * DAY + moment, scale) for moment in moments if 0 <= moment < days * DAY]
    return _catalogue(rng, days, made)


def _seeded(name: str, make: Callable[[random.Random], Catalogue], seed: int) -> Catalogue:
    return make(random.Random(f"{name} {seed}"))  # noqa: S311  (a catalogue wants a seed, not secrecy)


_MAKERS: Mapping[str, Callable[[random.Random], Catalogue]] = {
    "tiny": partial(_plain, years=2, fewest=60, most=400),
    "700 to 1,400": partial(_plain, years=3, fewest=700, most=1_400),
    "small": partial(_plain, years=8, fewest=1_700, most=2_100),
    "large, bursty": partial(_plain, years=6, fewest=LARGE, most=LARGE),
    "viral days": _viral,
    "steady": _steady,
    "grew": _grew,
    "absences": _absences,
    "drift": _drift,
    "ties": partial(_plain, years=4, fewest=40_000, most=40_000, base=0.1),
    "game": _game,
    "game, busy slot": _busy_slot,
    "clusters": _clusters,
}

# A name to what makes the catalogue of a seed.
GENERATORS: Mapping[str, Callable[[int], Catalogue]] = {
    name: partial(_seeded, name, make) for name, make in _MAKERS.items()
}
