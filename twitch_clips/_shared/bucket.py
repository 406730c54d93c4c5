"""Those of one process who wait for turns that a server gives, or this process itself while the server is away."""

import asyncio
import contextlib
import math

import attrs

from twitch_clips import _clock
from twitch_clips._bucket.level import Level
from twitch_clips._bucket.queue import Lane as Queue
from twitch_clips._bucket.queue import Turn
from twitch_clips._bucket.refusals import LONGEST, lasting
from twitch_clips.bucket import DEFAULT_LIMIT
from twitch_clips.records import RateHeaders, RateStatus

from .known import Known
from .outage import Outages
from .share import Share
from .tasks import ensure, running_loop
from .wire import Away, Lane, News, Offer, Server, SharedTurn, Told

PATIENCE = 0.25  # seconds; a server that takes longer is away
_LONG_PATIENCE = 2.0  # seconds, where nobody waits for the answer
_GRACE = 2 * PATIENCE  # to find out how long a turn takes is no wait for a turn


class SharedBucket:
    """One bucket of the server, as this process sees it: two lanes, and one task that asks for whoever is in front.

    The task lives while somebody waits, or while there is news that cannot. A turn that it waits for is nobody's
    before it comes, so who leaves the queue leaves the turn to the next.

    Args:
        server: Where the bucket is.
        key: Its name there.
        share: Points to keep to while the server is away, if the user says how many.
    """

    def __init__(self, server: Server, key: str, share: int | None) -> None:
        """Ask nothing yet."""
        self._server = server
        self._key = key
        self._share_limit = share
        self._known = Known(Level.full(DEFAULT_LIMIT))
        self._news = News()
        self._share: Share | None = None
        self._outages = Outages(server.name)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._live, self._background = Queue(), Queue()
        self._poke = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._attempts: asyncio.Task[None] | None = None
        self._next_at = -math.inf  # when the next turn comes, at least
        self._slept_until = -math.inf
        self._asks_for_background = False
        self._is_used = False

    @property
    def status(self) -> RateStatus:
        """How it stands, as far as is known without asking."""
        now = _clock.monotonic()
        waiting = self._waiting()
        if self._share is not None:
            status, refill = self._share.status(now), self._share.refill
        else:
            status, refill = self._known.status(now), self._known.level.refill
        return attrs.evolve(status, waiting=waiting, retry_after=status.retry_after + waiting / refill)

    async def acquire(self, *, max_wait: float | None = None, background: bool = False) -> Turn:
        """Wait for a turn, behind those who came first.

        Up to half a second that it takes to ask the server, or to find that it is away, is not counted as a wait.
        """
        self._enter_loop()
        self._is_used = True
        now = _clock.monotonic()
        lane = self._background if background else self._live
        waiter = lane.join(now, None if max_wait is None else max_wait + _GRACE)
        self._turn_away_late(now)
        if self._asks_for_background and not background:
            self._poke.set()
        self._start_pump()
        if self._share is not None:
            self._attempts = ensure(self._attempts, self._try_again())
        try:
            return await lane.outcome_of(waiter, self.give_back)
        finally:
            self._leave_closed_loop()
            if not self._waiting():
                self._poke.set()

    def observe(self, turn: Turn, rate: RateHeaders | None, *, refused: bool = False) -> None:
        """Take note of an answer; a 429 is told to the others at once, all else with the next question."""
        now = _clock.monotonic()
        self._leave_closed_loop()
        if self._share is not None:
            # Every turn of the share came after one that the server gave.
            own = Turn(0, turn.granted_at) if isinstance(turn, SharedTurn) else turn
            seconds = self._share.observe(now, own, rate, refused=refused)
            if seconds is not None:
                self._turn_away_all(self._share.status(now).retry_after, seconds)
            self._poke.set()
            return
        self._news.add(
            self._known.seen(now, turn, rate, refused=refused), is_ahead=isinstance(turn, SharedTurn) and turn.is_ahead
        )
        if refused:
            self._known.suspect(now)
        self._tell()

    def give_back(self, turn: Turn) -> None:
        """The next one of this process has it, or else the server."""
        now = _clock.monotonic()
        self._leave_closed_loop()
        if not isinstance(turn, SharedTurn):
            if self._share is not None:
                self._share.give_back(turn)
                self._poke.set()
        elif self._share is None:
            moved = attrs.evolve(turn, at=turn.at + now - turn.granted_at)
            if now < self._known.paused_until or not self._serve(moved):
                self._news.add_unused(turn)
                self._tell()

    async def aclose(self) -> None:
        """Send those who wait away, and tell the server what it should know."""
        self._leave_closed_loop()
        for lane in (self._live, self._background):
            lane.turn_away_all(0.0, "the bucket was closed")
        if self._loop is not asyncio.get_running_loop():
            return
        self._poke.set()
        await asyncio.gather(*filter(None, (self._pump,)), return_exceptions=True)
        # Not before: where the server hangs, the pump begins another attempt in the end.
        if self._attempts is not None:
            self._attempts.cancel()
            await asyncio.gather(self._attempts, return_exceptions=True)

    def _enter_loop(self) -> None:
        loop, old = asyncio.get_running_loop(), self._loop
        if old is loop:
            return
        if old is not None:
            with contextlib.suppress(RuntimeError):  # it is closed, or another thread closes it just now
                for lane in (self._live, self._background):
                    old.call_soon_threadsafe(lane.turn_away_all, 0.0, "another event loop took this bucket over")
                for task in filter(None, (self._pump, self._attempts)):
                    old.call_soon_threadsafe(task.cancel)
        self._begin_in(loop)

    def _leave_closed_loop(self) -> None:
        if self._loop is not None and self._loop.is_closed():
            self._begin_in(None)

    def _begin_in(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Those who waited in another loop are gone with it, and so are the tasks."""
        self._loop, self._pump, self._attempts = loop, None, None
        self._live, self._background = Queue(), Queue()
        self._poke = asyncio.Event()
        self._next_at, self._asks_for_background = -math.inf, False

    def _waiting(self) -> int:
        return len(self._live) + len(self._background)

    def _tell(self) -> None:
        if self._news.is_urgent:
            self._poke.set()
            self._start_pump()

    def _start_pump(self) -> None:
        if self._loop is not None and self._loop is running_loop():
            self._pump = ensure(self._pump, self._run())

    async def _run(self) -> None:
        while self._live.first() or self._background.first() or (self._news.is_urgent and self._share is None):
            self._poke.clear()
            self._asks_for_background = self._live.first() is None
            offer = await self._ask()
            if offer is not None:
                await self._pass_on(offer)
        self._asks_for_background = False

    async def _ask(self) -> Offer | None:
        now, background = _clock.monotonic(), self._asks_for_background
        if self._share is not None:
            return self._share.ask(now, background=background)
        lane: Lane = "none" if not self._waiting() else "background" if background else "live"
        news, self._news = self._news, News()
        told = await self._ask_server(lane, news, PATIENCE)
        if isinstance(told, Away):
            self._lose(told.reason)
            return None
        self._learn(told)
        return told.offer

    async def _ask_server(self, lane: Lane, news: News, patience: float) -> Told | Away:
        return await self._server.ask(self._key, lane, self._known.values(news, _clock.chance()), patience)

    def _learn(self, told: Told) -> None:
        now = _clock.monotonic()
        paused = self._known.learn(now, told)
        if paused and told.refused_for >= LONGEST:
            self._turn_away_all(told.pause, told.refused_for)
        if self._news.was_refused:
            self._known.suspect(now)

    async def _pass_on(self, offer: Offer) -> None:
        now = _clock.monotonic()
        self._next_at = now + offer.wait
        self._turn_away_late(now)
        until = now + (offer.again if offer.turn is None else offer.wait)
        await self._sleep(until, holds_turn=offer.turn is not None)
        if offer.turn is None:
            return
        # After a 429 it is given back, not spent: it would run into the same refusal, and others wait behind it.
        if self._news.was_refused or not self._serve(offer.turn):
            self.give_back(offer.turn)

    async def _sleep(self, until: float, *, holds_turn: bool) -> None:
        while (seconds := until - _clock.monotonic()) > 0 and not (holds_turn and self._must_return()):
            try:
                async with asyncio.timeout(seconds):
                    await self._poke.wait()
            except TimeoutError:
                pass
            self._slept_until = _clock.monotonic()
            if self._poke.is_set() and not holds_turn:
                return
            self._poke.clear()

    def _must_return(self) -> bool:
        return self._news.was_refused or not (self._live.first() or self._background.first())

    def _serve(self, turn: Turn) -> bool:
        """Give a turn to whoever is in front now, if anybody is."""
        lane = self._live if self._live.first() else self._background
        waiter = lane.first()
        if waiter is None:
            return False
        turn.granted_at = _clock.monotonic()
        if isinstance(turn, SharedTurn):
            turn.is_live = lane is self._live
        lane.serve(waiter, turn)
        if waiter.since > self._slept_until:
            turn.waited = 0.0  # it was asked for, not waited for
        return True

    def _turn_away_late(self, now: float) -> None:
        first = self._next_at - now
        if first > 0:
            each = 1 / (self._known.level.refill if self._share is None else self._share.refill)
            self._live.turn_away_late(now + _GRACE, first, each)
            self._background.turn_away_late(now + _GRACE, first + len(self._live) * each, each)

    def _turn_away_all(self, pause: float, seconds: float) -> None:
        for lane in (self._live, self._background):
            lane.turn_away_all(pause, lasting(seconds))

    def _lose(self, reason: str) -> None:
        """The server is away."""
        now = _clock.monotonic()
        self._outages.begin(now, reason)
        self._share = Share(now, self._known, self._share_limit)
        self._news = News()
        self._attempts = ensure(self._attempts, self._try_again())

    async def _try_again(self) -> None:
        """Until the server is back, or nobody asks any more."""
        while (share := self._share) is not None:
            self._is_used = False
            await _clock.sleep(self._outages.next_pause())
            told = await self._reach(share)
            if isinstance(told, Told):
                self._share = None
                self._outages.end(_clock.monotonic())
                self._learn(told)
                self._poke.set()
            elif not (self._is_used or self._waiting()):
                return

    async def _reach(self, share: Share) -> Told | Away:
        """An answer in time, over a connection that stands already: to make one takes longer."""
        told = await self._ask_server("none", News(), _LONG_PATIENCE)
        if isinstance(told, Told):
            # Told once, in time or not: it comes to a server that has just answered, and what does not, headers tell.
            news = News(advance=share.advance(_clock.monotonic()))
            told = await self._ask_server("none", news, PATIENCE)
        return told
