"""What any `Bucket` has to hold, as a check to run on one of your own.

The server is a model of Helix's bucket: it refills continuously, spends a point when a request arrives, and tells
what is left. Requests and answers take their time and overtake each other.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from twitch_clips.errors import RateLimited
from twitch_clips.records import RateHeaders

from .manners import Manners
from .points import Buckets

if TYPE_CHECKING:
    from twitch_clips._bucket.queue import Turn
    from twitch_clips.bucket import Bucket

_LIMIT = 6000  # a hundred a second, so that a check takes little time where time is real
_SMALL = 600  # used up within half a second
_WAY = 0.03  # seconds, at most, to the server and back
_PAYER = ("example", None)


class _Server:
    """Helix's bucket, and what it met."""

    def __init__(
        self, bucket: "Bucket", left: int = _LIMIT, *, limit: int = _LIMIT, manners: Manners | None = None
    ) -> None:
        self.bucket = bucket
        self.served = 0
        self.refused = 0
        self._chance = random.Random(left)
        self._manners = manners or Manners()
        self._points = Buckets(limit)
        self._points.spend(_PAYER, limit - left, self.now, self._manners)

    @property
    def now(self) -> float:
        """The event loop's clock."""
        return asyncio.get_running_loop().time()

    def spend(self, points: int) -> bool:
        """Spend points as somebody else."""
        return self._points.spend(_PAYER, points, self.now, self._manners)

    @property
    def sent(self) -> int:
        """Requests that arrived."""
        return self.served + self.refused

    def answer(self) -> tuple[RateHeaders | None, bool]:
        """What a request that arrives now is told, and whether it is refused."""
        is_served = self.spend(1)
        self.served += is_served
        self.refused += not is_served
        headers = self._points.headers(_PAYER, 0.0, self._manners)
        if not headers:
            return None, not is_served
        limit, remaining = int(headers["Ratelimit-Limit"]), int(headers["Ratelimit-Remaining"])
        return RateHeaders(limit=limit, remaining=remaining), not is_served

    async def ask(self, _number: int = 0) -> None:
        """One request, from its turn to its answer; cancelled on the way, it was sent all the same."""
        turn = await self.bucket.acquire()
        answer: tuple[RateHeaders | None, bool] = (None, False)
        try:
            await self._travel()
            answer = self.answer()
            await self._travel()
        finally:
            self.bucket.observe(turn, answer[0], refused=answer[1])

    async def _travel(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, _WAY / 2))

    async def ask_on(self, seconds: float, pause: float = 0.0) -> None:
        """Ask, again and again, for so long, with pauses of any length up to some seconds."""
        until = self.now + seconds
        while self.now < until:
            await self.ask()
            await asyncio.sleep(self._chance.uniform(0, pause))

    async def drain(self) -> None:
        """Have the bucket know that nothing is left."""
        await self.ask()
        while self.spend(1):
            pass
        await self.ask()


async def check_bucket(make: "Callable[[], Bucket]") -> None:
    """Check what every bucket has to hold; in the running event loop, on virtual time or some ten seconds of real time.

    Never more than the server has under any schedule, turns in the order in which they were asked for, cancelled
    waiters and turns that were given back, answers that are late, missing or absurd, refusals, `max_wait`, `status`.

    Args:
        make: Gives a bucket of which nothing is known yet, another one at each call.

    Raises:
        AssertionError: The bucket does not hold something; the message says what.
    """
    for check in _CHECKS:
        await check(make())


async def _within(seconds: float, work: Awaitable[object], rule: str) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        raise AssertionError(rule) from None


def _require(is_held: bool, rule: str) -> None:  # noqa: FBT001
    if not is_held:
        raise AssertionError(rule)


async def _gather(count: int, work: Callable[[int], Awaitable[object]]) -> None:
    await asyncio.gather(*(work(number) for number in range(count)))


async def _keeps_within_the_limit(bucket: "Bucket") -> None:
    server = _Server(bucket, _SMALL, limit=_SMALL)
    start = server.now
    await _gather(30, lambda number: server.ask_on(1.2, pause=number / 200))
    _require(not server.refused, f"{server.refused} requests met an empty bucket, though nobody else spends")
    given = _SMALL + (server.now - start) * _SMALL / 60
    used = server.served
    _require(used > given * 0.9, f"30 tasks used only {used} of the {given:.0f} points that the server gave")


