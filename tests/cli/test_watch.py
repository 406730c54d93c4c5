"""`twitch-clips watch`."""

import json
import os
import pty
import re
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Ask, Channel, Ran, Run, serving, stopped_after
from tests.conftest import NOW
from twitch_clips.testing import FakeHelix, faults, synthetic_clips

CHANNEL = "1000001"
WATCH = ("watch", "--broadcaster-id", CHANNEL, "--every", "1")
OPENING = f"Watching {CHANNEL} every 1 seconds; Ctrl-C stops it.\n"
A_CLIP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  Example_Streamer  .+\n  https://clips\.twitch\.tv/\S+\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def watching(run: Run, point_at: Callable[[FakeHelix], None]) -> Callable[..., Ran]:
    """Runs a command in the main thread, where signals come, against a server in another one."""

    def watch(helix: FakeHelix, *arguments: str, stdout: Channel = os.pipe, stderr: Channel = os.pipe) -> Ran:
        with serving(helix):
            point_at(helix)
            return run(*arguments, stdout=stdout, stderr=stderr)

    return watch


def _ids(ran: Ran) -> list[str]:
    return [json.loads(line)["id"] for line in ran.stdout.splitlines()]


def _clips(days: int) -> list[str]:
    """Those of the channel in the last days, oldest first."""
    first = f"{NOW - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    raw = sorted(synthetic_clips(now=NOW), key=lambda clip: str(clip["created_at"]))
    return [str(one["id"]) for one in raw if one["broadcaster_id"] == CHANNEL and str(one["created_at"]) >= first]


def test_the_sandbox_makes_clips_now_and_then(run: Run) -> None:
    """A pipe has each as soon as it is seen, in the form of a file; Ctrl-C is no error, but has its exit status."""
    ran = run("watch", "--sandbox", "--every", "1", stdout=stopped_after(1))
    opening = "Watching example_streamer every 1 seconds; Ctrl-C stops it.\n"
    assert (ran.status, ran.stderr) == (130, opening)
    first, *_ = (json.loads(line) for line in ran.stdout.splitlines())
    assert first["broadcaster_name"] == "Example_Streamer"
    assert [*first][-1] == "fetched_at"


def test_a_terminal_gets_two_lines_a_clip(watching: Callable[..., Ran]) -> None:
    """The second is where it is; --json gives it what a pipe gets. ^C stands on a line of its own."""
    command = (*WATCH, "--since", "2d")
    ran = watching(FakeHelix(now=NOW), *command, stdout=stopped_after(2, channel=pty.openpty), stderr=pty.openpty)
    assert (ran.status, ran.stderr) == (130, f"{OPENING}\n")
    assert re.fullmatch(f"({A_CLIP})+", ran.stdout)
    ran = watching(FakeHelix(now=NOW), *command, "--json", stdout=stopped_after(1, channel=pty.openpty))
    assert _ids(ran)[0] == _clips(2)[0]


