"""When a failed request is sent again: a value, and arithmetic without a clock or chance of its own."""

import math

import attrs

from ._helix.query import is_whole
from .errors import DecodeError, QueryError, ServerError, TransportError, TwitchClipsError

_LONGEST = 86_400.0
_AGAIN = frozenset({500, 502, 503, 504})


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """How often and how fast a request that failed is sent again.

    Sent again are requests that got no whole answer (no connection, a time-out, a cut body), an answer that cannot be
    read, and the statuses 500, 502, 503 and 504. Twitch asks for one repetition on a 503 (its guide, "Twitch API
    Health"); the others are reported to pass as well, or to be permanent (twitchdev/issues#360, #395), hence the
    bounds. Each attempt costs a request. Pauses have full jitter: any length up to
    `min(cap, base * 2 ** (failures - 1))`.

    Attributes:
        attempts: How many times one request is sent, the first time included; 1 never asks again.
        base: Seconds, the longest pause after the first failure.
        cap: Seconds, the longest pause of all.
        deadline: Seconds for all attempts and pauses of one page together; the wait for a turn, or for a connection of
            those that there are, does not count.

    Raises:
        QueryError: One of them is out of range.
    """

    attempts: int = 5
    base: float = 0.5
    cap: float = 8.0
    deadline: float = 120.0

    def __attrs_post_init__(self) -> None:
        """Refuse what could never work."""
        if not is_whole(self.attempts) or self.attempts < 1:
            raise QueryError(f"attempts must be a whole number from 1 on, not {self.attempts!r}")
        for name in ("base", "cap", "deadline"):
            seconds = getattr(self, name)
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST:
                raise QueryError(f"{name} must be 0 to {_LONGEST:.0f} seconds, not {seconds!r}")

    def pause(self, failures: int, spent: float, chance: float) -> float | None:
        """Seconds until the next attempt; `None` to give up.

        Args:
            failures: Attempts that failed, from 1 on.
            spent: Seconds that they and the pauses between them took.
            chance: 0 to 1, drawn anew each time.
        """
        if failures >= self.attempts:
            return None
        longest = min(self.cap, math.ldexp(self.base, min(failures - 1, 60)))
        pause = longest * chance
        return pause if spent + pause <= self.deadline else None


DEFAULT_RETRY = RetryPolicy()


def is_passing(error: TwitchClipsError) -> bool:
    """Whether a failure may be over when the same is asked again."""
    if isinstance(error, ServerError):
        return error.status in _AGAIN
    return isinstance(error, TransportError | DecodeError)
