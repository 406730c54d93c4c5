"""One question, from parameters to an answer that was read: token, turn, send, read, again?"""

import logging
import math
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

import attrs

from . import _clock
from ._bucket.queue import Turn
from ._bucket.refusals import LONGEST, lasting
from ._buckets import Buckets
from ._helix.answer import TOO_MANY, Answer, is_refusal, is_sendable, read_rate, response_error
from ._helix.query import Parameters
from ._http import Http
from ._waits import Waits
from .auth import Auth
from .bucket import Bucket
from .errors import AuthError, DecodeError, RateLimited, ResponseError, TransportError, TwitchClipsError, Unauthorized
from .events import Emitter, Requested, Retried, SpentElsewhere, TokenRefused, TurnedAway, Waited
from .records import RateHeaders
from .retry import RetryPolicy, is_passing

T = TypeVar("T")
OnInvalid = Literal["raise", "skip"]


@attrs.define(kw_only=True)
class Tally:
    """What the questions of one stream have cost: requests, and seconds of waiting."""

    requests: int = 0
    waited: float = 0.0


@attrs.define
class _Question:
    """What is asked, and whom it is charged to."""

    path: str
    parameters: Parameters
    tally: Tally


@attrs.define
class _Credentials:
    """A token, and the headers that send it."""

    token: str = attrs.field(repr=False)
    headers: Mapping[str, str] = attrs.field(repr=False)


@attrs.define(kw_only=True)
class _Trouble:
    """What a question met that was not answered at once.

    Attributes:
        token: The one that was sent last.
        unauthorized: Helix's refusal of it, once there was one.
        refused_at: When the first 429 for want of points came.
        failures: Attempts that failed otherwise.
        spent: Seconds that all attempts and the pauses between them took.
    """

    token: str = attrs.field(default="", repr=False)
    unauthorized: Unauthorized | None = None
    refused_at: float | None = None
    failures: int = 0
    spent: float = 0.0


