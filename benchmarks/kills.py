"""Backfills that are killed and started again: every clip is in the output once, or this fails.

Two ways of killing, each with the same check: the run is started again, has to end well, and what it wrote is compared
with what the sandbox has.

- *At every step*: a process writes a backfill and kills itself before one of the calls that change something on the
  disk, such as a write, an `fsync`, a rename, a statement or a commit of SQL: before the first in one run, before the
  second in the next, and so on. So there is one between every write and its commit.
- *At any moment*: `twitch-clips backfill -o` gets a SIGKILL, at moments drawn evenly over its run; fifty for each of
  JSON Lines, SQLite and Parquet.

`--quick` does the first for four kinds of output, and the second five times for each.
"""

import asyncio
import csv
import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

import duckdb
from canned import beside
from figures import Report, Result, arguments
from sqlalchemy import Engine, event

from twitch_clips import AsyncClips, NoLimit, StaticAuth
from twitch_clips.export import write
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, light_clips

KILLS = 50
SMALL, LARGE = 5_000, 24_000  # clips
START, END = (datetime(year, 1, 1, tzinfo=UTC) for year in (2024, 2025))
ONCE = "every clip once"
STEPS = ("pwrite", "fsync", "replace", "rename", "ftruncate", "unlink")
AUTH = StaticAuth(FakeHelix.client_id, FakeHelix.access_token)


