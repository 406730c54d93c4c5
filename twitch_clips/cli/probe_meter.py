"""A token bucket that remembers what Helix's answers say of the real one, and gives a bounded number of turns."""

from twitch_clips import RateHeaders, RateLimited, RateStatus, TokenBucket, Turn


class Meter:
    """Paces as `TokenBucket` does: only when the bucket is empty, which a probe never makes it.

    Args:
        most: Turns that it gives.

    Attributes:
        requests: Turns that were asked for.
        rate: What the latest answer's rate headers said; `None` when it had none.
    """

    def __init__(self, most: int) -> None:
        """Start full."""
        self.requests: int = 0
        self.rate: RateHeaders | None = None
        self._most = most
        self._bucket = TokenBucket()

    @property
    def status(self) -> RateStatus:
        """How it stands."""
        return self._bucket.status

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:
        """Wait for a turn.

        Raises:
            RateLimited: All were given.
        """
        if self.requests >= self._most:
            raise RateLimited(0.0, f"the probe's own bound of {self._most} requests is reached")
        self.requests += 1
        return await self._bucket.acquire(max_wait=max_wait, background=background)

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Take note of an answer."""
        self.rate = rate
        self._bucket.observe(turn, rate, refused=refused)

    def give_back(self, turn: Turn) -> None:
        """Take back a turn with which nothing was sent."""
        self._bucket.give_back(turn)
