"""`check_sink` passes a sink that holds what it has to, and says of any other what it does not.

Databases are checked in `tests/sql`.
"""

from pathlib import Path

import pytest

from tests.export.conftest import ids_in, sink_at
from tests.export.tables import ids
from twitch_clips.export import Parquet, ParquetDataset
from twitch_clips.testing import check_sink

from . import sinks, stores


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "csv", "csv.gz"])
async def test_files_of_lines_hold_all_of_it(suffix: str, tmp_path: Path) -> None:
    """Compressed, too."""

    def path(place: str) -> Path:
        return tmp_path / f"{place}.{suffix}"

    await check_sink(lambda place: sink_at(path(place)), lambda place: ids_in(path(place)))


async def test_a_parquet_file_holds_all_of_it(tmp_path: Path) -> None:
    """What is committed of a backfill shows in it at the end of a run."""

    def path(place: str) -> Path:
        return tmp_path / f"{place}.parquet"

    await check_sink(lambda place: Parquet(path(place)), lambda place: ids(path(place)))


async def test_a_dataset_holds_all_of_it(tmp_path: Path) -> None:
    """It takes no streams."""
    await check_sink(lambda place: ParquetDataset(tmp_path / place), lambda place: ids(tmp_path / place), streams=False)


@pytest.fixture(autouse=True)
def nothing_anywhere() -> None:
    """Places are empty before each test."""
    for kept in (sinks.PLACES, stores.TEXTS, sinks.Locking.locks, sinks.Jammed.busy):
        kept.clear()


@pytest.mark.parametrize("sound", [sinks.Sound, stores.Storing, stores.Sorting])
@pytest.mark.parametrize("streams", [True, False])
async def test_ones_own_holds_all_of_it(sound: type[sinks.Sound], *, streams: bool) -> None:
    """Without a checkpoint, with one and with many; what is there may be told asynchronously."""

    async def read(place: str) -> list[str]:
        return sinks.PLACES[place]

    await check_sink(sound, read, streams=streams)


BROKEN = [
    (sinks.Fussy, r"close in any state: the sink fails with ValueError\('closed already'\)"),
    (sinks.Locking, "close in any state: the sink fails with BlockingIOError"),
    (sinks.Truncating, "after another `open` clips are missing"),
    (sinks.Hasty, "before `commit` clips are there that should not be"),
    (sinks.Late, "after `commit` clips are missing"),
    (sinks.Losing, "after `commit` clips are missing"),
    (sinks.Doubling, "after a `commit` for each of two batches clips are there more than once"),
    (sinks.Flushing, "after `close` without `commit` clips are there that should not be"),
    (sinks.Parting, "after a `commit` that was cut short 1 of 48 clips are there: not all, nor none"),
    (sinks.Emptying, "after a `commit` that was cut short what was there is gone"),
    (sinks.Jammed, "after a `commit` that was cut short the next one has nothing stand"),
    (sinks.Expectant, r"write an empty stream: the sink fails with IndexError\('list index out of range'\)"),
    (sinks.Replacing, "after a `commit` for each of two batches clips are missing"),
    (sinks.Vanishing, "after an `open` that was cut short, and the next run clips are missing"),
    (stores.Amnesic, "`close` `load` gives None, not the text that was saved last: 'second'"),
    (stores.Blank, "`load` gives '' where nothing was saved"),
    (stores.Promising, "after a `save`, a `write` and `close` clips are missing"),
    (stores.Generous, "after a `save`, a `write` and `close` clips are there that should not be"),
    (stores.Restless, "the `write` of a sink that is a store awaits something"),
    (stores.Lagging, "after a `write` in the middle of a `save`, and `close` clips are there that should not be"),
    (stores.Torn, "after a `save` that was cut short, where `load` gives None clips are there that should not be"),
    (stores.Dropping, "after a `save` that was cut short, and another one clips are missing"),
    (stores.Repeating, "after a `save` that was cut short, and another one clips are there more than once"),
    (stores.Restarting, "after a run that went on clips are missing"),
    (stores.Mixing, "for a question of which nothing was saved"),
    (stores.Swapping, "`load` gives what was saved for another question: '1000002'"),
    (stores.Single, "after backfills of two channels clips are missing"),
]


@pytest.mark.parametrize(("broken", "message"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
async def test_a_sink_that_does_not_hold_something_is_told_what(broken: type[sinks.Sound], message: str) -> None:
    """Each rule has a sink that breaks it."""
    with pytest.raises(AssertionError, match=message):
        await check_sink(broken, sinks.PLACES.__getitem__)
