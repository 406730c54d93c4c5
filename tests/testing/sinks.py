"""Sinks of a user's own: one that holds what it has to, and one for each thing that can be wrong with it."""

import asyncio
from collections import defaultdict

from twitch_clips.export import Piece

PLACES = defaultdict[str, list[str]](list)
"""What others find, by place."""


class Sound:
    """It adds to a list, with a turn of the event loop for each step."""

    def __init__(self, place: str) -> None:
        """Touch nothing."""
        self.place = place
        self.written: list[str] = []

    async def open(self) -> None:
        """Nothing to prepare."""
        await asyncio.sleep(0)

    async def write(self, piece: Piece, /) -> None:
        """Keep the ids."""
        self.written += [clip.id for clip in piece.clips]

    async def commit(self) -> None:
        """Have them stand."""
        for _ in range(3):
            await asyncio.sleep(0)
        PLACES[self.place] += self.written
        self.written = []

    async def close(self) -> None:
        """Drop what does not."""
        self.written = []


class Fussy(Sound):
    """It cannot be closed twice."""

    is_closed = False

    async def close(self) -> None:
        """Once."""
        if self.is_closed:
            raise ValueError("closed already")
        self.is_closed = True


class Locking(Sound):
    """An `open` that is cut short leaves a lock behind."""

    locks: set[str] = set()  # noqa: RUF012  (it is everybody's)
    is_open = False

    async def open(self) -> None:
        """Lock, then look."""
        if self.place in self.locks:
            raise BlockingIOError(self.place)
        self.locks.add(self.place)
        self.is_open = await asyncio.sleep(0, result=True)

    async def close(self) -> None:
        """Unlock what was opened."""
        self.locks.difference_update([self.place] if self.is_open else [])


class Truncating(Sound):
    """It begins with an empty list."""

    async def open(self) -> None:
        """As files do that are opened to be written."""
        PLACES[self.place] = []


class Hasty(Sound):
    """What is written is there."""

    async def write(self, piece: Piece, /) -> None:
        """At once."""
        PLACES[self.place] += [clip.id for clip in piece.clips]


class Late(Sound):
    """It has nothing stand before it is closed."""

    async def commit(self) -> None:
        """Later."""

    async def close(self) -> None:
        """Now."""
        await super().commit()


class Losing(Sound):
    """What is in more than one piece gets lost."""

    async def write(self, piece: Piece, /) -> None:
        """In place of what was written before."""
        self.written = [clip.id for clip in piece.clips] or self.written


class Doubling(Sound):
    """What was committed stays in hand."""

    async def close(self) -> None:
        """Once more."""
        self.written = []

    async def commit(self) -> None:
        """And keep it."""
        PLACES[self.place] += self.written


class Flushing(Sound):
    """What is in hand is written by `close`."""

    async def close(self) -> None:
        """Have it stand."""
        await self.commit()


class Parting(Sound):
    """A clip stands, then the next one."""

    async def commit(self) -> None:
        """One by one."""
        for one in self.written:
            PLACES[self.place].append(one)
            await asyncio.sleep(0)
        self.written = []


class Emptying(Sound):
    """What was there goes before the new comes."""

    async def commit(self) -> None:
        """In two steps."""
        PLACES[self.place] = []
        await super().commit()


class Jammed(Sound):
    """A `commit` that was cut short is the last one."""

    busy: set[str] = set()  # noqa: RUF012  (it is everybody's)

    async def commit(self) -> None:
        """Unless another one is at it."""
        if self.place not in self.busy:
            self.busy.add(self.place)
            await super().commit()
            self.busy.remove(self.place)


class Expectant(Sound):
    """It cannot do without clips."""

    async def commit(self) -> None:
        """Look at the first."""
        if not self.written:
            raise IndexError("list index out of range")
        await super().commit()


class Replacing(Sound):
    """What is committed stands in place of what was there."""

    async def commit(self) -> None:
        """As a file that is written anew."""
        PLACES[self.place], self.written = self.written, []


class Vanishing(Sound):
    """What it has stand goes when it is closed."""

    async def close(self) -> None:
        """As a temporary file."""
        PLACES[self.place] = []
