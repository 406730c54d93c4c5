"""Requests of `AsyncClips.backfill` over the bound of one for each hundred clips: exact, on virtual time; bars gate.

A backfill reads a whole catalogue of `catalogues.py` from a `FakeHelix` over loopback, one window at a time and without
an audit unless a row says otherwise. Requests are what the server counted. Each row gives the least, the median and
the most of five seeds; `must` gates the median (`worst` gates every seed), `aim` is only shown:

- requests over the bound: 1.00 up to 400 clips; 1.3 and never above 2.2 from 700 to 1,400; 1.25 and never above 1.7 on
  a small channel; 1.30 on a large one; 1.13 on a steady one; 1.28 where it grew, paused, or its views drift or tie;
  1.10 on a game of 600,000;
- four walkers cost 5 % more than one; an audit as by default 6 % more than none;
- 120 ms a request, the real bucket: eight walkers read a large channel in 30 s; four use 98 % of what the bucket gives
  for a game (800 points and 13.33 a second);
- moving views, 0.5 % and 5 % of the clips: 1.35 and 1.65; clips in no order: 2.0. That is: as many of the catalogue's
  clips, drawn anew each time, gain from 1 to some tenth of their views in the time of a walk of six pages, a sixth of
  them before each page. The harsher reading, as many before every page, has no bar;
- wide windows (over two days) lack 2 % of the clips: an audit of 0.02 comes to 99.5 % of them, one of 1.0 to all.

In every run no clip comes twice, and each is given or lies in a stretch that the report names as a gap, or to be read
again; but for clips that wide windows lack, for which it has to say how much was audited. A row in which that does not
hold says so and is missed.

Exit status 1 when a bar is missed. The whole takes some eight minutes on two cores, `--quick` half of one.
"""

import math
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

import attrs
from backfill_jobs import Job, Runs
from figures import Report, Result, arguments

from twitch_clips.testing import Manners

PER_PAGE = 100
WALK = 6  # pages
PROCESSES = 2
POINTS, REFILL = 800, 800 / 60
ON_THE_WAY = Manners(round_trip=(0.12, 0.12))
LOSSY = Manners(lossy_over=timedelta(days=2), lossy_share=0.02)


Measure = Callable[[Runs, Job, int], float]


@attrs.frozen(kw_only=True)
class Figure:
    """What a row measures.

    Attributes:
        name: In words.
        of: Gives it for a job and a seed.
        form: How it is shown.
        is_to_be_large: Whether more is better.
    """

    name: str
    of: Measure
    form: str = "{:.3f}"
    is_to_be_large: bool = False

    def holds(self, value: float, bar: float | None) -> bool:
        """Whether a bar is reached."""
        return bar is None or (value >= bar if self.is_to_be_large else value <= bar)


def over_bound(runs: Runs, job: Job, seed: int) -> float:
    """Requests, to one for each page that the clips fill."""
    run = runs.of(job, seed)
    return run.requests / math.ceil(run.clips / min(job.manners.short_pages or PER_PAGE, PER_PAGE))


def over_plain(runs: Runs, job: Job, seed: int) -> float:
    """Requests beyond those of one walker without an audit, as a share of them."""
    return runs.of(job, seed).requests / max(runs.of(Job(catalogue=job.catalogue), seed).requests, 1) - 1


def use(runs: Runs, job: Job, seed: int) -> float:
    """Requests, to the points that the bucket gave."""
    run = runs.of(job, seed)
    return run.requests / (POINTS + REFILL * run.seconds)


OVER_BOUND = Figure(name="requests to the least possible", of=over_bound)
OVER_PLAIN = Figure(name="requests more than of one walker without an audit", of=over_plain, form="{:+.1%}")
SECONDS = Figure(name="seconds", of=lambda runs, job, seed: runs.of(job, seed).seconds, form="{:.1f} s")
USE = Figure(name="use of the bucket", of=use, form="{:.1%}", is_to_be_large=True)
FOUND = Figure(
    name="clips found",
    of=lambda runs, job, seed: runs.of(job, seed).found / runs.of(job, seed).clips,
    form="{:.3%}",
    is_to_be_large=True,
)


