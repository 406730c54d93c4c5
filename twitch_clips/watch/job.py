"""`ClipWatch`: each new clip of channels and games, once."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self, Unpack

from twitch_clips._caller import line_outside
from twitch_clips._session import Session
from twitch_clips.events import log
from twitch_clips.names import Names
from twitch_clips.records import Clip

from .cost import Cost
from .outbox import Outbox
from .poll import Poller
from .record import Record
from .rounds import Rounds
from .targets import Targets
from .terms import Key, OneOf, Terms, one_of

_GIVING = 1.0  # seconds between two writings of the checkpoint while clips are given
_IDLE = 10.0  # the same while none are: all that is new is how far was read


class ClipWatch(AsyncIterator[Clip]):
    """Each new clip of the channels and games that are watched, once; it never ends by itself.

    `AsyncClips.watch` makes it. Each target is polled once in `every` seconds, all of them spread evenly over that
    time; a poll's clips come oldest first. Nothing is asked for while a clip is left to give, but for the polls (eight
    at most) that had begun: whoever is slow asks less often, and misses nothing.

        async with clips.watch(login=["twitchdev", "example_streamer"], checkpoint="seen.json") as watch:
            async for clip in watch:
                await channel.send(clip.url)

    A poll lists all from `overlap` before the last one that went well until now, as Helix lists a clip some time after
    it was made: one that takes longer than `overlap` is missed. So after an outage what was made meanwhile is caught
    up with, however much it is; as it is with the next run on the same checkpoint. It costs `3600 / every` requests an
    hour for each target, and more where the window holds more than 100 clips: one for each hundred. A `UserWarning`
    comes once when that is more than half of the rate limit. Names are looked up a hundred at a time.

    A clip is done when the next one is asked for, or the watch is closed: by `aclose()`, or by leaving `async with`
    without an error. What is not done is given again by the next run. So leave it with `async with`: each clip comes
    exactly once over a clean stop, and at least once over a crash. Its reader is one task: another that asks for a clip
    says by that that the one before it is done.

    The checkpoint holds the ids of those clips that further polls will list, 50,000 at most: beyond that, the targets
    with most of them are looked at less far back. A name stays with the id that it had when it was first looked up: a
    channel that is renamed goes on. Targets that are not watched any more are kept for 30 days, `discard` forgets one.

    A target that fails is told of by `twitch_clips.events.PollFailed` and in the log, and asked again after `every`
    seconds, then after twice as long and so on up to 15 minutes; the others go on. So is one of which Helix does not
    list a part: that part is asked for again until it is an hour old.

    Raises:
        AuthError: No access token could be had (a token server that fails, `AuthUnavailable`, is a poll that fails as
            others do). So `Unauthorized`, where Helix does not take it.
        ClosedError: The `AsyncClips` was closed.
        CheckpointError: The checkpoint is damaged or of another kind, or cannot be read or written.
        TwitchClipsError: Every target fails: three times in a row, or for a reason that does not pass (`UnknownName`,
            `BadRequest`, `Forbidden`, `NotFound`); this is why the last one did. Asked again, it goes on.
    """

    def __init__(self, session: Session, names: Names, terms: Terms) -> None:
        """Ask nothing yet."""
        targets = Targets()
        self._keys = dict.fromkeys(terms.keys)
        self._discarded: set[Key] = set()
        self._targets = targets
        self._outbox = Outbox(targets, terms.overlap)
        poller = Poller(session, names, terms, targets)
        cost = Cost(session, poller.tally, terms.every, line_outside())
        self._rounds = Rounds(session.events, poller, terms, targets, self._outbox, cost)
        self._record = Record(terms.store, targets, poller.clock)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turning = asyncio.Lock()
        self._is_open = False
        self._is_closed = False

    def __aiter__(self) -> Self:
        """Itself."""
        return self

    async def __anext__(self) -> Clip:
        """The next clip, as soon as there is one; the one before it is done."""
        self._come_to_loop()
        async with self._turning:
            self._outbox.finish()
            while not self._is_closed:
                await self._open()
                if self._outbox.has_clip():
                    await self._record.save_after(_GIVING)
                    if self._outbox.has_clip() and not self._is_closed:  # a target may have been discarded meanwhile
                        return self._outbox.take()
                    continue
                self._rounds.raise_failure()
                await self._record.save_after(_IDLE if self._outbox.is_idle else 0.0)
                self._outbox.is_idle = True
                await self._rounds.wait()
        raise StopAsyncIteration

    def add(self, **selector: Unpack[OneOf]) -> None:
        """Watch one more channel or game, from now on; one that is watched already goes on.

        Args:
            **selector: Exactly one of `login`, `broadcaster_id`, `game` and `game_id`.

        Raises:
            QueryError: It is none, or more than one, or no name or id; nothing was sent.
        """
        key = one_of(selector)
        if key not in self._keys:
            self._keys[key] = None
            if self._is_open:
                self._rounds.add(key)

    def discard(self, **selector: Unpack[OneOf]) -> None:
        """Watch a channel or game no more, and forget it; nothing happens if it is not watched.

        Clips of it that were not given yet are not given.

        Args:
            **selector: Exactly one of `login`, `broadcaster_id`, `game` and `game_id`, as it was given.

        Raises:
            QueryError: It is none, or more than one, or no name or id.
        """
        key = one_of(selector)
        self._keys.pop(key, None)
        if self._is_open:
            self._rounds.discard(key)
        else:
            self._discarded.add(key)

    async def aclose(self) -> None:
        """Give no more, and keep what was given: the clip given last is done. What is under way is cancelled.

        Raises:
            CheckpointError: The checkpoint cannot be written.
        """
        self._outbox.finish()
        await self._close()

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close; if by an error, the clip given last is not done, and the next run gives it again."""
        if error is None:
            await self.aclose()
            return
        self._outbox.drop()
        try:
            await self._close()
        except Exception as failure:  # noqa: BLE001  (a store's, that is anybody's: no cancel may give way to it)
            log.warning("%s", failure)

    async def _close(self) -> None:
        self._come_to_loop()
        self._is_closed = True
        await self._rounds.aclose()
        if self._is_open:
            await self._record.save_after(0.0)

    async def _open(self) -> None:
        """Read the checkpoint, and begin to watch."""
        if not self._is_open:
            await self._record.load()
            for key in self._discarded:
                self._targets.discard(key)
            self._is_open = True
            self._rounds.begin(self._keys)

    def _come_to_loop(self) -> None:
        """Tasks and locks of an event loop that is gone went with it."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        has_moved, self._loop = self._loop is not None, loop
        self._turning = asyncio.Lock()
        if has_moved:
            self._rounds.come_to_loop()
            self._record.come_to_loop()
