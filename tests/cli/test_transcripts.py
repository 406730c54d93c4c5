"""What the command line shows, word for word: each file of `transcripts` is what somebody saw.

A line that begins with `$ ` is a command whose output goes into pipes, one with `tty$ ` has a terminal of 80 columns
without colours. What came on stdout follows, then what came on stderr behind `! `, `^C` where Ctrl-C was pressed, and
the exit status. What differs from run to run is written as in `_MASKS`.
"""

import asyncio
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from aiohttp import web

from tests.cli.conftest import Ask
from tests.conftest import NOW
from twitch_clips.testing import FakeHelix, faults
from twitch_clips.testing.faults import Answer

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(file.stem for file in FOLDER.glob("*.txt"))
_MASKS = (
    (r"(127\.0\.0\.1:|'127\.0\.0\.1', |on port )\d+", r"\g<1>PORT"),
    (r'("fetched_at":)"[^"]+"', r'\g<1>"TIME"'),
    (r"(?<=; )\d+ requests", "N requests"),
    (r"(?<=asked again in )\d+", "N"),
    (r"Asking \.\.\.\r {10}\r", ""),  # it stands there for a moment
)


@attrs.frozen
class Command:
    """A command of a transcript.

    Attributes:
        has_terminal: Whether its outputs are terminals.
        line: As typed.
        shown: All that follows.
    """

    has_terminal: bool
    line: str
    shown: str

    @property
    def env(self) -> dict[str, str]:
        """The variables that stand before it."""
        return dict(word.split("=", 1) for word in shlex.split(self.line) if re.match(r"[A-Z_]+=", word))

    @property
    def arguments(self) -> list[str]:
        """What stands behind `twitch-clips`."""
        words = shlex.split(self.line)
        return words[words.index("twitch-clips") + 1 :]


def _commands(name: str) -> list[Command]:
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    found = re.findall(r"^(tty)?\$ (.+)\n((?s:.*?))(?=^(?:tty)?\$ |\Z)", text, re.MULTILINE)
    return [Command(bool(terminal), line, f"{shown.rstrip()}\n") for terminal, line, shown in found]


def _as_shown(stdout: str, stderr: str, status: int, *, interrupted: bool = False) -> str:
    for pattern, mask in _MASKS:
        stdout, stderr = re.sub(pattern, mask, stdout), re.sub(pattern, mask, stderr)
    told = "".join(f"! {line}\n" for line in stderr.splitlines())
    ctrl_c = "^C\n" if interrupted else ""
    return f"{stdout}{told}{ctrl_c}[{status}]\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", [name for name in FILES if name not in {"ctrl-c", "no-network"}])
async def test_it_shows_what_it_showed(ask: Ask, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One command after the other, in one folder and against one server."""
    async with FakeHelix(now=NOW) as helix:
        for command in _commands(name):
            channel = pty.openpty if command.has_terminal else os.pipe
            ran = await ask(helix, *command.arguments, stdout=channel, stderr=channel, env=command.env)
            for variable in command.env:
                monkeypatch.delenv(variable)
            assert _as_shown(ran.stdout, ran.stderr, ran.status) == command.shown, command.line


def _start(command: Command, env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  (our own)
        [sys.executable, "-m", "twitch_clips", *command.arguments],
        env=os.environ | env | command.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("command", _commands("ctrl-c"), ids=lambda command: command.arguments[0])
async def test_ctrl_c_shows_nothing_but_what_was_shown(
    helix: FakeHelix, point_at: Callable[[FakeHelix], None], command: Command
) -> None:
    """It is pressed while the server is waited for, or once the command has said how to stop it."""
    asked = asyncio.Event()

    async def note(request: web.Request, answer: Answer) -> web.StreamResponse:
        asked.set()
        return await faults.hang()(request, answer)

    helix.fail(note, times=None)
    point_at(helix)
    with _start(command, {}) as process:
        first = ""
        if command.arguments[0] == "sandbox":
            assert process.stderr is not None
            first = await asyncio.to_thread(process.stderr.readline)
            asked.set()
        ending = asyncio.create_task(asyncio.to_thread(process.communicate))
        asking = asyncio.create_task(asked.wait())
        await asyncio.wait({asking, ending}, return_when=asyncio.FIRST_COMPLETED)
        asking.cancel()
        process.send_signal(signal.SIGINT)
        stdout, stderr = await ending
    assert _as_shown(stdout, first + stderr, process.returncode, interrupted=True) == command.shown


def test_no_network_is_told_in_a_line(closed_port: int) -> None:
    """Once it was tried some times, which takes seconds: all at once."""
    url = f"http://127.0.0.1:{closed_port}"
    env = {"TWITCH_CLIENT_ID": "x", "TWITCH_API_URL": f"{url}/helix", "TWITCH_AUTH_URL": f"{url}/oauth2"}
    commands = _commands("no-network")
    processes = [_start(command, env) for command in commands]
    for command, process in zip(commands, processes, strict=True):
        stdout, stderr = process.communicate()
        assert _as_shown(stdout, stderr, process.returncode) == command.shown, command.line


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("help")])
def test_help_fits_80_columns(name: str) -> None:
    """Every line of it."""
    assert max(len(line) for command in _commands(name) for line in command.shown.splitlines()) <= 80
