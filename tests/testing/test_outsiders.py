"""A virtual loop that waits for others: beside somebody outside of it time is real, and jumps again without them."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from tests.conftest import client
from twitch_clips.testing import JUST_CHATTING, FakeHelix, VirtualLoop, virtual_loop
from twitch_clips.testing.outsiders import Outsiders

HOUR = 3600


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run it on such a loop."""
    with asyncio.Runner(loop_factory=partial(VirtualLoop, waits_for_others=True)) as runner:
        runner.run(_awaited(main))


async def _awaited(main: Callable[[], Awaitable[None]]) -> None:
    await main()


async def is_real(seconds: float) -> bool:
    """Whether it takes so long to sleep so long."""
    before = time.monotonic()
    async with asyncio.timeout(2 * seconds + 60):
        await asyncio.sleep(seconds)
    return time.monotonic() - before >= seconds


def test_an_hour_beside_the_sandbox_takes_no_time() -> None:
    """Its sockets lead from the loop to the loop, those that are kept alive as well."""

    async def main() -> None:
        async with FakeHelix() as helix, client(helix) as clips:
            assert await clips.by_game(JUST_CHATTING).first()
            assert not await is_real(5)
            assert not await is_real(HOUR)

    run(main)


@asynccontextmanager
async def connection() -> AsyncGenerator[None]:
    """To a server that is not on the loop."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        _, writer = await asyncio.open_connection(*server.getsockname())
        yield
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def pipe() -> AsyncGenerator[None]:
    """As a subprocess has."""
    end, other = os.pipe()
    with open(end, "rb") as file:  # noqa: ASYNC230, PTH123  (nobody reads it)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(asyncio.Protocol, file)
        yield
        transport.close()
        await asyncio.sleep(0)
    os.close(other)


@asynccontextmanager
async def datagrams() -> AsyncGenerator[None]:
    """From anybody."""
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    yield
    transport.close()
    await asyncio.sleep(0)


@asynccontextmanager
async def thread() -> AsyncGenerator[None]:
    """Of one's own, such as a database's."""
    release = threading.Event()
    working = threading.Thread(target=release.wait)
    working.start()
    yield
    release.set()
    working.join()


@pytest.mark.parametrize("outsider", [connection, pipe, datagrams, thread])
def test_time_is_real_beside_somebody_outside(outsider: Any) -> None:
    """As long as they are there."""

    async def main() -> None:
        async with FakeHelix() as helix, client(helix) as clips:
            assert await clips.by_game(JUST_CHATTING).first()
            async with outsider():
                assert await is_real(0.01)
            assert not await is_real(HOUR)

    run(main)


def test_a_deadline_beside_a_thread_of_ones_own_does_not_come_early() -> None:
    """However often the loop has nothing to do meanwhile."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        answered = loop.create_future()

        def work() -> None:
            for _ in range(50):
                turned = threading.Event()
                loop.call_soon_threadsafe(turned.set)
                turned.wait()
            loop.call_soon_threadsafe(answered.set_result, "at last")

        working = threading.Thread(target=work)
        async with asyncio.timeout(60):
            working.start()
            assert await answered == "at last"
        working.join()

    run(main)


def test_the_last_word_of_a_thread_is_heard_before_time_jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may end when the loop has seen that nothing came, and not yet who is there."""
    turned = threading.Event()
    working: list[threading.Thread] = []

    class _EndsUnseen(Outsiders):
        """The thread has ended by the time somebody looks."""

        def are_there(self, watched: Collection[int]) -> bool:
            """As ever, a moment later."""
            turned.set()
            for thread in working:
                thread.join()
            return super().are_there(watched)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        answered = loop.create_future()

        def work() -> None:
            turned.wait()
            loop.call_soon_threadsafe(answered.set_result, "at last")

        async with asyncio.timeout(60):
            working.append(threading.Thread(target=work))
            working[0].start()
            assert await answered == "at last"

    monkeypatch.setattr(virtual_loop, "Outsiders", _EndsUnseen)
    run(main)


class _AtOnce(Executor):
    """It has no thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it here."""
        future = Future[Any]()
        future.set_result(fn(*args, **kwargs))
        return future


def test_threads_that_the_loop_gave_work_are_no_outsiders() -> None:
    """They wait for more, and nobody for them."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as executor:
            assert await asyncio.to_thread(sum, [1, 2]) == 3
            assert await loop.run_in_executor(executor, sum, [1, 2]) == 3
            assert await loop.run_in_executor(_AtOnce(), sum, [1, 2]) == 3
            assert not await is_real(HOUR)

    run(main)
