"""A sweep without a job: a Helix of slots and views, and walkers that read all of it."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from random import Random

import attrs
from hypothesis import strategies as st

from twitch_clips.backfill.sweep import LIMIT, Attempt, Span, Sweep

PAGE = 100


Clip = tuple[int, int]  # slot, views


def _sorted(clips: list[Clip]) -> list[Clip]:
    return sorted(clips)


@attrs.define
class Helix:
    """Lists the clips of slots by falling views, up to a cap."""

    clips: list[Clip] = attrs.field(converter=_sorted)
    caps: tuple[int, int] = (1_000, 1_000)
    in_order: bool = True
    rng: Random = attrs.Factory(lambda: Random(1))  # noqa: S311

    def listing(self, lo: int, hi: int) -> tuple[list[Clip], bool]:
        """The rows, and whether there are more."""
        rows = self.clips[bisect_left(self.clips, (lo, -1)) : bisect_left(self.clips, (hi, -1))]
        if self.in_order:
            rows.sort(key=lambda row: -row[1])
        else:
            self.rng.shuffle(rows)
        cap = self.rng.randint(*self.caps)
        return rows[:cap], len(rows) > cap


@attrs.define
class Run:
    """What came of a sweep: the windows that were read, those given up, and the requests."""

    windows: list[tuple[int, int]] = attrs.Factory(list[tuple[int, int]])
    given_up: list[tuple[int, int]] = attrs.Factory(list[tuple[int, int]])
    rows: list[Clip] = attrs.Factory(list[Clip])
    requests: int = 0

    def walk(self, helix: Helix, attempt: Attempt) -> bool:
        """Whether the window is done with."""
        rows, is_capped = helix.listing(attempt.lo, attempt.hi)
        pages, is_left = 1, False
        while len(rows) > pages * PAGE and not is_left:
            is_left = not attempt.goes_on(rows[: pages * PAGE], pages)
            pages += not is_left
        self.requests += pages
        is_single = attempt.hi - attempt.lo == 1
        if not is_left and (is_single or (not is_capped and len(rows) < LIMIT)):
            attempt.complete(rows)
            self.windows.append((attempt.lo, attempt.hi))
            self.rows += rows
            return True
        assert not is_single, "a single slot is never given up"
        attempt.give_up(rows[: pages * PAGE])
        self.given_up.append((attempt.lo, attempt.hi))
        return False


def read(helix: Helix, sweep: Sweep, walkers: int = 1) -> Run:
    """Have walkers read all, a walk each in turn."""
    run, at_work = Run(), list[Span]()
    while not sweep.is_done:
        while len(at_work) < walkers and (span := sweep.take()) is not None:
            at_work.append(span)
        span = at_work.pop(0)
        if run.walk(helix, sweep.window(span)):
            sweep.release(span)
        else:
            at_work.append(span)
        assert run.requests < 1_000_000
    return run


def tiles(windows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Windows that touch made one."""
    tiled: list[tuple[int, int]] = []
    for lo, hi in sorted(windows):
        if tiled and tiled[-1][1] == lo:
            tiled[-1] = (tiled[-1][0], hi)
        else:
            assert not tiled or tiled[-1][1] < lo, "windows overlap"
            tiled.append((lo, hi))
    return tiled


def channel(rng: Random, days: int, clips: int) -> list[Clip]:
    """Streams of 36 slots on days of very unlike volume, with views that have a heavy tail."""
    weights = [rng.paretovariate(1.3) for _ in range(days)]
    made = rng.choices(range(days), weights, k=clips)
    return [(144 * day + rng.randrange(36), int(weights[day] ** 0.5 * rng.paretovariate(1.1) * 3)) for day in made]


def even(rng: Random, slots: int, clips: int, views: Callable[[], int]) -> list[Clip]:
    """Clips at any slot alike."""
    return [(rng.randrange(slots), views()) for _ in range(clips)]


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[list[Clip], int]:
    """Clips of many shapes, and how many slots they are in."""
    rng = Random(draw(st.integers(0, 99)))  # noqa: S311
    slots = draw(st.sampled_from([1, 2, 40, 3_000, 200_000]))
    count = draw(st.sampled_from([0, 1, 99, 100, 101, 850, 899, 900, 901, 1_050, 3_000]))
    views: Callable[[], int] = draw(
        st.sampled_from(
            [lambda: 0, lambda: 7, lambda: rng.randrange(4), lambda: int(rng.paretovariate(1)), lambda: int(9e6)]
        )
    )
    place: Callable[[], int] = draw(
        st.sampled_from(
            [
                lambda: 0,
                lambda: slots - 1,
                lambda: rng.randrange(slots),
                lambda: rng.choice((0, slots - 1)),
                lambda: min(int(rng.paretovariate(0.4)), slots) - 1,
            ]
        )
    )
    return [(place(), views()) for _ in range(count)], slots