@attrs.frozen(kw_only=True)
class Row:
    """A figure of a job and its bars.

    Attributes:
        name: What is shown.
        job: What is run.
        figure: What of it is measured.
        must: The bar of the median.
        aim: What the median should come to.
        worst: The bar of every seed.
        seeds: At most so many.
        quick: How many seeds `--quick` runs.
    """

    name: str
    job: Job
    figure: Figure = OVER_BOUND
    must: float | None = None
    aim: float | None = None
    worst: float | None = None
    seeds: int = sys.maxsize
    quick: int = 0

    def tried(self, seeds: int) -> range:
        """Its seeds, where each row is to have so many."""
        return range(min(seeds, self.seeds))

    def bars(self) -> str:
        """The bars in words."""
        sign = ">=" if self.figure.is_to_be_large else "<="
        named = {"median": self.must, "aim": self.aim, "all": self.worst}
        bars = [f"{name} {sign} {self.figure.form.format(bar)}" for name, bar in named.items() if bar is not None]
        return ", ".join(bars)


LARGE, DRIFT, GAME, BUSY, SMALL = "large, bursty", "drift", "game", "game, busy slot", "small"
FAULTS: Mapping[str, Manners] = {
    "cap: the same cursor for ever": Manners(cap_ending="repeats"),
    "cap: clips once more, new cursors": Manners(cap_ending="cycles"),
    "cap: a 500 for ever": Manners(cap_ending="fails"),
    "cap of 900 to 1,100": Manners(cap=(900, 1100)),
    "pages of 80 at most (the bound too)": Manners(short_pages=80),
    "an empty page behind a full last one": Manners(full_page_has_cursor=True),
    "a 500 for ever from clip 500 on": Manners(fails_from=500),
}


def channel(name: str, must: float | None, aim: float | None, *, quick: int = 0, worst: float | None = None) -> Row:
    """Requests of one walker over the bound."""
    return Row(name=name, job=Job(catalogue=name), must=must, aim=aim, quick=quick, worst=worst)


def moving(share: float, must: float, aim: float | None) -> list[Row]:
    """That share of the clips moves: both readings."""
    name = f"{LARGE}: {share:.1%} move in "
    return [
        Row(name=name + "6 pages", job=Job(catalogue=LARGE, moving=share / WALK), must=must, aim=aim),
        Row(name=name + "1 page", job=Job(catalogue=LARGE, moving=share), seeds=2),
    ]


def fault(name: str) -> list[Row]:
    """Nothing is missing and unreported; what that costs."""
    plain = Job(catalogue=SMALL, manners=FAULTS[name])
    rows = [
        Row(name=f"{SMALL}: {name}", job=plain, quick=5),
        Row(name=f"{LARGE}: {name}", job=attrs.evolve(plain, catalogue=LARGE), seeds=2),
    ]
    if name.startswith("cap"):
        day = attrs.evolve(plain, catalogue=BUSY, days=1)
        rows.append(Row(name=f"day of the busy slot: {name}", job=day, quick=1))
    return rows


def lossy(catalogue: str, audit: float, worst: float | None, *, quick: int = 0, seeds: int = sys.maxsize) -> Row:
    """Wide windows lack clips; how many come all the same."""
    job = Job(catalogue=catalogue, manners=LOSSY, audit=audit)
    name = f"{catalogue}: 2 % lost, audit {audit}"
    return Row(name=name, job=job, figure=FOUND, worst=worst, quick=quick, seeds=seeds)


