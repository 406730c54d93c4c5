"""On a list that stands still every clip comes once, in order, however its reader is interrupted."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_clips import AsyncClips, ClipStream, TwitchClipsError
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, VirtualLoop, faults
from twitch_clips.testing.faults import Fault

from .conftest import NOW, client, listing

RAW = listing(260)
FAULTS: list[Callable[[], Fault]] = [
    partial(faults.status, 500),
    partial(faults.status, 403),
    partial(faults.status, 401),
    partial(faults.status, 400, "Invalid cursor."),
    faults.too_many,
    faults.cut,
    faults.reset,
    faults.hang,
    faults.empty,
    partial(faults.raw, 200, "<html>"),
]
Action = Callable[["Reading"], Coroutine[Any, Any, None]]


class Reading:
    """A stream, and what was got from it."""

    def __init__(self, helix: FakeHelix, clips: AsyncClips, stream: ClipStream) -> None:
        """Nothing yet."""
        self.helix = helix
        self.clips = clips
        self.stream = stream
        self.ids: list[str] = []

    async def take(self, count: int) -> None:
        """Some clips, and a break."""
        with suppress(TwitchClipsError):
            for _ in range(count):
                clip = await self.stream.first()
                if clip is None:
                    return
                self.ids.append(clip.id)

    async def take_a_page(self, _: int) -> None:
        """Or what is left of one."""
        with suppress(TwitchClipsError, StopAsyncIteration):
            page = await anext(aiter(self.stream.pages()))
            self.ids += [clip.id for clip in page.clips]

    async def cancel(self, hundredths: int) -> None:
        """The next clip, with less time than a page may take."""
        with suppress(TwitchClipsError, TimeoutError, StopAsyncIteration):
            self.ids.append((await asyncio.wait_for(anext(self.stream), hundredths / 100)).id)

    async def cancel_collect(self, hundredths: int) -> None:
        """All the rest, likewise."""
        with suppress(TwitchClipsError, TimeoutError):
            self.ids += [clip.id for clip in await asyncio.wait_for(self.stream.collect(), hundredths / 100)]

    async def fail(self, number: int) -> None:
        """Have the server fail a few times, from its next request but one on."""
        self.helix.fail(FAULTS[number % len(FAULTS)](), skip=number % 2, times=1 + number % 7)

    async def resume(self, _: int) -> None:
        """Go on in another process, of which nothing is left but the token."""
        self.stream = self.clips.resume(str(self.stream.checkpoint))


ACTIONS = [
    Reading.take,
    Reading.take_a_page,
    Reading.cancel,
    Reading.cancel_collect,
    Reading.fail,
    Reading.resume,
]
actions = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 60)), max_size=12)


@settings(max_examples=150)
@given(
    count=st.integers(0, 260),
    page_size=st.integers(5, 100),
    limit=st.none() | st.integers(0, 300),
    steps=actions,
)
def test_every_clip_comes_once_in_order(
    count: int, page_size: int, limit: int | None, steps: list[tuple[Any, int]]
) -> None:
    """Whatever breaks, cancels, errors and resumes lie between."""

    async def read() -> None:
        manners = Manners(latency=0.2)
        async with FakeHelix(RAW[:count], manners=manners) as helix, client(helix) as clips:
            reading = Reading(helix, clips, clips.by_game(JUST_CHATTING, page_size=page_size, limit=limit))
            for action, number in steps:
                await action(reading, number)
            helix.heal()
            while reading.stream.end is None:
                await reading.take(1000)
            assert reading.ids == [str(clip["id"]) for clip in RAW[:count][:limit]]

    with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        runner.run(read())


@settings(max_examples=100)
@given(
    count=st.integers(0, 260),
    limit=st.none() | st.integers(0, 300),
    tasks=st.lists(st.lists(st.tuples(st.sampled_from(ACTIONS[:-1]), st.integers(0, 60)), max_size=6), max_size=3),
)
def test_tasks_that_share_a_stream_take_every_clip_once(
    count: int, limit: int | None, tasks: list[list[tuple[Any, int]]]
) -> None:
    """Whatever each of them breaks and cancels meanwhile."""

    async def read() -> None:
        async with FakeHelix(RAW[:count], manners=Manners(latency=0.2)) as helix, client(helix) as clips:
            reading = Reading(helix, clips, clips.by_game(JUST_CHATTING, page_size=30, limit=limit))

            async def work(steps: list[tuple[Any, int]]) -> None:
                for action, number in steps:
                    await action(reading, number)

            await asyncio.gather(*(work(steps) for steps in tasks))
            helix.heal()
            while reading.stream.end is None:
                await reading.take(1000)
            assert sorted(reading.ids) == sorted(str(clip["id"]) for clip in RAW[:count][:limit])

    with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        runner.run(read())
