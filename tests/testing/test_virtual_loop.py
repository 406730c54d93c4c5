"""A loop whose time jumps, but never ahead of work that is being done."""

import asyncio
import time

from twitch_clips.testing import FakeHelix, VirtualLoop


async def test_an_hour_passes_in_no_time() -> None:
    """Deadlines come in their order, at their times."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    start = loop.time()
    order: list[float] = []

    async def nap(seconds: float) -> None:
        await asyncio.sleep(seconds)
        order.append(loop.time() - start)

    real = time.monotonic()
    await asyncio.gather(nap(3600), nap(1), nap(60))
    assert order == [1, 60, 3600]
    assert time.monotonic() - real < 60


async def test_time_stands_still_while_a_thread_works() -> None:
    """Whoever waits for a thread with a time-out is not told that the time is up."""
    start = asyncio.get_running_loop().time()
    async with asyncio.timeout(1):
        await asyncio.to_thread(time.sleep, 0.01)
    assert asyncio.get_running_loop().time() == start


async def test_sockets_are_real_and_take_no_virtual_time(helix: FakeHelix) -> None:
    """A request and its answer, with a deadline pending beside them."""
    start = asyncio.get_running_loop().time()
    async with asyncio.timeout(1):
        reader, writer = await asyncio.open_connection("127.0.0.1", helix.port)
        writer.write(b"GET /helix/clips HTTP/1.0\r\n\r\n")
        assert (await reader.readline()).split()[1] == b"401"
        writer.close()
        await writer.wait_closed()
    assert asyncio.get_running_loop().time() == start
