"""Where clips go."""

import csv
import gzip
import json
import os
import pty
from pathlib import Path

import pytest

from tests.cli.conftest import Ask, Channel, Run
from twitch_clips.testing import FakeHelix, faults

COUNT = 130
TOP = ("top", "--broadcaster-id", "1000001", "--limit", str(COUNT))
BACKFILL = ("backfill", "--broadcaster-id", "1000001", "--since", "2w", "--until", "2026-06-01")
GET = ("get", "--sandbox", "AmberCometDapper-oJCBPxHw-ZwaEznE")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)


def _names() -> list[str]:
    return [path.name for path in Path().iterdir()]


def _write(name: str) -> None:
    Path(name).write_bytes(b"from before")


def _text(name: str) -> str:
    data = Path(name).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode()


def _records(name: str) -> list[dict[str, str]]:
    with Path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def test_a_listing_replaces_a_file_of_the_kind_that_its_suffix_says(helix: FakeHelix, ask: Ask) -> None:
    """What was shown in a pipe is in each of them."""
    lines = (await ask(helix, *TOP)).stdout
    ids = [json.loads(line)["id"] for line in lines.splitlines()]
    for name in ("clips.jsonl", "clips.jsonl.gz", "clips.csv"):
        _write(name)
        ran = await ask(helix, *TOP, "-o", name)
        assert (ran.status, ran.stdout, ran.stderr) == (0, "", f"{name}: {COUNT} clips\n")
    assert _text("clips.jsonl") == lines
    assert _text("clips.jsonl.gz") == lines
    assert [record["id"] for record in _records("clips.csv")] == ids


def test_clips_by_their_ids_go_there_too(run: Run) -> None:
    """Those that Twitch knows; the others are an error all the same."""
    ran = run(*GET, "NotThere", "-o", "clips.jsonl")
    assert (ran.status, ran.stdout) == (1, "")
    assert ran.stderr == ("clips.jsonl: 1 clips\nError: Twitch knows no clip NotThere: deleted, or not published yet\n")
    assert json.loads(_text("clips.jsonl"))["id"] == GET[-1]


async def test_a_listing_that_fails_leaves_the_file_as_it_was(helix: FakeHelix, ask: Ask) -> None:
    """Though the first page was there."""
    _write("clips.jsonl")
    helix.fail(faults.raw(418, "teapot"), skip=1)
    ran = await ask(helix, *TOP, "-o", "clips.jsonl")
    assert (ran.status, ran.stdout, ran.stderr) == (1, "", "Error: Helix answered 418: teapot\n")
    assert _text("clips.jsonl") == "from before"
    assert _names() == ["clips.jsonl"]


async def test_a_backfill_adds_to_a_file_of_csv(helix: FakeHelix, ask: Ask) -> None:
    """Each clip once, however often it runs."""
    assert (await ask(helix, *BACKFILL, "-o", "clips.csv")).status == 0
    count = len(_records("clips.csv"))
    assert (await ask(helix, *BACKFILL, "-o", "clips.csv")).status == 0
    ids = [record["id"] for record in _records("clips.csv")]
    assert len(set(ids)) == len(ids) == count > 50


@pytest.mark.parametrize("command", [BACKFILL, TOP])
async def test_formulas_are_harmless_unless_they_are_wanted(
    helix: FakeHelix, ask: Ask, command: tuple[str, ...]
) -> None:
    """A title may be one."""
    [first, *_] = (json.loads(line) for line in (await ask(helix, *TOP)).stdout.splitlines())
    del first["fetched_at"]
    evil = first | {"id": "evil", "title": "=1+1", "view_count": 10**9, "created_at": "2026-05-31T00:00:00Z"}
    helix.add(evil)

    async def titles(*options: str) -> set[str]:
        assert (await ask(helix, *command, *options)).status == 0
        return {record["title"] for record in _records(options[-1]) if record["id"] == "evil"}

    assert await titles("-o", "tame.csv") == {"'=1+1"}
    assert await titles("--formulas", "-o", "wild.csv") == {"=1+1"}


@pytest.mark.parametrize("stdout", [os.pipe, pty.openpty])
async def test_stdout_gets_json_lines(helix: FakeHelix, ask: Ask, stdout: Channel) -> None:
    """With `-o -`, on a terminal, too; a backfill says that it cannot go on there."""
    piped = await ask(helix, *TOP)
    assert await ask(helix, *TOP, "-o", "-", stdout=stdout) == piped
    ran = await ask(helix, *BACKFILL, "-o", "-", stdout=stdout, stderr=pty.openpty)
    ids = [json.loads(line)["id"] for line in ran.stdout.splitlines()]
    assert len(set(ids)) == len(ids) > 50
    assert ran.stderr.splitlines()[0] == "Writing to stdout. The next run begins anew."
    assert _names() == []


@pytest.mark.parametrize("command", [("top", "--sandbox"), GET])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-o", "clips.txt"), "'clips.txt' is of no known kind"),
        (("-o", ""), "a target is a path, a URL or a Sink, not ''"),
        (("-o", "clips.jsonl", "--json"), "--json is for stdout: give it or -o"),
        (("-o", "clips.jsonl", "--formulas"), "--formulas goes with -o FILE.csv"),
        (("--formulas",), "--formulas goes with -o FILE.csv"),
    ],
)
def test_what_does_not_go_together_exits_with_2(
    run: Run, command: tuple[str, ...], options: tuple[str, ...], words: str
) -> None:
    """In one line."""
    ran = run(*command, *options)
    assert (ran.status, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert words in ran.stderr
    assert _names() == []


async def test_a_place_that_cannot_be_written_is_told_before_anything_is_asked(helix: FakeHelix, ask: Ask) -> None:
    """As a folder that is not there."""
    for command in (TOP, BACKFILL):
        ran = await ask(helix, *command, "-o", "nowhere/clips.jsonl")
        assert ran.status == 1
        assert ran.stderr.endswith(
            "Error: cannot write nowhere/clips.jsonl: there is no folder nowhere; make it first\n"
        )
    assert helix.targets == []
