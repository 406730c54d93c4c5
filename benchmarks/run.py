"""All benchmarks, one after the other: `python benchmarks/run.py`.

What gates comes first: it is exact, in requests and on virtual time. Then ours beside the others, then what is timed;
let nothing else run meanwhile. One that fails, or misses a bar, does not keep the next from running.

What came out goes into `last.json`, and from there into the tables of both READMEs and into `results.svg`. `--quick`
writes nothing; `--only NAME ...` renews what these say; `--draw` runs nothing and writes the tables and the picture.

Exit status 1 when an exact bar is missed, when ours lost clips, and when a benchmark does not run at all.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import cattrs
import picture
import tables
from beside_others import Results
from figures import Result
from last import BESIDE, SCRIPTS, Last, Ran, beside


class Done(NamedTuple):
    """What one benchmark came to: its run and, from one, what it says of the others; and whether it did run."""

    ran: Ran
    others: Results | None
    is_whole: bool

    def well(self) -> bool:
        """Whether nothing that gates is missed."""
        return self.is_whole and all(result.met for result in self.ran.results if result.exact)


def run(name: str, *options: str) -> Done:
    """Run a benchmark; it prints as it does alone."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "results.json"
        script = Path(__file__).with_name(f"{name}.py")
        ended = subprocess.run([sys.executable, script, *options, "--json", told], check=False)  # noqa: S603  (our own)
        handed_over = json.loads(told.read_text(encoding="utf-8")) if told.exists() else None
    others = cattrs.structure(handed_over, Results) if handed_over and name == BESIDE else None
    if others is not None:
        found = beside(others)
    elif handed_over is not None:
        found = cattrs.structure(handed_over, list[Result])
    else:
        found = [Result(name=name, measured=f"failed: exit status {ended.returncode}", met=False, main=True)]
    ran = Ran(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        where=f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores",
        seconds=round(time.monotonic() - start),
        results=found,
    )
    return Done(ran, others, handed_over is not None)


def draw(last: Last) -> None:
    """Write the tables and the picture."""
    for path, text in tables.readmes(last).items():
        path.write_text(text, encoding="utf-8")
    picture.FILE.write_text(picture.draw(last), encoding="utf-8")


def run_all(names: list[str], *, is_quick: bool) -> dict[str, Done]:
    """Run benchmarks in turn; keep what each says as it ends, unless it was a quick one."""
    done: dict[str, Done] = {}
    last = Last.read()
    for number, name in enumerate(names, start=1):
        before = f" (last time {last.benchmarks[name].seconds} s)" if name in last.benchmarks and not is_quick else ""
        print(f"\n== {number} of {len(names)}, {name}: {SCRIPTS[name]}{before}", flush=True)
        done[name] = run(name, *["--quick"] * is_quick)
        last = last.including(name, done[name].ran, done[name].others)
        if not is_quick:
            last.write()
            draw(last)
        print(f"-- {name}: {done[name].ran.seconds} s", flush=True)
    return done


def say(done: dict[str, Done]) -> None:
    """What was missed."""
    missed = [
        f"{name}: {' '.join(str(result).split())}{'' if one.is_whole and not result.exact else ' (gates)'}"
        for name, one in done.items()
        for result in one.ran.results
        if not result.met
    ]
    count = sum(len(one.ran.results) for one in done.values())
    print(f"\n== {count - len(missed)} of {count} results are as they should be", *missed, sep="\n")


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(description="Run all benchmarks.")
    parser.add_argument("--quick", action="store_true", help="run each as little as shows that it runs; write nothing")
    parser.add_argument("--only", nargs="+", choices=SCRIPTS, metavar="NAME", help="run these alone")
    parser.add_argument("--draw", action="store_true", help="run nothing: tables and picture from last.json")
    options = parser.parse_args()
    if options.draw:
        draw(Last.read())
        return
    names = [name for name in SCRIPTS if options.only is None or name in options.only]
    done = run_all(names, is_quick=options.quick)
    say(done)
    if not all(one.well() for one in done.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
