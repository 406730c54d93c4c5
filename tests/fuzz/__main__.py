"""The long run by hand: `python -m tests.fuzz --seed 1 --cases 1000000`; `--only decoder --case 7` runs one alone."""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from . import decoder, protocol
from .cases import Case, Counts, FindingError, run, share

KINDS: Mapping[str, Case] = {"decoder": decoder.case, "protocol": protocol.case}
_STEP = 1000  # cases between two lines on the terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """How many findings there were; each is printed with the command that runs it alone, and the run goes on."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--cases", type=int, default=1_000_000, help="of all kinds together")
    parser.add_argument("--only", choices=tuple(KINDS), help="one kind, and its share of the cases")
    parser.add_argument("--case", type=int, help="this one alone")
    told = parser.parse_args(arguments)
    counts: Counts = Counter()
    findings = 0
    for kind in KINDS if told.only is None else (told.only,):
        left = share(kind, told.cases) if told.case is None else range(told.case, told.case + 1)
        while left:
            try:
                run(counts, kind, KINDS[kind], told.seed, left[:_STEP])
                left = left[_STEP:]
            except FindingError as finding:
                findings += 1
                sys.stdout.write(f"{finding}\n")
                left = range(finding.number + 1, left.stop)
            sys.stdout.write(f"{kind}: {left.start:,} of {left.stop:,} cases, {findings} findings\n")
            sys.stdout.flush()
    for outcome, count in sorted(counts.items()):
        sys.stdout.write(f"{count:9,} {outcome}\n")
    sys.stdout.write(f"seed {told.seed}: {counts.total() + findings:,} cases, {findings} findings\n")
    return findings


if __name__ == "__main__":
    sys.exit(min(main(), 1))
