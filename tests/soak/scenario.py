"""A soak: an hour or more of virtual time in which everything happens at once."""

import asyncio
import gc
import random
import socket
import sys
import warnings
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import NOW
from twitch_clips import Clip

from .archivist import Archivist, Filer
from .life import ENDS, Actor, Life
from .readers import Finder, Lister, Merger
from .watcher import Watcher
from .weather import Weather
from .world import World, chance_of

_SHORTEST, _LONGEST = 30, 600  # seconds of a process
_LAST = 4 * 3600.0  # seconds in which the last process has to be done
_MOST_CLIPS = 20_000  # in memory, whatever happens


async def soak(seed: int, seconds: float = 3600.0) -> Counter[str]:
    """Run a scenario on a `VirtualLoop` that begins at `NOW`, and count what happened.

    What each part draws is the same for the same seed; the order in which sockets become readable is the machine's.

    Args:
        seed: Of the scenario.
        seconds: Virtual ones in which clips are made and things go wrong.

    Raises:
        AssertionError: Something was lost, came twice, hung or was left behind.
        Exception: Something else than a `TwitchClipsError` was raised.
    """
    with _disk() as disk, _strict(seed) as problems:
        counts = await _run(seed, seconds, disk)
        gc.collect()
        await asyncio.sleep(0)
        assert not problems, problems
    return counts


async def _run(seed: int, seconds: float, folder: Path) -> Counter[str]:
    gc.collect()
    sockets, held = _open_sockets(), _clips_held()  # others', where this is one test of many
    world, chance = World(seed), chance_of(seed, "lives")
    ends = cycle(chance.sample(ENDS, len(ENDS)))
    actors: list[Actor] = [
        Lister(world, 1),
        Lister(world, 2),
        Merger(world),
        Finder(world),
        Archivist(world),
        Filer(world),
        Watcher(world),
    ]
    weather = Weather(world)
    async with world.helix:
        publishing = asyncio.create_task(world.publish(seconds))
        raging = asyncio.create_task(weather.rage())
        looking = asyncio.create_task(_look_at_memory(world))
        while not publishing.done():
            end = next(ends)
            await Life(world, chance, folder, is_last=False).run(actors, chance.uniform(_SHORTEST, _LONGEST), end)
            gc.collect()
            assert _clips_held() <= held, "clips outlive their process"
        await publishing
        for task in (raging, looking):
            task.cancel()
        await asyncio.wait([raging, looking])
        weather.clear_up()
        await Life(world, chance, folder, is_last=True).run(actors, _LAST, "asked")
        world.counts["seconds"] = int((world.helix.now - NOW).total_seconds())
        world.counts["requests"] = len(world.helix.targets)
    _check_refusals(world.counts)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await asyncio.sleep(0)
    assert _open_sockets() <= sockets
    return world.counts


def _check_refusals(counts: Counter[str]) -> None:
    """Where no fault refuses, only others who empty the bucket and a process that does not know what is left do."""
    counts["429 unasked"] = counts["429 heard"] - counts["fault 429"]
    processes = sum(counts[f"ended {end}"] for end in ENDS)
    assert counts["429 unasked"] <= processes + counts["emptied by others"]


async def _look_at_memory(world: World) -> None:
    """See now and then how many clips there are, garbage included."""
    while True:
        await asyncio.sleep(300)
        world.counts["most clips held"] = max(_clips_held(), world.counts["most clips held"])
        assert world.counts["most clips held"] < _MOST_CLIPS


def _clips_held() -> int:
    return sum(isinstance(one, Clip) for one in gc.get_objects())


def _open_sockets() -> int:
    return sum(isinstance(one, socket.socket) and one.fileno() != -1 for one in gc.get_objects())


@contextmanager
def _disk() -> Generator[Path]:
    with TemporaryDirectory() as folder:
        disk = Path(folder, "disk")
        disk.mkdir()
        yield disk


@contextmanager
def _strict(seed: int) -> Generator[list[str]]:
    """Chance from a seed; warnings, and errors that nobody could hear, are problems."""
    problems: list[str] = []
    state, hook = random.getstate(), sys.unraisablehook
    random.seed(seed)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(str(context)))
    sys.unraisablehook = lambda unraisable: problems.append(str(unraisable))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", UserWarning)  # what is costly or was not committed is told, and meant here
            yield problems
    finally:
        asyncio.get_running_loop().set_exception_handler(None)
        sys.unraisablehook = hook
        random.setstate(state)
