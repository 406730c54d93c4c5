"""What a page of 100 clips costs with each client: CPU, wall time, requests and memory, on one server in one run.

Every figure is made in a process of its own, the clients take turns, and medians are compared. The listing has 20,000
clips, bodies encoded beforehand, and no clip is kept. Memory is how much the process' peak has grown over the first
listing it reads. Requests are counted by the server, whatever they ask for. The bar: ours takes at most half the CPU of
the better of the two others.
"""

import asyncio
import json
import multiprocessing
import os
import re
import statistics
import time
from collections.abc import Callable, Coroutine

import aiohttp
import attrs
from canned import Answering, serving, wire
from floor import NO_LOTTERY, PAGES, clip, timed
from memory import status
from others import CLIENTS, OURS, PAGE, Asked
from others_said import listening

BAR = 0.5
Measure = Callable[[str, str, int], Coroutine[None, None, tuple[float, float]]]
_TARGET = re.compile(r"/(?P<client>[^/]+)/(?:(?P<asked>asked)|helix/clips\?(?:.*?after=page(?P<before>\d+))?)")


@attrs.frozen
class Cost:
    """Of one client.

    Attributes:
        cpu_us: Microseconds of CPU a page.
        wall_us: Microseconds a page.
        requests: Of a listing of 200 pages, those that are not for clips included.
        memory_mib: Growth of the peak, in MiB.
    """

    cpu_us: float
    wall_us: float
    requests: int
    memory_mib: float


def listing() -> Answering:
    """The listing, the same for every client, and how many requests of each have come."""
    clips = [clip(number) for number in range(PAGES * PAGE)]
    cursors: list[dict[str, str]] = [{"cursor": f"page{number}"} for number in range(PAGES - 1)]
    pages = [
        json.dumps({"data": clips[number * PAGE :][:PAGE], "pagination": pagination}).encode()
        for number, pagination in enumerate([*cursors, {}])
    ]
    asked = dict.fromkeys(CLIENTS, 0)

    def answer(target: str) -> bytes:
        client = target.split("/")[1]
        found = _TARGET.match(target)
        if found and found["asked"]:
            return wire(json.dumps(asked[client]).encode())
        asked[client] += 1
        if found is None:
            return wire(b'{"message":"no such path"}', "404 Not Found")
        return wire(pages[0 if found["before"] is None else int(found["before"]) + 1])

    return answer


async def count(asked: Asked) -> int:
    """Pages of a listing."""
    clips = 0
    async for _ in asked.by_game():
        clips += 1
    return clips // PAGE


async def spent(name: str, origin: str, listings: int) -> tuple[float, float]:
    """CPU and wall microseconds a page, each in the cheapest of so many listings."""
    walls: list[float] = []
    async with CLIENTS[name](origin, renews=False) as asked:

        async def walk() -> int:
            start = time.perf_counter()
            pages = await count(asked)
            walls.append((time.perf_counter() - start) / PAGES * 1e6)
            return pages

        return await timed(walk, listings), min(walls[1:])


async def taken(name: str, origin: str, _listings: int) -> tuple[float, float]:
    """MiB by which the peak grows over a listing, and its requests."""

    async def requests() -> int:
        async with aiohttp.ClientSession() as session, session.get(f"{origin}/asked") as answer:
            return int(await answer.read())

    before = await requests()
    async with CLIENTS[name](origin, renews=False) as asked:
        peak = status("VmHWM")
        if await count(asked) != PAGES:
            raise SystemExit(f"{name} did not read the whole listing")
        growth = status("VmHWM") - peak
    return growth, await requests() - before


def be(measure: Measure, name: str, origin: str, listings: int) -> tuple[float, float]:
    """Be the process of one measurement."""
    with listening():
        return asyncio.run(measure(name, f"{origin}/{name}", listings))


def costs(rounds: int, listings: int) -> dict[str, Cost]:
    """Medians of so many rounds."""
    os.environ.update(NO_LOTTERY)
    figures: dict[str, list[tuple[float, ...]]] = {name: [] for name in CLIENTS}
    with serving(listing) as origin, multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for _ in range(rounds):
            for name, measured in figures.items():
                pairs = (pool.apply(be, (measure, name, origin, listings)) for measure in (spent, taken))
                measured.append(tuple(figure for pair in pairs for figure in pair))
            print("   ".join(f"{name} {measured[-1][0]:5.0f} us a page" for name, measured in figures.items()))
    medians = {name: map(statistics.median, zip(*measured, strict=True)) for name, measured in figures.items()}
    return {name: Cost(cpu, wall, int(requests), mib) for name, (cpu, wall, mib, requests) in medians.items()}


def ratio(costs: dict[str, Cost]) -> float:
    """Our CPU to that of the better of the two others."""
    return costs[OURS].cpu_us / min(cost.cpu_us for name, cost in costs.items() if name != OURS)
