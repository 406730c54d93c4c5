"""When each target is polled: once in every round, each at its own place in it. Pure; seconds of one clock."""

import math
from collections.abc import Iterable
from itertools import pairwise

from .terms import Key

_ROUNDING = 1e-6


class Rota:
    """The places of all targets in a round.

    Args:
        every: Seconds that a round takes.
    """

    def __init__(self, every: float) -> None:
        """Nobody is on it."""
        self._every = every
        self._start: float = 0.0
        self._places: dict[Key, float] = {}
        self._due: dict[Key, float] = {}

    def begin(self, keys: Iterable[Key], now: float) -> None:
        """Spread these evenly over a round that begins now, in place of all that were on it."""
        keys = list(keys)
        self._start = now
        self._places = {key: number * self._every / len(keys) for number, key in enumerate(keys)}
        self._due = {key: now + place for key, place in self._places.items()}

    def add(self, key: Key, now: float) -> None:
        """One more, in the middle of the widest gap, so at the latest a round from now."""
        self._places[key] = self._emptiest(now)
        self._due[key] = self._slot(key, now)

    def discard(self, key: Key) -> None:
        """One less."""
        self._places.pop(key, None)
        self._due.pop(key, None)

    def due(self, now: float) -> list[Key]:
        """Whose turn it is, the longest overdue first."""
        return sorted(
            (key for key, moment in self._due.items() if moment <= now + _ROUNDING), key=self._due.__getitem__
        )

    def next_at(self) -> float | None:
        """When it is somebody's turn; `None` when nobody waits for one."""
        return min(self._due.values(), default=None)

    def take(self, key: Key) -> float:
        """Its poll begins: the moment that it was due. It has no other turn until `put`."""
        return self._due.pop(key)

    def put(self, key: Key, due: float, now: float, pause: float = 0.0) -> float:
        """Its poll is over.

        Args:
            key: Whose; one that was discarded meanwhile stays so.
            due: When that poll was due.
            now: The time.
            pause: Seconds after `due` before which it has no other turn; at least a round.

        Returns:
            Seconds until its next turn.
        """
        if key not in self._places:
            return 0.0
        moment = self._slot(key, max(now, due + max(pause, self._every)))
        self._due[key] = moment
        return moment - now

    def put_now(self, key: Key, now: float) -> None:
        """It is due again at once, as more is to be had."""
        if key in self._places:
            self._due[key] = now

    def _slot(self, key: Key, moment: float) -> float:
        """The first time at a moment or later that is at the target's place."""
        first = self._start + self._places[key]
        return first + math.ceil((moment - first - _ROUNDING) / self._every) * self._every

    def _emptiest(self, now: float) -> float:
        places = sorted(self._places.values())
        if not places:
            return (now - self._start) % self._every
        gaps = pairwise([*places, places[0] + self._every])
        before, after = max(gaps, key=lambda gap: gap[1] - gap[0])
        return (before + after) / 2 % self._every
