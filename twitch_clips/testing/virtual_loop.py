"""An event loop that jumps to its next deadline when it has nothing to do, so that a test's hours pass in no time.

Sockets are real, and so is the time of whatever works outside the loop. Virtual time stands still while
`run_in_executor` (and `asyncio.to_thread`, and the resolver) has work under way, also when nobody waits for it any
more. Nothing else outside is known to the loop: a server in another process, a subprocess or a thread of your own takes
no virtual time at all, and a deadline beside it is reached at once.
"""

import asyncio
import contextlib
import selectors
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_START = 1000.0


class VirtualLoop(asyncio.SelectorEventLoop):
    """Give it as a loop factory: `asyncio.Runner(loop_factory=VirtualLoop)`, or pytest-asyncio's hook for them.

    Args:
        now: Wall time at the start, aware; the real one by default.
    """

    def __init__(self, now: datetime | None = None) -> None:
        """Start at an arbitrary loop time."""
        self._now = _START
        self._wall = (time.time() if now is None else now.timestamp()) - _START
        self._at_work = 0
        super().__init__(_JumpingSelector(self._jump))
        # One that is known from the start: the loop's own would be made where its work cannot be counted.
        self._threads: Executor = ThreadPoolExecutor(thread_name_prefix="asyncio")
        self.set_default_executor(self._threads)

    def time(self) -> float:
        """Virtual seconds since an arbitrary moment."""
        return self._now

    def wall_time(self) -> float:
        """Virtual wall time: POSIX seconds, from the start's `now` on as fast as `time()`."""
        return self._wall + self._now

    # typeshed ignores the same: only AbstractEventLoop takes any Executor.
    def set_default_executor(self, executor: ThreadPoolExecutor) -> None:  # type: ignore[override]
        """As ever."""
        super().set_default_executor(executor)
        self._threads = executor

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> "asyncio.Future[T]":
        """As ever, and time stands still until the function is done, or was cancelled before it began."""
        if self.is_closed():
            raise RuntimeError("Event loop is closed")
        work = (executor or self._threads).submit(func, *args)
        self._at_work += 1
        future = asyncio.wrap_future(work, loop=self)
        # After the future's own: else time could jump between the end of the work and the loop's hearing of its result.
        work.add_done_callback(self._done_in_thread)
        return future

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """Wait for the threads however long they take: a time-out (Python 3.12 has one) would jump ahead of them."""
        await super().shutdown_default_executor()

    def _done_in_thread(self, _work: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody counts any more
            self.call_soon_threadsafe(self._done)

    def _done(self) -> None:
        self._at_work -= 1

    def _jump(self, seconds: float) -> bool:
        """Let that much time pass, unless somebody works."""
        if self._at_work:
            return False
        self._now += seconds
        return True


class _JumpingSelector(selectors.BaseSelector):
    """The real selector, but for what it does when nothing is ready."""

    def __init__(self, jump: Callable[[float], bool]) -> None:
        self._jump = jump
        self._real = selectors.DefaultSelector()

    def register(self, fileobj: "FileDescriptorLike", events: int, data: object = None) -> selectors.SelectorKey:
        """As the real one."""
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: "FileDescriptorLike") -> selectors.SelectorKey:
        """As the real one."""
        return self._real.unregister(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; if nothing is, let time pass, or wait for whoever works outside."""
        ready = self._real.select(0)
        if ready or (timeout is not None and (timeout <= 0 or self._jump(timeout))):
            return ready
        return self._real.select(None)

    def close(self) -> None:
        """As the real one."""
        self._real.close()

    def get_map(self) -> Mapping["FileDescriptorLike", selectors.SelectorKey]:
        """As the real one."""
        return self._real.get_map()
