"""Which window to read next, and when to give one up. Pure; times are 10-minute slots."""

from collections.abc import Iterable

import attrs

from .estimate import Estimate, Estimator, Profile, Rows

LIMIT = 900
TARGETS = ((0.05, 770), (0.10, 675), (0.20, 540), (0.30, 445), (0.50, 340), (0.60, 313), (0.9, 250))
FIRST = 150
WORTH = 8000
GIVE_UP = 1.6
GIVE_B = 0.5
PROBE_AT = 0.5
PROBE_SIZE = 3000
PROBES = 1
MARKS = 3


def target(error: float) -> float:
    """How many clips to aim at, by how well their number is known."""
    (e0, t0), *rest = TARGETS
    if error <= e0:
        return t0
    for e1, t1 in rest:
        if error <= e1:
            return t0 + (t1 - t0) * (error - e0) / (e1 - e0)
        e0, t0 = e1, t1
    return t0


@attrs.define(eq=False)
class Span:
    """What one walker has left."""

    lo: int
    hi: int
    busy: bool = False
    end: int = 0  # of the window under way
    probed: int = 0
    failed: int | None = None  # the end of the narrowest window from `lo` on that was given up


class Sweep:
    """The spans that are left, and what is known."""

    def __init__(self, spans: Iterable[tuple[int, int]], widest: int | None = None) -> None:
        self.spans = [Span(lo, hi) for lo, hi in spans if lo < hi]
        self.widest = widest
        self.estimator = Estimator()
        self._completed = 0
        self._probed = False

    def take(self) -> Span | None:
        """A span for an idle walker."""
        free = [span for span in self.spans if not span.busy]
        if free and (self._completed or not any(s.busy for s in self.spans)):
            span = free[0] if self._completed else max(free, key=lambda one: one.hi - one.lo)
            span.busy = True
            return span
        if not self._completed:
            return None
        best, most = None, WORTH * 1.0
        for span in self.spans:
            lo = max(span.lo, span.end)
            count = self.estimator.profile(lo, span.hi).upto(span.hi).count if lo < span.hi else 0
            if count >= most:
                best, most = span, count
        if best is None:
            return None
        lo = max(best.lo, best.end)
        middle = self._reach(lo, best.hi, most / 2)
        if not lo < middle < best.hi:
            return None
        half = Span(middle, best.hi, busy=True)
        best.hi = middle
        self.spans.append(half)
        return half

    @property
    def is_done(self) -> bool:
        """Whether every span has been read."""
        return not self.spans

    def add(self, lo: int, hi: int) -> None:
        """Another span to read."""
        if lo < hi:
            self.spans.append(Span(lo, hi))

    def release(self, span: Span) -> None:
        """A walker stops: what is left of its span is free again."""
        span.busy, span.end = False, 0

    def expected_left(self) -> float:
        """How many clips are not read yet, by what is known; 0 while nothing is."""
        if not self._completed:
            return 0.0
        return sum(self.estimator.profile(s.lo, s.hi).upto(s.hi).count for s in self.spans)

    def _reach(self, lo: int, hi: int, count: float, profile: Profile | None = None) -> int:
        profile = profile or self.estimator.profile(lo, hi)
        low, high = lo + 1, hi
        while low < high:
            middle = (low + high) // 2
            if profile.upto(middle).count < count:
                low = middle + 1
            else:
                high = middle
        return low

    def window(self, span: Span) -> "Attempt":
        """The next window of a span."""
        lo, hi = span.lo, span.hi
        if not self._completed and not self._probed:
            self._probed = True
            end = hi if self.widest is None else min(hi, lo + self.widest)
            span.end = end
            return Attempt(self, span, lo, end, None, None, probe=True)
        profile = self.estimator.profile(lo, hi)
        at_most = hi
        if self.widest is not None:
            at_most = min(at_most, lo + self.widest)
        if span.failed is not None:
            at_most = min(at_most, lo + max(1, (span.failed - lo) * 4 // 5))
        goal = target
        whole = profile.upto(at_most)
        if whole.count <= goal(whole.error) * 1.1:
            end = at_most
        else:
            low, high = lo + 1, at_most
            while low < high:
                middle = (low + high) // 2
                estimate = profile.upto(middle)
                if estimate.count < goal(estimate.error):
                    low = middle + 1
                else:
                    high = middle
            end = low
        estimate = profile.upto(end)
        if PROBE_AT and estimate.error > PROBE_AT and end < at_most and span.probed < PROBES and profile.marks(end) < MARKS:
            wide = self._reach(lo, at_most, PROBE_SIZE, profile)
            if wide > end:
                span.probed += 1
                span.end = wide
                return Attempt(self, span, lo, wide, profile.upto(wide), self.estimator.by_density(lo, wide), probe=True)
        span.end = end
        return Attempt(self, span, lo, end, estimate, self.estimator.by_density(lo, end))


def _sorted(rows: Rows) -> bool:
    """Whether views fall, but for a few that moved."""
    return sum(a[1] < b[1] for a, b in zip(rows, rows[1:], strict=False)) <= 1 + len(rows) // 10


class Attempt:
    """One walk over a window."""

    def __init__(self, sweep: Sweep, span: Span, lo: int, hi: int, prior: Estimate | None, density: Estimate | None, *, probe: bool = False) -> None:
        self.sweep = sweep
        self.span = span
        self.lo = lo
        self.hi = hi
        self.prior = prior
        self.density = density
        self.probe = probe
        self.judged: Estimate | None = None

    def goes_on(self, rows: Rows, pages: int) -> bool:
        """Whether to read on after a page that leads on."""
        est = self.sweep.estimator
        judged = est.after(self.prior, rows, self.lo)
        if not _sorted(rows[-100:]):
            est.distrust_views()
        self.judged = judged.at_least(max(len(rows), 1) * (1.02))
        if self.hi - self.lo == 1:
            return True
        if len(rows) >= LIMIT:
            return False
        return judged.odds_from(LIMIT, len(rows)) <= GIVE_UP * (pages + GIVE_B) / 10

    def complete(self, rows: Rows) -> None:
        sweep, span = self.sweep, self.span
        if len(rows) < LIMIT or self.hi - self.lo > 1:
            sweep.estimator.calibrate(self.prior, len(rows))
        sweep.estimator.learn(self.lo, self.hi, rows, self.density)
        sweep._completed += 1
        span.lo, span.failed, span.probed = self.hi, None, 0
        if span.lo >= span.hi:
            sweep.spans.remove(span)

    def fail(self, rows: Rows) -> None:
        """The walk failed for good: the next window from here is at most half as wide."""
        del rows
        self.span.failed = self.lo + max(1, (self.hi - self.lo) // 2 * 5 // 4)

    def give_up(self, rows: Rows) -> None:
        """The walk was given up, or came to the cap: the next window is narrower."""
        if self.judged is None:
            self.goes_on(rows, 1)
        assert self.judged is not None  # noqa: S101
        self.sweep.estimator.calibrate(self.prior, self.judged.count)
        self.sweep.estimator.give_up(self.lo, self.hi, rows, self.judged)
        if not self.probe:
            self.span.failed = self.hi
