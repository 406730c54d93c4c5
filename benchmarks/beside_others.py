"""`AsyncClips` beside twitchAPI 4.5.0 and TwitchIO 3.3.2, on local servers in one run.

They need `pip install --group bench`. Completeness comes first: `others_faults.py` has what a server can do and what
each client makes of it. `others_cost.py` has what a page costs, and `others_bucket.py` twenty listings at once over a
small bucket.

The claim is that nothing is lost in silence: exit status 1 when a listing of ours ended short and did not say so, or
did not end. Times gate nothing. `--json FILE` writes the figures down; `--quick` reads fewer listings and gives each
client less time, so that the whole takes less than a minute instead of five.
"""

import argparse
import json
import sys
from pathlib import Path

import attrs
from others import CLIENTS, OURS, versions
from others_bucket import Bucket, bucket
from others_cost import BAR, Cost, costs, ratio
from others_faults import Row, table


@attrs.frozen
class Scale:
    """How much is done.

    Attributes:
        rounds: Of the clients' turns.
        listings: That are timed in each.
        points: In the small bucket.
        seconds: That a client may take over it.
    """

    rounds: int
    listings: int
    points: int
    seconds: float


FULL = Scale(rounds=7, listings=5, points=80, seconds=150.0)
QUICK = Scale(rounds=1, listings=1, points=92, seconds=12.0)


@attrs.frozen
class Results:
    """All of it, as `--json` writes it."""

    versions: dict[str, str]
    faults: list[Row]
    cost: dict[str, Cost]
    bucket: Bucket


def print_faults(rows: list[Row]) -> None:
    """The fault table, and under a row what was logged meanwhile."""
    print(f"{'':42}{'clips':>5}  " + "".join(f"{name:36}" for name in CLIENTS))
    for row in rows:
        cells = [f"{cell.clips} {cell.verdict}: {cell.said}" for cell in row.clients.values()]
        print(f"{row.case:42}{row.of:5}  " + "".join(f"{cell.removesuffix(': None'):36}" for cell in cells))
        for name, cell in row.clients.items():
            for line in cell.logged:
                print(f"{'':49}{name} logged: {line}")


def print_costs(cost: dict[str, Cost]) -> None:
    """What a page costs, and the ratio."""
    for name, one in cost.items():
        print(
            f"{name:13} {one.cpu_us:6.0f} us of CPU a page, {one.wall_us:6.0f} us in all, {one.requests} requests,"
            f" {one.memory_mib:5.2f} MiB more at the peak"
        )
    print(f"CPU, ratio to the better of the two: {ratio(cost):.2f} (bar: {BAR})")


def print_bucket(bucket: Bucket) -> None:
    """What came of the listings over the small bucket."""
    print(f"{bucket.listings} listings over a small bucket, {bucket.least_seconds:.1f} s at the least")
    for name, one in bucket.clients.items():
        print(
            f"{name:13} {one.seconds:5.1f} s, {one.requests} requests, {one.refused} of them 429;"
            f" {one.complete} complete, {one.silent} cut short without a word, {one.errors} errors,"
            f" {one.unfinished} unfinished"
        )


def is_silent(results: Results) -> bool:
    """Whether anything of ours was lost without a word."""
    verdicts = {row.clients[OURS].verdict for row in results.faults}
    return not verdicts <= {"complete", "says so"} or results.bucket.clients[OURS].silent > 0


def main() -> None:
    """Print the figures, and write them down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    scale = QUICK if arguments.quick else FULL
    rows = table()
    print_faults(rows)
    cost = costs(scale.rounds, scale.listings)
    print_costs(cost)
    small = bucket(scale.points, scale.seconds)
    print_bucket(small)
    results = Results(versions(), rows, cost, small)
    if arguments.json:
        arguments.json.write_text(json.dumps(attrs.asdict(results), indent=1) + "\n", encoding="utf-8")
    if is_silent(results):
        sys.exit("clips of ours were lost without a word")


if __name__ == "__main__":
    main()
