"""How much of Helix's rate limit is used, and at how many 429s: exact, on virtual time, and each bar gates.

`AsyncClips` asks a `FakeHelix` over loopback as fast as it may; the event loop's time jumps, so ten minutes pass in
some seconds. What may be used is what the server gives: a full bucket and its refill, less what another spends. A
request is under way for 60 to 180 ms, drawn anew for each, and arrives at any moment of them.

Exit status 1 when a bar is missed. The whole takes half a minute.
"""

import asyncio
import math
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial

import aiohttp
import attrs
from figures import Report, Result, arguments

from twitch_clips import AppAuth, AsyncClips, Event, TokenBucket
from twitch_clips.events import Requested, Waited
from twitch_clips.testing import FakeHelix, Manners, VirtualLoop

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTES = 10
ON_THE_WAY = (0.06, 0.18)  # seconds
Meanwhile = Callable[[FakeHelix], Coroutine[None, None, float]]


@attrs.frozen(kw_only=True)
class Case:
    """Who asks, and how the server behaves.

    Attributes:
        name: What is shown.
        use: The bar: the share of what the server gives.
        refused: The bar: 429s, as a share of all requests.
        refusals: The bar: 429s in all.
        even: Whether the longest wait is to be within 1.3 times the mean of the last minute.
        pause: The bar: the longest time without a request, in seconds.
        steady: The bar: requests of the last four minutes, to those of the second to the fifth; `None`: no bar.
        seconds: How long.
        limit: Points in the server's bucket, and a minute.
        refill: Points a minute that really come back.
        clock: Seconds by which the local clock is fast.
        clients: How many, each with a bucket of its own.
        tasks: How many of each client ask side by side.
        on_the_way: Bounds of the round trip, in seconds.
        is_empty: Whether the server's bucket is empty at the start.
        meanwhile: Spends from the server's bucket; how many points.
        main: Whether the README of the project shows it.
    """

    name: str
    use: float
    refused: float = 0.0
    refusals: int | None = None
    even: bool = False
    pause: float = math.inf
    steady: float | None = None
    seconds: float = 60 * MINUTES
    limit: int = 800
    refill: float = 800
    clock: float = 0.0
    clients: int = 1
    tasks: int = 50
    on_the_way: tuple[float, float] = ON_THE_WAY
    is_empty: bool = False
    meanwhile: Meanwhile | None = None
    main: bool = False


@attrs.define
class Seen:
    """What hooks saw.

    Attributes:
        answered: When a request was answered well, in seconds since the start.
        refused: 429s.
        waits: When a turn came, and after how long.
    """

    start: float
    answered: list[float] = attrs.field(factory=list[float])
    refused: int = 0
    waits: list[tuple[float, float]] = attrs.field(factory=list[tuple[float, float]])

    def note(self, event: Event) -> None:
        """A hook."""
        now = asyncio.get_running_loop().time() - self.start
        if isinstance(event, Waited):
            self.waits.append((now, event.seconds))
        elif isinstance(event, Requested) and event.status == 200:  # noqa: PLR2004
            self.answered.append(now)
        elif isinstance(event, Requested) and event.status is not None:
            self.refused += 1

    def during(self, start: float, end: float) -> int:
        """Requests answered then."""
        return sum(start <= moment < end for moment in self.answered)

    def longest_pause(self) -> float:
        """Seconds without an answer."""
        return max(later - sooner for sooner, later in zip(self.answered, self.answered[1:], strict=False))

    def unevenness(self, seconds: float) -> float:
        """The longest wait, to the mean of the last minute."""
        last = [wait for moment, wait in self.waits if moment >= seconds - 60]
        return max(wait for _, wait in self.waits) / (sum(last) / len(last))


async def empty(helix: FakeHelix) -> float:
    """Another program takes all that there is in the middle of the run."""
    await asyncio.sleep(30 * MINUTES)
    points = 0
    while helix.spend(1):
        points += 1
    return points


