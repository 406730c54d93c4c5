"""One process of a soak: clients and tasks that come to an end, well or badly, and what outlives them."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Protocol

from twitch_clips import AppAuth, AsyncClips, CheckpointError, ClosedError, QueryError, TokenBucket, TwitchClipsError

from .world import World

PATIENCE = 3600.0  # virtual seconds: what takes longer hangs
ENDS = ("asked", "cancelled", "killed", "closed")


class Actor(Protocol):
    """Somebody who uses the clients of one process after the other."""

    async def live(self, life: "Life") -> None:
        """Use them until the process is over; in the last one until there is no more to do."""
        ...


class Life:
    """A process.

    Args:
        world: Whose server it asks.
        chance: What it draws by.
        folder: Its disk.
        is_last: Whether it ends only when its actors have nothing more to do.

    Attributes:
        is_alive: Whether what it does can still be noticed: a kill is told to nobody.
        is_over: Whether its actors are to leave.
        closers: What brings those to their end who wait for something that may never come.
    """

    def __init__(self, world: World, chance: Random, folder: Path, *, is_last: bool) -> None:
        """Open nothing yet."""
        helix = world.helix
        auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
        bucket = chance.choice((None, TokenBucket()))  # what an earlier process has counted is not known to this one
        max_wait = None if is_last or chance.random() < 0.7 else chance.uniform(1, 30)
        self._clients = [
            AsyncClips(auth, api_url=helix.api_url, bucket=bucket, max_wait=max_wait, hooks=[world.hear])
            for _ in range(2)
        ]
        self.world = world
        self.chance = chance
        self.folder = folder
        self.is_last = is_last
        self.is_alive = True
        self.is_over = False
        self.closers: list[Callable[[], Awaitable[None]]] = []
        self._is_closed = False

    @property
    def clips(self) -> AsyncClips:
        """One of its clients, which share a bucket."""
        return self.chance.choice(self._clients)

    async def run(self, actors: Sequence[Actor], seconds: float, end: str) -> None:
        """Live so long, or if it is the last one until all is done, and come to one of the `ENDS`."""
        tasks = [asyncio.create_task(actor.live(self)) for actor in actors]
        try:
            ends = asyncio.FIRST_EXCEPTION
            done, left = await asyncio.wait(tasks, timeout=seconds, return_when=ends)
            for task in done:
                task.result()
            assert not (left and self.is_last), f"hangs: {left}"
            await self._end(end, tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self._close()
        for task in tasks:
            assert task.cancelled() or task.result() is None

    @asynccontextmanager
    async def risk(self, patience: float = 1.0) -> AsyncGenerator[None]:
        """Whatever is asked in it may fail, and one time in four is left in the middle of it.

        Args:
            patience: Seconds, on average, before it is left.
        """
        is_impatient = self.chance.random() < 1 / 4
        try:
            async with asyncio.timeout(self.chance.expovariate(1 / patience) if is_impatient else PATIENCE):
                yield
        except TwitchClipsError as error:
            self._take_note(error)
            await asyncio.sleep(self.chance.expovariate(1 / 15))
        except TimeoutError:
            assert is_impatient, "hangs"
            self.world.counts["cancelled"] += 1

    async def pause(self, seconds: float) -> None:
        """Do something else for about so long."""
        if not self.is_over:
            await asyncio.sleep(self.chance.expovariate(1 / seconds))

    async def _close(self) -> None:
        for clips in self._clients:
            await clips.aclose()

    def _take_note(self, error: TwitchClipsError) -> None:
        self.world.counts[f"raised {type(error).__name__}"] += 1
        assert not isinstance(error, QueryError), error
        assert self._is_closed or not isinstance(error, ClosedError), error

    async def _end(self, how: str, tasks: list["asyncio.Task[None]"]) -> None:
        self.world.counts[f"ended {how}"] += 1
        with ExitStack() as stack:
            if how == "killed":
                self.is_alive = False
                stack.callback(_put_back, self.folder, _copy(self.folder))
            self.is_over = True
            if how in {"cancelled", "killed"}:
                for task in tasks:
                    task.cancel()
            elif how == "closed":
                self._is_closed = True
                await self._close()
            else:
                for close in self.closers:
                    with suppress(CheckpointError):  # leaving it saves again
                        await close()
            _, left = await asyncio.wait(tasks, timeout=2 * PATIENCE)
            assert not left, f"hangs: {left}"


class Kept:
    """A checkpoint's store of one process, on a disk that outlives it and is slow and full at times."""

    def __init__(self, life: Life, disk: dict[str, str], name: str, saved: Callable[[], object] = bool) -> None:
        """Read nothing yet.

        Args:
            life: Whose it is.
            disk: Texts by name.
            name: Of this one.
            saved: Hears of each save that stands.
        """
        self._life = life
        self._disk = disk
        self._name = name
        self._saved = saved

    def load(self) -> str | None:
        """What was saved last."""
        return self._disk.get(self._name)

    async def save(self, text: str, /) -> None:
        """Keep it."""
        chance = self._life.chance
        await asyncio.sleep(chance.choice((0, 0, chance.random())))
        if chance.random() < 0.05:
            raise CheckpointError("the disk is full")
        keep = self._keep if self._life.is_alive else len
        keep(text)

    def _keep(self, text: str) -> None:
        self._disk[self._name] = text
        self._saved()


def _copy(folder: Path) -> Path:
    return shutil.copytree(folder, folder.with_name("copy"))


def _put_back(folder: Path, copy: Path) -> None:
    """What a killed process would have done after its end was not done."""
    shutil.rmtree(folder)
    copy.rename(folder)
