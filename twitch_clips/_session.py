"""One question, from parameters to an answer that was read: token, turn, send, read, again?"""

import logging
from collections.abc import Callable
from typing import Literal, TypeVar

import attrs

from . import _clock
from ._helix.answer import TOO_MANY, Answer, is_sendable, read_rate, response_error
from ._helix.query import Parameters
from ._http import Http
from .auth import Auth
from .bucket import Bucket
from .errors import AuthError, DecodeError, RateLimited, ResponseError, TransportError, TwitchClipsError, Unauthorized
from .events import Emitter, Requested, Retried, TokenRefused, Waited
from .retry import RetryPolicy, is_passing

T = TypeVar("T")
OnInvalid = Literal["raise", "skip"]
_LONGEST_REFUSAL = 180.0  # seconds of 429s for one question


@attrs.define(kw_only=True)
class Tally:
    """What the questions of one stream have cost: requests, and seconds of waiting."""

    requests: int = 0
    waited: float = 0.0


@attrs.define(kw_only=True)
class _Question:
    """One question on its way, through as many attempts as it takes.

    Attributes:
        path: What is asked.
        parameters: The query parameters.
        tally: Whom it is charged to.
        token: The one that was sent last.
        unauthorized: Helix's refusal of it, once there was one.
        is_refused: Whether the last answer was a 429 for want of points.
        refused_at: When the first such one came.
        failures: Attempts that failed otherwise.
        spent: Seconds that those and the pauses behind them took.
    """

    path: str
    parameters: Parameters
    tally: Tally
    token: str = ""
    unauthorized: Unauthorized | None = None
    is_refused: bool = False
    refused_at: float | None = None
    failures: int = 0
    spent: float = 0.0


@attrs.define(kw_only=True)
class Session:
    """What every stream of one `AsyncClips` shares."""

    auth: Auth
    bucket: Bucket
    http: Http
    retry: RetryPolicy
    events: Emitter
    max_wait: float | None
    on_invalid: OnInvalid

    async def ask(
        self, path: str, parameters: Parameters, read: Callable[[bytes], T], tally: Tally
    ) -> tuple[T, Answer]:
        """What the answer to a question holds, and the answer; one request, and more where they fail.

        Raises:
            TwitchClipsError: A `ClosedError`, `AuthError`, `RateLimited`, `TransportError`, `ResponseError` or
                `DecodeError`.
        """
        question = _Question(path=path, parameters=parameters, tally=tally)
        while True:
            outcome = await self._attempt(question)
            failure: TwitchClipsError
            if isinstance(outcome, TransportError):
                failure = outcome
            elif not outcome.is_ok:
                failure = response_error(outcome, parameters)
            else:
                try:
                    return read(outcome.body), outcome
                except DecodeError as error:
                    failure = error
            await self._prepare_again(question, failure)

    async def aclose(self) -> None:
        """Close the connections and answer no more."""
        await self.http.aclose()

    async def _attempt(self, question: _Question) -> Answer | TransportError:
        self.http.check_open()
        await self._take_token(question)
        await self._take_turn(question)
        headers = {"Client-Id": self.auth.client_id, "Authorization": f"Bearer {question.token}"}
        question.tally.requests += 1
        question.is_refused = False
        start = _clock.monotonic()
        answer = rate = None
        try:
            answer = await self.http.get(question.path, question.parameters, headers)
            rate = read_rate(answer.headers)
            # With points left, a 429 is some other limit's.
            question.is_refused = answer.status == TOO_MANY and not (rate and rate.remaining)
        except TransportError as error:
            return error
        else:
            return answer
        finally:
            self.bucket.observe(rate, refused=question.is_refused)
            seconds = _clock.monotonic() - start
            question.spent += seconds
            if self.events.wants(logging.DEBUG):
                self.events.emit(
                    Requested(path=question.path, status=answer.status if answer else None, seconds=seconds)
                )

    async def _take_token(self, question: _Question) -> None:
        token = await self.auth.token()
        if not is_sendable(token):
            raise AuthError("the access token holds white space or another character that cannot be sent in a header")
        if question.unauthorized is not None and token == question.token:
            raise question.unauthorized
        question.token = token

    async def _take_turn(self, question: _Question) -> None:
        start = _clock.monotonic()
        await self.bucket.acquire(max_wait=self.max_wait)
        if seconds := _clock.monotonic() - start:
            question.tally.waited += seconds
            self.events.emit(Waited(path=question.path, seconds=seconds))

    async def _prepare_again(self, question: _Question, failure: TwitchClipsError) -> None:
        """Have all as it must be before the question is asked again, or raise why it is not."""
        if isinstance(failure, Unauthorized) and question.unauthorized is None:
            question.unauthorized = failure
            await self.auth.invalidate(question.token)
            self.events.emit(TokenRefused(path=question.path))
        elif question.is_refused and (pause := self.bucket.status.retry_after):
            self._outlast(question, failure, pause)
        else:
            await self._pause(question, failure)

    def _outlast(self, question: _Question, failure: TwitchClipsError, pause: float) -> None:
        """The bucket has everyone wait: no attempt is counted, as nothing is wrong with this one."""
        now = _clock.monotonic()
        if question.refused_at is None:
            question.refused_at = now
        seconds = now - question.refused_at
        if seconds >= _LONGEST_REFUSAL:
            raise RateLimited(pause, f"Helix has answered 429 for {seconds:.0f} seconds")
        self.events.emit(Retried(path=question.path, attempt=question.failures, pause=pause, reason=str(failure)))

    async def _pause(self, question: _Question, failure: TwitchClipsError) -> None:
        limited = isinstance(failure, ResponseError) and failure.status == TOO_MANY
        question.failures += 1
        pause = self.retry.pause(question.failures, question.spent, _clock.chance())
        if pause is None or not (limited or is_passing(failure)):
            raise RateLimited(self.retry.cap, str(failure)) if limited else failure
        self.events.emit(Retried(path=question.path, attempt=question.failures, pause=pause, reason=str(failure)))
        question.spent += pause
        question.tally.waited += pause
        await _clock.sleep(pause)
