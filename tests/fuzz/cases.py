"""A case is a number under a seed: run some, count what became of them, tell which ones are findings."""

import gc
import random
import signal
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from random import Random
from types import FrameType
from typing import NoReturn

Case = Callable[[Random], str]
"""Runs one, and tells what kind it was and what came of it; an exception is a finding."""

Counts = Counter[str]
SEED = 20260601
CASES = 20_000
"""What every run of the tests goes through."""
_EVERY = 10  # of so many cases, one is the protocol's: it takes twenty times as long
CPU_SECONDS = 20.0  # of one case: beyond is a hang (CPU time, which no busy machine stretches)


class HangError(Exception):
    """A case that computes and computes."""


class FindingError(Exception):
    """A case that did not go as every case must."""

    def __init__(self, words: str, number: int) -> None:
        """Keep its number."""
        super().__init__(words)
        self.number = number


def share(name: str, cases: int) -> range:
    """The numbers of one kind among so many cases of both."""
    protocol = cases // _EVERY
    return range(protocol if name == "protocol" else cases - protocol)


def run(counts: Counts, name: str, case: Case, seed: int, numbers: Iterable[int]) -> Counts:
    """Run some cases; gives `counts`.

    Args:
        counts: Where it is counted what became of them.
        name: Of the kind of case, as `python -m tests.fuzz --only` takes it.
        case: Runs one.
        seed: Of all.
        numbers: Which.

    Raises:
        FindingError: The first that went wrong; it says how to run that one alone.
    """
    with _strictly():
        for number in numbers:
            chance = Random(f"{seed} {name} {number}")  # noqa: S311  (it has to be the same again)
            try:
                counts[f"{name}: {_alone(case, chance)}"] += 1
            except Exception as error:
                again = f"python -m tests.fuzz --seed {seed} --only {name} --case {number}"
                raise FindingError(f"{again}\n{''.join(traceback.format_exception(error))}", number) from error
    return counts


def _alone(case: Case, chance: Random) -> str:
    """One case, with the package's own chance (pauses, jitter) from the same seed."""
    random.seed(chance.random())
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS, CPU_SECONDS)  # again, should a finalizer swallow it
    try:
        return case(chance)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@contextmanager
def unraisables() -> Generator[list[str]]:
    """What was raised where nobody could hear it, by the end of this."""
    heard: list[str] = []

    def hear(about: object) -> None:
        heard.append(repr(about))

    before, sys.unraisablehook = sys.unraisablehook, hear
    try:
        yield heard
        gc.collect()
    finally:
        sys.unraisablehook = before


@contextmanager
def _strictly() -> Generator[None]:
    """Warnings are errors, a hang is one, and nothing of this shows afterwards."""
    state, before = random.getstate(), signal.signal(signal.SIGVTALRM, _expire)
    gc.collect()
    gc.freeze()  # what is there already needs not be looked through after each case
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    finally:
        gc.unfreeze()
        signal.signal(signal.SIGVTALRM, before)
        random.setstate(state)


def _expire(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise HangError