EIGHT = Job(catalogue=LARGE, manners=ON_THE_WAY, walkers=8)
FOUR = Job(catalogue=GAME, manners=ON_THE_WAY, walkers=4)
ROWS = (
    channel("tiny", None, None, quick=5, worst=1.0),
    channel("700 to 1,400", 1.3, 1.2, quick=5, worst=2.2),
    channel(SMALL, 1.25, 1.15, quick=5, worst=1.7),
    channel(LARGE, 1.30, 1.20, quick=1),
    channel("viral days", None, None),
    channel("clusters", None, None),
    channel("steady", 1.13, 1.10, quick=3),
    *(channel(name, 1.28, 1.18) for name in ("grew", "absences", DRIFT, "ties")),
    Row(name="game, 600,000 clips", job=Job(catalogue=GAME), must=1.10, aim=1.08, seeds=3),
    channel(BUSY, None, None),
    *(
        Row(name=f"{name}: 4 walkers", job=Job(catalogue=name, walkers=4), figure=OVER_PLAIN, must=0.05, aim=0.02)
        for name in (LARGE, DRIFT)
    ),
    Row(name=f"{LARGE}: 8 walkers, 120 ms", job=EIGHT, figure=SECONDS, must=30, aim=25),
    Row(name=f"{LARGE}: 8 walkers, 120 ms", job=EIGHT, figure=USE, aim=0.95),
    Row(name="game: 4 walkers, 120 ms", job=FOUR, figure=USE, must=0.98, seeds=1),
    *moving(0.005, 1.35, None),
    *moving(0.05, 1.65, 1.5),
    Row(name=f"{LARGE}: in no order", job=Job(catalogue=LARGE, manners=Manners(order="random")), must=2.0),
    *(row for name in FAULTS for row in fault(name)),
    Row(name=f"{LARGE}: audit 0.02", job=Job(catalogue=LARGE, audit=0.02), figure=OVER_PLAIN, must=0.06, aim=0.04),
    lossy(LARGE, 0.02, 0.995, quick=1),
    lossy(LARGE, 1.0, 1.0, seeds=2),
    lossy(SMALL, 0.02, None),
    lossy(SMALL, 1.0, 1.0, quick=1),
)
SHOWN = frozenset(  # in the project's README
    {
        SMALL,
        LARGE,
        "steady",
        DRIFT,
        "game, 600,000 clips",
        f"{LARGE}: 8 walkers, 120 ms",
        f"{LARGE}: audit 0.02",
        f"{LARGE}: 2 % lost, audit 0.02",
    }
)


def judge(runs: Runs, row: Row, seeds: int) -> Result:
    """The row's median, least and most, and whether nothing is missed."""
    tried = row.tried(seeds)
    name = row.name if len(tried) == seeds else f"{row.name} ({len(tried)} seed{'s'[: len(tried) - 1]})"
    values = [row.figure.of(runs, row.job, seed) for seed in tried]
    done = [runs.of(row.job, seed) for seed in tried]
    median = statistics.median(values)
    well = row.figure.holds(median, row.must) and all(row.figure.holds(value, row.worst) for value in values)
    shown = "{} ({} to {})".format(*(row.figure.form.format(value) for value in (median, min(values), max(values))))
    notes = [f"seed {seed}: {run.wrong.strip('; ')}" for seed, run in zip(tried, done, strict=True) if run.wrong]
    well = well and not notes
    if not notes and (short := sum(run.clips - run.found for run in done)):
        notes.append(f"{short:,} of {sum(run.clips for run in done):,} clips missing and reported")
    return Result(
        name=f"backfill, {row.figure.name}: {name}",
        measured="; ".join([shown, *notes]),
        bar=row.bars(),
        exact=True,
        met=well,
        main=row.name in SHOWN,
        number=median if row.figure is OVER_BOUND else None,
    )


def main() -> None:
    """Report each figure."""
    parser = arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="seeds of each row, from 0 on")
    parser.add_argument("--row", default="", help="only rows whose names have all of these words")
    options = parser.parse_args()
    named = [row for row in ROWS if all(word in row.name for word in options.row.split())]
    if not named:
        parser.error(f"no row has all of the words {options.row!r}")
    rows = [(row, min(row.quick, options.seeds) if options.quick else options.seeds) for row in named]
    start = time.monotonic()
    report = Report()
    print("median (least to most)")
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        runs = Runs(pool)
        for row, seeds in rows:
            for seed in row.tried(seeds):
                runs.start(row.job, seed)
        for row, seeds in rows:
            if seeds:
                report.add(judge(runs, row, seeds))
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)
    report.hand_over(options.json)
    if missed := report.missed():
        sys.exit(f"missed: {missed}")


if __name__ == "__main__":
    main()
