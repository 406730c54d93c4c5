"""One listing as whoever reads it sees it: the clips that came, and what the client said of those that did not.

An error says so, and a warning does. A line in the log does not, as a program cannot act on it and most throw it away;
it is shown all the same.
"""

import logging
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

import attrs
from others import Clips

LOGGERS = ("twitch_clips", "twitchAPI", "twitchio")
Verdict = Literal["complete", "says so", "loss", "endless"]


@attrs.define
class Reading:
    """What came of a listing so far.

    Attributes:
        ids: Of the clips that came.
        error: The kind of the error that ended it; None: no error did.
        warning: The kind of the last warning.
        logged: Lines logged meanwhile, warnings and worse.
        ended: Whether it has ended, in whatever way.
    """

    ids: set[str] = attrs.Factory(set[str])
    error: str | None = None
    warning: str | None = None
    logged: list[str] = attrs.Factory(list[str])
    ended: bool = False

    async def read(self, ask: Callable[[], Clips]) -> None:
        """Read a listing to its end; it has to be the work of a task of its own."""
        _READING.set(self)
        try:
            async for clip in ask():
                self.ids.add(clip.id)
        except Exception as error:  # noqa: BLE001  (whatever a client raises is its way of saying so)
            self.error = type(error).__name__
        self.ended = True

    @property
    def said(self) -> str | None:
        """The error, or else the warning."""
        return self.error or self.warning

    def verdict(self, there: int) -> Verdict:
        """What to call it if so many clips were there."""
        if not self.ended:
            return "endless"
        if self.error is None and len(self.ids) == there:
            return "complete"
        return "says so" if self.said else "loss"


_READING: ContextVar[Reading] = ContextVar("reading")


class _Ear(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Note a line, once."""
        reading = _READING.get(None)
        line = record.getMessage()
        if reading is not None and line not in reading.logged:
            reading.logged.append(line)


def _warned(message: Warning | str, category: type[Warning], *_where: object, **_: object) -> None:  # noqa: ARG001
    """Note a warning that is meant for users; the parameters are the standard library's."""
    reading = _READING.get(None)
    if reading is not None and issubclass(category, UserWarning):
        reading.warning = category.__name__


@contextmanager
def listening() -> Generator[None]:
    """Give each reading the warnings and the log lines that are made in its task; those of nobody are dropped."""
    ear = _Ear(logging.WARNING)
    for name in LOGGERS:
        logging.getLogger(name).addHandler(ear)
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = _warned
        yield
    for name in LOGGERS:
        logging.getLogger(name).removeHandler(ear)
