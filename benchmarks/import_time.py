"""CPU of `import twitch_clips`, as a ratio to `import aiohttp`, without which it cannot do. The bar is 1.25.

Each import happens in a fresh interpreter, and two figures are taken of it:

- the import itself: the process's CPU right behind the statement less its CPU right before it;
- from start to exit: the ended process's whole CPU, as the kernel accounts it, less that of an interpreter that
  imports nothing. This holds what the import leaves behind for the interpreter's end, which takes every class and
  function apart again: a fifth of the whole. A command pays it, a service does not.

`python -X importtime` is not used: it measures wall time, which the neighbours share, and its own bookkeeping for
every module weighs most on a library of many small ones.

The interpreters take turns, so that a slow minute meets all of them. Each round gives a ratio, and the median of the
ratios counts: over some 150 ms noise both adds (neighbours) and takes away (clock speed), so the cheapest of each
would be two figures of different minutes.

Everything is compiled in the first round, into a folder of the run's own: pip compiles what it installs, but from a
working copy, or with `PYTHONDONTWRITEBYTECODE` set, our modules alone would be compiled again at each import.
"""

import os
import statistics
import sys
import tempfile

from figures import Report, Result, arguments

ROUNDS = 41
BAR = 1.25
IMPORTS = {"nothing": "pass", "aiohttp": "import aiohttp", "twitch_clips": "import twitch_clips"}
PROGRAM = "import time; start = time.process_time(); {}; print(time.process_time() - start)"


def spent(code: str, environment: dict[str, str]) -> tuple[float, float]:
    """CPU milliseconds of a fresh interpreter: around some code, and from start to exit."""
    with tempfile.TemporaryFile() as out:
        # Spawned and waited for by hand, as only `wait4` gives the CPU of this one child. `-P`: the package that is
        # installed, whatever lies in the working directory.
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-c", PROGRAM.format(code)],
            environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)],
        )
        _, status, usage = os.wait4(pid, 0)
        if status:
            raise SystemExit(f"{code!r} failed")
        out.seek(0)
        return float(out.read()) * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3


def compare(what: str, rounds: list[tuple[float, ...]]) -> Result:
    """Print the medians of one kind of figures; the ratio above the interpreter that imports nothing."""
    for name, measured in zip(IMPORTS, zip(*rounds, strict=True), strict=True):
        print(f"{what}: {name:12} {statistics.median(measured):6.1f} ms of CPU")
    ratios = [(ours - nothing) / (theirs - nothing) for nothing, theirs, ours in rounds]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return Result(
        name=f"CPU of an import, to aiohttp's: {what}",
        measured=f"{middle:.2f} (half of them {low:.2f} to {high:.2f})",
        bar=f"<= {BAR}",
        met=middle <= BAR,
        main=True,
    )


def main(report: Report, rounds: int) -> None:
    """Print both kinds of figures, and report the ratios."""
    alone: list[tuple[float, ...]] = []
    whole: list[tuple[float, ...]] = []
    with tempfile.TemporaryDirectory() as compiled:
        environment = dict(os.environ, PYTHONPYCACHEPREFIX=compiled)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for turn in range(rounds + 1):
            inside, outside = zip(*(spent(code, environment) for code in IMPORTS.values()), strict=True)
            if turn:  # the first round compiled
                alone.append(inside)
                whole.append(outside)
    report.add(compare("the import itself", alone))
    report.add(compare("from start to exit", whole))


if __name__ == "__main__":
    options = arguments(__doc__).parse_args()
    report_ = Report()
    main(report_, 3 if options.quick else ROUNDS)
    report_.hand_over(options.json)
