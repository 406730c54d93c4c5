"""What any `Auth` has to hold, as a check to run on one of your own."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from typing import TYPE_CHECKING

import attrs

from twitch_clips.errors import AuthError

if TYPE_CHECKING:
    from twitch_clips.auth import Auth

_MANY = 20
_TURNS = (0, 1, 2, 4, 8, 16)  # of the event loop, until a caller is cancelled
_PATIENCE = 10.0  # seconds until an answer
_AT_MOST = 120.0  # seconds that one check takes


async def check_auth(
    make: "Callable[[], Auth]",
    *,
    refused: "Callable[[], Auth] | None" = None,
    secrets: Collection[str] = (),
    fetched: Callable[[], int] | None = None,
    renews: bool = True,
) -> None:
    """Check what every source of access tokens has to hold, in the running event loop.

    As in `await check_auth(make, refused=make_with_a_wrong_secret, secrets=[secret], fetched=lambda: helix.tokens)`.

    `client_id` is there at once, a token is kept, one is asked for however many want it, a token that is reported as
    refused is replaced once (and one that was replaced already does no harm), whoever is cancelled holds up nobody, and
    neither a token nor a secret is in what is printed, or anywhere in an error.

    Args:
        make: Gives an auth that has no token yet, or one that is good; another one at each call.
        refused: Gives one that can get no token: its secret is wrong, say.
        secrets: What must not be shown; whatever `token` gives is taken for one.
        fetched: Says how many tokens were asked for so far, such as `lambda: helix.tokens`. Without it, that nobody
            asked twice is seen by the tokens alone.
        renews: Whether it gives another token once one was refused; False for one that is given as it is.

    Raises:
        AssertionError: The auth does not hold something; the message says what.
    """
    subject = _Subject(make, refused or make, secrets, fetched or (lambda: 0))
    checks = [*_OF_ALL, *(_OF_RENEWING if renews else ()), *(_OF_REFUSED if refused else ())]
    for words, check in checks:
        limit = asyncio.timeout(_AT_MOST)
        try:
            async with limit:
                await check(subject)
        except AssertionError:
            raise
        except Exception as error:
            problem = "`token` is never answered" if limit.expired() else f"the auth fails with {error!r}"
            raise AssertionError(f"{words}: {problem}") from error


@attrs.frozen
class _Subject:
    """What is checked."""

    make: "Callable[[], Auth]"
    refused: "Callable[[], Auth]"
    secrets: Collection[str]
    fetched: Callable[[], int]

    def require_hidden(self, text: str, where: str, *tokens: str) -> None:
        """See that none of the secrets is shown."""
        for secret in (*self.secrets, *tokens):
            _require(secret not in text, f"a token or a secret is in {where}")


async def _has_a_client_id(subject: _Subject) -> None:
    before = subject.fetched()
    auth = subject.make()
    client_id = auth.client_id
    is_text = isinstance(client_id, str)  # pyright: ignore[reportUnnecessaryIsInstance]  (it is anybody's)
    _require(is_text and bool(client_id), f"`client_id` is {client_id!r}, not a string with something in it")
    _require(client_id == auth.client_id, "`client_id` is not the same each time")
    payer: object = getattr(auth, "payer", "")
    _require(isinstance(payer, str), f"`payer` is {payer!r}, not a string")
    _require(subject.fetched() == before, "a token is asked for before anybody wants one")


async def _shows_no_secret(subject: _Subject) -> None:
    auth = subject.make()
    token = await auth.token()
    for where, text in (("repr", repr(auth)), ("str", str(auth)), ("payer", getattr(auth, "payer", ""))):
        subject.require_hidden(text, f"its {where}", token)


async def _keeps_a_token(subject: _Subject) -> None:
    auth, before = subject.make(), subject.fetched()
    asking = [asyncio.ensure_future(auth.token()) for _ in range(_MANY)]
    await _answered(asking, "from the start on")
    tokens = {task.result() for task in asking}
    _require(len(tokens) == 1, f"{_MANY} who ask at once get {len(tokens)} tokens")
    _require(
        subject.fetched() <= before + 1,
        f"{_MANY} who ask at once cost {subject.fetched() - before} requests for tokens",
    )
    _require({await auth.token()} == tokens, "a token that is good is not kept")
    _require(subject.fetched() <= before + 1, "a token that is good is asked for again")


async def _replaces_a_refused_token(subject: _Subject) -> None:
    auth, before = subject.make(), subject.fetched()
    stale = await auth.token()
    await auth.invalidate(stale)
    fresh = await auth.token()
    _require(fresh != stale, "a token that was reported as refused is given again")
    for late in (stale, "never-given"):
        await auth.invalidate(late)
        _require(await auth.token() == fresh, "a report of a token that is not in use costs the one that is")
    _require(subject.fetched() <= before + 2, "a report of a token that is not in use has another one asked for")
    subject.require_hidden(repr(auth) + str(auth), "its repr or str once a token was replaced", stale, fresh)


async def _replaces_it_once_for_many(subject: _Subject) -> None:
    auth = subject.make()
    stale = await auth.token()
    before = subject.fetched()

    async def report(number: int) -> str:
        for _ in range(number):
            await asyncio.sleep(0)  # some report while the new one is asked for, some when it is there
        await auth.invalidate(stale)
        return await auth.token()

    asking = [asyncio.ensure_future(report(number)) for number in range(_MANY)]
    await _answered(asking, "after the report of a refused token")
    tokens = {task.result() for task in asking}
    _require(len(tokens) == 1, f"{_MANY} reports of one refused token lead to {len(tokens)} tokens")
    cost = subject.fetched() - before
    _require(cost <= 1, f"{_MANY} reports of one refused token cost {cost} requests for tokens")


async def _survives_cancelling(subject: _Subject) -> None:
    for turns, some in ((turns, some) for some in (1, _MANY) for turns in _TURNS):
        auth = subject.make()
        await auth.invalidate(await auth.token())
        asking = [asyncio.ensure_future(auth.token()) for _ in range(_MANY)]
        for _ in range(turns):
            await asyncio.sleep(0)
        for task in asking[:some]:
            task.cancel()
        await _answered(asking, "after the cancel of a caller")
        others = asking[some:]
        _require(not any(task.cancelled() for task in others), "the cancel of a caller is one of all that wait with it")
        tokens = {task.result() for task in others}
        _require(len(tokens) <= 1, f"after the cancel of a caller the others get {len(tokens)} tokens")
        await _answered([asyncio.ensure_future(auth.token())], "after the cancel of all callers")


async def _fails_in_words(subject: _Subject) -> None:
    auth = subject.refused()
    for _ in range(2):  # the next one is not left with what became of the first ones
        asking = [asyncio.ensure_future(auth.token()) for _ in range(_MANY)]
        await _answered(asking, "where there is no token to be had")
        for error in [task.exception() for task in asking]:
            _require(error is not None, "`refused` gives an auth that has a token")
            _require(
                isinstance(error, AuthError), f"where there is no token to be had it fails with {error!r}, no AuthError"
            )
            for one in _chain(error):
                subject.require_hidden(f"{one!s}{one!r}{one.args!r}", "an error, or what it came from")
        subject.require_hidden(repr(auth) + str(auth), "its repr or str after an error")


_Checks = tuple[tuple[str, Callable[[_Subject], Awaitable[None]]], ...]
_OF_ALL: _Checks = (
    ("the client id", _has_a_client_id),
    ("what it shows", _shows_no_secret),
    ("asking for a token", _keeps_a_token),
)
_OF_RENEWING: _Checks = (
    ("a token that was refused", _replaces_a_refused_token),
    ("many reports of it", _replaces_it_once_for_many),
    ("callers that are cancelled", _survives_cancelling),
)
_OF_REFUSED: _Checks = (("no token to be had", _fails_in_words),)


async def _answered(tasks: "Collection[asyncio.Future[str]]", when: str) -> None:
    done, waiting = await asyncio.wait(tasks, timeout=_PATIENCE)
    for task in waiting:
        task.cancel()
    _require(len(done) == len(tasks), f"{when} {len(waiting)} of {len(tasks)} who ask are never answered")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and whatever hangs on to it."""
    while error is not None:
        yield error
        if error.__cause__ is not None:
            yield from _chain(error.__cause__)
        error = error.__context__


def _require(is_held: bool, rule: str) -> None:  # noqa: FBT001
    if not is_held:
        raise AssertionError(rule)
