"""Parquet wherever a run is killed or fails: each clip is there once, and what was there stays readable."""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.backfill.conftest import DAY, START, ids_of, sandbox, spread
from tests.conftest import NOW
from twitch_clips import CheckpointError, ExportError
from twitch_clips.export import write
from twitch_clips.export.arrow import ROWS
from twitch_clips.export.dataset import ParquetDataset
from twitch_clips.export.parquet import Parquet
from twitch_clips.testing import VirtualLoop

from .conftest import fail
from .tables import STEPS, batch, clip, ids, snapshots

Kind = type[Parquet | ParquetDataset]
Operations = Sequence[int | str]
Runs = Sequence[tuple[Operations, int]]
KINDS = pytest.mark.parametrize(("kind", "name"), [(Parquet, "clips.parquet"), (ParquetDataset, "archive")])
_OPERATIONS = st.one_of(st.integers(1, 4), st.just("save"), st.just("commit"))


@KINDS
async def test_a_kill_before_any_step(kind: Kind, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a run that adds to what is there, too: what is left can be read, and the next run makes it whole."""
    raw = spread(300)
    folder = tmp_path / "run"
    folder.mkdir()
    async with sandbox(raw) as box:
        with monkeypatch.context() as patched:
            taken = snapshots(patched, folder, tmp_path)
            for days in (20, 40):
                await write(box.job(ended_at=START + days * DAY), kind(folder / name))
        for left in taken:
            before = ids(left / name)
            assert len(before) == len(set(before))
            await write(box.job(), kind(left / name))
            assert ids(left / name) == ids_of(raw)
    assert len(taken) > 30


@KINDS
@settings(max_examples=40)
@given(runs=st.lists(st.tuples(st.lists(_OPERATIONS, max_size=7), st.integers(1, 40)), max_size=4))
@example(runs=[([1, "save", "commit"], 1)])  # it made a file of a mark that no checkpoint knew
def test_any_run_that_fails_and_is_killed(kind: Kind, name: str, runs: Runs) -> None:
    """Whatever step on the disk fails, tried again or not: the clips and what was saved with them agree."""
    with TemporaryDirectory() as folder, asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        runner.run(_failed_and_killed(kind, name, Path(folder), runs))


async def _failed_and_killed(kind: Kind, name: str, folder: Path, runs: Runs) -> None:
    place, saved = folder / "run", {0}
    place.mkdir()
    finally_well: tuple[Operations, int] = (["commit"], 0)
    for operations, failing in [*runs, finally_well]:
        sink = kind(place / name)
        with pytest.MonkeyPatch.context() as patched:
            fail(patched, failing, STEPS)
            saved = await _run(sink, operations, saved)
        place = shutil.copytree(place, folder / f"{place.name}+")  # what closing does comes too late
        await sink.close()
    [last] = saved
    assert ids(place / name) == [clip(number).id for number in range(last)]


async def _run(sink: Parquet | ParquetDataset, operations: Operations, saved: set[int]) -> set[int]:
    """What may have been saved last, after it: how many clips were written, as is said in the text."""
    store = sink.of("broadcaster_id=007") if isinstance(sink, ParquetDataset) else sink
    written = 0

    async def load() -> None:
        nonlocal written
        await sink.open()
        written = int(await cast("Parquet", store).load() or 0)
        assert written in saved

    async def step(operation: int | str) -> None:
        nonlocal written, saved
        if operation == "commit":
            await sink.commit()
        elif operation == "save":
            saved |= {written}
            await cast("Parquet", store).save(str(written))
            saved = {written}
        else:
            await sink.write(batch(range(written, written + int(operation))))
            written += int(operation)

    try:
        await load()
    except (ExportError, CheckpointError):
        return saved
    saved = {written}
    for operation in operations:
        with suppress(ExportError, CheckpointError):
            await step(operation)
        there = ids(sink.path)
        assert there == [clip(number).id for number in range(len(there))]
        assert len(there) <= max(saved)
    return saved


async def test_a_large_spool_becomes_parts_before_the_end(tmp_path: Path) -> None:
    """What is written in the meantime waits for its own save."""
    sink = ParquetDataset(tmp_path / "archive")
    await sink.open()
    store = cast("Parquet", sink.of("broadcaster_id=007"))
    await store.load()
    await sink.write(batch(range(ROWS)))
    saving = asyncio.create_task(store.save("many"))
    await asyncio.sleep(0)
    await sink.write(batch([ROWS]))
    await saving
    await sink.commit()
    assert duckdb.execute("SELECT count(*) FROM read_parquet($1)", [f"{sink.path}/*/*/*"]).fetchall() == [(ROWS,)]
    await store.save("one more")
    await sink.commit()
    assert ids(sink.path) == sorted(clip(number).id for number in range(ROWS + 1))
    await sink.close()
