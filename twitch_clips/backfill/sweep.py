"""Which window to read next, and when to give one up. Pure; times are slots of ten minutes.

A listing gives clips by falling views, 100 a page, and stops at about 1,000; a window is read once it ended by itself
below that. The bound is one request for each 100 clips, and what is above it is the price of guessing counts: half a
page a window for rounding up, and all pages of windows that turn out too large. So the aim is the lower the less is
known, and a walk is given up as soon as it looks too long; its clips then show where the others lie.

Measured on the catalogues of `benchmarks`, requests over the bound, of five seeds (least, median, most):

    up to 1,400 clips     1.09 1.21 1.57    grew a hundredfold    1.20 1.21 1.29
    small, 8 years        1.14 1.21 1.60    long absences         1.20 1.22 1.27
    large, bursty         1.20 1.20 1.25    views that drift      1.20 1.26 1.29
    viral days            1.30 1.31 1.37    views of 0 to 3       1.20 1.24 1.29
    steady                1.10 1.12 1.13    clusters              1.21 1.26 1.27
    a game, 600,000       1.09 1.09 1.10    with a full slot      1.10 1.10 1.11

And by what is in it, the mean over channels and a game, of other seeds, each next to all of it at that time: no look
ahead 1.238 for 1.226; every crowd of marked clips believed 1.267 for 1.226; no scale of views 1.232 for 1.210; windows
of any width alike 1.250 for 1.230; density never doubted 1.332 for 1.210.
"""

from collections.abc import Iterable
from itertools import pairwise

import attrs

from .estimate import Estimate
from .estimator import Estimator
from .profile import Profile
from .views import Rows, falls

LIMIT = 900
"""A listing of so many clips may have been cut off."""

_AIMS = ((0.05, 770), (0.10, 675), (0.20, 540), (0.30, 445), (0.50, 340), (0.60, 313), (0.9, 250))
_PAGE = 100
_WASTE = 3.0  # pages, for a window that turns out too large
_WORTH = 3_000  # clips left that another walker is for
_ROUGH = 0.5  # an error that makes a look ahead worth it,
_SURE = 0.6  # that the very first walk is too long, before it is given up: a small channel is to be one walk
_FEW = 3  # with fewer clips than so many known in the window
_AHEAD = 2_000  # clips to look ahead over


def _aim(error: float) -> float:
    """How many clips to aim at, by how well their number is known."""
    error = min(max(error, _AIMS[0][0]), _AIMS[-1][0])
    (e0, more), (e1, less) = next(pair for pair in pairwise(_AIMS) if error <= pair[1][0])
    return more + (less - more) * (error - e0) / (e1 - e0)


@attrs.define(eq=False)
class Span:
    """What one walker has left.

    Attributes:
        lo: The first slot not read yet.
        hi: Where it ends.
        busy: Whether a walker is at it.
        end: Where the window under way ends.
        at_most: Where the next window has to end, since a wider one was given up.
        looked: Whether a look ahead was taken from here.
    """

    lo: int
    hi: int
    busy: bool = False
    end: int = 0
    at_most: int | None = None
    looked: bool = False


