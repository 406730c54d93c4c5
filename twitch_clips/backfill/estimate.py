"""How many clips lie where, guessed from what was read."""

import math
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence

import attrs

Rows = Sequence[tuple[int, int]]
"""Clips as Helix listed them: the slot and the views of each."""

NEAR = 2500  # clips whose views tell of others'
READS = 128
EVIDENCE = 64
MEMORY = 1000.0
FADE_V = 0.85
LEARN_T = 0.15
LEARN_V = 0.08
LEARN_S = 0.12
NU = 12.0
GRID = 6
STEP = 0.5
SHAPE = 0.01
PRIOR_NU = 8.0
FLAT = 0.05
HOT = 0.3
SLOPE = 0.0
SLOPE_W = 0.0
LEAST_E = 0.3
CAPPED_E = 0.15
SURPRISE = (0.4, 4.0)
Z2 = 9.0
ALPHA_MAX = 400.0
TAIL = 1.15
BEND = 0.44
SCALE = 8.0
_ROOT_2 = math.sqrt(2)


@attrs.frozen
class Estimate:
    count: float
    error: float

    def odds_from(self, limit: float, known: float = 0.0) -> float:
        """The probability that there are so many or more, where so many are known."""
        if self.count <= 0:
            return 0.0
        odds = self._beyond(limit)
        if known:
            odds /= max(self._beyond(known), 1e-9, odds)
        return odds

    def _beyond(self, n: float) -> float:
        return 0.5 * math.erfc(math.log(n / self.count) / (max(self.error, 1e-3) * _ROOT_2))

    def at_least(self, known: float) -> "Estimate":
        """Given that there are so many."""
        e = max(self.error, LEAST_E)
        z = math.log(known / max(self.count, 1e-9)) / e
        if z < -2:
            return self
        tail = max(0.5 * math.erfc(z / _ROOT_2), 1e-12)
        hazard = math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / tail
        if z > 6:
            hazard = z + 1 / z
        mean = math.log(max(self.count, 1e-9)) + e * hazard
        variance = max(e * e * (1 - hazard * (hazard - z)), CAPPED_E**2)
        return Estimate(math.exp(mean), math.sqrt(variance))


@attrs.define(eq=False)
class _Read:
    lo: int
    hi: int
    views: list[int]  # ascending


@attrs.frozen
class _Share:
    mean: float
    variance: float


@attrs.define(eq=False)
class _Evidence:
    start: int
    lo: int
    hi: int
    views: int
    slots: list[int]  # ascending
    share: float
    variance: float
    told: _Share | None = None  # views only
    marked: int = 0
    found: float = 0.0


def merged(a: _Share, b: _Share | None) -> _Share:
    if b is None:
        return a
    wa, wb = 1 / a.variance, 1 / b.variance
    return _Share(math.exp((wa * math.log(a.mean) + wb * math.log(b.mean)) / (wa + wb)), 1 / (wa + wb))


