"""How a command ends: in one line on stderr, with the exit status that scripts go by."""

import asyncio
import atexit
import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from twitch_clips import QueryError, TwitchClipsError

from .advice import what_to_do
from .text import one_line

INTERRUPTED = 128 + signal.SIGINT
_READER_GONE = 141  # what a shell says of a program that SIGPIPE ended, as it ends most programs
# Without any handler Python would write warnings of the log to stderr, in words for programmers.
_SILENT = logging.NullHandler()


class Failure(click.ClickException):
    """The end of a command: click shows the message in a line after `Error:`."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        """Keep the message, which may hold anything."""
        super().__init__(one_line(message))


class WrongArgument(Failure):
    """A failure that is the command line's own."""

    exit_code = 2


class Commands(click.Group):
    """A group of commands that end as this module says."""

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401  (click's own)
        """Run the command line; nothing after it has to work."""
        logging.getLogger("twitch_clips").addHandler(_SILENT)
        _open_closed()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A title in a script that the terminal's encoding lacks is no reason to end.
                stream.reconfigure(errors="replace")
        with _leaving_at_once():
            return super().main(*args, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse what stands before the command."""
        with _in_one_line():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (click's own)
        """Parse the rest and run the command."""
        with _in_one_line():
            return super().invoke(ctx)


def _open_closed() -> None:
    """Have a place to write to where the shell closed one (`>&-`): Python has `None` there then."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  (open to the end)


@contextmanager
def _in_one_line() -> Generator[None]:
    """Turn what goes wrong into a `Failure`."""
    try:
        yield
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "twitch-clips"
        raise WrongArgument(f"{error.format_message().rstrip('.')} (see {command} --help)") from None
    except TwitchClipsError as error:
        kind = WrongArgument if isinstance(error, QueryError) else Failure
        raise kind(f"{str(error).rstrip('.')}{what_to_do(error)}") from None
    except BrokenPipeError:
        _give_up_stdout()
        raise click.exceptions.Exit(_READER_GONE) from None
    except OSError as error:
        _give_up_stdout()
        raise Failure(error.strerror or str(error)) from None


def _give_up_stdout() -> None:
    """Let go whatever is still in stdout's buffer, which the interpreter would try to write at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextmanager
def _leaving_at_once() -> Generator[None]:
    """Have Ctrl-C end the process on the spot.

    There is nothing to put in order: what is open is sockets. And what an orderly end would wait for may never come,
    such as the look-up of a host name in a thread, or somebody who reads our output.
    """
    # nohup, and a shell with what it runs in the background, have it ignored.
    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_ours and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _leave)
        # The interpreter's own end takes a while, too.
        atexit.register(signal.signal, signal.SIGINT, _leave)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is _leave:
            signal.signal(signal.SIGINT, signal.default_int_handler)


class Stop:
    """An end in good order that was asked for.

    Attributes:
        asked: Set when it was.
        status: The exit status then: 130 after Ctrl-C, and 0 after SIGTERM, which is how services are stopped.
    """

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self.asked: asyncio.Event = asyncio.Event()
        self.status = 0


@contextmanager
def stopping() -> Generator[Stop]:
    """Have Ctrl-C and SIGTERM ask for an end in good order; the second of them ends the process on the spot."""
    stop, loop = Stop(), asyncio.get_running_loop()

    def hear(signum: int, frame: FrameType | None) -> None:
        if stop.asked.is_set():
            _leave(signum, frame)
        stop.status = INTERRUPTED if signum == signal.SIGINT else 0
        stop.asked.set()
        loop.call_soon_threadsafe(bool)  # wakes it up

    earlier: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        is_ours = {signal.SIGINT: _leave, signal.SIGTERM: signal.SIG_DFL}
        earlier = {
            number: signal.signal(number, hear)
            for number, handler in is_ours.items()
            if signal.getsignal(number) is handler
        }
    try:
        yield stop
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _leave(signum: int, _frame: FrameType | None) -> None:
    end_line()
    os._exit(128 + signum)


def end_line() -> None:
    """Begin a new line on a terminal: it has written ^C there."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), b"\n")
