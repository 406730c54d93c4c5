"""`twitch-clips sync`."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from tests.cli.conftest import Ask, Run
from tests.conftest import NOW, client
from twitch_clips.export import sync
from twitch_clips.testing import FakeHelix, faults, light_clips, synthetic_clips
from twitch_clips.testing.faults import Answer

DB = ("--db", "clips.sqlite")
SYNC = ("sync", *DB, "--broadcaster-id", "7")
OLD, RECENT = timedelta(days=300), timedelta(days=3)
START = datetime(2024, 5, 1, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)


def _clip(number: int, age: timedelta, views: int = 1) -> dict[str, object]:
    """One of channel 7, so old by the real clock, which the command line goes by."""
    now = datetime.now(UTC)
    [raw] = synthetic_clips(1, now=now)
    created_at = f"{now - age:%Y-%m-%dT%H:%M:%SZ}"
    return raw | {"id": f"Clip{number}", "broadcaster_id": "7", "created_at": created_at, "view_count": views}


def _rows(words: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect("clips.sqlite")) as database:
        return database.execute(f"SELECT {words} FROM clips ORDER BY id").fetchall()  # noqa: S608  (our own words)


async def test_each_run_adds_what_is_new_and_renews_what_is_recent(ask: Ask) -> None:
    """A line says so, on stdout; a log needs nothing else."""
    async with FakeHelix([_clip(1, OLD), _clip(2, RECENT)], now=datetime.now(UTC)) as helix:
        first = await ask(helix, *SYNC)
        await asyncio.sleep(60)  # what is renewed is told by the second in which it was fetched
        helix.remove("Clip1", "Clip2")
        helix.add(_clip(1, OLD, 99), _clip(2, RECENT, 99), _clip(3, RECENT))
        second = await ask(helix, *SYNC)
    assert (first.status, first.stderr, second.status, second.stderr) == (0, "", 0, "")
    assert first.stdout.startswith("7: 2 new, 0 renewed, 0 gone; 2 in all; ")
    assert second.stdout.startswith("7: 1 new, 1 renewed, 0 gone; 3 in all; ")
    assert second.stdout.endswith(" requests\n")
    assert _rows("id, view_count") == [("Clip1", 1), ("Clip2", 99), ("Clip3", 1)]


async def test_a_refresh_finds_what_is_gone(ask: Ask) -> None:
    """And has the views of all others; --recent says which clips are read again without it."""
    async with FakeHelix([_clip(1, OLD), _clip(2, OLD)], now=datetime.now(UTC)) as helix:
        await ask(helix, *SYNC)
        await asyncio.sleep(60)
        helix.remove("Clip1", "Clip2")
        helix.add(_clip(2, OLD, 99))
        without = await ask(helix, *SYNC)
        ran = await ask(helix, *SYNC, "--refresh")
        again = await ask(helix, *SYNC, "--recent", "365")
    assert without.stdout.startswith("7: 0 new, 0 renewed, 0 gone; 2 in all; ")
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.stdout.startswith("7: 0 new, 1 renewed, 1 gone; 2 in all; ")
    assert again.stdout.startswith("7: 0 new, 1 renewed, 0 gone; 2 in all; ")
    assert _rows("id, view_count, gone_at IS NULL") == [("Clip1", 1, 0), ("Clip2", 99, 1)]


async def test_one_that_fails_does_not_keep_the_others(helix: FakeHelix, ask: Ask) -> None:
    """Each is told of as it was given; the exit status is 1."""
    whose = ("--broadcaster", "exmaple_streamer", "--broadcaster", "shiken_haishin", "--game-id", "31")
    ran = await ask(helix, "sync", *DB, *whose, "--broadcaster-id", "7")
    assert ran.status == 1
    assert [line.split(";")[0] for line in ran.stdout.splitlines()] == [
        "shiken_haishin: 62 new, 0 renewed, 0 gone",
        "7: 0 new, 0 renewed, 0 gone",
    ]
    not_found, unknown, error = ran.stderr.splitlines()
    assert unknown == ("exmaple_streamer: Twitch knows no channel 'exmaple_streamer'; did you mean 'example_streamer'?")
    assert not_found.startswith("31: Helix answered 404: ")
    assert not_found.endswith("; there is no game of that id, or TWITCH_API_URL is wrong")
    assert error == "Error: 2 of 4 failed; run it again to go on"


@pytest.mark.parametrize("whose", [("--broadcaster-id", "7"), ("--broadcaster-id", "7", "--broadcaster-id", "8")])
async def test_what_every_one_would_meet_ends_it(helix: FakeHelix, ask: Ask, whose: tuple[str, ...]) -> None:
    """In one line, as of any command."""
    helix.fail(faults.status(401), on="users", times=None)
    helix.fail(faults.status(401), times=None)
    ran = await ask(helix, "sync", *DB, *whose)
    assert (ran.status, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert ran.stderr.startswith("Error: Helix answered 401: ")


async def test_a_second_run_at_the_same_time_is_refused(ask: Ask) -> None:
    """The first one goes on."""
    asked = asyncio.Event()

    async def note(request: web.Request, answer: Answer) -> web.StreamResponse:
        asked.set()
        return await faults.hang()(request, answer)

    async with FakeHelix([_clip(1, OLD)], now=datetime.now(UTC)) as helix, client(helix) as clips:
        helix.fail(note)
        first = asyncio.create_task(sync(clips, "clips.sqlite", broadcaster_id="7"))
        await asked.wait()
        ran = await ask(helix, *SYNC)
        first.cancel()
        await asyncio.wait([first])
    assert (ran.status, ran.stdout) == (1, "")
    assert ran.stderr == "Error: broadcaster_id=7 in clips.sqlite is being synced by another run: wait for it\n"


async def test_gaps_exit_with_3(ask: Ask) -> None:
    """Each is named; what Twitch does list of them is there."""
    first = int(START.timestamp())
    raw = light_clips([first + number % 600 for number in range(1300)], range(1300), broadcaster_id="7")
    async with FakeHelix([dict(clip) | {"is_featured": False} for clip in raw], now=NOW) as helix:
        ran = await ask(helix, *SYNC)
    assert (ran.status, ran.stderr) == (3, "")
    done, gap = ran.stdout.splitlines()
    assert done.startswith("7: 1,000 new, 0 renewed, 0 gone; 1,000 in all; ")
    assert gap == "7: gap: 2024-05-01T10:00:00Z to 2024-05-01T10:10:00Z; the next run asks for it again"


def test_the_sandbox_needs_neither_a_selector_nor_an_account(run: Run) -> None:
    """It has a channel that is made for this."""
    ran = run("sync", "--sandbox", *DB, "--concurrency", "8")
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.stdout.startswith("bottomless_teapot: 30,000 new, 0 renewed, 0 gone; 30,000 in all; ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--sandbox",), "Missing option '--db'"),
        (DB, "give one or more of --game, --game-id, --broadcaster and --broadcaster-id"),
        (("--sandbox", "--db", "mysql://me:secret@host/clips"), "a database is sqlite:///FILE or postgresql://"),
        (("--sandbox", *DB, "--recent", "0"), "0 is not in the range 1<=x<=3650"),
    ],
)
def test_a_wrong_argument_exits_with_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    """And says in one line which; a password is in none."""
    ran = run("sync", *arguments)
    assert (ran.status, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert words in ran.stderr
    assert "secret" not in ran.stderr
