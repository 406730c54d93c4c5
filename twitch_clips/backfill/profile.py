"""How many clips a stretch may hold, up to any slot of it."""

import math
from bisect import bisect_left
from collections.abc import Sequence

import attrs

from .estimate import Estimate
from .views import Share

_EVEN = 0.05  # of the marked clips are laid evenly over the stretch: where none is, there are some yet
_HOT = 0.3  # variance of the logarithm: a crowd of marked clips is more often a crowd of views than of clips
_FREEDOM = 12.0  # of Student's t: density is not to hold out against what was seen
_BLIND = 2.0  # how many clips density counts for at most, where wide stretches have no marked clip


@attrs.frozen(eq=False)
class Piece:
    """A part of a stretch, and the clips known there from a walk that was given up.

    Attributes:
        lo: Where it starts.
        hi: Where it ends.
        end: Where what that walk saw ends.
        slots: The slots of the clips it saw with more views than so many, ascending; empty if there was no such walk.
        share: What share of all clips these are; `None` if there was no such walk.
    """

    lo: int
    hi: int
    end: int
    slots: Sequence[int] = ()
    share: Share | None = None

    def marked(self, hi: int) -> int:
        """How many clips are known up to a slot."""
        return bisect_left(self.slots, hi) - bisect_left(self.slots, self.lo)

    def expected(self, hi: int, density: float, weight: float) -> tuple[float, float]:
        """How many clips there are up to a slot, and the variance.

        Args:
            hi: The slot.
            density: Clips a slot, by the windows nearby.
            weight: How many clips that is as good as.
        """
        mean = max(density * (hi - self.lo), 1e-9)
        if self.share is None:
            return mean, mean * mean / weight
        total = self.marked(self.end)
        if not total:
            weight = min(weight, _BLIND)
            mean = weight / (weight / mean + self.share.mean)
            return mean, mean * mean / weight
        even = total * (hi - self.lo) / (self.end - self.lo)
        marked = (1 - _EVEN) * self.marked(hi) + _EVEN * even
        worth = marked / (1 + marked * (self.share.variance + _HOT * (1 - marked / total)))
        told = marked / self.share.mean
        z2 = math.log(told / mean) ** 2 / (1 / weight + 1 / worth)
        weight /= 1 + z2 / _FREEDOM
        mean = math.exp((weight * math.log(mean) + worth * math.log(told)) / (weight + worth))
        return mean, mean * mean / (weight + worth)


@attrs.frozen(eq=False)
class Profile:
    """What is expected from a slot on.

    Attributes:
        density: Clips a slot, by the windows nearby.
        weight: How many clips that is as good as.
        pieces: What is known beside it, in order.
    """

    density: float
    weight: float
    pieces: Sequence[Piece]

    def marked(self, hi: int) -> int:
        """How many clips are known up to a slot."""
        return sum(piece.marked(min(hi, piece.hi)) for piece in self.pieces if piece.lo < hi)

    def upto(self, hi: int) -> Estimate:
        """How many clips are expected up to a slot."""
        count = variance = 0.0
        for piece in self.pieces:
            if piece.lo >= hi:
                break
            mean, square = piece.expected(min(hi, piece.hi), self.density, self.weight)
            count += mean
            variance += square
        count = max(count, 1e-6)
        return Estimate(count, math.sqrt(variance / count**2 + 1 / (count + 1)))

    def reach(self, lo: int, hi: int, count: float) -> int:
        """The first slot after `lo` up to which so many clips are expected; `hi` if none is."""
        low, high = lo + 1, hi
        while low < high:
            middle = (low + high) // 2
            if self.upto(middle).count < count:
                low = middle + 1
            else:
                high = middle
        return low
