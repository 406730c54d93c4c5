"""Sinks of a user's own that keep checkpoints: two that hold what they have to, and what can be wrong with them."""

import asyncio
from collections import defaultdict

from twitch_clips import StateStore
from twitch_clips.export import Piece

from .sinks import PLACES, Sound

TEXTS = defaultdict[str, dict[str, str]](dict)
"""Checkpoints, by place and question."""


class Storing(Sound):
    """One that keeps a checkpoint, too."""

    question = ""

    async def load(self) -> str | None:
        """What was saved last."""
        return TEXTS[self.place].get(self.question)

    async def save(self, text: str, /) -> None:
        """Have clips and text stand together."""
        taken, self.written = self.written, []
        try:
            for _ in range(3):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.written = taken + self.written
            raise
        PLACES[self.place] += taken
        TEXTS[self.place][self.question] = text


class Sorting(Sound):
    """One that keeps the checkpoints of many."""

    def of(self, question: str, /) -> StateStore:
        """That of one."""
        return _One(self, question)


class _One:
    """It answers at once."""

    def __init__(self, sink: Sound, question: str) -> None:
        self._sink, self._question = sink, question

    def load(self) -> str | None:
        """What was saved last."""
        return TEXTS[self._sink.place].get(self._question)

    def save(self, text: str, /) -> None:
        """Have clips and text stand together."""
        PLACES[self._sink.place] += self._sink.written
        self._sink.written = []
        TEXTS[self._sink.place][self._question] = text


class Amnesic(Storing):
    """It keeps no text."""

    async def load(self) -> str | None:
        """Nothing."""


class Blank(Storing):
    """It has a text before one was saved."""

    async def load(self) -> str | None:
        """An empty one."""
        return await super().load() or ""


class Promising(Storing):
    """The text stands, the clips do not."""

    async def save(self, text: str, /) -> None:
        """Leave them for the commit."""
        TEXTS[self.place][self.question] = text


class Generous(Storing):
    """What was written and not saved stands, too."""

    is_loaded = False

    async def load(self) -> str | None:
        """Note that it is a backfill's."""
        self.is_loaded = True
        return await super().load()

    async def close(self) -> None:
        """Have it stand."""
        if self.is_loaded:
            await self.commit()


class Restless(Storing):
    """Its `write` lets others go first."""

    async def write(self, piece: Piece, /) -> None:
        """After a turn."""
        await asyncio.sleep(0)
        await super().write(piece)


class Lagging(Storing):
    """It takes what is there when it comes to it."""

    async def save(self, text: str, /) -> None:
        """After some turns."""
        for _ in range(3):
            await asyncio.sleep(0)
        await super().save(text)


class Torn(Storing):
    """Clips first, then the text."""

    async def save(self, text: str, /) -> None:
        """In two steps."""
        PLACES[self.place] += self.written
        self.written = []
        await super().save(text)


class Dropping(Storing):
    """A `save` that is cut short has dropped what it took."""

    async def save(self, text: str, /) -> None:
        """Take, and never give back."""
        taken, self.written = self.written, []
        await asyncio.sleep(0)
        PLACES[self.place] += taken
        TEXTS[self.place][self.question] = text


class Repeating(Storing):
    """A `save` that is cut short goes on, and gives back what it took all the same."""

    async def save(self, text: str, /) -> None:
        """To the end."""
        taken = self.written.copy()
        try:
            await asyncio.shield(asyncio.ensure_future(super().save(text)))
        except asyncio.CancelledError:
            self.written = taken
            raise


class Restarting(Storing):
    """Each run begins anew."""

    async def load(self) -> str | None:
        """Without the clips of the one before."""
        PLACES[self.place] = PLACES[self.place][:2]
        return await super().load()


class Mixing(Sorting):
    """It has one checkpoint for all questions."""

    def of(self, question: str, /) -> StateStore:
        """The same."""
        return super().of(question[:3])


class Swapping(Sorting):
    """It gives what was saved last, whatever the question was."""

    def of(self, question: str, /) -> StateStore:
        """The last one's."""
        kept = TEXTS[self.place]
        if question in kept:
            kept[question] = [*kept.values()][-1]
        return super().of(question)


class Single(Sorting):
    """The clips of one question drive out those of another."""

    def of(self, question: str, /) -> StateStore:
        """Begin anew."""
        if question not in TEXTS[self.place]:
            PLACES[self.place] = []
        return super().of(question)
