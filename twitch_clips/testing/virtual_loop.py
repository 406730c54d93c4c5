"""An event loop that jumps to its next deadline when it has nothing to do, so that a test's hours pass in no time.

Sockets are real, and so is the time of whatever works outside the loop. Virtual time stands still while
`run_in_executor` (and `asyncio.to_thread`, and the resolver) works, unless whoever waited for it was cancelled. Nothing
else outside is known to the loop: a server in another process, a subprocess or a thread of your own takes no virtual
time at all, and a deadline beside it is reached at once.
"""

import asyncio
import selectors
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_START = 1000.0


class VirtualLoop(asyncio.SelectorEventLoop):
    """Give it as a loop factory: `asyncio.Runner(loop_factory=VirtualLoop)`, or pytest-asyncio's hook for them."""

    def __init__(self) -> None:
        """Start at an arbitrary time."""
        self._now = _START
        self._threads = 0
        super().__init__(_JumpingSelector(self._jump))

    def time(self) -> float:
        """Virtual seconds."""
        return self._now

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> "asyncio.Future[T]":
        """As ever, and time stands still until the function is done."""
        future = super().run_in_executor(executor, func, *args)
        self._threads += 1
        future.add_done_callback(self._thread_done)
        return future

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """Wait for the threads however long they take: a time-out (Python 3.12 has one) would jump ahead of them."""
        await super().shutdown_default_executor()

    def _thread_done(self, _future: object) -> None:
        self._threads -= 1

    def _jump(self, seconds: float) -> bool:
        """Let that much time pass, unless somebody works."""
        if self._threads:
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
