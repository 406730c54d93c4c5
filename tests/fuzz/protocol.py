"""Fuzzing the client against a server that says anything: calls end, in what was asked for or in `TwitchClipsError`.

No secret is shown or logged; no task, socket or unheard exception is left; once the server is well again, so is the
client. Where only heads were changed, or answers that cannot be taken for a page came between, no clip is lost.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from tests.conftest import NOW
from twitch_clips import (
    AppAuth,
    AsyncClips,
    Auth,
    AuthError,
    Clip,
    ClipPage,
    ClipStream,
    RetryPolicy,
    StaticAuth,
    TransportError,
    TwitchClipsError,
    UserAuth,
)
from twitch_clips.testing import VirtualLoop

from .bodies import TOKEN, clips
from .cases import unraisables
from .decoder import check_error, check_record
from .reply import Reply, well
from .server import Server
from .wire import IN_PLACE, ON_HEADS, WILD

SECRETS = ("s3cret-of-the-app", "t0ken-of-somebody", "refr3sh-of-somebody")
_RAW: list[Any] = list(clips()[:9])
IDS = [raw["id"] for raw in _RAW]
_PAGE = 3
_LONGEST = 7200.0  # virtual seconds of one call
_USER = {"id": "1000001", "login": "a_login", "display_name": "A_Login", "created_at": "2020-01-01T00:00:00Z"}
_GAME = {"id": "509658", "name": "a game"}


def case(chance: Random) -> str:
    """One call to a server in a storm, and one when it is over."""
    files = _open_files()
    loop = partial(VirtualLoop, NOW)
    with unraisables() as unheard, _logged() as lines, asyncio.Runner(loop_factory=loop) as runner:
        told = runner.run(_case(chance, unheard))
    assert not unheard, unheard
    assert _open_files() == files
    shown = "\n".join(lines)
    assert not [secret for secret in SECRETS if secret in shown], shown
    shown.encode()
    return told


async def _case(chance: Random, unheard: list[str]) -> str:
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(repr(context)))
    storm = _Storm(chance)
    async with Server(storm.reply) as server, asyncio.timeout(_LONGEST):
        auth = chance.choice(_AUTHS)(server.url)
        retry = RetryPolicy(attempts=chance.choice((1, 2, 5)))
        skips: Literal["raise", "skip"] = chance.choice(("raise", "skip"))
        url = f"{server.url}/helix"
        async with AsyncClips(auth, api_url=url, retry=retry, on_invalid=skips, timeout=10) as client:
            told = await _call(chance, client, storm, server)
            if retry.attempts == 1:
                # What a slow server has still to send, behind an answer that was whole, spoils one attempt.
                with suppress(TransportError):
                    await client.get(IDS[0])
            found = await client.get(IDS[0])
            assert found is not None
            assert found.id == IDS[0]
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left
    return told


class _Storm:
    """What is done to the first answers; all others are well."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._left = chance.randint(1, 6)
        self.is_gentle: bool = chance.random() < 0.4
        self.taken: set[str] = set()

    def calm(self) -> None:
        self._left = 0

    def reply(self, request: bytes) -> Reply:
        chance = self._chance
        # What the client took up is its secret from then on.
        self.taken |= {one for one in (TOKEN["access_token"], TOKEN["refresh_token"]) if one.encode() in request}
        reply = well(chance, request, _answer_to(request))
        if self._left:
            self._left -= 1
            for change in self._changes():
                change(chance, reply)
        return reply

    def _changes(self) -> Sequence[Callable[[Random, Reply], None]]:
        chance = self._chance
        if not self.is_gentle:
            return chance.choices(WILD, k=chance.choice((1, 1, 2, 3)))
        return [chance.choice(ON_HEADS), *([chance.choice(IN_PLACE)] if chance.random() < 0.4 else [])]


