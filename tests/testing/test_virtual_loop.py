"""A loop whose time jumps, but never ahead of work that is being done."""

import asyncio
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import NOW
from twitch_clips.testing import FakeHelix, VirtualLoop


@pytest.fixture
async def loop() -> VirtualLoop:
    """The running one."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop


def work_for_a_while(loop: VirtualLoop) -> float:
    """Stay in the thread while the loop turns fifty times, so that it has the chance to jump; the time it then has."""
    for _ in range(50):
        turned = threading.Event()
        loop.call_soon_threadsafe(turned.set)
        turned.wait()
    return loop.time()


async def test_an_hour_passes_in_no_time(loop: VirtualLoop) -> None:
    """Deadlines come in their order, at their times."""
    start = loop.time()
    order: list[float] = []

    async def nap(seconds: float) -> None:
        await asyncio.sleep(seconds)
        order.append(loop.time() - start)

    real = time.monotonic()
    await asyncio.gather(nap(3600), nap(1), nap(60))
    assert order == [1, 60, 3600]
    assert time.monotonic() - real < 60


async def test_time_stands_still_while_a_thread_works(loop: VirtualLoop) -> None:
    """Whoever waits for a thread with a time-out is not told that the time is up."""
    start = loop.time()
    async with asyncio.timeout(1):
        assert await asyncio.to_thread(work_for_a_while, loop) == start
    assert loop.time() == start


async def test_time_stands_still_while_an_executor_of_ones_own_works(loop: VirtualLoop) -> None:
    """Whatever it is made of: what counts is the work it was given."""
    start = loop.time()
    with ThreadPoolExecutor(1) as executor:
        async with asyncio.timeout(1):
            assert await loop.run_in_executor(executor, work_for_a_while, loop) == start


async def test_time_stands_still_while_a_name_is_resolved(loop: VirtualLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver is a thread like any other."""
    start = loop.time()
    resolve = socket.getaddrinfo

    def getaddrinfo(*args: Any) -> Any:
        work_for_a_while(loop)
        return resolve(*args)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    async with asyncio.timeout(1):
        assert await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
    assert loop.time() == start


async def test_work_that_nobody_waits_for_any_more_still_holds_time(loop: VirtualLoop) -> None:
    """A thread cannot be stopped: time goes on when it is done, not when its future was cancelled."""
    begun, cancelled = asyncio.Event(), threading.Event()
    start = loop.time()
    seen: list[float] = []

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        cancelled.wait()
        seen.append(work_for_a_while(loop))

    future = loop.run_in_executor(None, work)
    await begun.wait()
    future.cancel()
    cancelled.set()
    await asyncio.sleep(60)
    assert (seen, loop.time()) == ([start], start + 60)


async def test_work_that_was_cancelled_before_it_began_holds_nothing(loop: VirtualLoop) -> None:
    """It never runs."""
    begun, release = asyncio.Event(), threading.Event()
    ran: list[int] = []

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        release.wait()

    with ThreadPoolExecutor(1) as executor:
        busy = loop.run_in_executor(executor, work)
        await begun.wait()
        queued = loop.run_in_executor(executor, ran.append, 1)
        queued.cancel()
        await asyncio.sleep(0)  # a future tells its work of it by way of the loop
        release.set()
        await busy
    async with asyncio.timeout(60):
        await asyncio.sleep(59)
    assert ran == []


async def test_the_default_executor_may_be_replaced(loop: VirtualLoop) -> None:
    """As on any loop."""
    loop.set_default_executor(ThreadPoolExecutor(1, thread_name_prefix="mine"))
    thread = await asyncio.to_thread(threading.current_thread)
    assert thread.name.startswith("mine")


def test_work_that_ends_behind_the_loop_is_not_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """Closed is closed: nothing is logged, nothing is counted."""
    loop = VirtualLoop()
    release = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        future = loop.run_in_executor(executor, release.wait)
        future.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        release.set()
    assert caplog.records == []


def test_a_closed_loop_takes_no_work() -> None:
    """As any loop."""
    loop = VirtualLoop()
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        loop.run_in_executor(None, time.time)


def test_a_loop_that_ends_waits_for_its_threads() -> None:
    """However long they take: the time-out for that is not reached by a jump."""
    finished: list[float] = []

    async def main(loop: VirtualLoop) -> None:
        begun = asyncio.Event()

        def work() -> None:
            loop.call_soon_threadsafe(begun.set)
            finished.append(work_for_a_while(loop))

        loop.run_in_executor(None, work)
        await begun.wait()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        runner.run(main(loop))
    assert len(finished) == 1


async def test_a_call_from_another_thread_wakes_the_loop(loop: VirtualLoop) -> None:
    """Also when it has nothing to do and no deadline."""
    called = asyncio.Event()
    start = loop.time()
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(called.set,))
    loop.call_soon(thread.start)
    await called.wait()
    thread.join()
    assert loop.time() == start


def test_wall_time_starts_where_it_is_told_and_follows() -> None:
    """An hour of virtual time is an hour on the wall."""

    async def main() -> float:
        await asyncio.sleep(3600)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        return loop.wall_time()

    with asyncio.Runner(loop_factory=lambda: VirtualLoop(now=NOW)) as runner:
        assert runner.run(main()) == NOW.timestamp() + 3600


def test_wall_time_starts_as_the_real_one_by_default() -> None:
    """And goes no further while nothing is waited for."""
    before = time.time()
    loop = VirtualLoop()
    after = time.time()
    assert before <= loop.wall_time() <= after
    loop.close()


async def test_sockets_are_real_and_take_no_virtual_time(loop: VirtualLoop, helix: FakeHelix) -> None:
    """A request and its answer, with a deadline pending beside them."""
    start = loop.time()
    async with asyncio.timeout(1):
        reader, writer = await asyncio.open_connection("127.0.0.1", helix.port)
        writer.write(b"GET /helix/clips HTTP/1.0\r\n\r\n")
        assert (await reader.readline()).split()[1] == b"401"
        writer.close()
        await writer.wait_closed()
    assert loop.time() == start
