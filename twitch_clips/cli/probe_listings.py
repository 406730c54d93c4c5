"""What the probe asks of listings: whose they are, their grid, their edges, their cap, and what wide ones lack."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

import attrs

from twitch_clips import AsyncClips, Clip, ClipPage, ClipStream, End, ServerError, UnknownName, Window

from .probe_verdicts import GRID, Cap, Edges, Ending, Slots, Widths

FIRST_CLIPS = datetime(2016, 5, 26, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SAMPLE = 1000  # clips
_ENOUGH = 1500  # clips, past any cap that was seen
_PAGES = 20
_OF_SLOTS = 500  # clips; a listing is reported to be sound up to there
_BELOW_CAP = 900
_WIDTHS = (16, 8, 4, 2, 1)  # days
_PARTS = 16
_SETTLED = timedelta(hours=1)
_MARKS = 2
_DAY = timedelta(days=1)
_PIECES = (0, 3, 7, 10, 13, 17, 20)
# Minutes of two slots: each end at another place in its slot, so that each way of rounding lists other clips.
_INSIDE = ((3, 17), (7, 13), (1, 9))
Selector = Literal["game_id", "broadcaster_id"]


@attrs.frozen
class Subject:
    """Whose clips are asked for."""

    selector: Selector
    id: str

    @classmethod
    async def of(cls, clips: AsyncClips, selector: str, value: str) -> Self:
        """From one of the options that say so; one request for a name.

        Raises:
            UnknownName: Twitch does not know it.
        """
        if selector == "game":
            return cls("game_id", _id_of("game", value, await clips.games([value])))
        if selector == "broadcaster":
            return cls("broadcaster_id", _id_of("channel", value, await clips.users([value])))
        return cls("game_id" if selector == "game_id" else "broadcaster_id", value)

    def listing(self, clips: AsyncClips, **options: Any) -> ClipStream:  # noqa: ANN401  (the client's own)
        """Its clips; nothing is sent yet."""
        ask: Callable[..., ClipStream] = clips.by_game if self.selector == "game_id" else clips.by_broadcaster
        return ask(self.id, on_cap="ignore", **options)

    async def page(self, clips: AsyncClips, window: Window, **options: Any) -> ClipPage:  # noqa: ANN401  (the same)
        """One page of a window, as Helix gives it; one request."""
        return await anext(self.listing(clips, **_ends(window), **options).pages())

    async def read(self, clips: AsyncClips, window: Window, limit: int) -> "Listed":
        """A window, to its end or so many clips; one request for each hundred."""
        stream = self.listing(clips, **_ends(window), limit=limit)
        return Listed({clip.id: clip for clip in await stream.collect()}, stream.end is End.EXHAUSTED)


@attrs.frozen
class Listed:
    """The clips of a listing by id, and whether it ended by itself."""

    clips: dict[str, Clip]
    is_whole: bool

    @property
    def ids(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self.clips)


@attrs.frozen
class Sample:
    """A channel, and clips of it of any time: where to look. `now` is the server's time."""

    channel: Subject
    clips: Sequence[Clip]
    now: datetime

    @classmethod
    async def of(cls, clips: AsyncClips, subject: Subject, now: datetime) -> Self:
        """Of a game, the channel with the most clips; some 10 or 20 requests."""
        ever = Window(started_at=FIRST_CLIPS, ended_at=floored(now))
        channel, listed = subject, await _most_of(clips, subject, ever)
        if subject.selector == "game_id" and listed:
            [(id_, _)] = Counter(clip.broadcaster_id for clip in listed).most_common(1)
            channel = Subject("broadcaster_id", id_)
            listed = await _most_of(clips, channel, ever)
        return cls(channel, listed, now)

    def slots(self) -> list[datetime]:
        """Marks between which clips are spread most evenly over twenty minutes, the best first."""
        pieces: dict[datetime, Counter[int]] = {}
        for clip in self.clips:
            mark = floored(clip.created_at)
            for start in (mark, mark - GRID):
                minutes = (clip.created_at - start) / timedelta(minutes=1)
                piece = sum(minutes >= end for end in _PIECES)
                pieces.setdefault(start, Counter())[piece] += 1
        return sorted(pieces, key=lambda start: (len(pieces[start]), pieces[start].total(), start), reverse=True)

    def marks(self) -> list[Clip]:
        """Clips that were made exactly at a mark, the latest first."""
        found = [clip for clip in self.clips if clip.created_at == floored(clip.created_at)]
        return sorted(found, key=lambda clip: (clip.created_at, clip.id), reverse=True)

    def days(self) -> list[datetime]:
        """The days with clips, the fullest first."""
        counted = Counter(clip.created_at.replace(hour=0, minute=0, second=0) for clip in self.clips)
        return sorted(counted, key=lambda day: (counted[day], day), reverse=True)


