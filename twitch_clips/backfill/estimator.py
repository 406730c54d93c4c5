"""What all walks of a range have found out so far."""

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

import attrs

from .estimate import Estimate
from .profile import Piece, Profile
from .views import Read, Rows, Sample, Share, length_by_tail

_READS = 64  # windows remembered
_EVIDENCE = 64  # walks given up remembered
_MEMORY = 1_000.0  # clips of the windows that tell the density
_BEST = 400.0  # clips a density counts for at most
_LEARN_TIME = 0.15
_LEARN_VIEWS = 0.08
_FEWEST = 20  # clips with more views than so many that say something of their share
_SAMPLE = 100  # clips whose views tell something
_DISTRUST = 8  # windows


@attrs.define(eq=False)
class Evidence:
    """The clips known of a window that was given up: all with more views than the last one read, or some at random.

    Attributes:
        start: Where the window started.
        lo: Where what is not read of it starts.
        hi: Where it ends.
        views: Clips with more than so many are known; `None` if the listing was in no order.
        slots: Their slots, ascending.
        share: What share of the window's clips these were judged to be.
    """

    start: int
    lo: int
    hi: int
    views: int | None
    slots: list[int]
    share: Share


class Estimator:
    """Guesses at how many clips lie where, by what was read.

    Attributes:
        time_variance: Of the logarithm of a count foretold from the density nearby.
        view_variance: Of the logarithm of a share foretold from the views nearby.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self.time_variance: float = 0.6
        self.view_variance: float = 0.05
        self._reads: deque[Read] = deque(maxlen=_READS)
        self._evidence: deque[Evidence] = deque(maxlen=_EVIDENCE)
        self._distrusted = 0
        self._guess = 0.0  # clips a slot, until a window has been read

    @property
    def knows(self) -> bool:
        """Whether it has something to go by."""
        return bool(self._reads) or self._guess > 0

    # What was seen

    def learn(self, lo: int, hi: int, rows: Rows) -> None:
        """A window was read to its end."""
        if not self._distrusted:
            self._learn_views(lo, rows)
        if (density := self._density(lo, None)) is not None:
            self._learn_time(density.mean * (hi - lo), len(rows))
        self._distrusted = max(0, self._distrusted - 1)
        self._reads.append(Read(lo, hi, sorted(views for _, views in rows)))
        self.pass_by(lo, hi)

    def pass_by(self, lo: int, hi: int) -> None:
        """A window is done with."""
        for evidence in list(self._evidence):
            if lo <= evidence.lo < hi:
                evidence.lo = hi
            if evidence.lo >= evidence.hi:
                self._evidence.remove(evidence)

    def give_up(self, lo: int, hi: int, rows: Rows, judged: Estimate) -> None:
        """A walk over a window was left after these rows, and it was judged to hold so many clips."""
        if not self._reads:
            self._guess = judged.count / (hi - lo)
        last = None if self._distrusted else rows[-1][1]
        slots = sorted(slot for slot, views in rows if last is None or views > last)
        if not slots:
            return
        for older in self._evidence:
            if older.lo <= lo and hi <= older.hi:
                inside = older.slots[bisect_left(older.slots, lo) : bisect_left(older.slots, hi)]
                if len(inside) > len(slots):
                    slots, last = inside, older.views
        share = Share(min(1.0, len(slots) / max(judged.count, 1.0)), max(judged.error, 0.05) ** 2)
        self._evidence.append(Evidence(lo, lo, hi, last, slots, share))

    def distrust_views(self) -> None:
        """A listing was not in the order of views: they tell nothing for the next windows."""
        self._distrusted = _DISTRUST
        self._evidence.clear()

    # What is to be expected

    def profile(self, lo: int, hi: int, width: int | None = None) -> Profile:
        """What is expected of a stretch, for a window of about such a width at its start."""
        density = self._density(lo, width) or Share(max(self._guess, 1e-9), 2.0)
        return Profile(density.mean, min(1 / density.variance, _BEST), list(self._pieces(lo, hi, width)))

    def judge(self, lo: int, hi: int, rows: Rows, prior: Estimate | None) -> Estimate:
        """How many clips a window holds that was expected to hold so many, and begins with these rows."""
        if self._distrusted:
            return prior or Estimate(len(rows), 1.0)
        sample = Sample(self._nearest(lo), hi - lo)
        if sample.clips < _SAMPLE:
            told = length_by_tail(rows)
            return told if prior is None else told.joined(prior)
        return sample.length_of(rows, prior, math.sqrt(max(self.view_variance, 0.003)))

    # Inside

    def _nearest(self, slot: int) -> list[Read]:
        return sorted(self._reads, key=lambda read: max(read.lo - slot, slot - read.hi))

    def _density(self, slot: int, width: int | None) -> Share | None:
        """Clips a slot, by the windows nearby, those of like width most."""
        clips = slots = squares = seen = 0.0
        for read in self._nearest(slot):
            count, likeness = len(read.views), read.likeness(width)
            weight = math.exp(-(seen + count / 2) / _MEMORY) * likeness
            clips += weight * count
            squares += weight * weight * count
            slots += weight * (read.hi - read.lo)
            seen += count * likeness
            if seen > 3 * _MEMORY:
                break
        if not slots:
            return None
        return Share((clips + 0.5) / slots, self.time_variance + (squares + 0.5) / (clips + 0.5) ** 2)

    def _share(self, slot: int, views: int, width: int | None, inside: Evidence | None = None) -> Share | None:
        """The share of clips with more than so many views, by the windows nearby, or those of the evidence."""
        nearest = self._nearest(slot)
        if inside is not None:
            nearest = [read for read in nearest if read.lo >= inside.start and read.hi <= inside.hi]
        sample = Sample(nearest, width)
        if not sample.clips:
            return None
        share = sample.share_above(views)
        return Share(share.mean, share.variance + self.view_variance)

    def _pieces(self, lo: int, hi: int, width: int | None) -> Iterator[Piece]:
        marks = sorted({lo, hi, *(mark for one in self._evidence for mark in (one.lo, one.hi) if lo < mark < hi)})
        shares: dict[int, Share] = {}
        for start, end in pairwise(marks):
            latest = next((one for one in reversed(self._evidence) if one.lo <= start and one.hi >= end), None)
            if latest is None:
                yield Piece(start, end, end)
                continue
            if id(latest) not in shares:
                shares[id(latest)] = self._share_of(latest, lo, width)
            yield Piece(start, end, latest.hi, latest.slots, shares[id(latest)])

    def _share_of(self, evidence: Evidence, slot: int, width: int | None) -> Share:
        """What share the clips known are: as was judged then, and by what was read of it since."""
        judged = evidence.share
        if evidence.views is None or (since := self._share(slot, evidence.views, width, evidence)) is None:
            return judged
        old, new = 1 / judged.variance, 1 / since.variance
        mean = math.exp((old * math.log(judged.mean) + new * math.log(since.mean)) / (old + new))
        return Share(mean, 1 / (old + new))

    def _learn_time(self, expected: float, count: int) -> None:
        error = math.log((count + 1) / (expected + 1))
        square = min(max(error * error - 1 / (count + 1), 0.0), 3.0)
        self.time_variance = max(self.time_variance + _LEARN_TIME * (square - self.time_variance), 0.002)

    def _learn_views(self, lo: int, rows: Rows) -> None:
        """See how far off the length would have been by the views of its first pages alone."""
        for page in (100, 200, 300):
            if len(rows) <= page + 50:
                return
            last = rows[page - 1][1]
            marked, told = sum(views > last for _, views in rows), self._share(lo, last, None)
            if told is None or marked < _FEWEST:
                continue
            error = math.log(marked / told.mean / len(rows))
            noise = (1 - told.mean) / marked + told.variance - self.view_variance
            square = min(max(error * error - noise, 0.0), 2.0)
            self.view_variance = max(self.view_variance + _LEARN_VIEWS * (square - self.view_variance), 0.001)
