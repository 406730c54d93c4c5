"""The fuzzing itself: a finding is told with the command that runs it alone, and a run goes on behind it."""

import signal
import warnings
from collections import Counter
from random import Random
from typing import Any

import pytest

from . import __main__ as command
from .cases import CPU_SECONDS, Counts, FindingError, HangError, run, unraisables


def _bad(chance: Random) -> str:
    """One case in four is a finding."""
    if chance.random() < 0.25:
        raise KeyError("oh no")
    return "well"


def _spin(_: Random) -> None:
    """As a loop without end does; coverage hears no signal within one."""
    assert 0 < signal.getitimer(signal.ITIMER_VIRTUAL)[0] < 2 * CPU_SECONDS
    signal.raise_signal(signal.SIGVTALRM)


def _warn(_: Random) -> None:
    warnings.warn("not well", stacklevel=1)


def _drop(_: Random) -> str:
    class Loud:
        def __del__(self) -> None:
            raise ValueError("unheard")

    with unraisables() as heard:
        Loud()
    return f"{len(heard)} unheard"


def test_a_finding_says_how_to_run_it_alone() -> None:
    """By seed, kind and number; it is the same again, and those before it are counted."""
    counts: Counts = Counter()
    with pytest.raises(
        FindingError, match=r"(?s)^python -m tests\.fuzz --seed 5 --only bad --case (\d+)\n.*oh no"
    ) as caught:
        run(counts, "bad", _bad, 5, range(100))
    number = caught.value.number
    assert counts == {"bad: well": number}
    with pytest.raises(FindingError, match=f"--case {number}\n"):
        run(counts, "bad", _bad, 5, [number])


@pytest.mark.parametrize(("case", "kind"), [(_spin, HangError), (_warn, UserWarning)])
def test_a_hang_and_a_warning_are_findings(case: Any, kind: type[Exception]) -> None:
    """Time is that of the processor: a busy machine is no hang."""
    with pytest.raises(FindingError) as caught:
        run(Counter(), "case", case, 1, [0])
    assert isinstance(caught.value.__cause__, kind)


def test_what_nobody_hears_is_heard() -> None:
    """A collector's error."""
    assert run(Counter(), "case", _drop, 1, [0]) == {"case: 1 unheard": 1}


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What a run of thirty cases says, which has no findings (in one line, for coverage's sake)."""
    return capsys.readouterr().out if command.main(["--seed", "5", "--cases", "30"]) == 0 else "findings"


def test_the_long_run_counts_each_kind(told: str) -> None:
    """A tenth are calls; what it says at its end is what a report needs."""
    assert "decoder: 27 of 27 cases, 0 findings\n" in told
    assert "protocol: 3 of 3 cases, 0 findings\n" in told
    assert told.endswith("seed 5: 30 cases, 0 findings\n")


def test_the_long_run_goes_on_behind_a_finding(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is told; one alone can be run again."""
    monkeypatch.setattr(command, "KINDS", {"decoder": _bad})
    found = command.main(["--seed", "5", "--cases", "50", "--only", "decoder"])
    told = capsys.readouterr().out
    assert (
        found == told.count("python -m tests.fuzz --seed 5 --only decoder --case ") == told.count("KeyError: 'oh no'")
    )
    assert 0 < found < 45
    assert f"{45 - found:9,} decoder: well\nseed 5: 45 cases, {found} findings\n" in told
    number = told.partition("--case ")[2].partition("\n")[0]
    assert command.main(["--seed", "5", "--only", "decoder", "--case", number]) == 1
