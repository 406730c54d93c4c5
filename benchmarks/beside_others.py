"""CPU a page and completeness of `AsyncClips`, twitchAPI 4.5.0 and TwitchIO 3.3.2, on one server in one run.

They need `pip install --group bench`. Each is used as its documentation shows, with 100 clips a page, and is given its
token beforehand, so that only the listing is measured. The bar is half the CPU of the better of the two.

CPU: each measurement is a process of its own, as in `floor.py`; the three take turns, and medians are compared.

Completeness: 250 clips on three pages, once as they should come, once with the second page answered by a 429 the
first time (`Ratelimit-Remaining: 0`, `Ratelimit-Reset` two seconds ahead), once with an empty page in the middle, whose
cursor leads on. What counts is whether all clips came, and if not, whether the client said so.
"""

import asyncio
import importlib
import json
import logging
import re
import statistics
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Protocol, cast

from canned import Answering, serving, wire
from floor import PAGES, clip, measure, timed

from twitch_clips import AsyncClips, StaticAuth

ROUNDS = 7
LISTINGS = 5  # a measurement
BAR = 0.5
GAME = "509658"
EXAMPLE = "example"  # client id and token
CASES = {"whole": "all well", "refused": "429 on page 2", "hollow": "empty page 2"}
LISTING = "/{}/{}/helix/"  # client, listing
_TARGET = re.compile(r"/(?P<client>[^/]+)/(?P<listing>[^/]+)/helix/clips\?(?:.*?after=page(?P<before>\d+))?")


class TwitchApi(Protocol):
    """What is used of twitchAPI's `Twitch`."""

    async def set_app_authentication(self, token: str, scope: list[object]) -> None:
        """Take a token."""
        ...

    def get_clips(self, *, game_id: str, first: int) -> AsyncIterator[object]:
        """The clips of a game."""
        ...

    async def close(self) -> None:
        """Close."""
        ...


class TwitchIo(AbstractAsyncContextManager["TwitchIo"], Protocol):
    """What is used of TwitchIO's `Client`."""

    async def login(self, *, token: str, load_tokens: bool, save_tokens: bool) -> None:
        """Take a token."""
        ...

    def fetch_clips(self, *, game_id: str, first: int) -> AsyncIterator[object]:
        """The clips of a game."""
        ...


# A base URL, ending in `/`, to what makes a new listing each time.
Opened = AbstractAsyncContextManager[Callable[[], AsyncIterator[object]]]


@asynccontextmanager
async def twitch_clips(base: str) -> AsyncGenerator[Callable[[], AsyncIterator[object]]]:
    """Ours."""
    async with AsyncClips(StaticAuth(EXAMPLE, EXAMPLE), api_url=base) as clips:
        yield lambda: clips.by_game(GAME, on_cap="ignore")


@asynccontextmanager
async def twitch_api(base: str) -> AsyncGenerator[Callable[[], AsyncIterator[object]]]:
    """TwitchAPI."""
    logging.getLogger("twitchAPI").setLevel(logging.ERROR)  # it tells of waiting, not of missing clips
    module = importlib.import_module("twitchAPI.twitch")
    client = cast("TwitchApi", module.Twitch(EXAMPLE, authenticate_app=False, base_url=base))
    await client.set_app_authentication(EXAMPLE, [])
    yield lambda: client.get_clips(game_id=GAME, first=100)
    await client.close()


@asynccontextmanager
async def twitch_io(base: str) -> AsyncGenerator[Callable[[], AsyncIterator[object]]]:
    """TwitchIO, whose address is an attribute of a class."""
    logging.getLogger("twitchio").setLevel(logging.ERROR)  # it tells of an extra that is not installed
    importlib.import_module("twitchio.http").Route.BASE = base
    module = importlib.import_module("twitchio")
    async with cast("TwitchIo", module.Client(client_id=EXAMPLE)) as client:
        await client.login(token=EXAMPLE, load_tokens=False, save_tokens=False)
        yield lambda: client.fetch_clips(game_id=GAME, first=100)


CLIENTS: dict[str, Callable[[str], Opened]] = {
    "twitch-clips": twitch_clips,
    "twitchAPI": twitch_api,
    "TwitchIO": twitch_io,
}


def pages(rows: list[list[dict[str, object]]]) -> list[bytes]:
    """A listing of such pages; each but the last has a cursor that names it."""
    cursors: list[dict[str, str]] = [{"cursor": f"page{number}"} for number in range(len(rows) - 1)]
    return [json.dumps({"data": d, "pagination": p}).encode() for d, p in zip(rows, [*cursors, {}], strict=True)]


def listings() -> Answering:
    """The listings of every client, by path; a 429 comes once for each."""
    clips = [clip(number) for number in range(PAGES * 100)]
    first, second, third = clips[:100], clips[100:200], clips[200:250]
    bodies = {
        "long": pages([clips[start : start + 100] for start in range(0, len(clips), 100)]),
        "whole": pages([first, second, third]),
        "refused": pages([first, second, third]),
        "hollow": pages([first, [], second, third]),
    }
    refused: set[str] = set()

    def answer(target: str) -> bytes:
        found = _TARGET.match(target)
        if found is None:
            return wire(b'{"message":"no such path"}', "404 Not Found")
        client, listing, before = found.groups()
        if listing == "refused" and before == "0" and client not in refused:
            refused.add(client)
            body = b'{"error":"Too Many Requests","status":429,"message":"Too many requests"}'
            return wire(body, "429 Too Many Requests", (800, 0, int(time.time()) + 2))
        return wire(bodies[listing][0 if before is None else int(before) + 1])

    return answer


async def spent(name: str, origin: str, listings: int) -> float:
    """CPU microseconds a page of one client."""
    async with CLIENTS[name](origin + LISTING.format(name, "long")) as listing:

        async def walk() -> int:
            count = 0
            async for _ in listing():
                count += 1
            return count // 100

        return await timed(walk, listings)


async def came(name: str, case: str, origin: str) -> str:
    """How many of the 250 clips a client gives, and the error that it raises, if it does."""
    count = 0
    error = "no error"
    async with CLIENTS[name](origin + LISTING.format(name, case)) as listing:
        try:
            async for _ in listing():
                count += 1
        except Exception as raised:  # noqa: BLE001  (whatever a client raises is its way of saying so)
            error = type(raised).__name__
    return f"{count} clips, {error}"


def main(rounds: int, listings_each: int) -> None:
    """Print completeness, each round and the ratio."""
    with serving(listings) as origin:
        for case, words in CASES.items():
            for name in CLIENTS:
                print(f"{words:14} {name:13} {asyncio.run(came(name, case, origin))}")
        figures: dict[str, list[float]] = {name: [] for name in CLIENTS}
        for _ in range(rounds):
            for name, measured in figures.items():
                measured.append(measure(partial(spent, name), origin, listings_each))
            print("   ".join(f"{name} {measured[-1]:5.0f} us a page" for name, measured in figures.items()))
    medians = {name: statistics.median(measured) for name, measured in figures.items()}
    print("medians: " + ", ".join(f"{name} {median:.0f} us" for name, median in medians.items()))
    ours = medians.pop("twitch-clips")
    print(f"ratio to the better of the two: {ours / min(medians.values()):.2f} (bar: {BAR})")


if __name__ == "__main__":
    main(*((1, 1) if "--quick" in sys.argv else (ROUNDS, LISTINGS)))
