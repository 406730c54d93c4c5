"""What is shown of the benchmarks is what their last run came to, and what gates does."""

import importlib
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
Script = Callable[[str], ModuleType]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Generator[Script]:
    """A script as a module, by its name: no package, so their folder leads the path meanwhile."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    before = set(sys.modules)
    yield importlib.import_module
    for name in [name for name in set(sys.modules) - before if (BENCHMARKS / f"{name}.py").exists()]:
        del sys.modules[name]


def test_the_picture_is_of_the_last_run(script: Script) -> None:
    """The same data gives the same bytes."""
    picture = script("picture")
    assert picture.FILE.read_text(encoding="utf-8") == picture.draw(script("last").Last.read())


def test_the_tables_are_of_the_last_run(script: Script) -> None:
    """In both READMEs, and nothing else of these is the benchmarks' to write."""
    readmes = script("tables").readmes(script("last").Last.read())
    assert {path: path.read_text(encoding="utf-8") for path in readmes} == readmes


def test_every_script_is_named() -> None:
    """Of each the benchmarks' README says what it is."""
    said = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    assert [file.name for file in BENCHMARKS.glob("*.py") if f"`{file.name}`" not in said] == []


def test_all_that_is_run_is_there(script: Script) -> None:
    """Each name that `run.py` knows is a script's, and each has a table of its last run."""
    last = script("last")
    assert all((BENCHMARKS / f"{name}.py").exists() for name in last.SCRIPTS)
    assert list(last.SCRIPTS) == [name for name, _ in last.Last.read().in_order()]


def test_a_table_goes_between_its_markers(script: Script) -> None:
    """All the rest stays, as does a text without markers."""
    written = script("tables").written
    text = "before\n<!-- one -->\nold\n<!-- /one -->\nafter\n"
    assert written(text, {"one": "| new |\n"}) == "before\n<!-- one -->\n\n| new |\n\n<!-- /one -->\nafter\n"
    assert written(text, {"two": "| new |\n"}) == text


@pytest.mark.parametrize(
    ("exact", "met", "is_whole", "well"),
    [(True, True, True, True), (True, False, True, False), (False, False, True, True), (False, True, False, False)],
)
def test_what_is_exact_gates(script: Script, *, exact: bool, met: bool, is_whole: bool, well: bool) -> None:
    """So does a benchmark that did not run; a timed one that misses its bar is told of, and that is all."""
    result = script("figures").Result(name="clips", measured="9", bar="10", exact=exact, met=met)
    ran = script("last").Ran(date="2026-06-01", where="here", seconds=1, results=[result])
    assert script("run").Done(ran, None, is_whole).well() is well


@pytest.mark.parametrize(
    ("verdict", "silent", "well"),
    [("says so", 0, True), ("loss", 0, False), ("endless", 0, False), ("complete", 1, False)],
)
def test_a_loss_of_ours_gates(script: Script, verdict: str, silent: int, *, well: bool) -> None:
    """In a listing under a fault, and over the small bucket; what others lose does not."""
    faults, cost, bucket = (script(f"others_{name}") for name in ("faults", "cost", "bucket"))
    clients = ("twitch-clips", "twitchAPI", "TwitchIO")
    verdicts = dict(zip(clients, (verdict, "loss", "endless"), strict=True))
    cells = {name: faults.Cell(clips=100, said=None, verdict=one, logged=[]) for name, one in verdicts.items()}
    crowd = {
        name: bucket.Outcome(seconds=1.0, requests=1, refused=0, complete=1, silent=count, errors=0, unfinished=0)
        for name, count in zip(clients, (silent, 1, 1), strict=True)
    }
    others = script("beside_others").Results(
        versions=dict.fromkeys(clients, "1.0"),
        faults=[faults.Row("500 for good", 250, cells)],
        cost=dict.fromkeys(clients, cost.Cost(cpu_us=1.0, wall_us=1.0, requests=1, memory_mib=0.0)),
        bucket=bucket.Bucket(listings=1, least_seconds=1.0, clients=crowd),
    )
    assert [result.met for result in script("last").beside(others) if result.exact] == [well]
