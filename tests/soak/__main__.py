"""Runs soaks by hand: `python -m tests.soak --seed 1 --runs 100`."""

import asyncio
import logging
import sys
import time
import traceback
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from tests.conftest import NOW
from twitch_clips.testing import VirtualLoop

from .scenario import soak


def main(arguments: Sequence[str], run: Callable[[int, float], Counter[str]]) -> int:
    """Run so many seeds, and say what happened; how many went wrong.

    Args:
        arguments: Of the command line.
        run: Runs a seed for so many virtual seconds.
    """
    parser = ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; each further one has the next")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="of virtual time in which things go wrong")
    given = parser.parse_args(arguments)
    logging.getLogger("twitch_clips").addHandler(logging.NullHandler())
    total, failed = Counter[str](), 0
    for seed in range(given.seed, given.seed + given.runs):
        start = time.monotonic()
        try:
            counts = run(seed, given.minutes * 60)
        except Exception:  # noqa: BLE001  (whatever went wrong, the next seed is run)
            failed += 1
            sys.stdout.write(traceback.format_exc())
            counts = Counter[str]()
        total.update(counts)
        sys.stdout.write(f"seed {seed}: {time.monotonic() - start:.1f} s, {_written(counts)}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{given.runs} runs, {failed} failed: {_written(total)}\n")
    return failed


def _written(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


if __name__ == "__main__":

    def run_apart(seed: int, seconds: float) -> Counter[str]:
        """In a loop of its own."""
        with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
            return runner.run(soak(seed, seconds))

    sys.exit(main(sys.argv[1:], run_apart))