async def ask_grid(clips: AsyncClips, sample: Sample) -> Slots | None:
    """Windows whose ends lie inside of ten minutes; some 4 requests for each place that is tried, two at most."""
    for start in sample.slots()[:2]:
        both = await sample.channel.read(clips, _window(start, 0, 20), _OF_SLOTS)
        if both.is_whole:
            windows = [_window(start, *minutes) for minutes in _INSIDE]
            asked = [(window, (await sample.channel.read(clips, window, _OF_SLOTS)).ids) for window in windows]
            return Slots({id_: clip.created_at for id_, clip in both.clips.items()}, asked)
    return None


async def ask_edges(clips: AsyncClips, sample: Sample) -> Edges | None:
    """The windows on both sides of a clip that was made at a mark; 2 requests, or some more where they are full."""
    for clip in sample.marks()[:_MARKS]:
        mark = clip.created_at
        before = await sample.channel.read(clips, _window(mark, -10, 0), _OF_SLOTS)
        behind = await sample.channel.read(clips, _window(mark, 0, 10), _OF_SLOTS)
        if before.is_whole and behind.is_whole:
            return Edges(ends_there=clip.id in before.ids, begins_there=clip.id in behind.ids)
    return None


async def ask_cap(clips: AsyncClips, subject: Subject, now: datetime) -> Cap:
    """The longest listing there is, page by page until it ends or goes round; some 11 requests, 20 at most."""
    ever = Window(started_at=FIRST_CLIPS, ended_at=floored(now))
    seen, cursors = set[str](), set[str]()
    after, barren = None, 0
    for pages in range(1, _PAGES + 1):
        try:
            page = await subject.page(clips, ever, after=after)
        except ServerError:
            return Cap(len(seen), pages, "fails")
        ids = {clip.id for clip in page.clips}
        barren += bool(ids) and ids <= seen
        seen |= ids
        if ending := _ending(page.cursor, cursors, barren, len(seen)):
            return Cap(len(seen), pages, ending)
        after = page.cursor
    return Cap(len(seen), _PAGES, "none")


def _ending(cursor: str | None, cursors: set[str], barren: int, clips: int) -> Ending | None:
    if cursor is None:
        return "gone"
    if cursor in cursors:
        return "repeats"
    cursors.add(cursor)
    if barren > 1:
        return "cycles"
    return "none" if clips >= _ENOUGH else None


async def ask_widths(clips: AsyncClips, sample: Sample) -> Widths | None:
    """A wide window below the cap, sixteen narrow ones that cover it, and the wide one again; 20 to 80 requests."""
    days = sample.days()
    for width in _WIDTHS if days else ():
        # Of the fuller days, not the fullest: that one may be too full by itself.
        wide = _around(days[len(days) // 4], width * _DAY, sample.now)
        first = await sample.channel.read(clips, wide, _BELOW_CAP)
        if first.is_whole:
            parts = [await sample.channel.read(clips, part, _BELOW_CAP) for part in _parts(wide)]
            again = await sample.channel.read(clips, wide, _BELOW_CAP)
            narrow = frozenset[str]().union(*(part.ids for part in parts))
            return Widths(first.ids, again.ids, narrow)
    return None


def floored(moment: datetime) -> datetime:
    """Down to the ten-minute mark."""
    return moment - (moment - _EPOCH) % GRID


def _around(day: datetime, width: timedelta, now: datetime) -> Window:
    """A window around a day, its end old enough for its clips to be all there."""
    ended_at = min(day + (width + _DAY) / 2, floored(now - _SETTLED))
    return Window(started_at=ended_at - width, ended_at=ended_at)


def _parts(wide: Window) -> Iterable[Window]:
    step = (wide.ended_at - wide.started_at) / _PARTS
    starts = [wide.started_at + step * part for part in range(_PARTS)]
    return [Window(started_at=start, ended_at=start + step) for start in starts]


def _window(mark: datetime, start: int, end: int) -> Window:
    """In minutes from a mark."""
    return Window(started_at=mark + timedelta(minutes=start), ended_at=mark + timedelta(minutes=end))


def _ends(window: Window) -> dict[str, datetime]:
    return {"started_at": window.started_at, "ended_at": window.ended_at}


async def _most_of(clips: AsyncClips, subject: Subject, window: Window) -> list[Clip]:
    """As many clips as there are up to the cap, or to where Helix fails."""
    listed: list[Clip] = []
    with suppress(ServerError):
        async for clip in subject.listing(clips, **_ends(window), limit=_SAMPLE):
            listed.append(clip)  # noqa: PERF401  (those before an error count)
    return listed


def _id_of(what: str, name: str, found: Any) -> str:  # noqa: ANN401  (users or games by their names)
    if name not in found:
        raise UnknownName(what, (name,))
    id_: str = found[name].id
    return id_
