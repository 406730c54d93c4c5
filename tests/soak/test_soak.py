"""An hour of faults, cancels, restarts and outages, and nothing is lost."""

from collections import Counter

import pytest

from .__main__ import main
from .scenario import soak


@pytest.mark.parametrize("seed", [1])
async def test_nothing_is_lost_in_an_hour_of_everything_at_once(seed: int) -> None:
    """Listings, look-ups, a watch and archives come out whole, whatever fails and ends meanwhile."""
    counts = await soak(seed)
    assert counts["seconds"] >= 3600
    assert counts["listings read"] > 20
    assert counts["watched"] > 50


def test_runs_by_hand_go_on_behind_one_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """It is counted, and so is what happened in the others."""

    def run(seed: int, seconds: float) -> Counter[str]:
        assert seed != 8
        return Counter(seconds=int(seconds))

    assert main(["--seed", "7", "--runs", "3", "--minutes", "2"], run) == 1
    assert capsys.readouterr().out.endswith("3 runs, 1 failed: seconds 240\n")
