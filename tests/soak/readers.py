"""Who reads listings: clip by clip, by pages, all at once, several merged; and clips and names by their ids."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing

from twitch_clips import ClipStream, End, IdStream, TwitchClipsError, merge

from .life import Life
from .reading import Reading
from .world import OTHER_STILL_ID, STILL_ID, WATCHED_LOGINS, World, chance_of


class Lister:
    """Reads one listing after the other."""

    def __init__(self, world: World, number: int) -> None:
        """Read nothing yet."""
        self._world = world
        self._chance = chance_of(world.seed, f"lister {number}")
        self._questions = deque(self._chance.sample(world.questions(), 7))
        self._reading: Reading | None = None

    async def live(self, life: Life) -> None:
        """Read on."""
        while not life.is_over:
            if self._reading is None:
                self._questions.rotate(1)
                self._reading = Reading(self._world, self._questions[0])
            if await self._read(life, self._reading):
                self._reading = None
                if life.is_last:
                    return
            await life.pause(90)

    async def _read(self, life: Life, reading: Reading) -> bool:
        """Read until something comes between, or to the end: whether it was that."""
        stream = reading.begin(life.clips)
        try:
            while stream.end is None:
                if life.is_over or self._chance.random() < 0.05:
                    return False
                async with life.risk():
                    try:
                        await self._take(reading, stream)
                    except TwitchClipsError as error:
                        if self._chance.random() < 0.3:
                            reading.heed(error)
                            return False
                        raise
                await life.pause(3)
        finally:
            reading.leave(stream)
        reading.check(stream.end)
        return True

    async def _take(self, reading: Reading, stream: ClipStream) -> None:
        """A page, some clips, or now and then all that are left."""
        way = self._chance.random()
        if way < 0.15:
            reading.take(await stream.collect(), stream)
        elif way < 0.55:
            page = await anext(stream.pages(), None)
            reading.take(() if page is None else page.clips, stream)
        else:
            for _ in range(self._chance.randint(1, 150)):
                clip = await stream.first()
                reading.take(() if clip is None else (clip,), stream)


class Merger:
    """Reads two listings side by side, again and again."""

    def __init__(self, world: World) -> None:
        """Read nothing yet."""
        self._world = world
        self._chance = chance_of(world.seed, "merger")
        self._questions = world.channels()
        self._readings: dict[str, Reading] = {}

    async def live(self, life: Life) -> None:
        """Read on."""
        while not life.is_over:
            if not self._readings:
                questions = zip((STILL_ID, OTHER_STILL_ID), self._questions, strict=True)
                self._readings = {channel: Reading(self._world, question) for channel, question in questions}
            if await self._read(life):
                self._readings = {}
                if life.is_last:
                    return
            await life.pause(240)

    async def _read(self, life: Life) -> bool:
        streams = {channel: reading.begin(life.clips) for channel, reading in self._readings.items()}
        try:
            while not life.is_over and not all(stream.end for stream in streams.values()):
                async with life.risk(), aclosing(merge(*streams.values())) as merged:
                    for _ in range(self._chance.randint(1, 400)):
                        clip = await anext(merged, None)
                        if clip is None:
                            break
                        channel = clip.broadcaster_id
                        self._readings[channel].take((clip,), streams[channel])
                await life.pause(5)
        finally:
            for channel, stream in streams.items():
                self._readings[channel].leave(stream)
        is_whole = all(stream.end for stream in streams.values())
        for channel in self._readings if is_whole else ():
            self._readings[channel].check(streams[channel].end)
        return is_whole


class Finder:
    """Looks clips up by their ids, one and many, and people by their logins."""

    def __init__(self, world: World) -> None:
        """Look up nothing yet."""
        self._world = world
        self._chance = chance_of(world.seed, "finder")

    async def live(self, life: Life) -> None:
        """Look up on."""
        while not life.is_over:
            await self._find_clips(life)
            async with life.risk():
                await self._find_one(life)
            async with life.risk():
                await self._find_people(life)
            if life.is_last:
                return
            await life.pause(240)

    async def _find_clips(self, life: Life) -> None:
        """Each comes once, in the order asked for; of the others it is said that they are missing."""
        there = self._chance.sample(sorted(self._world.clips), 260)
        unknown = [f"NobodyHasThis-{number}" for number in range(self._chance.randint(0, 9))]
        asked = [*there, *unknown, *there[:20]]
        self._chance.shuffle(asked)
        ids = self._chance.choice((asked, iter(asked), _slowly(asked)))
        given: list[str] = []
        stream = life.clips.by_ids(ids, concurrency=self._chance.randint(1, 4))
        while stream.end is None and not life.is_over:
            async with life.risk():
                await self._take(stream, given)
            await life.pause(1)
        known = set(there)
        wanted = [one for one in dict.fromkeys(asked) if one in known]
        missing = tuple(one for one in dict.fromkeys(asked) if one not in known)
        assert given == wanted[: len(given)]
        assert stream.end is None or (stream.end, given, stream.missing) == (End.EXHAUSTED, wanted, missing)
        self._world.counts["found by id"] += len(given)

    async def _take(self, stream: IdStream, given: list[str]) -> None:
        if self._chance.random() < 0.3:
            given += [clip.id for clip in await stream.collect()]
            return
        for _ in range(self._chance.randint(1, 200)):
            clip = await stream.first()
            given += [] if clip is None else [clip.id]

    async def _find_one(self, life: Life) -> None:
        clip_id = self._chance.choice([*sorted(self._world.clips)[:9], "NobodyHasThis"])
        clip = await life.clips.get(clip_id)
        assert (clip.id if clip else "NobodyHasThis") == clip_id

    async def _find_people(self, life: Life) -> None:
        found = await life.clips.users([*WATCHED_LOGINS, "nobody_has_this"])
        assert {login: user.id for login, user in found.items()} == WATCHED_LOGINS


async def _slowly(ids: Iterable[str]) -> AsyncIterator[str]:
    for one in ids:
        await asyncio.sleep(0.001)
        yield one
