"""What the probe's measurements mean: from facts to findings, and nothing is asked here.

What counts as assumed is what the client is built on: the figures stand in the reports that the sandbox's switches name
(`twitch_clips.testing.Manners`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from itertools import product
from typing import Literal

import attrs

from twitch_clips import Window

Ending = Literal["gone", "repeats", "cycles", "fails", "none"]
Reading = frozenset[str]
"""The ids that an answer listed."""

GRID = timedelta(minutes=10)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00Z")
_CAP = range(900, 1101)  # where the client takes an end for the cap's; 993 to 1,100 were seen
_FEW = 30  # clips; fewer say nothing of a share
_FEW_AT_ONCE = 5  # clips of twenty minutes
_NOISE = 0.05  # the share of a listing's clips that may differ for another reason
_RATE_NOISE = 0.15  # of what is looked at through a network
_OVERLAP = timedelta(minutes=30)  # how late a clip may come for a watch to see it; a backfill waits an hour
_MINUTE = 60
# `Reset` and `Date` are whole seconds, rounded one way or the other.
_EARLY, _LATE = 1.5, 2.0


class Verdict(Enum):
    """What an answer means for the client."""

    AS_ASSUMED = "as assumed"
    NOT_AS_ASSUMED = "not as assumed"
    UNTOLD = "could not be told"
    SKIPPED = "skipped"


@attrs.frozen
class Meaning:
    """What came, in words; what it means; why, or what follows from it."""

    came: str
    verdict: Verdict
    why: str = ""


@attrs.frozen
class Slots:
    """Clips of two ten-minute slots, and what windows that begin and end inside of them listed."""

    created: Mapping[str, datetime]
    asked: Sequence[tuple[Window, Reading]]


@attrs.frozen
class Edges:
    """Whether a clip made exactly at a mark is listed by the window that ends there, and by the one that begins."""

    ends_there: bool
    begins_there: bool


@attrs.frozen
class Cap:
    """How a long listing ended."""

    clips: int
    requests: int
    ending: Ending


@attrs.frozen
class Widths:
    """A wide window below the cap, read twice, and narrow ones that cover it, read between."""

    first: Reading
    again: Reading
    narrow: Reading


@attrs.frozen
class Look:
    """What one answer said of the bucket: loop time in seconds, points, and seconds from its `Date` to its `Reset`."""

    at: float
    limit: int
    remaining: int
    reset_in: float | None

    @property
    def missing(self) -> int:
        """Points until it is full, but for the one that this very request cost."""
        return max(0, self.limit - self.remaining - 1)


@attrs.frozen
class Refill:
    """Looks at the bucket after a burst, and one more as soon as `Reset` had come."""

    spent: int
    looks: Sequence[Look]
    at_reset: Look | None

    @property
    def rising(self) -> Sequence[Look]:
        """Those while it was not full; none where there is no time between them."""
        rising = [look for look in self.looks if look.missing]
        return rising if len(rising) > 1 else ()


@attrs.frozen
class Lateness:
    """Seconds after which new clips were first listed, each between two looks; whole: below the cap all the time."""

    minutes: int
    seconds: Sequence[tuple[float, float]]
    is_whole: bool = True


_ROUNDINGS: Mapping[str, Callable[[datetime], datetime]] = {
    "down": lambda moment: moment - (moment - _EPOCH) % GRID,
    "as given": lambda moment: moment,
    "up": lambda moment: moment + (_EPOCH - moment) % GRID,
    "to the nearest": lambda moment: moment + GRID / 2 - (moment + GRID / 2 - _EPOCH) % GRID,
}


def of_grid(slots: Slots | None) -> Meaning:
    """Whether both ends of a window are cut down to ten minutes: the only rule that explains what was listed."""
    if slots is None or len(slots.created) < _FEW_AT_ONCE:
        return Meaning("no twenty minutes with some clips, and not too many", Verdict.UNTOLD, "try a busier channel")
    came = f"{', '.join(str(len(listed)) for _, listed in slots.asked)} of {len(slots.created)} clips"
    most = len(slots.created) * _NOISE
    fitting = [rule for rule in product(_ROUNDINGS, repeat=2) if _misses(slots, *rule) <= most]
    if not fitting:
        return Meaning(came, Verdict.NOT_AS_ASSUMED, "neither rounded nor taken as given")
    if ("down", "down") not in fitting:
        start, end = fitting[0]
        return Meaning(came, Verdict.NOT_AS_ASSUMED, f"start taken {start}, end {end}")
    if len(fitting) > 1:
        return Meaning(came, Verdict.UNTOLD, f"{len(fitting)} ways of rounding explain it: try a busier channel")
    return Meaning(came, Verdict.AS_ASSUMED, "both ends are cut down to 10 minutes")


def _misses(slots: Slots, start: str, end: str) -> int:
    """How many clips are where a rule does not put them; those made at the very second of an end are left out."""
    count = 0
    for window, listed in slots.asked:
        low, high = _ROUNDINGS[start](window.started_at), _ROUNDINGS[end](window.ended_at)
        count += sum(
            (low < created < high) is not (clip_id in listed)
            for clip_id, created in slots.created.items()
            if created not in {low, high}
        )
    return count


def of_edges(edges: Edges | None) -> Meaning:
    """Whether the start belongs to a window and the end does not."""
    if edges is None:
        return Meaning("no clip of a whole ten minutes", Verdict.UNTOLD, "one clip in 600 is: try a busier channel")
    came = f"start {'included' if edges.begins_there else 'excluded'}, end {'in' if edges.ends_there else 'ex'}cluded"
    if edges == Edges(ends_there=False, begins_there=True):
        return Meaning(came, Verdict.AS_ASSUMED, "adjoining windows neither overlap nor leave gaps")
    if edges.ends_there is not edges.begins_there:
        return Meaning(came, Verdict.NOT_AS_ASSUMED, "a clip made where two windows meet is the first window's")
    fate = "doubled" if edges.ends_there else "lost"
    return Meaning(came, Verdict.NOT_AS_ASSUMED, f"between adjoining windows clips are {fate}")


_ENDINGS: Mapping[Ending, str] = {
    "gone": "the cursor is gone",
    "repeats": "the same cursor comes again",
    "cycles": "the clips come again",
    "fails": "Helix fails for good",
    "none": "no end in sight",
}


def of_cap(cap: Cap) -> Meaning:
    """Whether a listing ends near a thousand clips, in a way that the client takes for the cap."""
    came = f"{cap.clips:,} clips in {cap.requests} requests, then {_ENDINGS[cap.ending]}"
    if cap.ending == "none":
        return Meaning(came, Verdict.NOT_AS_ASSUMED, "no cap so far; a backfill asks for more windows than it needs")
    if cap.ending == "fails":
        return Meaning(came, Verdict.NOT_AS_ASSUMED, "a stream raises ServerError there; a backfill goes round it")
    if cap.clips in _CAP:
        return Meaning(came, Verdict.AS_ASSUMED, "told as End.CAPPED")
    if cap.clips >= _CAP.stop:
        return Meaning(came, Verdict.NOT_AS_ASSUMED, "the cap is higher, which loses nothing")
    if cap.ending == "gone":
        return Meaning(came, Verdict.UNTOLD, "fewer clips than the cap: try a busier game or channel")
    return Meaning(came, Verdict.NOT_AS_ASSUMED, "a stream raises ListingBroken there")


def of_widths(widths: Widths | None) -> Meaning:
    """Whether a wide window lists what narrow ones list that cover it."""
    if widths is None:
        return Meaning("no window that is full and below the cap", Verdict.UNTOLD, "try another channel")
    lacking, passing = widths.narrow - widths.first - widths.again, widths.first ^ widths.again
    came = f"wide {len(widths.first)}, then {len(widths.again)}, narrow {len(widths.narrow)} clips"
    if len(widths.narrow | widths.first) < _FEW:
        return Meaning(came, Verdict.UNTOLD, "too few clips to tell: try a busier channel")
    if lacking:
        return Meaning(came, Verdict.NOT_AS_ASSUMED, f"{len(lacking)} missing twice: backfill with --audit 1")
    if passing:
        return Meaning(came, Verdict.NOT_AS_ASSUMED, f"{len(passing)} missing once: listings forget now and then")
    if narrow_lack := len(widths.first - widths.narrow):
        return Meaning(came, Verdict.NOT_AS_ASSUMED, f"{narrow_lack} missing in the narrow windows")
    return Meaning(came, Verdict.AS_ASSUMED, "nothing is lost in wide windows")


def of_refill(refill: Refill) -> Meaning:
    """Whether a sixtieth of the limit comes back each second."""
    if not (rising := refill.rising):
        return _no_looks(refill)
    first, last = rising[0], rising[-1]
    seconds = last.at - first.at
    # Each look costs a point, and what is left is said in whole ones.
    per_second, assumed = (last.remaining - first.remaining + len(rising) - 1) / seconds, first.limit / _MINUTE
    came = f"{per_second:.1f} points a second came back, of {first.limit} a minute"
    if abs(per_second - assumed) <= assumed * _RATE_NOISE + 1 / seconds:
        return Meaning(came, Verdict.AS_ASSUMED, "a sixtieth of the limit each second")
    why = "less than a sixtieth: or somebody else spends" if per_second < assumed else "more than a sixtieth"
    return Meaning(came, Verdict.NOT_AS_ASSUMED, why)


def of_reset(refill: Refill) -> Meaning:
    """Whether `Reset` is when the bucket is full again."""
    told = [(look.missing * _MINUTE / look.limit, look.reset_in) for look in refill.looks if look.reset_in is not None]
    if not refill.rising or not told:
        return _no_looks(refill)
    to_full, reset_in = max(told)
    came = f"{reset_in:.0f} s ahead with {to_full:.1f} s to full"
    if to_full <= _EARLY + _LATE:
        return Meaning(came, Verdict.UNTOLD, "the bucket was too full to tell")
    if not all(-_EARLY <= reset - full <= _LATE for full, reset in told):
        near = all(reset <= _LATE for _, reset in told)
        return Meaning(came, Verdict.NOT_AS_ASSUMED, "the next point's time" if near else "not when it is full by rate")
    if refill.at_reset is None:
        return Meaning(came, Verdict.UNTOLD, "Reset did not come")
    left = refill.at_reset.missing
    if left > refill.at_reset.limit / _MINUTE * _EARLY:
        return Meaning(f"{came}; {left} missing at it", Verdict.NOT_AS_ASSUMED, "it promises too much")
    return Meaning(f"{came}; full at it", Verdict.AS_ASSUMED, "when the bucket is full again")


def _no_looks(refill: Refill) -> Meaning:
    if not refill.looks:
        return Meaning("no rate headers", Verdict.UNTOLD, "the answers say nothing of the bucket")
    lowest = min(look.remaining for look in refill.looks)
    came = f"{lowest} of {refill.looks[0].limit} left after {refill.spent} requests"
    return Meaning(came, Verdict.UNTOLD, "it did not fall far enough, or says nothing of Reset")


def of_lateness(lateness: Lateness) -> Meaning:
    """Whether new clips are listed within the half-hour by which the windows of a watch overlap."""
    if not lateness.seconds and not lateness.is_whole:
        return Meaning("more new clips than Twitch lists", Verdict.UNTOLD, "try one channel in place of a game")
    if not lateness.seconds:
        came = f"no new clip in {lateness.minutes} min"
        return Meaning(came, Verdict.UNTOLD, "try a game or channel that is live, or more --minutes")
    longest = sorted(most for _, most in lateness.seconds)
    surely = max(least for least, _ in lateness.seconds)
    middle = longest[len(longest) // 2]
    came = f"{len(longest)} new: half within {middle:.0f} s, all within {longest[-1]:.0f} s"
    if surely > _OVERLAP.total_seconds():
        return Meaning(came, Verdict.NOT_AS_ASSUMED, "a watch needs a longer overlap")
    return Meaning(came, Verdict.AS_ASSUMED, "within the 30 minutes that a watch looks back")