@attrs.define(kw_only=True)
class Session:
    """What every stream of one `AsyncClips` shares.

    Attributes:
        background: Whether its requests stand back for those of others, and wait as long as that takes.
    """

    auth: Auth
    buckets: Buckets
    http: Http
    retry: RetryPolicy
    events: Emitter
    max_wait: float | None
    on_invalid: OnInvalid
    background: bool = False
    _waits: Waits = attrs.field(init=False, repr=False)
    _served_at: float = attrs.field(init=False, repr=False, default=-math.inf)
    _kept: _Credentials = attrs.field(init=False, repr=False, factory=lambda: _Credentials("", {}))

    def __attrs_post_init__(self) -> None:
        """Watch over those who wait."""
        self._waits = Waits(self.events)

    async def ask(
        self, path: str, parameters: Parameters, read: Callable[[bytes], T], tally: Tally
    ) -> tuple[T, Answer]:
        """What the answer to a question holds, and the answer; one request, and more where they fail.

        Raises:
            TwitchClipsError: A `ClosedError`, `AuthError`, `RateLimited`, `TransportError`, `ResponseError` or
                `DecodeError`.
        """
        trouble: _Trouble | None = None
        question = _Question(path, parameters, tally)
        while True:
            self.http.check_open()
            credentials = await self._credentials(trouble)
            bucket = self.buckets.current()
            turn = await self._turn(bucket, question)
            outcome, start = await self._send(bucket, turn, question, credentials.headers)
            failure: TwitchClipsError
            if isinstance(outcome, TransportError):
                failure = outcome
            elif not outcome.is_ok:
                failure = response_error(outcome, parameters, [credentials.token])
            else:
                try:
                    return read(outcome.body), outcome
                except DecodeError as error:
                    failure = error
            trouble = trouble or _Trouble()
            trouble.token = credentials.token
            trouble.spent += _clock.monotonic() - start
            pause = bucket.status.retry_after if isinstance(outcome, Answer) and is_refusal(outcome) else 0.0
            await self._prepare_again(question, trouble, failure, pause)

    def in_background(self) -> "Session":
        """One over the same connections whose requests stand back for others', however long that takes."""
        return attrs.evolve(self, background=True, max_wait=None)

    async def aclose(self) -> None:
        """Close the connections and answer no more."""
        await self.http.aclose()

    async def _turn(self, bucket: Bucket, question: _Question) -> Turn:
        number = self._waits.begin()
        try:
            turn = await bucket.acquire(max_wait=self.max_wait, background=self.background)
        except RateLimited as error:
            self.events.emit(TurnedAway(path=question.path, retry_after=error.retry_after))
            raise
        finally:
            self._waits.end(number)
        if turn.waited:
            question.tally.waited += turn.waited
            try:
                self.events.emit(Waited(path=question.path, seconds=turn.waited))
            except BaseException:  # a hook may end its task or the program
                bucket.give_back(turn)
                raise
        return turn

    async def _send(
        self, bucket: Bucket, turn: Turn, question: _Question, headers: Mapping[str, str]
    ) -> tuple[Answer | TransportError, float]:
        """What came of a turn, and when its request was sent."""
        room = self.http.room()
        try:
            await room.acquire()  # `async with` would make two more coroutines for every page
        except BaseException:  # cancelled, or the coroutine is closed
            bucket.give_back(turn)
            raise
        answer, start = None, _clock.monotonic()
        try:
            question.tally.requests += 1
            answer = await self.http.get(question.path, question.parameters, headers)
        except TransportError as error:
            return error, start
        else:
            return answer, start
        finally:
            room.release()
            rate = self._observe(bucket, turn, answer)
            if self.events.wants(logging.DEBUG):
                self.events.emit(
                    Requested(
                        path=question.path,
                        status=None if answer is None else answer.status,
                        seconds=_clock.monotonic() - start,
                        remaining=None if rate is None else rate.remaining,
                    )
                )

    def _observe(self, bucket: Bucket, turn: Turn, answer: Answer | None) -> RateHeaders | None:
        if answer is None:
            bucket.observe(turn, None)
            return None
        rate = read_rate(answer.headers)
        if not is_refusal(answer):
            self._served_at = _clock.monotonic()
            bucket.observe(turn, rate)
            return rate
        points = bucket.status.remaining
        bucket.observe(turn, rate, refused=True)
        if points:
            self.events.emit(SpentElsewhere(points=points))
        return rate

    async def _credentials(self, trouble: _Trouble | None) -> _Credentials:
        token = await self.auth.token()
        if trouble is not None and trouble.unauthorized is not None and token == trouble.token:
            raise trouble.unauthorized
        if not token or token != self._kept.token:
            _require_sendable("access token", token)
            client_id = self.auth.client_id
            _require_sendable("client id", client_id)
            self._kept = _Credentials(token, {"Client-Id": client_id, "Authorization": f"Bearer {token}"})
        return self._kept

    async def _prepare_again(
        self, question: _Question, trouble: _Trouble, failure: TwitchClipsError, pause: float
    ) -> None:
        """Have all as it must be before the question is asked again, or raise why it is not.

        Args:
            question: What was asked.
            trouble: What it met so far.
            failure: What it met now.
            pause: Seconds for which the bucket has everyone wait after a 429.
        """
        if isinstance(failure, Unauthorized) and trouble.unauthorized is None:
            trouble.unauthorized = failure
            await self.auth.invalidate(trouble.token)
            self.events.emit(TokenRefused(path=question.path))
        elif pause:
            self._outlast(question, trouble, failure, pause)
        else:
            await self._pause(question, trouble, failure)

    def _outlast(self, question: _Question, trouble: _Trouble, failure: TwitchClipsError, pause: float) -> None:
        """The bucket has everyone wait: no attempt is counted, as nothing is wrong with this one."""
        now = _clock.monotonic()
        if trouble.refused_at is None or trouble.refused_at < self._served_at:
            trouble.refused_at = now  # others were served meanwhile: this one stood in the queue
        seconds = now - trouble.refused_at
        if seconds >= LONGEST:
            raise RateLimited(pause, lasting(seconds))
        self.events.emit(Retried(path=question.path, attempt=trouble.failures, pause=pause, reason=str(failure)))

    async def _pause(self, question: _Question, trouble: _Trouble, failure: TwitchClipsError) -> None:
        limited = isinstance(failure, ResponseError) and failure.status == TOO_MANY
        trouble.failures += 1
        pause = self.retry.pause(trouble.failures, trouble.spent, _clock.chance())
        if pause is None or not (limited or is_passing(failure)):
            raise RateLimited(self.retry.cap, str(failure)) if limited else failure
        self.events.emit(Retried(path=question.path, attempt=trouble.failures, pause=pause, reason=str(failure)))
        trouble.spent += pause
        question.tally.waited += pause
        await _clock.sleep(pause)


def _require_sendable(name: str, value: object) -> None:
    """A source of tokens may be anybody's, and aiohttp would put what it cannot send into its own error."""
    if not isinstance(value, str):
        raise AuthError(f"the {name} is no string")
    if not value:
        raise AuthError(f"the {name} is empty")
    if not is_sendable(value):
        raise AuthError(f"the {name} holds white space or another character that cannot be sent in a header")
