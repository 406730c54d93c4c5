"""Keeps what a watch has given where the next run finds it."""

import asyncio
import math

from twitch_clips import _clock
from twitch_clips.checkpoint import FileStore, StateStore, load_from, save_to
from twitch_clips.errors import CheckpointError

from . import state
from .server_clock import ServerClock
from .targets import Targets


class Record:
    """The checkpoint of one watch.

    Args:
        store: Where it is kept; `None` for nowhere.
        targets: What it is of.
        clock: Helix's.
    """

    def __init__(self, store: StateStore | None, targets: Targets, clock: ServerClock) -> None:
        """Touch nothing yet."""
        self._store = store
        self._targets = targets
        self._clock = clock
        self._saving = asyncio.Lock()
        self._saved_at: float = -math.inf
        self._text: str | None = None

    def come_to_loop(self) -> None:
        """The loop is another one."""
        self._saving, self._saved_at = asyncio.Lock(), -math.inf

    async def load(self) -> None:
        """Have the targets remembered that an earlier run has watched.

        Raises:
            CheckpointError: It cannot be read, is damaged, or of another kind or version.
        """
        text = None if self._store is None else await load_from(self._store)
        if text is None:
            return
        try:
            targets = state.read(text)
        except CheckpointError as error:
            problem = str(error)
        else:
            for target in targets:
                self._targets.remember(target)
            self._text = text
            return
        raise CheckpointError(f"{self._store}: {problem}" if isinstance(self._store, FileStore) else problem)

    async def save_after(self, seconds: float) -> None:
        """Keep what is done, unless that was done less than so many seconds ago.

        Raises:
            CheckpointError: It cannot be written.
        """
        if self._store is None or _clock.monotonic() - self._saved_at < seconds:
            return
        async with self._saving:
            if self._clock.is_set:
                self._targets.drop_absent(self._clock.now())
            text = state.write(self._targets.everyone())
            if text != self._text:
                await save_to(self._store, text)
                self._text = text
            self._saved_at = _clock.monotonic()
