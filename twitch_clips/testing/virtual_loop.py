"""`VirtualLoop`, an event loop whose time jumps."""

import asyncio
import contextlib
import selectors
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from .outsiders import Outsiders

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Ready = list[tuple[selectors.SelectorKey, int]]
_START = 1000.0


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that jumps to its next deadline when it has nothing to do: a test's hours pass in no time.

    It is given as a loop factory, to a runner:

        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(main())

    Or to pytest-asyncio, in a `conftest.py`:

        def pytest_asyncio_loop_factories():
            return {"virtual": VirtualLoop}

    `twitch_clips.testing.pytest` does the second for the tests that ask for its `fake_helix`. For anyio's plugin it is
    an option of the backend: a fixture `anyio_backend` that gives `("asyncio", {"loop_factory": VirtualLoop})`.

    `asyncio.sleep`, `asyncio.timeout`, `loop.call_later` and `loop.time()` go by virtual time; `time.time()`,
    `time.monotonic()`, `time.sleep()` and `datetime.now()` do not, and know nothing of it: `wall_time()` is the time of
    day. `AsyncClips` and `FakeHelix` keep to the loop's.

    Sockets are real, and so is the time of whatever works outside the loop. Virtual time stands still while
    `run_in_executor` (and `asyncio.to_thread`, and the resolver) has work under way, also when nobody waits for it any
    more. Nothing else outside is known to the loop: a server in another process, a subprocess or a thread of your own
    takes no virtual time at all, and a deadline beside it is reached at once. Where a test has such (a database, say),
    take `functools.partial(VirtualLoop, waits_for_others=True)`: time is real then for as long as they are there.

    Args:
        now: Wall time at the start, aware; the real one by default.
        waits_for_others: Time passes as it really does, and does not jump, while there is a connection to somebody who
            does not listen on this loop, a pipe, or a thread that began since the loop did and is none of an executor
            that was used by `run_in_executor`. A pool that keeps such a connection open counts, too.
    """

    def __init__(self, now: datetime | None = None, *, waits_for_others: bool = False) -> None:
        """Start at an arbitrary loop time."""
        self._now = _START
        self._wall = (time.time() if now is None else now.timestamp()) - _START
        self._at_work = 0
        self._outsiders = Outsiders() if waits_for_others else None
        selector = _JumpingSelector(self._idle)
        super().__init__(selector)
        self._watched = selector.get_map()
        if self._outsiders is not None:
            self._outsiders.own = self._files()
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
        work = (executor or self._threads).submit(self._noted(func, executor), *args)
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

    def _files(self) -> frozenset[int]:
        """What it waits for."""
        return frozenset(key.fd for key in self._watched.values())

    def _noted(self, func: Callable[[*Ts], T], executor: Executor | None) -> Callable[[*Ts], T]:
        """The same function, which also says what thread it runs in; processes have none here."""
        outsiders = self._outsiders
        if outsiders is None or not isinstance(executor, ThreadPoolExecutor | None):
            return func

        def noted(*args: *Ts) -> T:
            outsiders.know_this_thread()
            return func(*args)

        return noted

    def _idle(self, seconds: float, select: "Callable[[float | None], Ready]") -> "Ready":
        """Let that much time pass, unless somebody works; what came meanwhile."""
        if self._at_work:
            return select(None)
        if self._outsiders is not None and self._outsiders.are_there(self._files()):
            start = time.monotonic()
            ready = select(seconds)
            self._now += time.monotonic() - start
            return ready
        if self._outsiders is not None and (ready := select(0)):
            return ready  # the last word of somebody who left since nothing was ready
        self._now += seconds
        return []


class _JumpingSelector(selectors.BaseSelector):
    """The real selector, but for what it does when nothing is ready."""

    def __init__(self, idle: "Callable[[float, Callable[[float | None], Ready]], Ready]") -> None:
        self._idle = idle
        self._real = selectors.DefaultSelector()

    def register(self, fileobj: "FileDescriptorLike", events: int, data: object = None) -> selectors.SelectorKey:
        """As the real one."""
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: "FileDescriptorLike") -> selectors.SelectorKey:
        """As the real one."""
        return self._real.unregister(fileobj)

    def select(self, timeout: float | None = None) -> Ready:
        """What is ready now; if nothing is, let time pass, or wait for whoever works outside."""
        ready = self._real.select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        return self._real.select(None) if timeout is None else self._idle(timeout, self._real.select)

    def close(self) -> None:
        """As the real one."""
        self._real.close()

    def get_map(self) -> Mapping["FileDescriptorLike", selectors.SelectorKey]:
        """As the real one."""
        return self._real.get_map()