class Sweep:
    """The spans that are left to read, and what is known.

    Attributes:
        widest: No window is wider than so many slots; `None` for no such limit. It may be changed at any time.
        estimator: What is known.
    """

    def __init__(self, spans: Iterable[tuple[int, int]], widest: int | None = None) -> None:
        """Have these spans to read, each from a slot up to another."""
        self.widest = widest
        self.estimator: Estimator = Estimator()
        self._spans: list[Span] = []
        self._has_read = False
        for lo, hi in spans:
            self.add(lo, hi)

    @property
    def is_done(self) -> bool:
        """Whether every span has been read."""
        return not self._spans

    def add(self, lo: int, hi: int) -> None:
        """Have another span to read."""
        if lo < hi:
            self._spans.append(Span(lo, hi))

    def take(self) -> Span | None:
        """A span for an idle walker: a free one, or half of one that has much left. `None` if there is none.

        The first window is read alone: it tells the others how wide theirs may be.
        """
        free = [span for span in self._spans if not span.busy]
        if not self._has_read:
            if not free or len(free) < len(self._spans):
                return None
            free.sort(key=lambda span: span.lo - span.hi)
        span = free[0] if free else self._half()
        if span is not None:
            span.busy = True
        return span

    def release(self, span: Span) -> None:
        """A walker stops: what is left of its span is free again."""
        span.busy, span.end = False, 0

    def expected_left(self) -> float:
        """How many clips are probably not read yet; 0 while nothing is known."""
        if not self.estimator.knows:
            return 0.0
        return sum(self.estimator.profile(span.lo, span.hi).upto(span.hi).count for span in self._spans)

    def window(self, span: Span) -> "Attempt":
        """The next window of a span to walk over."""
        lo, at_most = span.lo, span.hi
        if self.widest is not None:
            at_most = min(at_most, lo + max(1, self.widest))
        if span.at_most is not None:
            at_most = min(at_most, span.at_most)
        if not self.estimator.knows:
            span.end = at_most
            return Attempt(self, span, lo, at_most, None)
        end = self._end(self.estimator.profile(lo, span.hi), lo, at_most)
        profile = self.estimator.profile(lo, span.hi, end - lo)
        end = self._end(profile, lo, at_most)
        if not span.looked and profile.upto(end).error > _ROUGH and profile.marked(end) < _FEW:
            ahead = profile.reach(lo, at_most, _AHEAD)
            span.looked = ahead > end
            end = max(end, ahead)
        span.end = end
        return Attempt(self, span, lo, end, profile.upto(end))

    def passed(self, span: Span) -> None:
        """The window under way is done with."""
        self._has_read = True
        span.lo, span.at_most, span.looked = span.end, None, False
        if span.lo >= span.hi:
            self._spans.remove(span)

    def _end(self, profile: Profile, lo: int, at_most: int) -> int:
        """Where the cheapest window ends."""
        whole = profile.upto(at_most)
        if whole.count <= _aim(whole.error) * 1.1:
            return at_most
        low, high = lo + 1, at_most
        while low < high:
            middle = (low + high) // 2
            estimate = profile.upto(middle)
            if estimate.count < _aim(estimate.error):
                low = middle + 1
            else:
                high = middle
        if low > lo + 1:
            more, less = profile.upto(low), profile.upto(low - 1)
            if less.count > more.count / 2 and less.cost(LIMIT, _WASTE) < more.cost(LIMIT, _WASTE):
                return low - 1
        return low

    def _half(self) -> Span | None:
        """The later half of the span that has most left."""
        best, most = None, float(_WORTH)
        for span in self._spans:
            lo = max(span.lo, span.end)
            if lo < span.hi and (count := self.estimator.profile(lo, span.hi).upto(span.hi).count) >= most:
                best, most = span, count
        if best is None:
            return None
        lo = max(best.lo, best.end)
        middle = self.estimator.profile(lo, best.hi).reach(lo, best.hi, most / 2)
        if middle >= best.hi:
            return None
        half = Span(middle, best.hi)
        best.hi = middle
        self._spans.append(half)
        return half


@attrs.define(eq=False)
class Attempt:
    """One walk over a window.

    Attributes:
        lo: Its first slot.
        hi: Where it ends.
        prior: How many clips it was expected to hold; `None` if nothing was known.
    """

    _sweep: Sweep
    _span: Span
    lo: int
    hi: int
    prior: Estimate | None

    def goes_on(self, rows: Rows, pages: int) -> bool:
        """Whether to read on, after so many pages with these rows so far, the last of which leads on.

        A page costs as much as its share of a window costs elsewhere: to read on is right while what is saved if the
        window ends below the cap (the pages read, and a fifth of those to come) outweighs the pages that are left if
        it does not.
        """
        if not falls(rows[-_PAGE:]):
            self._sweep.estimator.distrust_views()
        if self.hi - self.lo == 1:
            return True
        if len(rows) >= LIMIT:
            return False
        most = (pages + 1.5) / 10 if self.prior else _SURE
        return self._judged(rows).odds_from(LIMIT, len(rows)) <= most

    def complete(self, rows: Rows) -> None:
        """All there is to be had of the window has been read."""
        if len(rows) < LIMIT:
            self._sweep.estimator.learn(self.lo, self.hi, rows)
        else:
            self._sweep.estimator.pass_by(self.lo, self.hi)
        self._sweep.passed(self._span)

    def give_up(self, rows: Rows) -> None:
        """The walk was left, or came to the cap: the next window is narrower, and these rows tell how much."""
        if rows:
            judged = self._judged(rows).at_least(len(rows) * 1.02)
            self._sweep.estimator.give_up(self.lo, self.hi, rows, judged)
        self._span.at_most = self.lo + max(1, (self.hi - self.lo) * 4 // 5)

    def fail(self, rows: Rows) -> None:
        """The walk failed for good deep in the listing: the next window is at most half as wide."""
        self.give_up(rows)
        self._span.at_most = self.lo + max(1, (self.hi - self.lo) // 2)

    def _judged(self, rows: Rows) -> Estimate:
        return self._sweep.estimator.judge(self.lo, self.hi, rows, self.prior)