def test_each_clip_is_shown_once_over_clean_stops(watching: Callable[..., Ran]) -> None:
    """With a checkpoint: by Ctrl-C, and by SIGTERM, after which a service has not failed."""
    expected = _clips(5)
    command = (*WATCH, "--since", "5d", "--checkpoint", "seen.json")
    first = watching(FakeHelix(now=NOW), *command, stdout=stopped_after(3))
    assert (first.status, first.stderr) == (130, OPENING)
    left = len(expected) - len(_ids(first))
    [new] = synthetic_clips(1, now=NOW, seed=7)
    helix = FakeHelix(now=NOW)
    helix.add(new | {"broadcaster_id": CHANNEL, "created_at": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"})
    second = watching(helix, *command, stdout=stopped_after(left + 1, signal.SIGTERM))
    assert (second.status, second.stderr) == (0, OPENING)
    assert [*_ids(first), *_ids(second)] == [*expected, new["id"]]


def test_a_clip_that_could_not_be_shown_is_shown_by_the_next_run(watching: Callable[..., Ran]) -> None:
    """As when the reader of the pipe is gone; what else Ctrl-C and SIGTERM do is undone."""

    def nobody() -> tuple[int, int]:
        source, target = os.pipe()
        os.close(source)
        return os.open(os.devnull, os.O_RDONLY), target

    command = (*WATCH, "--since", "2d", "--checkpoint", "seen.json")
    ran = watching(FakeHelix(now=NOW), *command, stdout=nobody)
    assert (ran.status, ran.stderr) == (141, OPENING)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    ran = watching(FakeHelix(now=NOW), *command, stdout=stopped_after(1))
    assert _ids(ran)[0] == _clips(2)[0]


def test_several_are_watched_in_the_languages_that_are_wanted(watching: Callable[..., Ran]) -> None:
    """One that fails is told of, and the others go on."""
    expected = {
        str(clip["id"])
        for clip in synthetic_clips(now=NOW)
        if (clip["broadcaster_id"] in {CHANNEL, "1000003"} or clip["game_id"] == "490001")
        and clip["language"] == "en-gb"
    }
    whose = ("--broadcaster", "example_streamer", "--game", "Nothing Like It", "--game-id", "490001")
    command = ("watch", *whose, "--broadcaster", "shiken_haishin", "--every", "2", "--since", "31d")
    ran = watching(FakeHelix(now=NOW), *command, "--language", "en-gb", stdout=stopped_after(len(expected)))
    assert (ran.status, sorted(_ids(ran))) == (130, sorted(expected))
    opening, *notes = ran.stderr.splitlines()
    assert opening == "Watching 4 channels and games every 2 seconds; Ctrl-C stops it."
    assert notes == ["Note: Nothing Like It: Twitch knows no game 'Nothing Like It'; asked again in 2 seconds"]


def test_what_is_put_right_by_itself_is_not_told(
    watching: Callable[..., Ran], caplog: pytest.LogCaptureFixture
) -> None:
    """It is in the log."""
    helix = FakeHelix(now=NOW)
    helix.fail(faults.status(400, "The cursor is not valid."), skip=2)
    ran = watching(helix, *WATCH, "--since", "29d", stdout=stopped_after(1))
    assert (ran.status, ran.stderr) == (130, OPENING)
    assert [record.levelname for record in caplog.records if record.name == "twitch_clips"] == ["WARNING"]


async def test_an_outage_is_told_until_it_ends_the_watch(helix: FakeHelix, ask: Ask) -> None:
    """What stops it at once is told once."""
    helix.fail(faults.status(418, "teapot"), times=None)
    ran = await ask(helix, *WATCH)
    notes = [f"Note: {CHANNEL}: Helix answered 418: teapot; asked again in {seconds} seconds" for seconds in (1, 2)]
    assert (ran.status, ran.stderr.splitlines()) == (1, [OPENING.strip(), *notes, "Error: Helix answered 418: teapot"])


async def test_what_costs_too_much_is_told(helix: FakeHelix, ask: Ask) -> None:
    """No warning of Python's."""
    whose = [word for number in range(8) for word in ("--broadcaster-id", str(7_000_000 + number))]
    helix.fail(faults.status(403), times=None)
    ran = await ask(helix, "watch", *whose, "--every", "1")
    assert ran.stderr.splitlines()[1].startswith("Note: watching 8 channels and games every 1 seconds ")


async def test_a_name_that_is_not_known_ends_it(helix: FakeHelix, ask: Ask) -> None:
    """With the nearest one."""
    ran = await ask(helix, "watch", "--broadcaster", "exmaple_streamer")
    assert (ran.status, ran.stdout) == (1, "")
    assert ran.stderr.splitlines()[1:] == [
        "Error: Twitch knows no channel 'exmaple_streamer'; did you mean 'example_streamer'?"
    ]


async def test_a_checkpoint_of_something_else_is_refused(helix: FakeHelix, ask: Ask) -> None:
    """And left as it is."""
    Path("seen.json").write_text("precious\n", encoding="utf-8")  # noqa: ASYNC240  (a test's own file)
    ran = await ask(helix, *WATCH, "--checkpoint", "seen.json")
    assert (ran.status, helix.targets) == (1, [])
    assert ran.stderr.startswith(f"{OPENING}Error: seen.json: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give one or more of --game, --game-id, --broadcaster and --broadcaster-id"),
        (("--sandbox", "--every", "0"), "0.0 is not in the range 1<=x<=86400"),
        (("--sandbox", "--since", "9999-01-01"), "since is ahead of now"),
        (("--sandbox", "--checkpoint", "."), "File '.' is a directory"),
        (("--sandbox", "-o", "clips.jsonl"), "No such option"),
    ],
)
def test_a_wrong_argument_exits_with_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    """And says in one line which."""
    ran = run("watch", *arguments)
    assert (ran.status, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert words in ran.stderr
