"""What happens behind a stream, for those who watch: events for hooks, lines for the log.

Hooks are plain callables given to `AsyncClips(hooks=...)`. One that raises is logged and does no harm. Without any hook
the logger `twitch_clips` has a DEBUG line for each request and each page, and INFO or WARNING lines for what holds a
stream up or is left out of it. `twitch_clips.prometheus` has a hook that counts.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

import attrs

from .records import Proof, Window

__all__ = [
    "ClipsMissed",
    "Event",
    "Hook",
    "ListingCapped",
    "ListingRestarted",
    "PageRead",
    "PollFailed",
    "RecordSkipped",
    "Requested",
    "Retried",
    "SpentElsewhere",
    "StillWaiting",
    "TokenRefused",
    "TurnedAway",
    "Waited",
    "WindowGivenUp",
    "WindowRead",
]

log: logging.Logger = logging.getLogger("twitch_clips")


class Event:
    """Something that happened; each kind is a frozen class of its own, in `twitch_clips.events`."""

    __slots__ = ()


@attrs.frozen(kw_only=True)
class Requested(Event):
    """A request to Helix was answered, or got no answer.

    Attributes:
        path: What was asked: `clips`, `users` or `games`.
        status: The HTTP status; `None` when no whole answer came.
        seconds: From sending to the last byte.
        remaining: Points left in the bucket on the server, by the answer's headers; `None` when it had none.
    """

    path: str
    status: int | None
    seconds: float
    remaining: int | None


@attrs.frozen(kw_only=True)
class Retried(Event):
    """A request failed and will be sent again.

    Attributes:
        path: What is asked.
        attempt: How many times it has failed so far; a 429 for want of points is not counted.
        pause: Seconds until then, or, after such a 429, until the bucket gives the next turn: to this one or another.
        reason: What failed.
    """

    path: str
    attempt: int
    pause: float
    reason: str


@attrs.frozen(kw_only=True)
class Waited(Event):
    """A request had to wait for its turn.

    Attributes:
        path: What is asked.
        seconds: How long.
    """

    path: str
    seconds: float


@attrs.frozen(kw_only=True)
class StillWaiting(Event):
    """A request waits for its turn for more than five seconds, and waits on; told once a minute, however many wait.

    Attributes:
        seconds: How long the one in front has waited.
        waiting: How many wait.
    """

    seconds: float
    waiting: int


@attrs.frozen(kw_only=True)
class TurnedAway(Event):
    """A request was not sent: its turn would have come later than `max_wait`, or Helix goes on answering 429.

    Attributes:
        path: What was asked.
        retry_after: Seconds until it could go, as far as is known.
    """

    path: str
    retry_after: float


@attrs.frozen(kw_only=True)
class SpentElsewhere(Event):
    """Helix answered 429 though by our own count there were points: somebody else spends from the same bucket.

    Another process on the same client id, for one, or this one before it was started again; or less comes back than
    Helix says. `RedisTokenBucket` shares a bucket among processes.

    Attributes:
        points: How many were left by our own count.
    """

    points: int


@attrs.frozen(kw_only=True)
class TokenRefused(Event):
    """Helix answered 401; the token is renewed and the request sent again, once.

    Attributes:
        path: What was asked.
    """

    path: str


@attrs.frozen(kw_only=True)
class PageRead(Event):
    """A page of a listing, or a batch of `by_ids`, came and lies before the stream that reads it.

    Told once for each of `stats.pages`, when it is there and before its first clip is taken: whoever leaves a loop
    early leaves some of the clips. A single clip of `AsyncClips.get` is no page.

    Attributes:
        records: How many were on it as Helix sent it.
        clips: How many of them the stream gives: what `where`, `limit` and earlier pages leave. Those behind a record
            that stops the stream (it cannot be read, or `where` raised) are not counted.
        duplicates: How many were left out, as the same clip came before.
    """

    records: int
    clips: int
    duplicates: int


@attrs.frozen(kw_only=True)
class RecordSkipped(Event):
    """A record that could not be read was left out (`on_invalid="skip"`).

    Attributes:
        path: Where in the page.
        reason: What is wrong there.
    """

    path: str
    reason: str


@attrs.frozen(kw_only=True)
class ListingRestarted(Event):
    """Helix rejected a cursor in the middle of a listing, which starts again; what was given is not given twice."""


@attrs.frozen(kw_only=True)
class ListingCapped(Event):
    """A listing ended at Helix's cap of about 1,000 results: there may be more clips than it gave.

    (`CappedWarning` is for whoever does not watch; Python shows it once for each line and question.)

    Attributes:
        asked: The question, as Helix was asked.
        clips: How many were given.
    """

    asked: str
    clips: int


@attrs.frozen(kw_only=True)
class WindowRead(Event):
    """A backfill has read a window; its batch is to be had.

    Attributes:
        window: From when until when.
        clips: How many of it are given: those that were not given before.
        proof: What can be said of it.
        reason: Why it is a gap or unsettled; empty where it is neither.
    """

    window: Window
    clips: int
    proof: Proof
    reason: str = ""


@attrs.frozen(kw_only=True)
class WindowGivenUp(Event):
    """A backfill does not read a window to its end, as it holds too many clips or fails: narrower ones follow.

    Attributes:
        window: From when until when.
        pages: How many were read of it.
        reason: Why.
    """

    window: Window
    pages: int
    reason: str


@attrs.frozen(kw_only=True)
class ClipsMissed(Event):
    """The listing of a window had left clips out: a day of it, read again by itself, or another walk had them.

    Attributes:
        window: The one that lacked them.
        clips: How many.
        max_window: What no window is to be wider than from now on; `None` where the width was not to blame.
    """

    window: Window
    clips: int
    max_window: timedelta | None


@attrs.frozen(kw_only=True)
class PollFailed(Event):
    """A channel or a game that is watched could not be polled, or not wholly; the others go on.

    Attributes:
        selector: `login`, `broadcaster_id`, `game` or `game_id`.
        value: The name or id, as it was given.
        reason: Why.
        failures: How many polls of it failed in a row; 0 where this one has brought all but what Helix does not list.
        retry_in: Seconds until it is asked again.
    """

    selector: str
    value: str
    reason: str
    failures: int
    retry_in: float


Hook = Callable[[Event], None]
"""Called with each event, in the event loop and before anything else goes on: it must not block."""


class Emitter:
    """Hands events to hooks and writes the log."""

    def __init__(self, hooks: Sequence[Hook]) -> None:
        """Keep the hooks."""
        self._hooks = tuple(hooks)

    def emit(self, event: Event) -> None:
        """Log it and hand it to every hook; a hook that raises is logged."""
        level = _level(event)
        if log.isEnabledFor(level):
            log.log(level, "%s", event)
        for hook in self._hooks:
            try:
                hook(event)
            except Exception:
                log.exception("the hook %r failed", hook)

    def wants(self, level: int) -> bool:
        """Whether anybody would see an event of that level: making one costs more than asking."""
        return bool(self._hooks) or log.isEnabledFor(level)


_GAPS = frozenset({Proof.SATURATED, Proof.FAILED})


def _level(event: Event) -> int:
    if isinstance(event, Requested | TurnedAway | Waited | PageRead | WindowGivenUp):
        return logging.DEBUG
    if isinstance(event, WindowRead):
        return logging.WARNING if event.proof in _GAPS else logging.DEBUG
    if isinstance(event, RecordSkipped | ListingRestarted | ClipsMissed | PollFailed):
        return logging.WARNING
    return logging.INFO
