"""Twenty listings at once over a bucket that is too small for them, with each client.

A `FakeHelix` counts points as Helix does: a full bucket of so many, and as many more a minute. Twenty tasks of one
client each read a listing of five pages, in real time: what is over the bucket's first filling has to wait for its
refill, and no client can be sooner than that. The server counts requests and 429s.
"""

import asyncio
import time
from collections import Counter
from http import HTTPStatus

import attrs
from aiohttp import web
from others import CLIENTS, PAGE
from others_faults import catalogue
from others_said import Reading, listening

from twitch_clips.testing import FakeHelix
from twitch_clips.testing.faults import Answer, Fault

LISTINGS = 20
PAGES = 5


@attrs.frozen
class Outcome:
    """What came of the twenty listings.

    Attributes:
        seconds: Until the last of them ended.
        requests: All that came to the server.
        refused: Those that it answered 429.
        complete: Listings of which every clip came.
        silent: Listings that ended short of that, and nothing was said.
        errors: Listings that an error or a warning ended.
        unfinished: Listings that were still under way when there was no more time.
    """

    seconds: float
    requests: int
    refused: int
    complete: int
    silent: int
    errors: int
    unfinished: int


@attrs.frozen
class Bucket:
    """The least that it can take, and what each client made of it."""

    listings: int
    least_seconds: float
    clients: dict[str, Outcome]


def _counted(statuses: Counter[int]) -> Fault:
    async def fault(_request: web.Request, answer: Answer) -> web.StreamResponse:
        right = await answer()
        statuses[right.status] += 1
        return right

    return fault


async def share(name: str, points: int, seconds: float) -> Outcome:
    """Read the listings with one client, for so many seconds at most."""
    there = PAGES * PAGE
    statuses: Counter[int] = Counter()
    readings = [Reading() for _ in range(LISTINGS)]
    async with (
        FakeHelix(catalogue(there), limit=points) as helix,
        CLIENTS[name](f"http://127.0.0.1:{helix.port}", renews=False) as asked,
    ):
        helix.fail(_counted(statuses), times=None)
        start = time.perf_counter()
        tasks = [asyncio.create_task(reading.read(asked.by_game)) for reading in readings]
        _, late = await asyncio.wait(tasks, timeout=seconds)
        took = time.perf_counter() - start
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    verdicts = Counter(reading.verdict(there) for reading in readings)
    return Outcome(
        seconds=took,
        requests=statuses.total(),
        refused=statuses[HTTPStatus.TOO_MANY_REQUESTS],
        complete=verdicts["complete"],
        silent=verdicts["loss"],
        errors=verdicts["says so"],
        unfinished=verdicts["endless"],
    )


def bucket(points: int, seconds: float) -> Bucket:
    """The clients one after the other, each over a full bucket of so many points.

    Args:
        points: In the bucket, and back a minute.
        seconds: That each may take.
    """
    least = (LISTINGS * PAGES - points) * 60 / points
    with listening():
        return Bucket(LISTINGS, least, {name: asyncio.run(share(name, points, seconds)) for name in CLIENTS})
