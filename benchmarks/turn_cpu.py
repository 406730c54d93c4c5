"""CPU of a turn: a free `acquire` and `observe`, and what a grant costs with 10 and with 10,000 waiting.

The bars: 10 us for the free one (on an idle core of 2020 or later), and no more for a grant among ten thousand than
among ten. The queue is driven on virtual time, so nothing waits. The cheapest of some rounds counts.
"""

import asyncio
import sys
import time
from functools import partial

from twitch_clips import Bucket, RateHeaders, TokenBucket
from twitch_clips.testing import VirtualLoop

BAR = 10.0  # us
RATE = RateHeaders(limit=800, remaining=799)


async def free(count: int) -> float:
    """Microseconds of an `acquire` that waits for nothing, and its `observe`."""
    bucket = TokenBucket()
    loop = asyncio.get_running_loop()
    spent = 0.0
    for _ in range(count):
        start = time.process_time()
        for _ in range(100):
            bucket.observe(await bucket.acquire(), RATE)
        spent += time.process_time() - start
        loop.call_later(60, lambda: None)
        await asyncio.sleep(60)  # until it is full again
    return spent / count / 100 * 1e6


async def grants(waiting: int, max_wait: float | None) -> float:
    """Microseconds from one turn to the next with so many in the queue, who stand behind it again when served."""
    bucket = TokenBucket()
    bucket.observe(await bucket.acquire(), RATE)

    async def ask(bucket: Bucket, times: int) -> None:
        for _ in range(times):
            turn = await bucket.acquire(max_wait=max_wait)
            bucket.observe(turn, None)

    tasks = [asyncio.create_task(ask(bucket, 1_000_000)) for _ in range(waiting)]
    await asyncio.sleep(61)  # all points are spent, and all wait
    start = time.process_time()
    await asyncio.sleep(150)
    spent = time.process_time() - start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return spent / (150 * 800 / 60) * 1e6


def main(rounds: int) -> None:
    """Print the figures."""
    run = partial(asyncio.Runner, loop_factory=VirtualLoop)
    cheapest: dict[str, float] = {}
    for _ in range(rounds):
        with run() as runner:
            for name, work in (
                ("free", free(20)),
                ("few", grants(10, None)),
                ("many", grants(10_000, None)),
                ("few bound", grants(10, 3600)),
                ("many bound", grants(10_000, 3600)),
            ):
                cheapest[name] = min(runner.run(work), cheapest.get(name, 1e9))
    print(f"a free acquire and observe: {cheapest['free']:.1f} us (bar: {BAR:.0f})")
    for kind in ("", " bound"):
        few, many = cheapest[f"few{kind}"], cheapest[f"many{kind}"]
        what = "a grant, each with a max_wait" if kind else "a grant"
        print(f"{what}: {few:.1f} us with 10 waiting, {many:.1f} us with 10,000: {many / few:.2f} (bar: 1)")


if __name__ == "__main__":
    main(1 if "--quick" in sys.argv else 5)
