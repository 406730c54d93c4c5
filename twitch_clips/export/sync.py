"""`sync`: a database that follows a channel or a game, run by run."""

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import attrs

from twitch_clips import AsyncClips, Progress, Report, Window

if TYPE_CHECKING:
    from .sql import Sql

_RECENT = timedelta(days=14)


class Part(Protocol):
    """A part of a sync that is under way: a `Backfill`, or the look-ups of a refresh."""

    @property
    def progress(self) -> Progress:
        """How far it is."""
        ...


Around = Callable[[Part], AbstractAsyncContextManager[object]]
"""Wraps each part of a sync while it is under way, as what shows its progress."""


@attrs.frozen(kw_only=True)
class Synced:
    """What a sync did. `str()` says it in words.

    Attributes:
        question: Whose clips: `broadcaster_id=1234` or `game_id=490003`.
        new: Clips that the database had not.
        updated: Clips that it had, whose values are those of this run now.
        gone: Clips marked gone in this run.
        clips: Clips of the channel or game that it has now, those that are gone included.
        requests: Requests made, look-ups of names and repeated ones included.
        reports: Of what was read for the first time (and gaps of earlier runs), and of the recent clips.
    """

    question: str
    new: int
    updated: int
    gone: int
    clips: int
    requests: int
    reports: tuple[Report, ...]

    @property
    def gaps(self) -> tuple[Window, ...]:
        """Stretches whose clips Helix did not list to the end: the next run asks for them again."""
        return tuple(gap for report in self.reports for gap in report.gaps)

    @property
    def complete(self) -> bool:
        """Whether there are no gaps."""
        return all(report.complete for report in self.reports)


async def sync(  # noqa: PLR0913  (each by its name)
    clips: AsyncClips,
    database: "str | os.PathLike[str] | Sql",
    *,
    login: str | None = None,
    broadcaster_id: str | None = None,
    game: str | None = None,
    game_id: str | None = None,
    refresh: bool = False,
    recent: timedelta = _RECENT,
    concurrency: int = 4,
    around: Around | None = None,
) -> Synced:
    """Have a database follow a channel or a game: all of its clips in the first run, then what is new or moved."""
    raise NotImplementedError
