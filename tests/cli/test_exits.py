"""How commands end."""

import asyncio
import contextlib
import io
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable

import click
import pytest
from aiohttp import web

from tests.cli.conftest import Channel, Run, opened
from twitch_clips.cli import main
from twitch_clips.cli.exits import Commands, stopping
from twitch_clips.testing import FakeHelix, faults
from twitch_clips.testing.faults import Answer

PROGRAM = [sys.executable, "-m", "twitch_clips"]
EVERYTHING = ("top", "--sandbox", "--limit", "999")


@click.group(cls=Commands)
def interrupted() -> None:
    """A program with one command, in which Ctrl-C is pressed."""


@interrupted.command()
def now() -> None:
    """Press it."""
    signal.raise_signal(signal.SIGINT)


@interrupted.command()
@click.argument("number", type=int)
def twice(number: int) -> None:
    """Have it stop in good order, and ask again."""

    async def stop() -> None:
        with stopping() as asked:
            signal.raise_signal(number)
            await asked.asked.wait()
            signal.raise_signal(number)

    asyncio.run(stop())


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603


async def test_ctrl_c_while_helix_is_waited_for_is_silent(
    helix: FakeHelix, point_at: Callable[[FakeHelix], None]
) -> None:
    """The exit status is 130."""
    asked = asyncio.Event()

    async def note(request: web.Request, answer: Answer) -> web.StreamResponse:
        asked.set()
        return await faults.hang()(request, answer)

    helix.fail(note)
    point_at(helix)
    with _start("top", "--game-id", "509658") as process:
        ending = asyncio.create_task(asyncio.to_thread(process.communicate))
        await asked.wait()
        process.send_signal(signal.SIGINT)
        assert await ending == ("", "")
    assert process.returncode == 130


def test_ctrl_c_is_heard_when_nobody_reads_on() -> None:
    """The process hangs in a write to a full pipe then, or will."""
    with _start(*EVERYTHING) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert (process.wait(), process.stderr.read()) == (130, "")


@pytest.mark.parametrize(("stderr", "shown"), [(os.pipe, ""), (pty.openpty, "\n")])
def test_after_ctrl_c_a_terminal_is_on_a_new_line(monkeypatch: pytest.MonkeyPatch, stderr: Channel, shown: str) -> None:
    """It has written ^C itself; a pipe gets nothing."""
    monkeypatch.setattr(os, "_exit", sys.exit)
    with opened(stderr, "utf-8") as (file, read), monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", file)
        with pytest.raises(SystemExit) as caught:
            interrupted(["now"])
    assert (caught.value.code, read()) == (130, shown)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_asks_twice_need_not_wait(monkeypatch: pytest.MonkeyPatch, number: signal.Signals) -> None:
    """The second Ctrl-C ends a stop in good order on the spot; so does SIGTERM."""
    monkeypatch.setattr(os, "_exit", sys.exit)
    with pytest.raises(SystemExit) as caught:
        interrupted(["twice", str(int(number))])
    assert caught.value.code == 128 + number
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_who_has_ctrl_c_ignored_has_it_ignored() -> None:
    """As nohup does, and a shell with what it runs in the background."""
    earlier = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(SystemExit) as caught:
            interrupted(["now"])
    finally:
        signal.signal(signal.SIGINT, earlier)
    assert caught.value.code == 0


def test_a_reader_that_has_enough_ends_it_silently() -> None:
    """As `head` has; the exit status is what a shell says of any program then."""
    with _start(*EVERYTHING) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert (process.wait(), process.stderr.read()) == (141, "")


def test_a_reader_that_is_gone_before_the_first_line_ends_it_silently() -> None:
    """The interpreter's own end has nothing to add."""
    source, target = os.pipe()
    os.close(source)
    command = [*PROGRAM, "top", "--sandbox", "--limit", "1"]
    ran = subprocess.run(command, stdout=target, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    os.close(target)
    assert (ran.returncode, ran.stderr) == (141, "")


def _nobody() -> tuple[int, int]:
    """A pipe whose reader is gone."""
    source, target = os.pipe()
    os.close(source)
    return os.open(os.devnull, os.O_RDONLY), target


def _full() -> tuple[int, int]:
    """A disk without room."""
    return os.open(os.devnull, os.O_RDONLY), os.open("/dev/full", os.O_WRONLY)


@pytest.mark.parametrize(
    ("stdout", "status", "line"), [(_nobody, 141, ""), (_full, 1, "Error: No space left on device\n")]
)
def test_an_output_that_takes_no_more_ends_it(run: Run, stdout: Channel, status: int, line: str) -> None:
    """A full disk is told in one line."""
    ran = run(*EVERYTHING, stdout=stdout)
    assert (ran.status, ran.stderr) == (status, line)


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_an_output_that_is_closed_is_not_written_to(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As `>&-` and `2>&-` leave it."""
    monkeypatch.setattr(sys, name, None)
    with pytest.raises(SystemExit) as caught:
        main(["top", "--sandbox", "--game-id", "1"])
    getattr(sys, name).close()
    assert caught.value.code == 0


def test_outputs_may_be_of_any_kind() -> None:
    """Such as those of somebody who calls the command line."""
    with contextlib.redirect_stdout(io.StringIO()) as stdout, pytest.raises(SystemExit):
        main(["--version"], prog_name="twitch-clips")
    assert stdout.getvalue().startswith("twitch-clips, version ")


def test_what_an_encoding_lacks_is_replaced(run: Run) -> None:
    """In a table; JSON Lines are UTF-8 everywhere."""
    question = ("top", "--sandbox", "--broadcaster", "shiken_haishin", "--limit", "1")
    assert "????" in run(*question, stdout=pty.openpty, encoding="ascii").stdout
    assert "試験配信" in run(*question).stdout


async def test_the_log_does_not_get_between_the_lines(helix: FakeHelix, point_at: Callable[[FakeHelix], None]) -> None:
    """A listing that starts again is a warning there; Python would write it to stderr."""
    helix.fail(faults.status(400, "The cursor is not valid."), skip=1)
    point_at(helix)
    command = [*PROGRAM, "top", "--broadcaster-id", "1000001", "--limit", "200"]
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr, ran.stdout.count("\n")) == (0, "", 200)
    assert len(helix.targets) == 4


@pytest.mark.parametrize("word", ["zzz", "--zzz"])
def test_an_unknown_command_or_option_exits_with_2(run: Run, word: str) -> None:
    """In one line, click's own words and the way to help."""
    ran = run(word)
    assert (ran.status, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert ran.stderr.startswith("Error: No such ")
    assert ran.stderr.endswith(" (see twitch-clips --help)\n")
