"""What goes wrong: faults of single requests, outages of minutes, tokens that end, others who spend."""

import asyncio
from collections.abc import Callable
from random import Random

from aiohttp import web

from twitch_clips.testing import faults
from twitch_clips.testing.faults import Answer, Fault
from twitch_clips.testing.plan import Endpoint

from .world import World, chance_of

_HTML = "<html><head><title>502 Bad Gateway</title></head></html>"
_SINGLE: dict[str, Callable[[Random], Fault]] = {
    "429": lambda chance: faults.too_many(remaining=chance.choice((0, None, 37)), reset=chance.choice((1, 60))),
    "5xx": lambda chance: faults.status(chance.choice((500, 502, 503, 504))),
    "401": lambda _: faults.status(401, "Invalid OAuth token"),
    "403": lambda _: faults.status(403),
    "cursor": lambda _: faults.status(400, "Invalid cursor."),
    "cut": lambda _: faults.cut(),
    "close": lambda _: faults.close(),
    "reset": lambda _: faults.reset(),
    "slow": lambda chance: faults.hang(chance.uniform(1, 40)),
    "hang": lambda _: faults.hang(),
    "html": lambda chance: faults.raw(chance.choice((200, 502)), _HTML),
    "no json": lambda _: faults.raw(200, b'{"data": [{"id": \xff', content_type="application/json"),
    "redirect": lambda _: faults.redirect("http://127.0.0.1:9/"),
    "empty": lambda _: faults.empty(),
    "no date": lambda _: faults.headers({"Date": None, "Ratelimit-Remaining": None}),
}
_OF_LISTINGS = frozenset({"cursor", "empty"})  # of a name they would say that there is none
_OUTAGES = ("5xx", "reset", "hang", "429", "html")
_BROKEN: list[list[Endpoint]] = [["clips"], ["clips", "users", "games"], ["token"]]
_OF_TOKENS = ("5xx", "cut", "reset", "html", "hang")


class Weather:
    """The faults of a soak.

    Args:
        world: Whose server has them.
    """

    def __init__(self, world: World) -> None:
        """All is well yet."""
        self._world = world
        self._chance = chance_of(world.seed, "weather")

    async def rage(self) -> None:
        """Let things go wrong until cancelled."""
        deeds = [self._fail_tokens, self._break_down, self._revoke, self._spend, self._change_manners]
        while True:
            for deed in self._chance.sample([self._fail] * 12 + deeds, 17):
                await asyncio.sleep(self._chance.expovariate(1 / 12))
                await deed()

    def clear_up(self) -> None:
        """Let all be well from now on."""
        self._world.helix.heal()
        self._world.change_manners(calm=True)

    async def _fail(self) -> None:
        on: Endpoint = self._chance.choices(("clips", "users", "games"), weights=(8, 1, 1))[0]
        kind = self._chance.choice([kind for kind in _SINGLE if on == "clips" or kind not in _OF_LISTINGS])
        skip, times = self._chance.randint(0, 4), self._chance.choice((1, 1, 1, 2, 4, 8))
        self._world.helix.fail(self._fault(kind), on=on, skip=skip, times=times)

    async def _fail_tokens(self) -> None:
        times = self._chance.choice((1, 3, 9))
        self._world.helix.fail(self._fault(self._chance.choice(_OF_TOKENS)), on="token", times=times)
        self._world.helix.revoke()

    async def _break_down(self) -> None:
        kind = self._chance.choice(_OUTAGES)
        for on in self._chance.choice(_BROKEN):
            self._world.helix.fail(self._fault(kind), on=on, times=None)
        self._world.counts[f"outage {kind}"] += 1
        await asyncio.sleep(self._chance.uniform(60, 300))
        self._world.helix.heal()

    async def _revoke(self) -> None:
        self._world.counts["revoked"] += 1
        self._world.helix.revoke()

    async def _spend(self) -> None:
        self._world.counts["emptied by others"] += 1
        while self._world.helix.spend(1):
            pass

    async def _change_manners(self) -> None:
        self._world.change_manners(calm=False)

    def _fault(self, kind: str) -> Fault:
        """A fault that is counted; one that would be a lie about ids spares them."""
        fault = _SINGLE[kind](self._chance)

        async def counted(request: web.Request, answer: Answer) -> web.StreamResponse:
            is_lie = kind in _OF_LISTINGS and "id" in request.query
            where = "fault" if request.path.startswith("/helix/") else "token fault"
            self._world.counts[f"{where} {kind}"] += not is_lie
            return await (answer() if is_lie else fault(request, answer))

        return counted
