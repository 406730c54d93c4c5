"""What the first pages of a listing tell of its length, by their views."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

import attrs

from .estimate import Estimate

Rows = Sequence[tuple[int, int]]
"""Clips as Helix listed them: the slot and the views of each."""

_NEAR = 2_500  # clips whose views tell of others'
_FADE = 0.85  # the weight of a window to that of the next nearer one
_ALIKE = 2.0  # how much wider or narrower a window may be to weigh half, as a logarithm
_FEWEST = 5  # rows with more views that say something
_SHIFTS = [step / 2 for step in range(-6, 7)]  # of the scale of views, in standard deviations
_SHAPE = 0.008  # variance of the logarithm of a share, between one window and another
_FREEDOM = 8.0  # of Student's t, which lets an expectation be far off
# The views of all clips at once fall like (1 + rank)**-(1 / _TAIL) at their top, and faster once half are seen.
_TAIL = 1.15
_BEND = 0.44
_TAIL_ERROR = 0.2


@attrs.frozen(eq=False)
class Read:
    """A window that was read to its end, its views ascending."""

    lo: int
    hi: int
    views: list[int]

    def likeness(self, width: int | None) -> float:
        """How much it tells of a window of such a width, 0 to 1: where more happens, clips have more views."""
        if width is None:
            return 1.0
        distance = math.log((self.hi - self.lo) / width) / _ALIKE
        return 1 / (1 + distance * distance)


@attrs.frozen
class Share:
    """The share of clips that have more views than so many, and the variance of its logarithm."""

    mean: float
    variance: float


class Sample:
    """Views of the nearest windows, those of like width most."""

    def __init__(self, nearest: Iterable[Read], width: int | None) -> None:
        """Take from windows in order of their distance as many as tell something."""
        self._parts: list[tuple[float, list[int]]] = []
        self.clips: int = 0
        squares, weight, seen = 0.0, 1.0, 0.0
        self._total = 0.0
        for read in nearest:
            if not read.views:
                continue
            count, likeness = len(read.views), read.likeness(width)
            self._parts.append((weight * likeness, read.views))
            self.clips += count
            self._total += weight * likeness * count
            squares += (weight * likeness) ** 2 * count
            weight *= 1 - (1 - _FADE) * likeness
            seen += count * likeness
            if seen >= _NEAR:
                break
        self._effective = self._total**2 / squares if squares else 0.0

    def share_above(self, views: float) -> Share:
        """The share of clips with more than so many views."""
        above = sum(weight * (len(part) - bisect_right(part, views)) for weight, part in self._parts)
        mean = (above + 0.3) / (self._total + 0.6)
        return Share(mean, 1 / (mean * max(self._effective, 1.0)))

    def length_of(self, rows: Rows, prior: Estimate | None, spread: float) -> Estimate:
        """How long a listing is that begins like this.

        The rows' views are held against the sample's at a row of scales: a scale counts by how well the shapes agree,
        by how usual it is (`spread` is the standard deviation of its logarithm), and by how well the length that
        follows from it agrees with what was expected.
        """
        levels = _levels(rows)
        if not levels:
            return prior or Estimate(len(rows) * 1.5, 1.0)
        weights: list[float] = []
        lengths: list[Estimate] = []
        for shift in _SHIFTS:
            score, length = self._at(math.exp(shift * spread), levels, len(rows))
            if prior is not None:
                less, length = _expected(length, prior)
                score -= less
            weights.append(score - 0.5 * shift * shift)
            lengths.append(length)
        best = max(weights)
        return _mean([math.exp(weight - best) for weight in weights], lengths)

    def _at(self, scale: float, levels: Sequence[tuple[int, int]], least: int) -> tuple[float, Estimate]:
        """How well the shapes agree at a scale of views, and the length that follows."""
        score = 0.0
        shares = [self.share_above((views + 0.5) / scale) for _, views in levels]
        for (few, _), (many, _), less, more in zip(levels, levels[1:], shares, shares[1:], strict=False):
            distance = math.log(many / few * less.mean / more.mean)
            noise = 1.2 * (1 / few - 1 / many) + less.variance - more.variance + _SHAPE
            score -= 0.5 * distance * distance / noise
        above, share = levels[-1][0], shares[-1]
        return score, Estimate(max(above / share.mean, least), math.sqrt(1 / above + share.variance))


def _levels(rows: Rows) -> list[tuple[int, int]]:
    """How many rows have more than so many views, at some ranks."""
    views = [views for _, views in rows]
    levels: list[tuple[int, int]] = []
    for part in (8, 4, 2, 4 / 3, 1):
        level = views[max(int(len(rows) / part), 1) - 1]
        above = bisect_left(views, -level, key=lambda one: -one)
        if above >= _FEWEST and (not levels or above > levels[-1][0]):
            levels.append((above, level))
    return levels


def _expected(length: Estimate, prior: Estimate) -> tuple[float, Estimate]:
    """How badly a length agrees with what was expected, and both together."""
    error = max(prior.error, 0.02)
    distance = math.log(length.count / max(prior.count, 0.3))
    z2 = distance * distance / (error * error + length.error**2)
    wider = Estimate(prior.count, error * math.sqrt(1 + z2 / _FREEDOM))
    return 0.5 * (_FREEDOM + 1) * math.log1p(z2 / _FREEDOM), length.joined(wider)


def _mean(weights: Sequence[float], lengths: Sequence[Estimate]) -> Estimate:
    total = sum(weights)
    logs = [math.log(length.count) for length in lengths]
    mean = sum(weight * log for weight, log in zip(weights, logs, strict=True)) / total
    squares = (
        weight * ((log - mean) ** 2 + length.error**2)
        for weight, log, length in zip(weights, logs, lengths, strict=True)
    )
    return Estimate(math.exp(mean), max(math.sqrt(sum(squares) / total), 0.02))


def length_by_tail(rows: Rows) -> Estimate:
    """How long a listing is that begins like this, when nothing was read before.

    Views have a heavy tail of much the same index everywhere. Among the first rows alone they exceed the last one's by
    its inverse, on average and as a logarithm; by more, once the rows reach down to the usual clips. No matter how many
    views those have.
    """
    last = rows[-1][1] + 0.5
    excess = sum(math.log((views + 0.5) / last) for _, views in rows) / len(rows)
    bent = _BEND / max(math.exp(max(excess - 1 / _TAIL, 0.0)) - 1, 0.02)
    variance = _TAIL_ERROR + bent / 10 + 1 / len(rows)
    return Estimate(len(rows) * (1 + bent) ** _TAIL, math.sqrt(variance))


def falls(rows: Rows) -> bool:
    """Whether views fall from row to row, but for a few that moved meanwhile."""
    rises = sum(later > earlier for (_, earlier), (_, later) in pairwise(rows))
    return rises <= 1 + len(rows) // 10