async def _serves_in_order(bucket: "Bucket") -> None:
    server = _Server(bucket, 2)
    await server.drain()
    order: list[int] = []

    async def wait(number: int) -> None:
        turn = await bucket.acquire()
        order.append(number)
        rate, refused = server.answer()
        bucket.observe(turn, rate, refused=refused)

    await _gather(20, wait)
    _require(order == sorted(order), f"turns came in the order {order}, not in that in which they were asked for")


async def _survives_cancelling(bucket: "Bucket") -> None:
    server = _Server(bucket, 2)
    await server.drain()
    chance = random.Random(1)
    tasks = [asyncio.ensure_future(server.ask()) for _ in range(40)]
    for task in chance.sample(tasks, 20):
        await asyncio.sleep(chance.uniform(0, 0.02))
        task.cancel()
    left = [task for task in tasks if not task.cancelling()]
    await _within(10, asyncio.wait(left), "after the cancel of others some waiters are never served")
    _require(not server.refused, "after cancels more was sent than the server had")


async def _takes_turns_back(bucket: "Bucket") -> None:
    server = _Server(bucket, 50)
    await server.ask()
    start = server.now
    for _ in range(500):
        bucket.give_back(await bucket.acquire())
    _require(server.now - start < 1, "a turn that was given back is not there for the next one")
    await _gather(60, server.ask)
    _require(not server.refused, "turns that were given back were counted twice")


async def _goes_on_without_headers(bucket: "Bucket") -> None:
    server = _Server(bucket, manners=Manners(rate_headers="missing"))
    await _within(10, _gather(200, server.ask), "where no answer has rate headers the bucket does not go on")


async def _goes_on_with_absurd_headers(bucket: "Bucket") -> None:
    async def be_told() -> None:
        for number in range(30):
            turn = await bucket.acquire()
            bucket.observe(turn, RateHeaders(limit=_LIMIT + number % 2, remaining=0))

    await _within(10, be_told(), "where every answer says that nothing remains the bucket does not go on")


async def _is_not_raised_by_late_headers(bucket: "Bucket") -> None:
    server = _Server(bucket, 2 * _SMALL, limit=2 * _SMALL)
    await server.ask()
    late: list[tuple[Turn, RateHeaders | None]] = []
    for _ in range(5):
        turn = await bucket.acquire()
        late.append((turn, server.answer()[0]))
    await _gather(30, lambda _: server.ask_on(0.8))
    for turn, rate in late:
        bucket.observe(turn, rate)
    await _gather(20, lambda _: server.ask_on(0.2))
    _require(not server.refused, "an answer that came late, with more points left than there are now, was believed")


async def _has_everyone_pause_after_a_refusal(bucket: "Bucket") -> None:
    server = _Server(bucket, manners=Manners(rate_headers="missing"))
    await server.ask()
    while server.spend(1):
        pass
    tasks = [asyncio.ensure_future(server.ask_on(0.6)) for _ in range(30)]
    await asyncio.sleep(0.25)
    _require(bucket.status.retry_after > 0, "after a 429 `status.retry_after` does not say that everyone has to wait")
    sent = server.sent
    await asyncio.sleep(0.2)
    _require(sent == server.sent, "right after a 429 requests go on being sent")
    await _within(30, asyncio.gather(*tasks), "after a refusal the bucket does not go on")


async def _tells_at_once_who_would_wait_too_long(bucket: "Bucket") -> None:
    server = _Server(bucket, 2)
    await server.drain()
    waiting = [asyncio.ensure_future(server.ask()) for _ in range(200)]
    await asyncio.sleep(0)
    start = server.now
    with suppress(RateLimited):
        bucket.give_back(await bucket.acquire(max_wait=0.5))
        raise AssertionError("behind 200 waiters, two seconds' worth, a turn came within half a second")
    _require(server.now - start < 0.25, "who would wait too long is told when the time has passed, not at once")  # noqa: PLR2004
    _require(bucket.status.waiting > 0, "`status.waiting` is 0 while requests wait for their turns")
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    _require(bucket.status.waiting == 0, "`status.waiting` counts waiters that were cancelled")


_CHECKS: "tuple[Callable[[Bucket], Awaitable[None]], ...]" = (
    _keeps_within_the_limit,
    _serves_in_order,
    _survives_cancelling,
    _takes_turns_back,
    _goes_on_without_headers,
    _goes_on_with_absurd_headers,
    _is_not_raised_by_late_headers,
    _has_everyone_pause_after_a_refusal,
    _tells_at_once_who_would_wait_too_long,
)