async def _call(chance: Random, client: AsyncClips, storm: _Storm, server: Server) -> str:
    """One call, and its outcome; it goes on when the storm is over."""
    name = chance.choice(tuple(_CALLS))
    given: list[Any] = []
    read, outcome = _CALLS[name](client, given), "well"
    try:
        await read()
    except TwitchClipsError as error:
        # A refusal of the token server may hold the token in use in half an answer that nobody could know it by.
        outcome = check_error(error, SECRETS if isinstance(error, AuthError) else [*SECRETS, *storm.taken])
    storm.calm()
    await server.hang_up()
    await asyncio.sleep(1)
    if storm.is_gentle:
        if outcome != "well":
            await read()
        assert [one.id for one in given] == _EXPECTED.get(name, IDS)
    for one in given:
        check_record(one)
    return f"{name}, {'gentle' if storm.is_gentle else 'wild'}, {outcome}"


async def _take(stream: AsyncIterator[Clip], given: list[Any]) -> None:
    async for clip in stream:
        given.append(clip)  # noqa: PERF401  (those before an error count)


async def _turn(pages: AsyncIterator[ClipPage], given: list[Any]) -> None:
    async for page in pages:
        given += page.clips


async def _collect(stream: ClipStream, given: list[Any]) -> None:
    given += await stream.collect()


async def _get(client: AsyncClips, given: list[Any]) -> None:
    found = await client.get(IDS[0])
    given += [] if found is None else [found]


async def _name(find: Callable[[list[str]], Awaitable[dict[str, Any]]], name: str, given: list[Any]) -> None:
    given += (await find([name])).values()


_CALLS: dict[str, Callable[[AsyncClips, list[Any]], Callable[[], Awaitable[None]]]] = {
    "by_game": lambda client, given: partial(_take, client.by_game(_GAME["id"]), given),
    "by_broadcaster": lambda client, given: partial(_take, client.by_broadcaster(login=_USER["login"]), given),
    "pages": lambda client, given: partial(_turn, client.by_game(game=_GAME["name"]).pages(), given),
    "collect": lambda client, given: partial(_collect, client.by_game(_GAME["id"]), given),
    "by_ids": lambda client, given: partial(_take, client.by_ids(IDS), given),
    "get": lambda client, given: partial(_get, client, given),
    "users": lambda client, given: partial(_name, client.users, _USER["login"], given),
    "games": lambda client, given: partial(_name, client.games, _GAME["name"], given),
}
_EXPECTED = {"get": IDS[:1], "users": [_USER["id"]], "games": [_GAME["id"]]}


async def _keep(_access_token: str, _refresh_token: str) -> None:
    """As an application would that stores them."""


_AUTHS: Sequence[Callable[[str], Auth]] = (
    lambda url: AppAuth("an-app", SECRETS[0], auth_url=url),
    lambda url: UserAuth("an-app", SECRETS[0], SECRETS[1], SECRETS[2], on_refresh=_keep, auth_url=url),
    lambda _: StaticAuth("an-app", SECRETS[1]),
)


def _answer_to(request: bytes) -> object:
    """What a server that is well says."""
    target = urlsplit(request.split(b" ", 2)[1].decode())
    asked = parse_qs(target.query)
    if target.path in {"/token", "/validate"}:
        return TOKEN
    if target.path != "/helix/clips":
        return {"data": [_USER if target.path == "/helix/users" else _GAME]}
    if "id" in asked:
        return {"data": [raw for raw in _RAW if raw["id"] in asked["id"]], "pagination": {}}
    page = {"one": 1, "two": 2}.get(asked.get("after", [""])[0], 0)
    return {"data": _RAW[page * _PAGE :][:_PAGE], "pagination": {"cursor": ("one", "two", "")[page]}}


@contextmanager
def _logged() -> Generator[list[str]]:
    """Every line that anybody logs meanwhile."""
    lines: list[str] = []
    log, handler = logging.getLogger(), logging.Handler()
    handler.emit = lambda record: lines.append(f"{record.getMessage()} {record.exc_info}")  # type: ignore[method-assign]
    level, log.handlers, others = log.level, [handler], log.handlers
    log.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        log.setLevel(level)
        log.handlers = others


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
