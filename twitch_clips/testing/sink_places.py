"""Places that `check_sink` has sinks write to, and the clips that it invents for them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from inspect import isawaitable
from typing import TYPE_CHECKING, cast

import attrs

from twitch_clips import Batch, Clip, ClipPage, Proof, StateStore, StateStores, Window

if TYPE_CHECKING:
    from twitch_clips.export import Sink

Make = Callable[[str], "Sink"]
Read = Callable[[str], Iterable[str] | Awaitable[Iterable[str]]]

CHANNEL, OTHER_CHANNEL = "1000001", "1000002"
_NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_TURNS = (1, 3, 9)  # of the event loop, until something is cut short
# Whatever people call a clip: line breaks of all kinds, quotes, a formula, other scripts, nothing.
_TITLES = ('he said "no", twice', "win\nat last\r\n", "=1+1", "試験 😹", "", "one\u2028two\tthree")


@attrs.frozen
class Run:
    """A backfill's run: its sink, its checkpoint store, and the text that it began with."""

    sink: "Sink"
    store: StateStore
    text: str | None

    async def save(self, text: str) -> None:
        """Have what was written stand together with a text."""
        saving = self.store.save(text)
        if isawaitable(saving):
            await saving


class Places:
    """Where sinks of one check write to; `saves`: clips are put there with a checkpoint."""

    def __init__(self, make: Make, read: Read, name: str, *, saves: bool) -> None:
        """Touch nothing yet."""
        self._make, self._read = make, read
        self._name, self._saves = name, saves

    def of_each_turn(self) -> "Iterator[tuple[int, Places]]":
        """A place of its own for each moment to cut something short."""
        for turns in _TURNS:
            yield turns, Places(self._make, self._read, f"{self._name}-{turns}", saves=self._saves)

    def sink(self) -> "Sink":
        """One that was not opened."""
        return self._make(self._name)

    async def ids(self) -> list[str]:
        """What others find."""
        found = self._read(self._name)
        return sorted(await found if isawaitable(found) else found)

    @asynccontextmanager
    async def stream(self) -> "AsyncGenerator[Sink]":
        """As `export.write` does with a stream, but for the commit."""
        sink = self.sink()
        try:
            await sink.open()
            yield sink
        finally:
            await sink.close()

    @asynccontextmanager
    async def backfill(self, channel: str = CHANNEL) -> AsyncGenerator[Run]:
        """As `export.write` does with a backfill, but for the commit."""
        async with self.stream() as sink:
            store = sink.of(f"broadcaster_id={channel}") if isinstance(sink, StateStores) else cast("StateStore", sink)
            loaded = store.load()
            yield Run(sink, store, await loaded if isawaitable(loaded) else loaded)

    async def put(self, *numbers: int) -> None:
        """Have clips stand: as a backfill's where it saves, else as a stream's."""
        if self._saves:
            async with self.backfill() as run:
                await run.sink.write(batch(numbers))
                await run.save("put")
                await run.sink.commit()
            return
        async with self.stream() as sink:
            await sink.write(page(numbers))
            await sink.commit()

    async def settle(self, channel: str = CHANNEL) -> tuple[str | None, list[str]]:
        """What the next run begins with, and what is there once it has ended with nothing new."""
        async with self.backfill(channel) as run:
            await run.sink.commit()
        return run.text, await self.ids()


def id_of(number: int) -> str:
    """The id of a clip."""
    return f"Invented-{number:05}"


def page(numbers: Iterable[int], channel: str = CHANNEL) -> ClipPage:
    """Clips as a stream gives them."""
    return ClipPage(clips=tuple(_clip(number, channel) for number in numbers), cursor=None, fetched_at=_NOW)


def batch(numbers: Iterable[int], channel: str = CHANNEL) -> Batch:
    """Clips as a backfill gives them."""
    clips = page(numbers, channel).clips
    oldest, newest = (end(clip.created_at for clip in clips) for end in (min, max))
    window = Window(started_at=oldest, ended_at=newest + _HOUR)
    return Batch(window=window, clips=clips, proof=Proof.ENDED, fetched_at=_NOW)


async def cut_short(work: Coroutine[object, object, None], turns: int) -> None:
    """Cancel it after so many turns of the event loop."""
    task = asyncio.ensure_future(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()


def is_at_once(work: Coroutine[object, object, None]) -> bool:
    """Do it; whether it awaited nothing."""
    try:
        work.send(None)
    except StopIteration:
        return True
    work.close()
    return False


def _clip(number: int, channel: str) -> Clip:
    return Clip(
        id=id_of(number),
        url=f"https://clips.twitch.tv/{id_of(number)}",
        broadcaster_id=channel,
        title=_TITLES[number % len(_TITLES)],
        view_count=number,
        created_at=_NOW - number * 30 * _HOUR,
        vod_offset=(None, 0, number)[number % 3],
    )
