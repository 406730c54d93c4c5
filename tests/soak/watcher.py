"""Who watches: every new clip comes, and none twice but where a process ended badly."""

import asyncio
from contextlib import suppress

from tests.conftest import NOW
from twitch_clips import CheckpointError, Clip, ClipWatch

from .life import Kept, Life
from .world import WATCHED_GAME, WATCHED_ID, WATCHED_LOGINS, World, chance_of

_EVERY = 45
_CALM = 900.0  # seconds in which all is to have come once nothing goes wrong any more


class Watcher:
    """Watches channels and a game, and reacts to each of their clips."""

    def __init__(self, world: World) -> None:
        """See nothing yet."""
        self._world = world
        self._chance = chance_of(world.seed, "watcher")
        self._disk: dict[str, str] = {}
        self._given: set[str] = set()
        self._unsaved: list[str] = []
        self._may_repeat: set[str] = set()

    async def live(self, life: Life) -> None:
        """Watch on; what was not saved when the process ended may come again."""
        watch = life.clips.watch(
            login=list(WATCHED_LOGINS),
            broadcaster_id=WATCHED_ID,
            game_id=WATCHED_GAME,
            since=NOW,
            every=_EVERY,
            checkpoint=Kept(life, self._disk, "watch", self._unsaved.clear),
        )
        life.closers.append(watch.aclose)
        try:
            with suppress(CheckpointError):
                async with watch:
                    await self._watch(life, watch)
                assert not self._unsaved
        finally:
            self._may_repeat.update(self._unsaved)
            self._unsaved.clear()
        if life.is_last:
            lacks = self._wanted() - self._given
            assert not lacks, f"never given: {lacks}"
            self._world.counts["watched"] += len(self._given)

    async def _watch(self, life: Life, watch: ClipWatch) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_CALM if life.is_last else None):
                try:
                    await self._read(life, watch)
                except asyncio.CancelledError:
                    self._may_repeat.update(self._unsaved[-1:])  # it is in hand, and nobody says that it is done
                    raise

    async def _read(self, life: Life, watch: ClipWatch) -> None:
        while not life.is_over:
            async with life.risk(patience=20):
                clip = await anext(watch, None)
                if clip is not None:
                    self._take(clip)
            await life.pause(self._chance.choice((0.01,) * 40 + (0.01 if life.is_last else 60,)))

    def _take(self, clip: Clip) -> None:
        assert clip.id in self._wanted()
        self._world.counts["watched twice"] += clip.id in self._given
        assert clip.id not in self._given or clip.id in self._may_repeat, f"given again: {clip}"
        self._may_repeat.discard(clip.id)
        self._given.add(clip.id)
        self._unsaved.append(clip.id)

    def _wanted(self) -> set[str]:
        channels = {*WATCHED_LOGINS.values(), WATCHED_ID}
        clips = self._world.clips
        return {
            clip_id
            for clip_id in self._world.appeared
            if clips[clip_id]["broadcaster_id"] in channels or clips[clip_id]["game_id"] == WATCHED_GAME
        }
