"""How a backfill begins: the question with its id, the range, what an earlier run did, and what is left."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import attrs

from twitch_clips import _clock
from twitch_clips._session import Session, Tally
from twitch_clips.checkpoint import FileStore, StateStore, StateStores, load_from
from twitch_clips.errors import CheckpointError
from twitch_clips.names import Names
from twitch_clips.records import Proof, RateStatus, Window

from .audit import Audit
from .batches import Batches
from .ledger import Ledger
from .reader import WindowReader
from .report import Plan, Progress, Report
from .sweep import Sweep
from .terms import Terms
from .windows import Stretches, slot_of, start_of
from .work import Work

_PER_PAGE = 100
_MINUTE = 60.0
_INSTANT = 1e-3  # seconds


@attrs.frozen(kw_only=True)
class Opened:
    """What is known once a job has begun.

    Attributes:
        window: The whole range, as it was asked for.
        reachable: What of it lies before now.
        ledger: What was given and committed.
        work: What is left, and how it becomes batches.
        began_at: On the loop's clock.
        store: Where the checkpoint is kept.
    """

    window: Window
    reachable: Stretches
    ledger: Ledger
    work: Work
    began_at: float
    store: StateStore | None

    def plan(self, made: int, status: RateStatus) -> Plan:
        """What is left to do, and about the least that it can cost.

        Args:
            made: Requests that finding out took.
            status: How the bucket stands.
        """
        sweep, left = self.work.sweep, self.work.batches.left.spans()
        windows = sum(1 if sweep.widest is None else -(-(hi - lo) // sweep.widest) for lo, hi in left)
        requests = max(windows, round(sweep.expected_left() / _PER_PAGE))
        return Plan(
            started_at=self.window.started_at,
            ended_at=self.window.ended_at,
            done=tuple(Stretches([self.window]) & self.ledger.done),
            requests=made + requests,
            seconds=max(0.0, requests - status.remaining) * _MINUTE / status.limit,
        )

    def progress(self, requests: int, status: RateStatus) -> Progress:
        """How far it is.

        Args:
            requests: Those made so far.
            status: How the bucket stands.
        """
        whole, left = _seconds(self.reachable), _seconds(self.work.batches.left)
        elapsed = max(_clock.monotonic() - self.began_at, _INSTANT)
        return Progress(
            fraction=1 - left / whole if whole else 1.0,
            clips=self.work.batches.tallies.clips,
            requests=requests,
            requests_per_minute=requests / elapsed * _MINUTE,
            seconds_left=self._seconds_left(elapsed, requests, status) if left else 0.0,
        )

    def report(self, requests: int, ready: Stretches) -> Report:
        """What was done.

        Args:
            requests: Those made so far.
            ready: What was read and not taken yet: it counts as unread.
        """
        batches = self.work.batches
        tallies = batches.tallies
        future = Stretches([self.window]) - self.reachable
        return Report(
            windows={proof: tallies.windows[proof] for proof in Proof},
            gaps=tuple(Stretches(tallies.gaps)),
            unsettled=tuple(Stretches(tallies.unsettled) | future),
            unread=tuple(batches.left | ready),
            clips=tallies.clips,
            requests=requests,
            audited=tallies.audited,
            missed=tallies.missed,
            reasons=tuple(tallies.reasons),
            max_window=self.ledger.max_window,
        )

    def _seconds_left(self, elapsed: float, requests: int, status: RateStatus) -> float | None:
        """By the speed so far; by the bucket's refill where that is slower, as a full bucket lasts for a while only."""
        expected = self.work.sweep.expected_left() / _PER_PAGE
        if not expected or not requests:
            return None
        refill = (expected - status.remaining) * _MINUTE / status.limit
        return max(expected * elapsed / requests, refill)


async def open_range(  # noqa: PLR0913  (its parts, each by its name)
    session: Session,
    names: Names,
    terms: Terms,
    *,
    store: StateStore | StateStores | None,
    text: str | None,
    tally: Tally,
    save: Callable[[], Awaitable[None]],
) -> Opened:
    """Look up what has to be.

    Args:
        session: Asks.
        names: Looks up.
        terms: What is asked for.
        store: Where the checkpoint is kept.
        text: What a store for this one job held.
        tally: What requests are counted in.
        save: Keeps the ledger.

    Raises:
        TwitchClipsError: As for `Backfill`.
    """
    now, began_at = _clock.now().replace(microsecond=0), _clock.monotonic()
    query, window = await terms.fixed(names, now, tally)
    question = f"{query.selector}={query.value}"
    if isinstance(store, StateStores):
        store = store.of(question)
        text = await load_from(store)
    ledger = Ledger(question) if text is None else _read(text, question, store)
    reachable = Stretches([Window(started_at=window.started_at, ended_at=min(window.ended_at, now))])
    todo = reachable - ledger.done
    spans = _spans(todo, window, start_of(slot_of(now - terms.settle)))
    reader = WindowReader(session, names, query, tally)
    batches = Batches(ledger=ledger, reach=reachable, todo=todo, settle=terms.settle, events=session.events)
    work = Work(
        reader=reader,
        batches=batches,
        sweep=Sweep(spans, _widest(terms.max_window, ledger)),
        audit=Audit(terms.audit, _clock.chance),
        events=session.events,
        save=save,
    )
    return Opened(window=window, reachable=reachable, ledger=ledger, work=work, began_at=began_at, store=store)


def _spans(todo: Stretches, window: Window, settled_at: datetime) -> list[tuple[int, int]]:
    """What is to be read, cut where windows begin to be too young: none may lie on both sides."""
    old = Stretches([Window(started_at=window.started_at, ended_at=settled_at)])
    return [*(todo & old).spans(), *(todo - old).spans()]


def _widest(given: int | None, ledger: Ledger) -> int | None:
    learned = ledger.widest
    return min((width for width in (given, learned) if width is not None), default=None)


def _read(text: str, question: str, store: StateStore | None) -> Ledger:
    try:
        return Ledger.read(text, question)
    except CheckpointError as error:
        problem = str(error)
    raise CheckpointError(f"{store}: {problem}" if isinstance(store, FileStore) else problem)


def _seconds(stretches: Stretches) -> float:
    return sum((window.ended_at - window.started_at).total_seconds() for window in stretches)
