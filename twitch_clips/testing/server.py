"""A request's way through the sandbox: fault, token, question, point, answer."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from random import Random
from typing import NoReturn

from aiohttp import web

from .clips import Clips
from .clock import CLOCK, Clock
from .faults import CHANGED
from .manners import Manners
from .names import Answering, Directory, ask_users
from .plan import Endpoint, Plan
from .points import BUCKETS, Buckets
from .question import Params
from .refusal import RefusalError
from .tokens import Grant, TokenServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Ask = Callable[[Params, Grant], Answering]

_SEED = 20260601
_FORM = "application/x-www-form-urlencoded"


class Server:
    """All endpoints over one clock.

    Args:
        clips: The endpoint for clips.
        users: All users.
        games: All games.
        clock: Started before the first request.
        limit: Points in a full bucket.
        manners: How to behave; may be replaced.

    Attributes:
        plan: Faults to come.
        tokens: The token server.
        buckets: Points.
        targets: Path and query string of each request to the API.
    """

    def __init__(  # noqa: PLR0913  (what it is made of)
        self, *, clips: Clips, users: Directory, games: Directory, clock: Clock, limit: int, manners: Manners
    ) -> None:
        """Keep the parts."""
        self.manners = manners
        self.plan: Plan = Plan()
        self.tokens: TokenServer = TokenServer()
        self.buckets: Buckets = Buckets(limit)
        self.targets: list[str] = []
        self._clips = clips
        self._users = users
        self._games = games
        self._clock = clock
        self._chance = Random(_SEED)

    def app(self) -> web.Application:
        """A fresh application; an aiohttp one cannot be started twice."""
        app = web.Application()
        app[CLOCK] = self._clock
        app[BUCKETS] = self.buckets
        app.on_response_prepare.append(_write_head)
        app.router.add_post("/oauth2/token", self._route("token", self._give_token))
        app.router.add_get("/oauth2/validate", self._route("validate", self._validate))
        app.router.add_get("/helix/clips", self._route("clips", partial(self._answer, self._ask_clips)))
        app.router.add_get("/helix/users", self._route("users", partial(self._answer, self._ask_users)))
        app.router.add_get("/helix/games", self._route("games", partial(self._answer, self._ask_games)))
        app.router.add_route("*", "/{elsewhere:.*}", _elsewhere)
        return app

    def _route(self, endpoint: Endpoint, answer: Callable[[web.Request], Awaitable[web.Response]]) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if request.path.startswith("/helix/"):
                self.targets.append(request.raw_path)
            fault = self.plan.next(endpoint)
            way_back = await self._arrive()
            if fault is None:
                response = await answer(request)
                await _pass(self.manners.latency + way_back)
                return response
            await _pass(self.manners.latency + way_back)
            return await fault(request, partial(answer, request))

        return handle

    async def _arrive(self) -> float:
        """Let the request's way pass; gives the seconds of the answer's."""
        seconds = self._chance.uniform(*self.manners.round_trip)
        way = seconds * self._chance.random()
        await _pass(way)
        return seconds - way

    async def _answer(self, ask: Ask, request: web.Request) -> web.Response:
        """What is refused before the point is spent comes without rate headers (recorded answers)."""
        rate: dict[str, str] = {}
        status = 200
        try:
            grant = self.tokens.authorize(request.headers, self._clock.elapsed())
            make = ask({name: request.query.getall(name) for name in request.query}, grant)
            is_paid = self.buckets.spend(grant.payer, 1, self._clock.elapsed(), self.manners)
            rate = self.buckets.headers(grant.payer, self._clock.wall(), self.manners)
            body = make() if is_paid else _no_points()
        except RefusalError as refusal:
            status, body = refusal.status, refusal.helix_body()
        response = web.json_response(body, status=status, headers=rate)
        if self.manners.gzip:
            response.enable_compression()
        return response

    def _ask_clips(self, params: Params, _grant: Grant) -> Answering:
        return self._clips.ask(params, self._clock.wall(), self.manners)

    def _ask_users(self, params: Params, grant: Grant) -> Answering:
        return ask_users(self._users, params, grant.user_id, self.manners)

    def _ask_games(self, params: Params, _grant: Grant) -> Answering:
        return self._games.ask(params)

    async def _give_token(self, request: web.Request) -> web.Response:
        is_form = request.headers.get("Content-Type") == _FORM or not self.manners.token_form_strict
        # Twitch reads the address as well, and many clients write there.
        asked: dict[str, object] = {**request.query, **(await request.post() if is_form else {})}
        return _auth_answer(lambda: self.tokens.give(asked, self._clock.elapsed(), self.manners))

    async def _validate(self, request: web.Request) -> web.Response:
        return _auth_answer(lambda: self.tokens.validate(request.headers, self._clock.elapsed()))


async def _pass(seconds: float) -> None:
    if seconds:
        await asyncio.sleep(seconds)


def _no_points() -> NoReturn:
    raise RefusalError(429, "Request limit exceeded")


def _auth_answer(make: Answering) -> web.Response:
    try:
        return web.json_response(make())
    except RefusalError as refusal:
        return web.json_response(refusal.auth_body(), status=refusal.status)


async def _elsewhere(request: web.Request) -> web.Response:
    """A double slash is answered so at Twitch's edge: TI#758."""
    if request.raw_path.startswith("//"):
        return web.Response(status=503, text="loop detected")
    return web.json_response(RefusalError(404).helix_body(), status=404)


async def _write_head(request: web.Request, response: web.StreamResponse) -> None:
    """Put virtual time in `Date`, then what a fault changes."""
    response.headers["Date"] = request.app[CLOCK].http_date()
    for name, value in response.get(CHANGED, {}).items():
        response.headers.popall(name, None)
        if value is not None:
            response.headers[name] = value
