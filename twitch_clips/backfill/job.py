"""`Backfill`: every clip of a range, or a list of what is missing."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import partial
from types import TracebackType
from typing import Self

from twitch_clips import _clock
from twitch_clips._caller import line_outside
from twitch_clips._session import Session, Tally
from twitch_clips.checkpoint import StateStore, StateStores, load_from, save_to
from twitch_clips.errors import ClosedError, QueryError
from twitch_clips.names import Names
from twitch_clips.records import Clip, Window

from .batches import BatchIterator
from .opening import Opened, open_range
from .report import Batch, Plan, Progress, Report
from .terms import Terms
from .windows import Stretches


class Backfill(AsyncIterator[Clip]):
    """Every clip of a channel or a game in a range, window by window, or a list of what is missing.

    `AsyncClips.backfill` makes it. The range is cut into windows on Helix's 10-minute grid, as wide as its cap of about
    1,000 results lets them be; each is read to its end. It costs some 1.1 to 1.3 requests for each hundred clips.

        async with clips.backfill(login="twitchdev", checkpoint="twitchdev.json") as job:
            async for batch in job.batches():
                await store(batch.clips)
                await job.commit(batch)
        job.report.raise_if_incomplete()

    What was committed is not asked for again, by the next run with the same checkpoint either; whatever was not, is. A
    run that is killed loses nothing that was committed and repeats at most the windows in work. No more than
    `concurrency` windows are read ahead of whoever takes the batches. Its requests stand back for those of others, and
    wait for their turn as long as that takes. Leave it with `async with` or `aclose()`.

    `async for clip in job` is the simple form, for one reader: each batch is committed when the first clip of the next
    is asked for.

    Raises:
        UnknownName: The login or game does not exist.
        CheckpointError: The checkpoint is damaged or of another query, or cannot be read or written.
        QueryError: The channel was created after the end of the range.
        TwitchClipsError: Helix, or the way to it, fails altogether; asked again, it goes on. A window that fails by
            itself does not raise: it is a gap.
    """

    def __init__(self, session: Session, terms: Terms) -> None:
        """Ask nothing yet."""
        self._session = session
        self._names = Names(session)  # the client's own would not wait for longer than `max_wait`
        self._terms = terms
        self._store = terms.store
        self._tally = Tally()
        self._opened: Opened | None = None
        self._opening, self._saving, self._turning = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: dict[asyncio.Task[list[Batch]], Callable[[], None]] = {}
        self._ready: deque[Batch] = deque()
        self._handed: dict[Window, Batch] = {}
        self._failure: BaseException | None = None
        self._is_closed = False
        self._current: Batch | None = None
        self._rest: deque[Clip] = deque()
        self._asked_at = line_outside()

    def __aiter__(self) -> Self:
        """Itself."""
        return self

    async def __anext__(self) -> Clip:
        """The next clip; the batch before it is committed once all of its clips were given."""
        await self._come_to_loop()
        while not self._rest:
            async with self._turning:
                if not self._rest:
                    await self._turn()
        return self._rest.popleft()

    def batches(self) -> AsyncIterator[Batch]:
        """What is read, window by window, as windows finish; some are empty. `commit` each."""
        return BatchIterator(self._next_batch)

    async def commit(self, batch: Batch, /, *more: Batch) -> None:
        """Mark a batch, or `more`, as done: the clips are where they belong. The checkpoint is written, once for all.

        Raises:
            QueryError: One of them is not a batch of this job.
            CheckpointError: The checkpoint cannot be written: what it held before stands, and the commit can be tried
                again.
        """
        opened = await self._open()
        for one in (batch, *more):
            handed = self._handed.get(one.window)
            if handed is not None and handed is not one:
                raise QueryError(f"not the batch of this job with the window {one.window}")
            if handed is None and any(one.window == ready.window for ready in self._ready):
                raise QueryError(f"the batch of this job with the window {one.window} was not taken yet")
            opened.ledger.commit(one.window)
            self._handed.pop(one.window, None)
        await self._save()

    def keep_in(self, store: StateStore | StateStores, /) -> None:
        """Keep the checkpoint there: for what the clips are written to, as a file or a database that keeps both.

        Raises:
            QueryError: The job has a checkpoint of its own, is closed, or has begun with another one or without.
        """
        if self._terms.store is not None and self._terms.store is not store:
            raise QueryError(f"the job has a checkpoint of its own, and {store} keeps one: leave out `checkpoint`")
        if self._is_closed or (self._opened is not None and self._store is not store):
            raise QueryError("the job has begun, or is closed: make a new one")
        self._store = store

    async def plan(self) -> Plan:
        """What is to be read, and about the least that it can cost.

        It reads the job's first window, at up to some twenty requests (and one for a name or a channel's creation): a
        first page alone tells little. That window's batch is the first to be had then. It raises what the class does.
        """
        before = self._tally.requests
        opened = await self._open()
        work = opened.work
        if work.batches.left and not work.batches.tallies.windows and not self._ready:
            await self._advance(opened)
            self._raise_failure()
        return opened.plan(self._tally.requests - before, self._session.buckets.status)

    @property
    def progress(self) -> Progress:
        """How far it is. Its fraction goes back where wide windows turn out to lack clips and are read again."""
        requests = self._tally.requests
        if self._opened is None:
            return Progress(fraction=0.0, clips=0, requests=requests, requests_per_minute=0.0, seconds_left=None)
        return self._opened.progress(requests, self._session.buckets.status)

    @property
    def report(self) -> Report:
        """What was read, and what it can vouch for; of this run."""
        requests = self._tally.requests
        if self._opened is None:
            unread = tuple(Stretches([self._terms.widest(_clock.now())]))
            return Report(windows={}, gaps=(), unsettled=(), unread=unread, clips=0, requests=requests)
        return self._opened.report(requests, Stretches(batch.window for batch in self._ready))

    async def aclose(self) -> None:
        """Cancel what is under way, and give no more. What was committed is kept."""
        self._is_closed = True
        await self._cancel()

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, and warn of batches that were taken and never committed."""
        await self.aclose()
        # The reader of single clips has seen no batch, and leaves its last one uncommitted by design.
        count = len(self._handed) - (self._current is not None)
        if error is None and count > 0:
            taken = "1 batch of a backfill was" if count == 1 else f"{count} batches of a backfill were"
            self._asked_at.warn(
                f"{taken} taken and never committed: the next run asks for what was in them again; "
                "await job.commit(batch) once its clips are where they belong",
                UserWarning,
            )

    async def _turn(self) -> None:
        """To the next batch's clips."""
        if self._current is not None:
            await self.commit(self._current)
            self._current = None
        self._current = await self._next_batch()
        self._rest = deque(self._current.clips)

    async def _next_batch(self) -> Batch:
        while not self._is_closed:
            try:
                opened = await self._open()
            except ClosedError:
                if self._is_closed:
                    break
                raise  # it is the client that was closed
            if self._is_closed:
                break
            if self._ready:
                batch = self._ready.popleft()
                opened.work.batches.hand_out(batch)
                if opened.store is None:
                    opened.ledger.commit(batch.window)  # nobody will ask for it again
                else:
                    self._handed[batch.window] = batch
                self._start(opened)
                return batch
            self._raise_failure()
            if await self._advance(opened):
                continue
            opened.ledger.vouch()
            await self._save()
            break
        raise StopAsyncIteration

    async def _advance(self, opened: Opened) -> bool:
        """Have something read; `False` when all is."""
        self._start(opened)
        if not self._tasks:
            return False
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        await self._collect(done)
        return True

    def _raise_failure(self) -> None:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _start(self, opened: Opened) -> None:
        """Have as many windows read as may be; none while there is a failure to tell of."""
        sweep = opened.work.sweep
        while (
            not self._is_closed
            and self._failure is None
            and len(self._tasks) + len(self._ready) < self._terms.concurrency
        ):
            span = sweep.take()
            if span is None:
                return
            self._tasks[asyncio.create_task(opened.work.read(span))] = partial(sweep.release, span)

    async def _collect(self, done: set[asyncio.Task[list[Batch]]]) -> None:
        for task in done:
            release = self._tasks.pop(task, None)
            if release is not None:  # else another task that reads along has dealt with it
                self._failure = self._put_away(task, release) or self._failure
        if self._failure is not None:
            await self._cancel()

    def _put_away(self, task: asyncio.Task[list[Batch]], release: Callable[[], None]) -> BaseException | None:
        """Let a task go, and keep what it has read; why it failed, if it did."""
        release()
        if not task.done() or task.cancelled():
            return None
        failure = task.exception()
        if failure is None:
            self._ready.extend(task.result())
        return failure

    async def _cancel(self) -> None:
        tasks, self._tasks = self._tasks, {}
        loop = asyncio.get_running_loop()
        alive = [task for task in tasks if task.get_loop() is loop]
        for task in alive:
            task.cancel()
        try:
            if alive:
                await asyncio.wait(alive)
        finally:
            for task, release in tasks.items():
                self._put_away(task, release)

    async def _come_to_loop(self) -> None:
        """Tasks and locks of an event loop that is gone went with it."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._opening, self._saving, self._turning = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
            await self._cancel()

    async def _open(self) -> Opened:
        await self._come_to_loop()
        async with self._opening:
            self._opened = self._opened or await self._begin()
            return self._opened

    async def _begin(self) -> Opened:
        self._refuse_if_closed()
        store = self._store
        text = await load_from(store) if isinstance(store, StateStore) else None
        self._refuse_if_closed()
        return await open_range(
            self._session, self._names, self._terms, store=store, text=text, tally=self._tally, save=self._save
        )

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise ClosedError("the backfill was closed before it began")

    async def _save(self) -> None:
        if (opened := self._opened) is None or opened.store is None:
            return
        async with self._saving:
            await save_to(opened.store, opened.ledger.written())
