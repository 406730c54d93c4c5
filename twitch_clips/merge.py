"""Several streams as one."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Self

from ._reader import Reader
from .errors import QueryError
from .records import Clip
from .stream import ClipStream, reader_of


def merge(*streams: AsyncIterator[Clip]) -> "Merge":
    """Read several streams side by side, over their one bucket: clips as they come, each stream's in its own order.

    A stream that fails ends it: the others' requests under way are cancelled, and the error is raised with the
    checkpoint of the stream that it came from. Every stream is still good then, and after leaving the loop early: it
    goes on behind the last clip of its own that was given here. (An iterator that is no stream of this package is asked
    for one clip ahead.) Leave early with `contextlib.aclosing`, or up to one request a stream runs to its end.

    Args:
        *streams: `ClipStream`s, or other asynchronous iterators of clips.

    Returns:
        An asynchronous iterator with an `aclose()`. It costs what its streams cost.

    Raises:
        QueryError: One of them is no asynchronous iterator, or is there twice.
    """
    for stream in streams:
        _check_iterator(stream)
    if len({id(stream) for stream in streams}) < len(streams):
        raise QueryError("merge was given the same stream twice")
    return Merge([reader_of(stream) if isinstance(stream, ClipStream) else _Ahead(stream) for stream in streams])


class Merge(AsyncIterator[Clip]):
    """What `merge` gives."""

    def __init__(self, readers: "list[Reader | _Ahead]") -> None:
        """Ask nothing yet."""
        self._readers = deque(readers)
        self._turning: dict[asyncio.Task[bool], Reader | _Ahead] = {}

    def __aiter__(self) -> Self:
        """Itself."""
        return self

    async def __anext__(self) -> Clip:
        """A clip of the next stream that has one at hand; where none has, all turn their pages at once."""
        while self._readers:
            for _ in range(len(self._readers)):
                reader = self._readers[0]
                self._readers.rotate(-1)
                for clip in reader.at_hand:
                    return clip
            await self._turn()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Give no more, and cancel the requests that are under way."""
        self._readers.clear()
        loop = asyncio.get_running_loop()
        turning = [task for task in self._turning if task.get_loop() is loop]
        self._turning.clear()  # at once: whoever waits for one of them that has just ended finds nothing to deal with
        for task in turning:
            task.cancel()
        if turning:
            await asyncio.wait(turning)

    async def _turn(self) -> None:
        """Have another page of one stream or more; raise what one of them is owed."""
        loop = asyncio.get_running_loop()
        # Tasks of an event loop that is gone went with it.
        self._turning = {task: reader for task, reader in self._turning.items() if task.get_loop() is loop}
        busy = list(self._turning.values())
        for reader in self._readers:
            if reader not in busy:
                self._turning[asyncio.create_task(_ready(reader))] = reader
        done, _ = await asyncio.wait(list(self._turning), return_when=asyncio.FIRST_COMPLETED)
        # Another task that reads along, or closes, may have dealt with some of them.
        for task in done & self._turning.keys():
            reader = self._turning.pop(task)
            if task.cancelled() or task.result():
                continue
            error, reader.owed = reader.owed, None
            if error is not None:
                await self.aclose()
                raise error
            self._readers.remove(reader)


class _Ahead:
    """An iterator of clips that is asked for one ahead, so as to be read as a stream is."""

    def __init__(self, clips: AsyncIterator[Clip]) -> None:
        self.at_hand: Iterator[Clip] = iter(())
        self._clips = clips
        self.owed: Exception | None = None

    async def ready(self) -> bool:
        """Have the next clip at hand; `False` at the end."""
        async for clip in self._clips:
            self.at_hand = iter((clip,))
            return True
        return False


async def _ready(reader: Reader | _Ahead) -> bool:
    """Whether it has a clip at hand; what fails is owed to whoever asks next, here or from the stream itself."""
    try:
        return await reader.ready()
    except Exception as error:  # noqa: BLE001  (nothing is dropped: it is raised from where it is owed)
        reader.owed = error
        return False


def _check_iterator(stream: object) -> None:
    if not isinstance(stream, AsyncIterator):
        raise QueryError(f"merge takes asynchronous iterators of clips, not {stream!r:.60}")