async def _serve(count: int, pipe: Connection) -> None:
    start, end = int(START.timestamp()), int(END.timestamp())
    created = (start + (end - start) * i // count for i in range(count))
    clips = list(light_clips(created, (i * 7919 % 997 for i in range(count))))
    async with FakeHelix(clips, manners=Manners(counts_points=False)) as helix:
        pipe.send((helix.api_url, helix.auth_url, [str(clip["id"]) for clip in clips]))
        await asyncio.Event().wait()


def serve(count: int, pipe: Connection) -> None:
    """Serve so many clips of a year; tell where, and their ids."""
    asyncio.run(_serve(count, pipe))


def _from_database(path: Path) -> list[str]:
    with sqlite3.connect(path) as database:
        return [id_ for (id_,) in database.execute("SELECT id FROM clips")]


def _from_parquet(path: Path) -> list[str]:
    files = [str(path)] if path.is_file() else [str(file) for file in path.rglob("*.parquet")]
    return [id_ for (id_,) in duckdb.execute("SELECT id FROM read_parquet($1)", [files]).fetchall()] if files else []


def _from_csv(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [record["id"] for record in csv.DictReader(file)]


READERS: dict[str, Callable[[Path], list[str]]] = {
    "clips.jsonl": lambda path: [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()],
    "clips.jsonl.gz": lambda path: [json.loads(line)["id"] for line in gzip.decompress(path.read_bytes()).splitlines()],
    "clips.csv": _from_csv,
    "clips.parquet": _from_parquet,
    "archive/": _from_parquet,
    "clips.sqlite": _from_database,
}


QUICK = ("clips.jsonl", "clips.parquet", "archive/", "clips.sqlite")


def check(name: str, path: Path, ids: Sequence[str], when: str) -> None:
    """End the program where a clip is missing, or there twice."""
    found = Counter(READERS[name](path))
    missing, double = set(ids) - found.keys(), [id_ for id_, count in found.items() if count > 1]
    if missing or double or found.keys() - set(ids):
        sys.exit(f"{name}, killed {when}: {len(missing)} clips are missing, {len(double)} are there twice")


async def _write(api_url: str, target: str) -> None:
    async with AsyncClips(AUTH, api_url=api_url, bucket=NoLimit()) as clips:
        await write(clips.backfill(game_id=JUST_CHATTING, started_at=START, ended_at=END), target)


class Failpoint:
    """Counts the calls that change something, and kills the process before one of them."""

    def __init__(self, last: int) -> None:
        """Kill before the call of this number; never at 0."""
        self.count = 0
        self._last = last
        for step in STEPS:
            setattr(os, step, partial(self._called, getattr(os, step)))
        for name in ("before_cursor_execute", "commit"):
            event.listen(Engine, name, self._step)

    def _called(self, call: Callable[..., object], *args: object, **named: object) -> object:
        self._step()
        return call(*args, **named)

    def _step(self, *_: object) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def _run(api_url: str, target: str, last: int, told: int) -> NoReturn:
    """Write, in a process made for it, and tell how many steps that took."""
    failpoint = Failpoint(last)
    asyncio.run(_write(api_url, target))
    os.write(told, str(failpoint.count).encode())
    os._exit(0)


def forked(api_url: str, target: str, last: int = 0) -> int:
    """Write in a process of its own; how many steps it took, or 0 when it was killed."""
    reader, told = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        try:
            _run(api_url, target, last, told)
        finally:
            os._exit(1)
    os.close(told)
    with os.fdopen(reader, "rb") as pipe:
        steps = int(pipe.read() or b"0")
    _, status = os.waitpid(child, 0)
    if status not in {0, signal.SIGKILL}:
        sys.exit(f"{target}: a run ended with {status}")
    return steps


def held(name: str, kills: int, *, main: bool) -> Result:
    """What is said of an output that every kill left whole: `check` ends the program at the first that does not."""
    return Result(name=name, measured=f"{kills} kills: {ONCE}", bar=ONCE, exact=True, main=main)


def kill_at_every_step(api_url: str, ids: Sequence[str], name: str) -> Result:
    """Kill before each step in turn."""
    last = steps = 0
    start = time.monotonic()
    while not steps:  # a run that takes fewer steps than that is not killed any more
        last += 1
        with tempfile.TemporaryDirectory() as folder:
            target = f"{folder}/{name}"
            steps = forked(api_url, target, last)
            if not steps:
                forked(api_url, target)
            check(name, Path(target), ids, f"before step {last}")
    print(f"{time.monotonic() - start:.0f} s")
    return held(f"{name}, killed before each of its steps", last - 1, main=False)


def command(api_url: str, auth_url: str, target: str) -> "subprocess.Popen[bytes]":
    """`twitch-clips backfill -o`, begun."""
    told = {"CLIENT_ID": AUTH.client_id, "CLIENT_SECRET": FakeHelix.client_secret, "ACCESS_TOKEN": ""}
    variables = told | {"API_URL": api_url, "AUTH_URL": auth_url}
    asked = ("backfill", "--game-id", JUST_CHATTING, "--since", f"{START:%Y-%m-%d}", "--until", f"{END:%Y-%m-%d}")
    return subprocess.Popen(  # noqa: S603  (our own command)
        [sys.executable, "-m", "twitch_clips", *asked, "-o", target],
        env=os.environ | {f"TWITCH_{variable}": value for variable, value in variables.items()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(api_url: str, auth_url: str, target: str) -> float:
    """Run it to its end; the seconds that took."""
    start = time.monotonic()
    process = command(api_url, auth_url, target)
    _, told = process.communicate()
    if process.returncode:
        sys.exit(f"{target}: exit status {process.returncode}: {told.decode()}")
    return time.monotonic() - start


def kill_at_any_moment(api_url: str, auth_url: str, ids: Sequence[str], name: str, kills: int) -> Result:
    """Kill at moments evenly over a run."""
    with tempfile.TemporaryDirectory() as folder:
        length = finish(api_url, auth_url, f"{folder}/{name}")
    begun = 0
    for number in range(kills):
        moment = length * (number + 0.5) / kills
        with tempfile.TemporaryDirectory() as folder:
            target = f"{folder}/{name}"
            process = command(api_url, auth_url, target)
            time.sleep(moment)
            process.kill()
            process.communicate()
            begun += any(Path(folder).iterdir())
            finish(api_url, auth_url, target)
            check(name, Path(target), ids, f"after {moment:.2f} s")
    print(f"{begun} of {kills} after the first write, over {length:.2f} s")
    return held(f"{name}, killed at any moment", kills, main=True)


def main() -> None:
    """Kill in both ways."""
    options = arguments(__doc__).parse_args()
    kills = 5 if options.quick else KILLS
    report = Report()
    for library in ("pyarrow.parquet", "sqlalchemy.dialects.sqlite"):
        import_module(library)  # once for all processes to come
    with beside(partial(serve, SMALL)) as (api_url, _, ids):
        for name in QUICK if options.quick else READERS:
            report.add(kill_at_every_step(api_url, ids, name))
    with beside(partial(serve, LARGE)) as (api_url, auth_url, ids):
        for name in ("clips.jsonl", "clips.sqlite", "clips.parquet"):
            report.add(kill_at_any_moment(api_url, auth_url, ids, name, kills))
    report.hand_over(options.json)


if __name__ == "__main__":
    main()
