"""`sync`: a database that follows a channel or a game, run by run."""

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Protocol

import attrs

from twitch_clips import AsyncClips, Progress, QueryError, Report, Window

from .database import Database
from .locks import locked
from .sql import Sql
from .subject import Subject, find_channel, find_game
from .unsaved import SqlCheckpoint

_RECENT = timedelta(days=14)
_LEAST, _MOST = timedelta(hours=1), timedelta(days=3650)


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
    database: str | os.PathLike[str] | Sql,
    *,
    login: str | None = None,
    broadcaster_id: str | None = None,
    game: str | None = None,
    game_id: str | None = None,
    refresh: bool = False,
    recent: timedelta = _RECENT,
    concurrency: int = 4,
    around: Around = nullcontext,
) -> Synced:
    """Have a database follow a channel or a game: all of its clips in the first run, then what is new or has moved.

    Each run reads what no run has read yet, up to `recent` before now, with a checkpoint in the database; and all of
    the time since then, without one: so clips that Helix lists late are found, and the views of recent clips move. Run
    it as often as you like, from cron, too: it can be killed anywhere, and a second run at the same time is refused.

    No sweep says that a clip is gone: `gone_at` is set for one that Helix does not know when it is asked for it alone,
    by its id, and is NULL again once such a look-up finds it.

    It costs one request for the name and one or more for each hundred clips read; a refresh one for each hundred other
    clips of the channel, and one for each that it cannot find.

    Args:
        clips: Asks.
        database: The path of a file, a URL, or a `Sql`, which is closed at the end.
        login: Of a channel. Or:
        broadcaster_id: Its user id. Or:
        game: The title of a game or category. Or:
        game_id: Its id.
        refresh: Whether all other clips in the database are looked up by their ids, those fetched the longest ago
            first: to have their views, and to find those that are gone.
        recent: How far back clips are read again by each run, from an hour on.
        concurrency: Windows that are read at once, as for `AsyncClips.backfill`.
        around: Is given each part as it begins, and what it returns is entered until the part ends: a place to show its
            `progress`.

    Returns:
        What was done. Gaps are in it and do not raise: the next run reads them again.

    Raises:
        QueryError: An argument is wrong; nothing was sent.
        UnknownName: There is no such channel or game.
        ExportError: The database cannot be had or written, or another run syncs the same into it; what is there stands.
        CheckpointError: Another run has changed the checkpoint meanwhile.
        TwitchClipsError: Helix, or the way to it, fails altogether; run again, it goes on.
    """
    never_begun = clips.backfill(
        login=login, broadcaster_id=broadcaster_id, game=game, game_id=game_id, concurrency=concurrency
    )
    if not isinstance(recent, timedelta) or not _LEAST <= recent <= _MOST:  # pyright: ignore[reportUnnecessaryIsInstance]  (it is anybody's)
        raise QueryError(f"recent must be a timedelta from an hour to {_MOST.days} days, not {recent!r}")
    (whole,) = never_begun.report.unread  # from the first clips that Twitch had until now
    sql = database if isinstance(database, Sql) else Sql(database)
    try:
        await sql.open()
        if login is not None or broadcaster_id is not None:
            subject = await find_channel(clips, login, broadcaster_id, whole.started_at)
        else:
            subject = await find_game(clips, game, game_id, whole.started_at)
        async with locked(sql.database, subject.question):
            run = _Run(clips, sql.database, subject, around, concurrency)
            _, had = await run.followed.count()
            await run.sweep_all((whole.ended_at - recent).replace(minute=0, second=0, microsecond=0))
            await run.look_up(everything=refresh)
            return await run.synced(had)
    finally:
        await sql.close()


class _Run:
    """One sync, once it is known whose clips it is for."""

    def __init__(
        self, clips: AsyncClips, database: Database, subject: Subject, around: Around, concurrency: int
    ) -> None:
        from .followed import Followed  # noqa: PLC0415  (it needs SQLAlchemy)
        from .refresh import Refresh  # noqa: PLC0415  (the same)

        self._clips = clips
        self._subject = subject
        self._around = around
        self._concurrency = concurrency
        self.followed = Followed(database, subject.name, subject.value)
        self._refresh = Refresh(clips, self.followed)
        self._reports: list[Report] = []

    async def sweep_all(self, cut: datetime) -> None:
        """Read what is older than the cut once, and what is younger anyhow."""
        if self._subject.started_at < cut:
            await self._sweep(self._subject.started_at, cut, self.followed.checkpoint)
        await self._sweep(max(cut, self._subject.started_at), None, None)

    async def look_up(self, *, everything: bool) -> None:
        """Ask for clips by their ids: those whose mark as gone is in doubt, and all others where that is wanted."""
        await self._refresh.look_up_doubted()
        if everything:
            async with self._around(self._refresh):
                await self._refresh.look_up_all()

    async def synced(self, had: int) -> Synced:
        """What it came to, where there were so many clips before."""
        fetched, every = await self.followed.count()
        new = every - had
        return Synced(
            question=self._subject.question,
            new=new,
            updated=fetched - new,
            gone=self._refresh.gone,
            clips=every,
            requests=self._subject.requests + self._refresh.requests + sum(report.requests for report in self._reports),
            reports=tuple(self._reports),
        )

    async def _sweep(self, started_at: datetime, ended_at: datetime | None, checkpoint: SqlCheckpoint | None) -> None:
        is_channel = self._subject.name == "broadcaster_id"
        job = self._clips.backfill(
            broadcaster_id=self._subject.value if is_channel else None,
            game_id=None if is_channel else self._subject.value,
            started_at=started_at,
            ended_at=ended_at,
            checkpoint=checkpoint,
            concurrency=self._concurrency,
        )
        async with job, self._around(job):
            async for batch in job.batches():
                if checkpoint is None:
                    await self.followed.add(batch)
                else:
                    self.followed.take(batch)
                    await job.commit(batch)
        self._reports.append(job.report)
