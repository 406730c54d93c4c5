"""The rounds of a watch: whose turn it is to be polled, and what is to be done about those that fail."""

import asyncio
import math
from collections.abc import Iterable
from typing import Any

from twitch_clips import _clock
from twitch_clips.errors import (
    AuthError,
    AuthUnavailable,
    BadRequest,
    ClosedError,
    Forbidden,
    NotFound,
    QueryError,
    TwitchClipsError,
    Unauthorized,
    UnknownName,
)
from twitch_clips.events import Emitter, PollFailed

from .cost import Cost
from .outbox import Outbox
from .poll import Poll, Poller
from .rota import Rota
from .target import Span, Target
from .targets import Targets
from .terms import Key, Terms

_AT_ONCE = 8
_LONGEST_PAUSE = 900.0
_MOST_DOUBLINGS = 10
_HOPELESS = (QueryError, BadRequest, Forbidden, NotFound)  # an unknown name is a `QueryError`
_FATAL = (AuthError, Unauthorized, ClosedError)


class Rounds:
    """Polls all targets, round after round, as long as somebody waits for it.

    Args:
        events: Hears of polls that fail.
        poller: Polls.
        terms: What is asked for.
        targets: What is watched.
        outbox: Takes what polls bring.
        cost: Weighs them.
    """

    def __init__(  # noqa: PLR0913, PLR0917  (its parts)
        self, events: Emitter, poller: Poller, terms: Terms, targets: Targets, outbox: Outbox, cost: Cost
    ) -> None:
        """Poll nothing yet."""
        self._events = events
        self._poller = poller
        self._terms = terms
        self._targets = targets
        self._outbox = outbox
        self._cost = cost
        self._rota = Rota(terms.every)
        self._tasks: dict[asyncio.Task[Poll], tuple[Target, float]] = {}
        self._wake: asyncio.Future[None] | None = None
        self._failure: BaseException | None = None
        self._is_closed = False

    def begin(self, keys: Iterable[Key]) -> None:
        """Watch these, from now on or from where an earlier run stopped."""
        for key in keys:
            self._watch(key)
        self._spread()

    def add(self, key: Key) -> None:
        """Watch one more."""
        self._watch(key)
        self._rota.add(key, _clock.monotonic())
        self._wake_up()

    def discard(self, key: Key) -> None:
        """Watch one less."""
        self._targets.discard(key)
        self._rota.discard(key)

    async def wait(self) -> None:
        """Begin the polls whose turn it is, and wait until one is over, another is due, or something has changed."""
        if self._is_closed:
            return
        now = _clock.monotonic()
        self._cost.weigh(len(self._targets))
        for key in self._rota.due(now)[: _AT_ONCE - len(self._tasks)]:
            target, due = self._targets[key], self._rota.take(key)
            self._tasks[asyncio.create_task(self._poller.poll(target))] = target, due
        next_at = self._rota.next_at() if len(self._tasks) < _AT_ONCE else None
        self._wake = asyncio.get_running_loop().create_future()
        pause = None if next_at is None else max(0.0, next_at - now)
        waited: list[asyncio.Future[Any]] = [*self._tasks, self._wake]
        done, _ = await asyncio.wait(waited, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        for task in [task for task in self._tasks if task in done]:
            self._collect(task, *self._tasks.pop(task))

    def raise_failure(self) -> None:
        """Raise what has to be raised, once."""
        if self._failure is not None:
            failure, self._failure = self._failure, None
            if isinstance(failure, StopAsyncIteration):  # it would read as the end, though it is a source of tokens'
                raise RuntimeError("StopAsyncIteration was raised where a channel or a game was polled") from failure
            raise failure

    async def aclose(self) -> None:
        """Cancel the polls under way, and begin no more."""
        self._is_closed = True
        self._wake_up()
        tasks, self._tasks = list(self._tasks), {}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def come_to_loop(self) -> None:
        """The loop is another one: what was under way is gone, and a new round begins."""
        self._tasks, self._wake = {}, None
        self._poller.come_to_loop()
        for target in self._targets:
            target.asked_at = None
        self._spread()

    def _spread(self) -> None:
        self._rota.begin([target.key for target in self._targets], _clock.monotonic())
        self._cost.begin()

    def _watch(self, key: Key) -> None:
        target = self._targets.recall(key)
        if target is None:
            now = _clock.monotonic()
            span = Span.of(self._poller.clock.at(now), self._terms)
            target = Target(key=key, span=span, asked_at=now, id=key.id)
        self._targets.add(target)

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _collect(self, task: asyncio.Task[Poll], target: Target, due: float) -> None:
        """Take what a poll has brought, and see when its target is polled next."""
        now = _clock.monotonic()
        failure = None if task.cancelled() else task.exception()  # both by a hook, or somebody's source of tokens
        if task.cancelled() or failure is not None:
            self._failure = failure
            self._rota.put(target.key, due, now)
        elif target in self._targets:
            poll = task.result()
            self._outbox.put(poll)
            self._judge(poll, due, now)

    def _judge(self, poll: Poll, due: float, now: float) -> None:
        target, error = poll.target, poll.error
        if isinstance(error, _FATAL) and not isinstance(error, AuthUnavailable):
            self._failure = error
            self._rota.put(target.key, due, now)
            return
        has_failed = error is not None and not poll.is_gap
        target.failures = target.failures + 1 if has_failed else 0
        target.is_hopeless = has_failed and isinstance(error, _HOPELESS)
        if error is not None:
            self._tell(target, error, self._rota.put(target.key, due, now, self._pause(target)))
        elif poll.is_cut:
            self._rota.put_now(target.key, now)
        else:
            self._rota.put(target.key, due, now)
        if has_failed and self._targets.have_all_failed:
            self._failure = self._of_all(error) if isinstance(error, UnknownName) else error

    def _of_all(self, error: UnknownName) -> UnknownName:
        """The same of every name that is not known."""
        alike = (one for one in self._targets if one.key.is_channel == (error.what == "channel"))
        names = [one.key.value for one in alike if one.id is None and one.is_hopeless]
        return UnknownName(error.what, tuple(names), error.reason)

    def _pause(self, target: Target) -> float:
        """Seconds after which one that fails is asked again: a round, two, four, up to 15 minutes."""
        every = self._terms.every
        return min(math.ldexp(every, min(max(target.failures - 1, 0), _MOST_DOUBLINGS)), max(every, _LONGEST_PAUSE))

    def _tell(self, target: Target, error: TwitchClipsError, retry_in: float) -> None:
        key = target.key
        self._events.emit(
            PollFailed(
                selector=key.selector, value=key.value, reason=str(error), failures=target.failures, retry_in=retry_in
            )
        )
