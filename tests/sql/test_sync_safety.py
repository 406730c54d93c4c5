"""`sync` from cron: twice at once, killed anywhere, on a database that fails."""

import asyncio
import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.backfill.conftest import DAY, at, sandbox
from tests.conftest import NOW
from twitch_clips import ExportError
from twitch_clips.export.sync import sync
from twitch_clips.testing import faults, light_clips

from .conftest import HOUR, Killed, Place

CHANNEL = "1000001"
RAW = at([NOW - number * 3 * HOUR for number in range(1, 200)])
IDS = sorted(str(clip["id"]) for clip in RAW)
Fail = Callable[[int, BaseException], None]


async def test_a_second_run_at_the_same_time_is_refused(place: Place) -> None:
    """At once; a sync of another channel is not, and what a killed run held is free."""
    other = list(light_clips([int((NOW - HOUR).timestamp())], [1], broadcaster_id="1000002", start=900))
    async with sandbox([*RAW, *other], settings={"timeout": 3000.0}) as box:
        box.helix.fail(faults.hang(2000))
        first = asyncio.create_task(sync(box.clips, place.target, broadcaster_id=CHANNEL))
        await asyncio.sleep(1000)
        with pytest.raises(
            ExportError, match=r"broadcaster_id=1000001 in .* is being synced by another run: wait for it"
        ):
            await sync(box.clips, place.target, login="example_streamer")
        assert (await sync(box.clips, place.target, broadcaster_id="1000002")).clips == 1
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert (await sync(box.clips, place.target, broadcaster_id=CHANNEL)).new == len(RAW)
    if "://" not in place.target:
        assert [path.name for path in Path(place.target).parent.iterdir()] == ["clips.sqlite"]


async def test_two_names_of_one_file_are_one_database(tmp_path: Path) -> None:
    """A link leads to the same lock."""
    link = tmp_path / "link.sqlite"
    link.symlink_to(tmp_path / "clips.sqlite")
    async with sandbox(RAW, settings={"timeout": 3000.0}) as box:
        box.helix.fail(faults.hang(2000))
        first = asyncio.create_task(sync(box.clips, tmp_path / "clips.sqlite", broadcaster_id=CHANNEL))
        await asyncio.sleep(1000)
        with pytest.raises(ExportError, match="is being synced by another run"):
            await sync(box.clips, link, broadcaster_id=CHANNEL)
        await first


async def test_a_lock_that_ends_while_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of the run before is gone by then: what is locked is another one, that the next run finds, too."""
    path = tmp_path / "clips.sqlite.broadcaster_id-1000001.lock"
    locked, real = list[int](), fcntl.flock

    def flock(file: int, how: int) -> None:
        real(file, how)
        locked.append(file)
        if len(locked) == 1:
            path.unlink()
        if len(locked) == 2:
            path.unlink()
            path.touch()

    async with sandbox(RAW) as box:
        with monkeypatch.context() as patched:
            patched.setattr(fcntl, "flock", flock)
            run = await sync(box.clips, tmp_path / "clips.sqlite", broadcaster_id=CHANNEL)
    assert run.new == len(RAW)
    assert len(locked) == 3


async def test_a_folder_where_no_lock_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said which file, and why."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    async with sandbox(RAW) as box:
        monkeypatch.setattr(os, "open", refuse)
        with pytest.raises(ExportError, match=r"cannot write .*clips\.db\.game_id-1\.lock: Permission denied"):
            await sync(box.clips, tmp_path / "clips.db", game_id="1")
        assert box.helix.targets == []


async def test_a_run_that_is_killed_at_any_step(place: Place, failing: Fail) -> None:
    """At each statement and commit: the next one goes on; nothing is lost, nothing is doubled, no mark is wrong."""
    gone = IDS[3]
    async with sandbox(RAW) as box:
        await sync(box.clips, place.target, broadcaster_id=CHANNEL)
        box.helix.remove(gone)
        await asyncio.sleep(HOUR.total_seconds())
        new = at([NOW + number * DAY / 4 for number in range(1, 80)], first=5000)
        box.helix.add(*new)
        await asyncio.sleep(20 * DAY.total_seconds())
        ended, step = False, 0
        while not ended:
            step += 1
            failing(step, Killed())
            with suppress(Killed):
                await sync(box.clips, place.target, broadcaster_id=CHANNEL, refresh=True)
                ended = True
            assert set(place.ask("SELECT id FROM clips WHERE gone_at IS NOT NULL")) <= {(gone,)}
            assert set(place.column("id")) >= set(IDS)
        assert place.column("id") == sorted([*IDS, *(str(clip["id"]) for clip in new)])
        assert place.ask("SELECT id FROM clips WHERE gone_at IS NOT NULL") == [(gone,)]
    assert step > 20
