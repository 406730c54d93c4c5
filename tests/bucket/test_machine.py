"""`TokenBucket` beside a server that has no other user: nothing is refused, and nobody waits for ever."""

import asyncio

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from twitch_clips import RateLimited, RateStatus, TokenBucket, Turn
from twitch_clips.testing import VirtualLoop

from .model import Server

_ROUNDING = 1e-3  # seconds


@attrs.define(eq=False)
class _Request:
    """What one asks for, how its request fares, and the turn that it got."""

    background: bool
    max_wait: float | None
    way: float
    back: float
    heard: bool
    unused_after: float | None = None
    asked_at: float = 0.0
    turn: Turn | None = None
    limited: RateLimited | None = None


def _now() -> float:
    return asyncio.get_running_loop().time()


class Alone(RuleBasedStateMachine):
    """Requests arrive in any order, at most `way` after they were sent, and no answer comes sooner than that."""

    requests: Bundle["asyncio.Task[None]"] = Bundle("requests")

    def __init__(self) -> None:
        """Nothing was sent yet."""
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=VirtualLoop)
        self.loop = self.runner.get_loop()
        self.tasks: list[asyncio.Task[None]] = []
        self.asked: list[_Request] = []

    @initialize(
        limit=st.sampled_from([2, 7, 60, 800]), guess=st.sampled_from([1, 7, 60, 800]), way=st.sampled_from([0, 0.3, 3])
    )
    def begin(self, limit: int, guess: int, way: float) -> None:
        """The first one is answered."""
        self.way = way
        self.server = Server(limit)
        self.bucket = TokenBucket(guess)
        self.ask(count=1, background=False, max_wait=None, way=1, back=0, heard=True)
        self.pass_time(way)
        assert self.status.limit == limit

    @property
    def status(self) -> RateStatus:
        """The bucket's, by the loop's clock."""

        async def status() -> RateStatus:
            return self.bucket.status

        return self.runner.run(status())

    async def go(self, request: _Request) -> None:
        """What a session does."""
        request.asked_at = _now()
        try:
            turn = await self.bucket.acquire(max_wait=request.max_wait, background=request.background)
        except RateLimited as error:
            request.limited = error
            assert request.max_wait is not None
            assert _now() <= request.asked_at + request.max_wait + _ROUNDING
            return
        request.turn = turn
        assert (turn.granted_at, turn.waited) == (_now(), _now() - request.asked_at)
        assert request.max_wait is None or turn.waited <= request.max_wait + _ROUNDING
        if request.unused_after is not None:
            try:
                await asyncio.sleep(request.unused_after)
            finally:
                self.bucket.give_back(turn)
            return
        rate = None
        try:
            await asyncio.sleep(self.way * request.way)
            rate = self.server.arrive(_now())
            await asyncio.sleep(self.way * (1 - request.way) + request.back)
        finally:
            self.bucket.observe(turn, rate if request.heard else None, refused=False)

    def start(self, request: _Request) -> "asyncio.Task[None]":
        """Somebody asks."""
        self.asked.append(request)
        self.tasks.append(self.loop.create_task(self.go(request)))
        return self.tasks[-1]

    @rule(
        count=st.sampled_from([1, 1, 1, 5, 100]),
        background=st.booleans(),
        max_wait=st.none() | st.floats(0, 60),
        way=st.floats(0, 1),
        back=st.just(0) | st.floats(0, 60),
        heard=st.booleans(),
    )
    def ask(  # noqa: PLR0913  (so many things differ)
        self, count: int, *, background: bool, max_wait: float | None, way: float, back: float, heard: bool
    ) -> None:
        """Some at once."""
        for _ in range(count):
            self.start(_Request(background, max_wait, way, back, heard))
        self.pass_time(0)

    @rule(target=requests, background=st.booleans(), way=st.floats(0, 1), back=st.floats(0, 60))
    def ask_for_one(self, *, background: bool, way: float, back: float) -> "asyncio.Task[None]":
        """It may be cancelled."""
        return self.start(_Request(background, None, way, back, heard=True))

    @rule(background=st.booleans(), count=st.sampled_from([1, 30]), seconds=st.just(0) | st.floats(0, 60))
    def give_back(self, count: int, *, background: bool, seconds: float) -> None:
        """They wait for a connection, and do not use their turns."""
        for _ in range(count):
            self.start(_Request(background, None, 0, 0, heard=False, unused_after=seconds))
        self.pass_time(0)

    @rule(task=consumes(requests))
    def cancel(self, task: "asyncio.Task[None]") -> None:
        """Whether it waits, is under way or done."""
        task.cancel()

    @rule(seconds=st.sampled_from([0, 0.1, 1, 10, 60]) | st.floats(0, 100))
    def pass_time(self, seconds: float) -> None:
        """For all."""
        self.runner.run(asyncio.sleep(seconds))

    @invariant()
    def is_well(self) -> None:
        """Nothing was refused, and the status is one that can be."""
        assert self.server.refused == 0
        status = self.status
        assert status.waiting <= sum(not task.done() for task in self.tasks)
        assert 0 <= status.remaining <= status.limit == self.server.limit
        assert status.retry_after >= 0

    def teardown(self) -> None:
        """Everyone is served or told, in the order in which they came, and the bucket is as before."""
        self.pass_time(100 + 70 * len(self.tasks) / self.server.limit)
        assert all(task.done() for task in self.tasks)
        assert all(task.cancelled() or task.exception() is None for task in self.tasks)
        for lane in (False, True):
            turns = [one.turn.number for one in self.asked if one.turn and one.background == lane]
            assert turns == sorted(turns)
        status = self.status
        assert (status.waiting, status.retry_after) == (0, 0)
        self.pass_time(60)
        assert self.status.remaining == self.server.limit
        self.runner.close()


TestAlone = Alone.TestCase
TestAlone.settings = settings(deadline=None, stateful_step_count=40)
