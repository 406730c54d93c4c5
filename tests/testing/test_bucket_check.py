"""`check_bucket` passes a bucket that holds what it has to, and says of any other what it does not."""

import asyncio
from typing import Any

import pytest

from twitch_clips import Bucket, NoLimit, RateHeaders, RateLimited, RateStatus, TokenBucket, Turn
from twitch_clips.testing import check_bucket


async def test_the_token_bucket_holds_all_of_it() -> None:
    """On virtual time; a Redis one is checked on real time."""
    await check_bucket(TokenBucket)


class _Overtaking(TokenBucket):
    """Whoever comes last is served first."""

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:
        """Ask again while the others wait."""
        while self.status.waiting:  # noqa: ASYNC110
            await asyncio.sleep(self.status.waiting % 7 / 100)
        return await super().acquire(max_wait=max_wait, background=background)


class _Losing(TokenBucket):
    """What is given back is gone."""

    def give_back(self, turn: Turn) -> None:
        """As if it had been sent."""
        self.observe(turn, None)


class _Hoarding(TokenBucket):
    """What is given back comes twice."""

    def give_back(self, turn: Turn) -> None:
        """Twice."""
        super().give_back(turn)
        super().give_back(turn)


class _Following(TokenBucket):
    """As many clients have it: what the last answer said is what is left."""

    left = 6000

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:  # noqa: ARG002
        """Wait while nothing is left."""
        while self.left < 1:
            await asyncio.sleep(0.05)
            self.left += 5
        self.left -= 1
        return Turn()

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:  # noqa: ARG002
        """Believe it."""
        self.left = rate.remaining if rate else self.left


class _Idle(TokenBucket):
    """It never has more than one request under way."""

    _lock = asyncio.Lock()

    async def acquire(self, **options: Any) -> Turn:
        """One after the other."""
        await self._lock.acquire()
        return await super().acquire(**options)

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """The next one."""
        super().observe(turn, rate, refused=refused)
        self._lock.release()


class _Deaf(TokenBucket):
    """Without headers it waits for some."""

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Only answers with headers are heard."""
        if rate is not None:
            super().observe(turn, rate, refused=refused)


class _Gullible(TokenBucket):
    """Nothing left, told twenty times in a row, means a pause until the bucket is full again."""

    told = 0

    async def acquire(self, **options: Any) -> Turn:
        """Wait until the bucket is full again."""
        if self.told > 20:
            await asyncio.sleep(60)
        return await super().acquire(**options)

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Count such answers."""
        self.told = self.told + 1 if rate and not rate.remaining else 0
        super().observe(turn, rate, refused=refused)


class _Jamming(TokenBucket):
    """Each lets the next one in when it has its turn, so who is cancelled lets nobody in."""

    before: asyncio.Event | None = None

    async def acquire(self, **options: Any) -> Turn:
        """Wait for the one in front."""
        before, mine = self.before, asyncio.Event()
        self.before = mine
        if before:
            await before.wait()
        turn = await super().acquire(**options)
        mine.set()
        return turn


class _Doubling(TokenBucket):
    """Who is cancelled gives back what it did not have."""

    async def acquire(self, **options: Any) -> Turn:
        """Give back a point for nothing."""
        try:
            return await super().acquire(**options)
        except asyncio.CancelledError:
            self.give_back(Turn(number=1_000_000))
            raise


class _Credulous(TokenBucket):
    """An answer that comes late puts back what was spent since."""

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Believe in fifty points more."""
        super().observe(turn, rate, refused=refused)
        if asyncio.get_running_loop().time() - turn.granted_at > 0.3:
            for _ in range(50):
                self.give_back(Turn(number=1_000_000))


class _Leaking(TokenBucket):
    """Who is cancelled keeps its place."""

    async def acquire(self, **options: Any) -> Turn:
        """Wait on behind the caller's back."""
        return await asyncio.shield(asyncio.ensure_future(super().acquire(**options)))


class _Stubborn(TokenBucket):
    """A 429 is an answer as any other."""

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:  # noqa: ARG002
        """Nobody pauses."""
        super().observe(turn, rate)


class _Hasty(TokenBucket):
    """After a 429 it says that it pauses, and does not."""

    @property
    def status(self) -> RateStatus:
        """Always a second."""
        known = super().status
        return RateStatus(limit=known.limit, remaining=known.remaining, waiting=known.waiting, retry_after=1.0)

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:  # noqa: ARG002
        """Nobody pauses."""
        super().observe(turn, rate)


class _Final(TokenBucket):
    """After a 429 it is over."""

    is_over = False

    async def acquire(self, **options: Any) -> Turn:
        """Wait for ever then."""
        if self.is_over:
            await asyncio.Event().wait()
        return await super().acquire(**options)

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Take note of a 429."""
        self.is_over = self.is_over or refused
        super().observe(turn, rate, refused=refused)


class _Patient(TokenBucket):
    """It finds out that a wait is too long by waiting."""

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:
        """Wait for so long, then say so."""
        try:
            async with asyncio.timeout(max_wait):
                return await super().acquire(background=background)
        except TimeoutError:
            raise RateLimited(1.0, "too long") from None


class _Generous(TokenBucket):
    """It gives a turn to whoever would not wait, and counts nothing."""

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:
        """At once, where there is a bound."""
        return Turn() if max_wait else await super().acquire(background=background)


class _Silent(TokenBucket):
    """It does not tell who waits."""

    @property
    def status(self) -> RateStatus:
        """Nobody ever."""
        known = super().status
        return RateStatus(limit=known.limit, remaining=known.remaining, waiting=0, retry_after=known.retry_after)


BROKEN = [
    (NoLimit, "requests met an empty bucket, though nobody else spends"),
    (_Following, "requests met an empty bucket, though nobody else spends"),
    (_Idle, "30 tasks used only"),
    (_Overtaking, "not in that in which they were asked for"),
    (_Jamming, "after the cancel of others some waiters are never served"),
    (_Leaking, "`status.waiting` counts waiters that were cancelled"),
    (_Doubling, "after cancels more was sent than the server had"),
    (_Credulous, "with more points left than there are now, was believed"),
    (_Losing, "a turn that was given back is not there for the next one"),
    (_Hoarding, "turns that were given back were counted twice"),
    (_Deaf, "where no answer has rate headers the bucket does not go on"),
    (_Gullible, "where every answer says that nothing remains the bucket does not go on"),
    (_Stubborn, "`status.retry_after` does not say that everyone has to wait"),
    (_Hasty, "right after a 429 requests go on being sent"),
    (_Final, "after a refusal the bucket does not go on"),
    (_Patient, "is told when the time has passed, not at once"),
    (_Generous, "behind 200 waiters, two seconds' worth, a turn came within half a second"),
    (_Silent, "`status.waiting` is 0 while requests wait for their turns"),
]


@pytest.mark.parametrize(("broken", "message"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
async def test_a_bucket_that_does_not_hold_something_is_told_what(broken: type[Bucket], message: str) -> None:
    """Each rule has a bucket that breaks it."""
    with pytest.raises(AssertionError, match=message):
        await check_bucket(broken)
