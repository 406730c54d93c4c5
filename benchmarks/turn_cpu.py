"""CPU of a turn: a free `acquire` and `observe`, and what a grant costs with 10 and with 10,000 waiting.

The bars: 10 us for the free one (on an idle core of 2020 or later), and no more for a grant among ten thousand than
among ten. The queue is driven on virtual time, so nothing waits. The cheapest of some rounds counts.
"""

import asyncio
import time
from functools import partial

from figures import Report, Result, arguments

from twitch_clips import Bucket, RateHeaders, TokenBucket
from twitch_clips.testing import VirtualLoop

BAR = 10.0  # us
MANY = 1.0
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


def main(report: Report, rounds: int) -> None:
    """Report the figures."""
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
    free_ = cheapest["free"]
    report.add(
        Result(
            name="CPU of a free turn", measured=f"{free_:.1f} us", bar=f"<= {BAR:.0f} us", met=free_ <= BAR, main=True
        )
    )
    for kind in ("", " bound"):
        few, many = cheapest[f"few{kind}"], cheapest[f"many{kind}"]
        what = "a turn after a wait, each with a max_wait" if kind else "a turn after a wait"
        measured = f"{many / few:.2f} ({many:.1f} us to {few:.1f} us)"
        name = f"CPU of {what}: 10,000 waiting, to 10"
        report.add(Result(name=name, measured=measured, bar=f"<= {MANY}", met=many / few <= MANY))


if __name__ == "__main__":
    options = arguments(__doc__).parse_args()
    report_ = Report()
    main(report_, 1 if options.quick else 5)
    report_.hand_over(options.json)