CASES = (
    Case(name="50 tasks", use=0.99, even=True, main=True),
    Case(name="50 tasks, local clock 90 s fast", use=0.99, even=True, clock=90, main=True),
    Case(name="50 tasks, local clock 90 s slow", use=0.99, even=True, clock=-90),
    Case(name="refill 600 a minute, headers say 800", use=0.95, refused=0.005, refill=600, main=True),
    Case(name="server's bucket empty at the start", use=0.99, refusals=1, is_empty=True),
    Case(
        name="emptied by another in mid-run",
        use=0.99,
        refusals=15,
        pause=4.5,
        steady=0.99,
        meanwhile=empty,
        main=True,
    ),
    Case(name="limit 30", use=0.95, limit=30, refill=30),
    Case(name="400 in flight, a second each", use=0.95, tasks=400, on_the_way=(1.0, 1.0)),
    Case(name="8 clients, each its own bucket, a minute", use=0.90, refused=0.05, clients=8, seconds=60),
    Case(name="8 clients, each its own bucket", use=0.90, refused=0.05, clients=8),
)


async def ask(clips: AsyncClips) -> None:
    """Ask as fast as the client lets it."""
    while True:
        await clips.get("NoSuchOtter")


async def observe(case: Case) -> tuple[Seen, float]:
    """What hooks saw of a case, and how many points the server gave."""
    manners = Manners(round_trip=case.on_the_way, refill=case.refill)
    async with (
        FakeHelix([], now=NOW - timedelta(seconds=case.clock), limit=case.limit, manners=manners) as helix,
        AsyncExitStack() as stack,
    ):
        auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
        await auth.token()
        if case.is_empty:
            helix.spend(case.limit)
        seen = Seen(asyncio.get_running_loop().time())
        tasks: list[asyncio.Task[None]] = []
        for _ in range(case.clients):
            wide = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
            clips = AsyncClips(auth, api_url=helix.api_url, bucket=TokenBucket(), session=wide, hooks=[seen.note])
            await stack.enter_async_context(clips)
            tasks += [asyncio.create_task(ask(clips)) for _ in range(case.tasks)]
        other = asyncio.create_task(case.meanwhile(helix)) if case.meanwhile else None
        await asyncio.wait(tasks, timeout=case.seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(outcome, asyncio.CancelledError):
                raise SystemExit(f"{case.name}: {outcome!r}")
        given = 0 if case.is_empty else case.limit
        return seen, given + case.refill / 60 * case.seconds - (await other if other else 0)


def judge(case: Case, seen: Seen, given: float) -> Result:
    """The figures of a case, and whether all its bars are reached."""
    use = len(seen.answered) / given
    requests = len(seen.answered) + seen.refused
    figures = [
        (f"{use:.2%}", f">= {case.use:.0%}", use >= case.use),
        (f"429s: {seen.refused} of {requests:,} requests", *refusals(case, seen.refused, requests)),
    ]
    if case.even:
        uneven = seen.unevenness(case.seconds)
        figures.append((f"longest wait {uneven:.2f} of the mean", "<= 1.3", uneven <= 1.3))  # noqa: PLR2004
    if case.pause < math.inf:
        pause = seen.longest_pause()
        figures.append((f"longest pause {pause:.1f} s", f"<= {case.pause} s", pause <= case.pause))
    if case.steady is not None:
        steady = seen.during(360, 600) / seen.during(60, 300)
        figures.append((f"afterwards {steady:.2%} of before", f">= {case.steady:.0%}", steady >= case.steady))
    measured, bars, met = zip(*figures, strict=True)
    return Result(
        name=f"use of the rate limit: {case.name}",
        measured=", ".join(measured),
        bar=", ".join(bars),
        exact=True,
        met=all(met),
        main=case.main,
    )


def refusals(case: Case, refused: int, requests: int) -> tuple[str, bool]:
    """The bar of the 429s, and whether it is reached."""
    if case.refusals is not None:
        return f"<= {case.refusals}", refused <= case.refusals
    return f"429s <= {case.refused:.1%}" if case.refused else "no 429", refused <= case.refused * requests


def main(report: Report, cases: Sequence[Case]) -> None:
    """Report each case."""
    for case in cases:
        with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
            report.add(judge(case, *runner.run(observe(case))))


if __name__ == "__main__":
    options = arguments(__doc__).parse_args()
    report_ = Report()
    main(report_, CASES[:1] if options.quick else CASES)
    report_.hand_over(options.json)
    if missed := report_.missed():
        sys.exit(f"missed: {missed}")
