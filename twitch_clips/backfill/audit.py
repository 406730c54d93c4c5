"""Which days of a wide window are read again by themselves. Pure.

Wide windows are reported to leave clips out that narrower ones return (twitchdev/issues#48, #80): so of each width some
days are read again. Widths count as the same up to a doubling.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable

from .windows import DAY

_AT_LEAST = 5  # days for each width
_ONE_PAGE = 100


class Audit:
    """The days that were to be read again and those that were.

    Args:
        share: Of the days with clips in windows wider than a day: 0 for none, 1 for all, those without clips too, as
            a day may look empty for want of those that are missing.
        chance: Gives any number from 0 to 1.

    Attributes:
        share: As given.
    """

    def __init__(self, share: float, chance: Callable[[], float]) -> None:
        """None was chosen."""
        self._chosen: int = 0
        self.share: float = share
        self._chance = chance
        self._seen: int = 0
        self._by_width: Counter[int] = Counter()

    def days(self, lo: int, hi: int, slots: Iterable[int]) -> list[tuple[int, int]]:
        """The days of a window to read again.

        Args:
            lo: Its first slot.
            hi: The slot behind its last one.
            slots: Those of its clips.
        """
        if hi - lo <= DAY or not self.share:
            return []
        if self.share >= 1:
            return [(day, min(day + DAY, hi)) for day in range(lo, hi, DAY)]
        counts = Counter((slot - lo) // DAY for slot in slots)
        self._seen += len(counts)
        width = _class_of(lo, hi)
        wanted = max(_AT_LEAST - self._by_width[width], math.ceil(self.share * self._seen) - self._chosen, 0)
        chosen = self._drawn(counts, wanted)
        self._chosen += len(chosen)
        self._by_width[width] += len(chosen)
        return [(lo + day * DAY, min(lo + (day + 1) * DAY, hi)) for day in chosen]

    def give_back(self, lo: int, hi: int, count: int) -> None:
        """So many days of a window were not read after all."""
        self._chosen -= count
        self._by_width[_class_of(lo, hi)] -= count

    def _drawn(self, counts: Counter[int], wanted: int) -> list[int]:
        """So many days, more likely those with more clips: a clip that is missing is as likely on any of them.

        Days of more than a page come last, as they cost more requests.
        """
        keys = {day: (count > _ONE_PAGE, -(max(self._chance(), 1e-12) ** (1 / count))) for day, count in counts.items()}
        return sorted(keys, key=lambda day: keys[day])[:wanted]


def _class_of(lo: int, hi: int) -> int:
    return math.ceil(math.log2((hi - lo) / DAY))
