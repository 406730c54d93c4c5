"""One run of a coroutine function at a time, for all who want its result."""

import asyncio
import copy
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from .errors import TwitchClipsError

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """One run of a coroutine function at a time, for all who want its result; none of them can cancel it."""

    def __init__(self, run: Callable[[], Awaitable[T]]) -> None:
        """Keep the function."""
        self._run = run
        self._task: asyncio.Task[T] | None = None

    async def result(self) -> T:
        """That of the run under way, or of one that starts now. An error is raised to each as a copy of its own."""
        task = self._task
        # A task that is done, or of an event loop that is gone, is nobody's.
        if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.create_task(self._once())
            self._task = task
            task.add_done_callback(_retrieve)
        try:
            return await asyncio.shield(task)
        except TwitchClipsError as error:
            shared = error
        raise copy.copy(shared)

    async def _once(self) -> T:
        return await self._run()


def _retrieve(task: "asyncio.Task[T]") -> None:
    """Keep asyncio from complaining of an error that nobody was left to hear."""
    if not task.cancelled():
        task.exception()
