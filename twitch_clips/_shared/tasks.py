"""A task of which there is one at a time, and the loop that it runs in."""

import asyncio
from collections.abc import Coroutine


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The running event loop, if there is one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def ensure(task: asyncio.Task[None] | None, again: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """The task if it still runs, else a new one."""
    if task is not None and not task.done():
        again.close()
        return task
    return asyncio.get_running_loop().create_task(again)
