"""How many clips there may be: a count whose logarithm is known with an error."""

import math

import attrs

_ROOT_2 = math.sqrt(2)
_SURE = 1e-3  # no error is less
_ROUGH = 0.3  # what an error is at least once the count turned out higher than expected
_AT_LEAST = 0.15  # the error of a count that is only known to be higher


def _beyond(z: float) -> float:
    """The share of a normal distribution that lies more than `z` standard deviations above its mean."""
    return 0.5 * math.erfc(z / _ROOT_2)


@attrs.frozen
class Estimate:
    """A lognormal guess at a number of clips.

    Attributes:
        count: Its median.
        error: The standard deviation of its logarithm.
    """

    count: float
    error: float

    def _deviations(self, count: float) -> float:
        return math.log(count / max(self.count, 1e-9)) / max(self.error, _SURE)

    def odds_from(self, limit: float, known: float = 0.0) -> float:
        """The probability that there are `limit` clips or more, given that there are at least `known`."""
        odds = _beyond(self._deviations(limit))
        if known:
            odds /= max(_beyond(self._deviations(known)), 1e-9, odds)
        return odds

    def cost(self, limit: float, waste: float) -> float:
        """Pages beyond the bound per clip read, where a listing of `limit` clips fails and wastes `waste` pages."""
        error = max(self.error, _SURE)
        z = self._deviations(limit)
        fails = _beyond(z)
        read = self.count * math.exp(error * error / 2) * (1 - _beyond(z - error))
        return (0.5 * (1 - fails) + waste * fails) / max(read, 1e-9)

    def at_least(self, known: float) -> "Estimate":
        """The estimate given that there are at least `known`: mean and error of the distribution above that."""
        rough = Estimate(self.count, max(self.error, _ROUGH))
        z = rough._deviations(known)
        if z < -2:  # noqa: PLR2004  (as good as known before)
            return self
        hazard = math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / max(_beyond(z), 1e-12) if z < 6 else z + 1 / z  # noqa: PLR2004
        mean = math.log(max(self.count, 1e-9)) + rough.error * hazard
        left = rough.error * math.sqrt(max(1 - hazard * (hazard - z), 0.0))
        return Estimate(math.exp(mean), max(left, _AT_LEAST))

    def joined(self, other: "Estimate") -> "Estimate":
        """Both taken together, by how well each is known."""
        mine, theirs = max(self.error, _SURE) ** -2, max(other.error, _SURE) ** -2
        mean = (mine * math.log(max(self.count, 0.3)) + theirs * math.log(max(other.count, 0.3))) / (mine + theirs)
        return Estimate(math.exp(mean), (mine + theirs) ** -0.5)
