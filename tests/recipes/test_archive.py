"""The README's nightly archive."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from tests.readme import environment, run
from twitch_clips.testing import FakeHelix, light_clips

WORD = "duckdb.sql"
NOW = datetime.now(UTC).replace(microsecond=0)


def ids(folder: Path) -> list[str]:
    """Those in the archive."""
    return sorted(pl.read_parquet(folder / "archive")["id"].to_list())


async def test_each_night_adds_what_is_new(tmp_path: Path) -> None:
    """Every clip is in it once, also those that were too young to be vouched for."""
    ages = [timedelta(minutes=5), timedelta(hours=3), timedelta(days=40), timedelta(days=400)]
    raw = list(light_clips([int((NOW - age).timestamp()) for age in ages], [4, 3, 2, 1]))
    [late] = light_clips([int((NOW - timedelta(minutes=8)).timestamp())], [1], start=100)
    async with FakeHelix(raw, now=NOW) as helix:
        nights = [await run(tmp_path, WORD, "example_streamer", **environment(helix)) for _ in range(2)]
        helix.add(late)
        nights.append(await run(tmp_path, WORD, "example_streamer", **environment(helix)))
    assert [night.splitlines()[0] for night in nights] == ["4 new clips", "0 new clips", "1 new clips"]
    assert f"{NOW - ages[3]:%Y-%m}" in nights[2]
    assert ids(tmp_path) == sorted(str(clip["id"]) for clip in [*raw, late])