class Estimator:
    def __init__(self) -> None:
        self._reads: deque[_Read] = deque(maxlen=READS)
        self._evidence: deque[_Evidence] = deque(maxlen=EVIDENCE)
        self.time_variance = 0.6
        self.view_variance = 0.05
        self._distrusted = 0
        self._guess = 0.0
        self.surprise = 1.0

    # -- what was seen
    def learn(self, lo: int, hi: int, rows: Rows, before: Estimate | None) -> None:
        count = len(rows)
        if count and self._reads and not self._distrusted:
            self._learn_views(lo, rows)
        self._learn_time(count, before)
        self._distrusted = max(0, self._distrusted - 1)
        self._reads.append(_Read(lo, hi, sorted(views for _, views in rows)))
        for evidence in list(self._evidence):
            if lo < evidence.hi and hi > evidence.start:
                evidence.found += count if hi <= evidence.hi else sum(slot < evidence.hi for slot, _ in rows)
            if lo <= evidence.lo < hi:
                evidence.lo = hi
                if evidence.lo >= evidence.hi:
                    self._evidence.remove(evidence)
                    self._learn_given_up(evidence)

    def calibrate(self, prior: Estimate | None, count: float, noise: float = 0.0) -> None:
        if prior is not None:
            error = math.log((count + 1) / (prior.count + 1))
            plain = prior.error**2 / self.surprise
            self.surprise += LEARN_S * (min(error * error / (plain + noise), Z2) - self.surprise)
            self.surprise = min(max(self.surprise, SURPRISE[0]), SURPRISE[1])

    def give_up(self, lo: int, hi: int, rows: Rows, judged: Estimate) -> None:
        if not self._reads:
            self._guess = judged.count / (hi - lo)
        if not rows or self._distrusted:
            return
        last = rows[-1][1]
        slots = sorted(slot for slot, views in rows if views > last)
        if not slots:
            return
        told, marked = self._share(last, lo), len(slots)
        for older in self._evidence:
            if older.lo <= lo and hi <= older.hi:
                inside = older.slots[bisect_left(older.slots, lo) : bisect_left(older.slots, hi)]
                if len(inside) > len(slots):
                    slots, last = inside, older.views
        share = min(1.0, len(slots) / max(judged.count, 1.0))
        variance = max(judged.error, 0.05) ** 2
        self._evidence.append(_Evidence(lo, lo, hi, last, slots, share, variance, told, marked))

    def distrust_views(self) -> None:
        self._distrusted = 8
        self._evidence.clear()

    # -- what is to be expected
    def by_density(self, lo: int, hi: int) -> Estimate | None:
        density = self._density(lo)
        return None if density is None else Estimate(max(density.mean * (hi - lo), 0.3), math.sqrt(density.variance))

    def profile(self, lo: int, hi: int) -> "Profile":
        density = self._density(lo)
        if density is None:
            density = _Share(max(self._guess, 1e-9), 2.0)
        return Profile(density.mean, min(1 / density.variance, ALPHA_MAX), list(self._pieces(lo, hi)), math.sqrt(self.surprise))

    def after(self, prior: Estimate | None, rows: Rows, lo: int) -> Estimate:
        """What a window may hold after some pages of it."""
        if self._distrusted:
            return prior or Estimate(len(rows), 1.0)
        reference = self._reference(lo)
        if reference is None or sum(n for _, _, n in reference) < 100:
            share = self._tail(rows)
            told = Estimate(len(rows) / share.mean, math.sqrt(share.variance + 1 / len(rows)))
            if prior is None:
                return told
            wa, wb = prior.error**-2, told.error**-2
            return Estimate(math.exp((wa * math.log(max(prior.count, 0.3)) + wb * math.log(told.count)) / (wa + wb)), (wa + wb) ** -0.5)
        return self._fit(prior, rows, reference)

    def _reference(self, slot: int) -> list[tuple[float, list[int], int]] | None:
        found, weight, seen = [], 1.0, 0
        for read in self._nearest(slot):
            if not read.views:
                continue
            found.append((weight, read.views, len(read.views)))
            weight *= FADE_V
            seen += len(read.views)
            if seen >= NEAR:
                break
        return found or None

    def _fit(self, prior: Estimate | None, rows: Rows, reference: list[tuple[float, list[int], int]]) -> Estimate:
        total = sum(weight * n for weight, _, n in reference)
        effective = total**2 / sum(weight * weight * n for weight, _, n in reference)
        k = len(rows)
        views = [v for _, v in rows]
        points: list[tuple[int, float]] = []  # so many rows have more than such views
        for rank in (k // 8, k // 4, k // 2, k * 3 // 4, k):
            v = views[rank - 1]
            above = bisect_left(views, -v, key=lambda one: -one)
            if above >= 5 and (not points or above > points[-1][0]):
                points.append((above, v + 0.5))
        if not points:
            return prior or Estimate(k * 1.5, 1.0)
        sigma = max(self.view_variance, 0.003)
        weights = counts = squares = 0.0
        candidates = []
        for step in range(-GRID, GRID + 1):
            c = math.exp(step * STEP * math.sqrt(sigma))
            last = None
            score = -0.5 * (step * STEP) ** 2
            share = 0.0
            for above, threshold in points:
                x = threshold / c
                share = (sum(weight * (n - bisect_right(one, x)) for weight, one, n in reference) + 0.3) / (total + 0.6)
                if last is not None:
                    difference = math.log(above / last[0]) - math.log(share / last[1])
                    variance = (1 / last[0] - 1 / above) * 1.2 + (1 / last[1] - 1 / share) / effective + SHAPE
                    score -= 0.5 * difference * difference / variance
                last = above, share
            count = points[-1][0] / share
            log_n = math.log(max(count, k))
            noise = 1 / points[-1][0] + 1 / (share * effective)
            if prior is not None:
                e2 = max(prior.error, 0.02) ** 2 + noise
                z2 = (log_n - math.log(max(prior.count, 0.3))) ** 2 / e2
                score -= 0.5 * (PRIOR_NU + 1) * math.log1p(z2 / PRIOR_NU)
                p2 = max(prior.error, 0.02) ** 2 * (1 + z2 / PRIOR_NU)
                log_n = (log_n / noise + math.log(max(prior.count, 0.3)) / p2) / (1 / noise + 1 / p2)
                noise = 1 / (1 / noise + 1 / p2)
            candidates.append((score, log_n, noise))
        best = max(score for score, _, _ in candidates)
        for score, log_n, noise in candidates:
            w = math.exp(score - best)
            weights += w
            counts += w * log_n
            squares += w * (log_n * log_n + noise)
        mean = counts / weights
        return Estimate(math.exp(mean), math.sqrt(max(squares / weights - mean * mean, 0.0004)))

    def _tail(self, rows: Rows) -> _Share:
        """The share of such clips when nothing else is known: how the views of the first ones fall."""
        last = max(rows[-1][1], 1)
        excess = sum(math.log(max(views, 1) / last) for _, views in rows) / len(rows)
        bent = BEND / max(math.exp(max(excess - 1 / TAIL, 0.0)) - 1, 0.02)
        free = math.log(1 + bent) * -TAIL
        scaled = math.log(1 + last / SCALE) * -TAIL
        wf, ws = 1 / (0.3 + min(bent, 30) / 10), 1 / 1.0
        return _Share(math.exp((wf * free + ws * scaled) / (wf + ws)), 1 / (wf + ws))

    # -- inside
    def _nearest(self, slot: int) -> list[_Read]:
        return sorted(self._reads, key=lambda read: max(read.lo - slot, slot - read.hi))

    def _density(self, slot: int) -> _Share | None:
        clips = width = squares = total = 0.0
        for read in self._nearest(slot):
            weight = math.exp(-(total + len(read.views) / 2) / MEMORY)
            clips += weight * len(read.views)
            squares += weight * weight * len(read.views)
            width += weight * (read.hi - read.lo)
            total += len(read.views)
            if weight < 0.05:
                break
        if not width:
            return None
        return _Share((clips + 0.5) / width, self.time_variance + (squares + 0.5) / (clips + 0.5) ** 2)

    def _share(self, views: int, slot: int, start: int | None = None, end: int | None = None) -> _Share | None:
        above = clips = squares = 0.0
        weight, seen = 1.0, 0
        for read in self._nearest(slot):
            if not read.views or (start is not None and (read.lo < start or read.hi > end)):
                continue
            n = len(read.views)
            k = n - bisect_right(read.views, views)
            above += weight * k
            clips += weight * n
            squares += weight * weight * k
            weight *= FADE_V
            seen += n
            if seen >= NEAR:
                break
        if not clips:
            return None
        mean = (above + 0.3) / (clips + 0.6)
        return _Share(mean, self.view_variance + (squares + 0.3) / (above + 0.3) ** 2)

    def _pieces(self, lo: int, hi: int) -> Iterator["_Piece"]:
        relevant = [one for one in self._evidence if one.lo < hi and one.hi > lo]
        marks = sorted({lo, hi, *(m for one in relevant for m in (one.lo, one.hi) if lo < m < hi)})
        shares = {}
        for start, end in zip(marks, marks[1:], strict=False):
            there = [one for one in relevant if one.lo <= start and one.hi >= end]
            best = there[-1] if there else None
            share = None
            if best is not None:
                share = shares.get(id(best))
                if share is None:
                    share = merged(_Share(best.share, best.variance), self._share(best.views, lo, best.start, best.hi))
                    share = shares[id(best)] = _Share(min(share.mean, 1.0), share.variance)
            yield _Piece(start, end, best.hi if best else end, best.slots if best else None, share)

    def _learn_time(self, count: float, before: Estimate | None) -> None:
        if before is not None:
            error = math.log((count + 1) / (before.count + 1))
            noise = 1 / (count + 1)
            self.time_variance += LEARN_T * (min(max(error * error - noise, 0), 3.0) - self.time_variance)
            self.time_variance = max(self.time_variance, 0.002)

    def _learn_given_up(self, evidence: _Evidence) -> None:
        if evidence.told is None or evidence.found > 5000 or evidence.marked < 20:
            return
        error = math.log(evidence.marked / evidence.told.mean / max(evidence.found, evidence.marked))
        noise = 1 / evidence.marked + evidence.told.variance - self.view_variance
        self.view_variance += LEARN_V * 2 * (min(max(error * error - noise, 0.0), 2.0) - self.view_variance)

    def _learn_views(self, lo: int, rows: Rows) -> None:
        for k in (100, 200, 300):
            if len(rows) <= k + 50:
                break
            last = rows[k - 1][1]
            marked = sum(views > last for _, views in rows)
            share = self._share(last, lo)
            if share is None or marked < 20:
                continue
            error = math.log(marked / share.mean / len(rows))
            noise = (1 - min(1, share.mean)) / marked + share.variance - self.view_variance
            self.view_variance += LEARN_V * (min(max(error * error - noise, 0.0), 2.0) - self.view_variance)
            self.view_variance = max(self.view_variance, 0.001)


@attrs.define
class _Piece:
    lo: int
    hi: int
    end: int  # of the evidence
    slots: list[int] | None
    share: _Share | None

    def estimate(self, hi: int, density: float, alpha: float) -> tuple[float, float]:
        mean = max(density * (hi - self.lo), 1e-9)
        if self.slots is None or self.share is None:
            return mean, mean * mean / alpha
        total = len(self.slots) - bisect_left(self.slots, self.lo)
        marked = bisect_left(self.slots, hi) - bisect_left(self.slots, self.lo)
        if not total:
            alpha = min(alpha, 2.0)
            mean = alpha / (alpha / mean + self.share.mean)
            return mean, mean * mean / alpha
        flat = total * (hi - self.lo) / (self.end - self.lo)
        smoothed = (1 - FLAT) * marked + FLAT * flat
        effective = smoothed / (1 + smoothed * (self.share.variance + HOT * (1 - smoothed / total)))
        told = smoothed / self.share.mean
        if SLOPE:
            even = flat / self.share.mean
            told = (told * even**SLOPE) ** (1 / (1 + SLOPE))
        distance = math.log(told / mean)
        z2 = distance * distance / (1 / alpha + 1 / effective)
        alpha /= 1 + z2 / NU
        mean = math.exp((alpha * math.log(mean) + effective * math.log(told)) / (alpha + effective))
        return mean, mean * mean / (alpha + effective)


@attrs.define
class Profile:
    density: float
    alpha: float
    pieces: list[_Piece]
    surprise: float = 1.0

    def marks(self, hi: int) -> int:
        return sum(
            bisect_left(piece.slots, min(hi, piece.hi)) - bisect_left(piece.slots, piece.lo)
            for piece in self.pieces
            if piece.slots is not None and piece.lo < hi
        )

    def upto(self, hi: int) -> Estimate:
        count = variance = 0.0
        for piece in self.pieces:
            if piece.lo >= hi:
                break
            mean, square = piece.estimate(min(hi, piece.hi), self.density, self.alpha)
            count += mean
            variance += square
        count = max(count, 1e-6)
        return Estimate(count, self.surprise * math.sqrt(variance / count**2 + 1 / (count + 1)))
