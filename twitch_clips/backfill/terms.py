"""What a backfill is asked for, checked before any I/O; and the range that it comes to."""

import os
from datetime import UTC, datetime, timedelta
from typing import Self, TypedDict, cast

import attrs

from twitch_clips._helix.query import SELECTORS, ClipsQuery, is_whole, one_selector, refuse_unknown
from twitch_clips._helix.times import GRID, When, read_instant
from twitch_clips._session import Tally
from twitch_clips.checkpoint import FileStore, StateStore, StateStores
from twitch_clips.errors import QueryError
from twitch_clips.names import Names
from twitch_clips.records import Window

_MOST = 64
_LONGEST_SETTLE = timedelta(days=3650)
_FIRST_CLIPS = datetime(2016, 5, 26, tzinfo=UTC)  # when Twitch began to have clips
_NO_CLIPS_YET = datetime(2011, 1, 1, tzinfo=UTC)  # there was no Twitch: earlier starts are not worth a request
Checkpointed = str | os.PathLike[str] | StateStore | StateStores


class BackfillOptions(TypedDict, total=False):
    """The keyword arguments of `AsyncClips.backfill`, which says what they mean."""

    login: str | None
    broadcaster_id: str | None
    game: str | None
    game_id: str | None
    started_at: When | None
    ended_at: When | None
    checkpoint: Checkpointed | None
    concurrency: int
    max_window: timedelta | None
    settle: timedelta
    audit: float


@attrs.frozen(kw_only=True)
class Terms:
    """What a backfill was asked for.

    Attributes:
        query: Whose clips.
        started_at: From when on; `None` is from the first clip on.
        ended_at: Until when; `None` is now.
        store: Where the checkpoint is kept.
        concurrency: Windows read at once.
        max_window: What no window is to be wider than, in slots; `None`: as wide as pays.
        settle: A window whose end is younger may get more clips.
        audit: The share of the days with clips in wide windows that are read again by themselves; 1 for all days.
    """

    query: ClipsQuery
    started_at: datetime | None
    ended_at: datetime | None
    store: StateStore | StateStores | None
    concurrency: int
    max_window: int | None
    settle: timedelta
    audit: float

    @classmethod
    def of(cls, options: BackfillOptions) -> Self:
        """From the arguments as they were given.

        Raises:
            QueryError: One of them is wrong.
            TypeError: There is no such argument.
        """
        refuse_unknown(options, BackfillOptions.__annotations__)
        selector, value = one_selector((name, options.get(name)) for name in SELECTORS)
        started_at, ended_at = (
            None if (moment := options.get(name)) is None else read_instant(name, moment)
            for name in ("started_at", "ended_at")
        )
        if started_at is not None and ended_at is not None and ended_at <= started_at:
            raise QueryError("the range is empty: ended_at must be after started_at")
        return cls(
            query=ClipsQuery(selector=selector, value=value),
            started_at=started_at,
            ended_at=ended_at,
            store=read_store(options.get("checkpoint")),
            concurrency=_concurrency(options.get("concurrency", 4)),
            max_window=_max_window(options.get("max_window")),
            settle=_settle(options.get("settle", timedelta(hours=1))),
            audit=_audit(options.get("audit", 0.02)),
        )

    def widest(self, now: datetime) -> Window:
        """The range, as far as it is known without a request: it may begin later."""
        started_at = max(self.started_at or _FIRST_CLIPS, _NO_CLIPS_YET)
        return Window(started_at=started_at, ended_at=self.ended_at or now)

    async def fixed(self, names: Names, now: datetime, tally: Tally) -> tuple[ClipsQuery, Window]:
        """The question with an id, and the whole range; one request for a name or a channel's creation.

        Raises:
            UnknownName: Twitch knows no such channel or game.
            QueryError: The range is empty: the channel was created after its end.
            TwitchClipsError: The look-up failed.
        """
        query, started_at = self.query, self.started_at
        is_channel = query.selector in {"login", "broadcaster_id"}
        if started_at is None and is_channel:
            channel = await names.channel(query, tally)
            started_at = _FIRST_CLIPS if channel is None else channel.created_at
            query = query.fixed(now, query.value if channel is None else channel.id) if query.is_named else query
        elif query.is_named:
            query = query.fixed(now, await names.id_of(query, tally))
        started_at = max(started_at or _FIRST_CLIPS, _NO_CLIPS_YET)
        ended_at = now if self.ended_at is None else max(self.ended_at, _NO_CLIPS_YET)
        if self.ended_at is not None and self.started_at is None and ended_at <= started_at:
            raise QueryError(f"the range is empty: the first clips can be of {started_at:%Y-%m-%d}, after ended_at")
        return query, Window(started_at=started_at, ended_at=max(started_at, ended_at))


def read_store(checkpoint: object) -> StateStore | StateStores | None:
    """Where a checkpoint is kept, from a path or a store.

    Raises:
        QueryError: It is neither.
    """
    if checkpoint is None or isinstance(checkpoint, StateStore | StateStores):
        return checkpoint
    path: object = checkpoint
    if isinstance(checkpoint, os.PathLike):
        path = os.fspath(cast("os.PathLike[str]", checkpoint))
    if isinstance(path, str) and path:
        return FileStore(path)
    raise QueryError(f"checkpoint must be a path or a StateStore (load and save), not {checkpoint!r:.60}")


def _concurrency(value: object) -> int:
    if not is_whole(value) or not 1 <= value <= _MOST:
        raise QueryError(f"concurrency must be a whole number from 1 to {_MOST}, not {value!r}")
    return value


def _max_window(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, timedelta) or value < GRID:
        raise QueryError(f"max_window must be a timedelta of 10 minutes or more, or None, not {value!r}")
    return value // GRID


def _settle(value: object) -> timedelta:
    if not isinstance(value, timedelta) or not timedelta(0) <= value <= _LONGEST_SETTLE:
        raise QueryError(f"settle must be a timedelta from 0 to {_LONGEST_SETTLE.days} days, not {value!r}")
    return value


def _audit(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise QueryError(f"audit must be a share from 0 to 1, not {value!r}")
    return value
