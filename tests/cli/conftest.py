"""What tests of the command line share: runs of it in this process, with real pipes and terminals."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from io import FileIO
from types import MappingProxyType
from typing import Protocol, TextIO

import attrs
import pytest

from twitch_clips.cli import main
from twitch_clips.testing import FakeHelix

Channel = Callable[[], tuple[int, int]]
"""Opens a way out for a program, such as `os.pipe` or `pty.openpty`: where to read and where to write."""

_VARIABLES = ("CLIENT_ID", "CLIENT_SECRET", "ACCESS_TOKEN", "API_URL", "AUTH_URL")
_OF_TERMINALS = ("FORCE_COLOR", "LINES", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


@attrs.frozen
class Ran:
    """What came of a run."""

    status: int
    stdout: str
    stderr: str


class Run(Protocol):
    """Runs the command line."""

    def __call__(
        self, *arguments: str, stdout: Channel = os.pipe, stderr: Channel = os.pipe, encoding: str = "utf-8"
    ) -> Ran:
        """Run it to its end, with outputs in that encoding."""
        ...


class Ask(Protocol):
    """Runs the command line against the embedded Helix that it is given."""

    def __call__(
        self,
        helix: FakeHelix,
        *arguments: str,
        stdout: Channel = os.pipe,
        stderr: Channel = os.pipe,
        env: Mapping[str, str] = ...,
    ) -> Awaitable[Ran]:
        """Run it to its end, in a thread beside the server, with other variables than its own."""
        ...


@pytest.fixture(autouse=True)
def ctrl_c() -> Generator[None]:
    """Heard, as from a terminal: whatever runs the tests in the background may have had it ignored."""
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, earlier)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials, and 80 columns without colours where there is a terminal."""
    for name in (*(f"TWITCH_{name}" for name in _VARIABLES), *_OF_TERMINALS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in this process."""

    def run(*arguments: str, stdout: Channel = os.pipe, stderr: Channel = os.pipe, encoding: str = "utf-8") -> Ran:
        with (
            opened(stdout, encoding) as (out, read_out),
            opened(stderr, encoding) as (err, read_err),
            monkeypatch.context() as patched,
        ):
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            with pytest.raises(SystemExit) as caught:
                main(arguments, prog_name="twitch-clips")
        assert isinstance(caught.value.code, int)
        return Ran(caught.value.code, read_out(), read_err())

    return run


@pytest.fixture
def point_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeHelix], None]:
    """Puts an embedded Helix and its credentials into the environment."""

    def point(helix: FakeHelix) -> None:
        monkeypatch.setenv("TWITCH_CLIENT_ID", helix.client_id)
        monkeypatch.setenv("TWITCH_CLIENT_SECRET", helix.client_secret)
        monkeypatch.setenv("TWITCH_API_URL", helix.api_url)
        monkeypatch.setenv("TWITCH_AUTH_URL", helix.auth_url)

    return point


@pytest.fixture
def ask(run: Run, point_at: Callable[[FakeHelix], None], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs the command line against an embedded Helix."""

    async def ask(
        helix: FakeHelix,
        *arguments: str,
        stdout: Channel = os.pipe,
        stderr: Channel = os.pipe,
        env: Mapping[str, str] = MappingProxyType({}),
    ) -> Ran:
        point_at(helix)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        return await asyncio.to_thread(run, *arguments, stdout=stdout, stderr=stderr)

    return ask


@contextmanager
def serving(helix: FakeHelix) -> Generator[None]:
    """On real time, in a thread, for programs that take some."""
    is_up, loops = threading.Event(), list[asyncio.AbstractEventLoop]()
    is_over = asyncio.Event()

    async def serve() -> None:
        async with helix:
            loops.append(asyncio.get_running_loop())
            is_up.set()
            await is_over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    is_up.wait()
    try:
        yield
    finally:
        loops[0].call_soon_threadsafe(is_over.set)
        thread.join()


def stopped_after(lines: int, number: signal.Signals = signal.SIGINT, channel: Channel = os.pipe) -> Channel:
    """A way out whose reader sends this process a signal once so many lines came, such as that of Ctrl-C."""

    def opens() -> tuple[int, int]:
        (source, stdout), (copied, copy) = channel(), os.pipe()
        threading.Thread(target=_stop, args=(source, copy, lines, number)).start()
        return copied, stdout

    return opens


def _stop(source: int, copy: int, lines: int, number: signal.Signals) -> None:
    with os.fdopen(source, "rb", buffering=0) as file, os.fdopen(copy, "wb", buffering=0) as target:
        left = lines
        for chunk in _chunks(file):
            target.write(chunk)
            had, left = left, left - chunk.count(b"\n")
            if had > 0 >= left:
                os.kill(os.getpid(), number)


@contextmanager
def opened(channel: Channel, encoding: str) -> Generator[tuple[TextIO, Callable[[], str]]]:
    """A file to write to, and what was written once it is closed; somebody reads all the time."""
    source, target = channel()
    chunks: list[bytes] = []
    reader = threading.Thread(target=_read, args=(source, chunks))
    reader.start()

    def text() -> str:
        reader.join()
        return b"".join(chunks).decode(encoding).replace("\r\n", "\n")

    with os.fdopen(target, "w", encoding=encoding) as file:
        yield file, text


def _read(source: int, chunks: list[bytes]) -> None:
    with os.fdopen(source, "rb", buffering=0) as file:
        chunks.extend(_chunks(file))


def _chunks(file: FileIO) -> Iterator[bytes]:
    try:
        while chunk := file.read(65536):
            yield chunk
    except OSError:  # how Linux tells that the other end of a terminal is closed
        pass
