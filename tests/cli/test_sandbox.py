"""`twitch-clips sandbox`."""

import asyncio
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Generator
from datetime import datetime

import pytest

from tests.cli.conftest import Run
from twitch_clips import AsyncClips
from twitch_clips.testing import synthetic_channel

SERVE = [sys.executable, "-m", "twitch_clips", "sandbox"]


def _variables(lines: list[str]) -> dict[str, str]:
    """As a shell reads them."""
    words = [shlex.split(line) for line in lines]
    assert {command for command, _ in words} == {"export"}
    return dict(assignment.split("=", 1) for _, assignment in words)


@pytest.fixture
def served() -> Generator[subprocess.Popen[str]]:
    """A sandbox in a process of its own, with pipes."""
    with subprocess.Popen(SERVE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield process
        process.kill()


def test_it_points_any_client_at_itself(served: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines come at once, and what was set before does not get in the way."""
    assert served.stdout is not None
    monkeypatch.setenv("TWITCH_ACCESS_TOKEN", "of-somebody-else")
    for name, value in _variables([served.stdout.readline() for _ in range(5)]).items():
        monkeypatch.setenv(name, value)

    async def ask() -> int:
        async with AsyncClips.from_env() as clips:
            return len(await clips.by_broadcaster(login="example_streamer", limit=3).collect())

    assert asyncio.run(ask()) == 3


def test_its_large_channel_is_the_same_in_every_process(
    served: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backfill goes on in another sandbox where it was stopped in one before."""
    assert served.stdout is not None
    for name, value in _variables([served.stdout.readline() for _ in range(5)]).items():
        monkeypatch.setenv(name, value)

    async def ask() -> list[tuple[str, int, datetime]]:
        async with AsyncClips.from_env() as clips:
            found = await clips.by_broadcaster(login="bottomless_teapot", limit=3).collect()
        return [(clip.id, clip.view_count, clip.created_at) for clip in found]

    raw = sorted(synthetic_channel(), key=lambda clip: int(str(clip["view_count"])), reverse=True)[:3]
    assert asyncio.run(ask()) == [
        (clip["id"], clip["view_count"], datetime.fromisoformat(str(clip["created_at"]))) for clip in raw
    ]


def test_ctrl_c_stops_it_without_a_word(served: subprocess.Popen[str]) -> None:
    """It said before how to stop it, on stderr."""
    assert served.stderr is not None
    assert "Ctrl-C stops it" in served.stderr.readline()
    served.send_signal(signal.SIGINT)
    _, stderr = served.communicate()
    assert (served.returncode, stderr) == (130, "")


def test_ctrl_c_stops_it_wherever_it_runs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it serves, and having printed nothing but the lines."""

    def leave(status: int) -> None:
        # Between two callbacks: this process lives on, so none may be left half done.
        asyncio.get_running_loop().call_soon_threadsafe(sys.exit, status)

    monkeypatch.setattr(os, "_exit", leave)
    answers: list[int] = []

    def stop_once_it_serves(source: int, target: int) -> None:
        with os.fdopen(source, encoding="utf-8") as lines, os.fdopen(target, "w", encoding="utf-8") as copy:
            shown = [lines.readline() for _ in range(5)]
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(_variables(shown)["TWITCH_API_URL"] + "/clips")  # noqa: S310  (its own)
            answers.append(caught.value.code)
            caught.value.close()
            os.kill(os.getpid(), signal.SIGINT)
            copy.writelines([*shown, *lines])

    def stopping() -> tuple[int, int]:
        (source, stdout), (copied, copy) = os.pipe(), os.pipe()
        threading.Thread(target=stop_once_it_serves, args=(source, copy)).start()
        return copied, stdout

    ran = run("sandbox", stdout=stopping)
    assert (ran.status, answers, ran.stdout.count("\n")) == (130, [401], 5)
    assert ran.stderr.count("\n") == 1


def test_a_port_in_use_exits_with_1(run: Run) -> None:
    """In a line that says what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run("sandbox", "--port", str(port))
    assert (ran.status, ran.stdout) == (1, "")
    assert ran.stderr == f"Error: cannot listen on port {port} (Address already in use): give another --port, or none\n"


def test_a_port_is_one_that_there_is(run: Run) -> None:
    """Else it is a wrong argument."""
    assert run("sandbox", "--port", "65536").status == 2
