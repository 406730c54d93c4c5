"""The examples in docstrings run as they stand."""

import ast
import asyncio
import inspect
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import polars as pl
import pytest
from pyarrow import dataset

from twitch_clips import AsyncClips, Clip, export
from twitch_clips.testing import FakeHelix, VirtualLoop, faults, synthetic_clips

from .conftest import NOW, client, listing
from .docstrings import examples

EXAMPLES = examples()
RUN = {
    "clips.backfill(",
    "clips.watch(",
    "read_parquet(",
    "asyncio.Runner(",
    "def pytest_asyncio_loop_factories",
    "pytest_plugins = ",
    "async def test_a_429",
}
# A drawing (tests/test_errors.py holds it), figures, and a line for a shell that tests/test_docstrings.py looks at.
NOT_CODE = {"├── QueryError", "up to 1,400 clips", "pip install"}
TWITCHDEV = "1000002"


def example(word: str) -> str:
    """The one with that word."""
    [text] = [text for text in EXAMPLES if word in text]
    return text


async def run(word: str, **names: Any) -> dict[str, Any]:
    """Run the example with that word; what is defined afterwards."""
    code = compile(example(word), "a docstring", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    running = eval(code, names)  # noqa: S307  (our own)
    if inspect.isawaitable(running):
        await running
    return names


@pytest.fixture
def twitchdev(helix: FakeHelix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHelix:
    """A Helix with a channel of that name, and an empty folder."""
    helix.rename(TWITCHDEV, "twitchdev")
    monkeypatch.chdir(tmp_path)
    return helix


def test_every_example_is_run_here() -> None:
    """By a word that it alone has; what is not code is known, too."""
    assert sorted(word for text in EXAMPLES for word in RUN | NOT_CODE if word in text) == sorted(RUN | NOT_CODE)
    assert all(any(word in text for word in RUN | NOT_CODE) for text in EXAMPLES)


@pytest.mark.usefixtures("twitchdev")
async def test_a_backfill(clips: AsyncClips, tmp_path: Path) -> None:
    """Every clip of the channel is stored once."""
    stored: list[Clip] = []

    async def store(batch: Sequence[Clip]) -> None:
        stored.extend(batch)

    await run("clips.backfill(", clips=clips, store=store)
    raw = synthetic_clips(now=NOW)
    assert sorted(clip.id for clip in stored) == sorted(
        str(clip["id"]) for clip in raw if clip["broadcaster_id"] == TWITCHDEV
    )
    assert (tmp_path / "twitchdev.json").stat().st_size


async def test_a_watch(twitchdev: FakeHelix, clips: AsyncClips) -> None:
    """A clip that is made meanwhile is sent."""
    sent: list[str] = []

    async def send(url: str) -> None:
        sent.append(url)

    watching = asyncio.create_task(run("clips.watch(", clips=clips, channel=SimpleNamespace(send=send)))
    await asyncio.sleep(600)
    new = {**listing(1)[0], "broadcaster_id": TWITCHDEV, "created_at": f"{twitchdev.now:%Y-%m-%dT%H:%M:%SZ}"}
    twitchdev.add(new)
    await asyncio.sleep(600)
    watching.cancel()
    await asyncio.wait([watching])
    assert sent == [new["url"]]


@pytest.mark.usefixtures("twitchdev")
async def test_a_folder_of_parquet(clips: AsyncClips) -> None:
    """DuckDB, Polars and pyarrow read it, and find the same number of clips."""
    count = await export.write(clips.backfill(login="twitchdev"), "archive/")
    query, *expressions = re.findall(r"^\w+ +(.+)$", example("read_parquet("), re.MULTILINE)
    relation = duckdb.sql(query)
    assert relation is not None
    assert len(relation) == count
    names = {"pl": pl, "pyarrow": SimpleNamespace(dataset=dataset)}
    polars_s, pyarrow_s = (eval(expression, names) for expression in expressions)  # noqa: S307  (our own)
    assert polars_s.collect().height == count
    assert pyarrow_s.count_rows() == count


def test_a_loop_of_ones_own() -> None:
    """Whatever is run on it takes no time."""

    async def main() -> None:
        await asyncio.sleep(3600)

    exec(example("asyncio.Runner("), {"asyncio": asyncio, "VirtualLoop": VirtualLoop, "main": main})  # noqa: S102  (our own)


async def test_loops_of_a_project() -> None:
    """The hook gives them."""
    names = await run("def pytest_asyncio_loop_factories", VirtualLoop=VirtualLoop)
    assert names["pytest_asyncio_loop_factories"]() == {"virtual": VirtualLoop}


async def test_a_plugin() -> None:
    """What is to be loaded can be."""
    names = await run("pytest_plugins = ")
    assert [import_module(name).__name__ for name in names["pytest_plugins"]] == names["pytest_plugins"]


async def test_a_test_of_a_bot() -> None:
    """It passes for a bot that reads 250 clips."""

    async def titles(clips: AsyncClips) -> list[str]:
        return [clip.title async for clip in clips.by_game("509658", limit=250)]

    names = await run("async def test_a_429", faults=faults, my_bot=SimpleNamespace(titles=titles))
    async with FakeHelix(listing(300), now=NOW) as helix, client(helix) as clips:
        await names["test_a_429_costs_no_clip"](helix, clips)
        assert len(helix.targets) == 4
