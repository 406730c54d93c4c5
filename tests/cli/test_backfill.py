"""`twitch-clips backfill`."""

import contextlib
import json
import pty
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from tests.cli.conftest import Ask, Run, serving
from twitch_clips.testing import FakeHelix, Manners, faults, light_clips, synthetic_channel

FILE, CHECKPOINT = Path("clips.jsonl"), Path("clips.jsonl.checkpoint")
START = int(datetime(2024, 5, 1, tzinfo=UTC).timestamp())
DAY = 86_400
COMMAND = ("backfill", "--broadcaster-id", "1000001", "-o", "clips.jsonl")
A_DAY = (*COMMAND, "--since", "2024-05-01", "--until", "2024-05-02", "--concurrency", "1")
A_MONTH = (*COMMAND, "--since", "2024-05-01", "--until", "2024-06-01", "--audit", "0", "--concurrency", "1")

PIPED = """\
Writing to clips.jsonl. Stop it at any time: the same command goes on.
complete: 50 new clips in 1 requests
windows that ended by themselves below Helix's cap: 1
"""
AGAIN = """\
Writing to clips.jsonl. Stop it at any time: the same command goes on.
complete: 0 new clips in 0 requests
"""
GAPS = """\
Writing to clips.jsonl. Stop it at any time: the same command goes on.
incomplete: 1,000 new clips in 12 requests
windows of ten minutes with more clips than Helix lists (gaps): 1
gap: 2024-05-01T10:00:00Z to 2024-05-01T10:10:00Z
because: more clips in ten minutes than Helix lists
Note: there are gaps; the same command asks for them again.
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)


def _ids() -> list[str]:
    return [json.loads(line)["id"] for line in FILE.read_text(encoding="utf-8").splitlines()]


def _catalogue(count: int, days: int) -> list[Mapping[str, object]]:
    """So many clips, evenly over so many days of May 2024."""
    return list(light_clips([START + number * days * DAY // count for number in range(count)], range(count)))


def _are_all(clips: Iterable[Mapping[str, object]]) -> bool:
    """Whether each is in the file once."""
    return Counter(_ids()) == Counter(str(clip["id"]) for clip in clips)


async def test_a_pipe_gets_plain_lines_and_a_file_the_clips(ask: Ask) -> None:
    """The second run asks nothing."""
    clips = _catalogue(50, 1)
    async with FakeHelix(clips) as helix:
        ran = await ask(helix, *A_DAY)
        assert (ran.status, ran.stdout, ran.stderr) == (0, "", PIPED)
        again = await ask(helix, *A_DAY)
    assert (again.status, again.stdout, again.stderr) == (0, "", AGAIN)
    assert _are_all(clips)


async def test_a_terminal_shows_a_bar_and_then_the_same(ask: Ask) -> None:
    """The bar is gone in the end, and the cursor is there all the time, should the process be killed."""
    async with FakeHelix(_catalogue(50, 1)) as helix:
        ran = await ask(helix, *A_DAY, stderr=pty.openpty, env={"TERM": "xterm-256color"})
    hidden = ran.stderr.index("\x1b[?25l")
    assert ran.stderr[hidden:].startswith("\x1b[?25l\x1b[?25h")
    assert "0 %  0 clips  0 requests/min" in ran.stderr
    first, *_ = PIPED.splitlines(keepends=True)
    assert ran.stderr.startswith(first)
    assert ran.stderr.endswith("\x1b[2K" + PIPED.removeprefix(first))


async def test_a_terminal_that_can_do_nothing_gets_plain_lines(ask: Ask) -> None:
    """It would show the codes."""
    async with FakeHelix(_catalogue(50, 1)) as helix:
        assert (await ask(helix, *A_DAY, stderr=pty.openpty)).stderr == PIPED


async def test_a_wider_range_adds_what_is_new(ask: Ask) -> None:
    """And asks for nothing else."""
    clips = _catalogue(400, 2)
    async with FakeHelix(clips) as helix:
        await ask(helix, *A_DAY)
        ran = await ask(helix, *COMMAND, "--since", "2d", "--until", "2024-05-03", "--audit", "1")
    assert "complete: 200 new clips in " in ran.stderr
    assert _are_all(clips)


def test_the_sandbox_needs_neither_a_selector_nor_an_account(run: Run) -> None:
    """It has a channel that is made for this; another run of it goes on where one stopped."""
    command = ("backfill", "--sandbox", "-o", "clips.jsonl", "--concurrency", "8")
    ran = run(*command, "--until", "2020-01-01")
    assert (ran.status, ran.stdout) == (0, "")
    count = len(_ids())
    assert f"complete: {count:,} new clips in " in ran.stderr
    assert "complete: 0 new clips in 1 requests\n" in run(*command, "--until", "2019-07-01").stderr
    assert run(*command, "--since", "2019-06-01", "--until", "2020-03-01").status == 0
    assert len(set(_ids())) == len(_ids()) > count > 1_000


async def test_gaps_exit_with_3(ask: Ask) -> None:
    """What Twitch does list of them is there, once."""
    raw = light_clips([START + 10 * 3600 + number % 600 for number in range(1300)], range(1300))
    clips = [dict(clip) | {"is_featured": False} for clip in raw]
    command = (*COMMAND, "--since", "2024-05-01T10:00:00Z", "--until", "2024-05-01T10:10:00Z")
    async with FakeHelix(clips) as helix:
        ran = await ask(helix, *command)
        again = await ask(helix, *command)
        shown = await ask(helix, *command, "-o", "-")
    assert (ran.status, ran.stdout, re.sub(r"in \d+ requests", "in 12 requests", ran.stderr)) == (3, "", GAPS)
    assert (again.status, "\nincomplete: 0 new clips in " in again.stderr) == (3, True)
    assert len(set(_ids())) == len(_ids()) == 1000
    assert (shown.status, shown.stdout.count("\n")) == (3, 1000)
    assert shown.stderr.endswith("\nNote: there are gaps; run it again.\n")


async def test_what_came_before_an_outage_stays(ask: Ask) -> None:
    """The same command goes on from there."""
    clips = _catalogue(5_000, 31)
    async with FakeHelix(clips) as helix:
        await ask(helix, *A_DAY)
        helix.fail(faults.raw(418, "teapot"), skip=45, times=None)
        ran = await ask(helix, *A_MONTH)
        assert 162 < len(_ids()) < 5_000
        assert (ran.status, ran.stdout) == (1, "")
        assert ran.stderr.splitlines()[1:] == [
            "Note: what was read is kept; the same command goes on from there.",
            "Error: Helix answered 418: teapot",
        ]
        helix.heal()
        assert (await ask(helix, *A_MONTH)).status == 0
    assert _are_all(clips)


async def test_an_outage_before_the_first_clip_has_nothing_to_point_at(ask: Ask, helix: FakeHelix) -> None:
    """One line is enough."""
    helix.fail(faults.raw(418, "teapot"), times=None)
    ran = await ask(helix, *A_DAY)
    assert (ran.status, ran.stderr.splitlines()[1:]) == (1, ["Error: Helix answered 418: teapot"])


async def test_names_that_twitch_does_not_know_exit_with_1(ask: Ask, helix: FakeHelix) -> None:
    """Nothing is in the way of the right one then."""
    ran = await ask(helix, "backfill", "--broadcaster", "nobody_here", "-o", "clips.jsonl")
    assert ran.status == 1
    assert ran.stderr.splitlines()[1:] == [
        "Error: Twitch knows no channel 'nobody_here'; a channel goes by its login, as in twitch.tv/LOGIN"
    ]
    assert (await ask(helix, "backfill", "--game", "Teapot Tycoon", "--since", "1d", "-o", "clips.jsonl")).status == 0


async def test_a_file_of_another_question_is_refused(ask: Ask) -> None:
    """It stays as it is."""
    clips = _catalogue(10, 1)
    async with FakeHelix(clips) as helix:
        await ask(helix, *A_DAY)
        ran = await ask(helix, "backfill", "--game-id", "509658", "-o", "clips.jsonl", "--since", "7d")
    assert ran.status == 1
    assert ran.stderr.endswith(
        "\nError: the checkpoint is of broadcaster_id=1000001, and this is of game_id=509658: give it another one; "
        "another file begins anew\n"
    )
    assert _are_all(clips)


def test_a_file_that_is_not_ours_is_refused(run: Run) -> None:
    """And left as it is."""
    FILE.write_text("precious\n", encoding="utf-8")
    ran = run("backfill", "--sandbox", "-o", "clips.jsonl")
    assert (ran.status, ran.stderr.splitlines()[1:]) == (
        1,
        ["Error: clips.jsonl was there before, without a checkpoint: give another file, or move it away"],
    )
    assert (FILE.read_text(encoding="utf-8"), CHECKPOINT.exists()) == ("precious\n", False)


def _killed_after(seconds: float) -> bool:
    """Whether a run was killed so long after its first words, or was done before."""
    question = ["--broadcaster-id", "1000004", "--until", "2026-01-01", "--concurrency", "2", "-o", "clips.jsonl"]
    command = [sys.executable, "-m", "twitch_clips", "backfill", *question]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Writing to ")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.kill()
    assert process.returncode in {0, -signal.SIGKILL}
    return process.returncode != 0


def test_a_run_that_is_killed_loses_no_clip_and_gives_none_twice(point_at: Callable[[FakeHelix], None]) -> None:
    """At any moments, later ones from run to run, until one comes to its end."""
    clips = synthetic_channel(20_000)
    chance = Random(7)  # noqa: S311  (any moments do)
    helix = FakeHelix(clips, limit=100_000, manners=Manners(latency=0.005))
    lengths: list[int] = []
    with serving(helix):
        point_at(helix)
        while _killed_after(chance.uniform(0.1, 0.4 + 0.15 * len(lengths))):
            lengths.append(FILE.stat().st_size)
    assert len(set(lengths)) >= 5
    assert _are_all(clips)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing option '-o' / '--output'"),
        (("-o", "clips.jsonl"), "give one of --game, --game-id, --broadcaster and --broadcaster-id"),
        (("-o", "clips.jsonl", "--game-id", "1", "--broadcaster", "x"), "give one of --game, --game-id"),
        (("--sandbox", "-o", "clips.txt"), "'clips.txt' is of no known kind: give a file ("),
        (("--sandbox", "-o", "clips.jsonl", "--formulas"), "--formulas goes with -o FILE.csv"),
        (("--sandbox", "-o", "clips.jsonl", "--concurrency", "65"), "65 is not in the range 1<=x<=64"),
        (("--sandbox", "-o", "clips.jsonl", "--audit", "2"), "2.0 is not in the range 0<=x<=1"),
        (("--sandbox", "-o", "clips.jsonl", "--audit", "nan"), "audit must be a share from 0 to 1, not nan"),
        (("--sandbox", "-o", "clips.jsonl", "--since", "9999-01-01"), "--since is ahead of now"),
        (("--sandbox", "-o", "clips.jsonl", "--since", "999999w"), "--since reaches back beyond the year 1"),
        (
            ("--sandbox", "-o", "clips.jsonl", "--since", "2024-05-01", "--until", "2024-05-01"),
            "--until must be after --since",
        ),
        (("--sandbox", "-o", "clips.jsonl", "--until", "2001-01-01"), "the range is empty"),
    ],
)
def test_a_wrong_argument_exits_with_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    """And says in one line which."""
    ran = run("backfill", *arguments)
    assert (ran.status, ran.stdout) == (2, "")
    error = ran.stderr.splitlines()[-1]
    assert error.startswith("Error: ")
    assert words in error
