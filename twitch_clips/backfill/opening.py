"""How a backfill begins: the question with its id, the range, what an earlier run did, and what is left."""

import inspect
from collections.abc import Awaitable, Callable
from datetime import datetime

import attrs

from twitch_clips import _clock
from twitch_clips._session import Session, Tally
from twitch_clips.checkpoint import StateStore
from twitch_clips.errors import CheckpointError
from twitch_clips.names import Names
from twitch_clips.records import Window

from .audit import Audit
from .ledger import Ledger
from .reader import WindowReader
from .sweep import Sweep
from .terms import Terms
from .windows import Stretches, slot_of, start_of
from .work import Work


@attrs.frozen(kw_only=True)
class Opened:
    """What is known once a job has begun.

    Attributes:
        window: The whole range, as it was asked for.
        reachable: What of it lies before now.
        ledger: What was given and committed.
        reader: Reads windows.
        work: What is left, and how it becomes batches.
        began_at: On the loop's clock.
    """

    window: Window
    reachable: Stretches
    ledger: Ledger
    reader: WindowReader
    work: Work
    began_at: float


async def open_range(
    session: Session, names: Names, terms: Terms, tally: Tally, save: Callable[[], Awaitable[None]]
) -> Opened:
    """Look up what has to be, and load the checkpoint.

    Raises:
        TwitchClipsError: As for `Backfill`.
    """
    now, began_at = _clock.now(), _clock.monotonic()
    text = None if terms.store is None else await _load(terms.store)
    query, window = await terms.fixed(names, now, tally)
    question = f"{query.selector}={query.value}"
    ledger = Ledger(question) if text is None else Ledger.read(text, question)
    reachable = Stretches([Window(started_at=window.started_at, ended_at=min(window.ended_at, now))])
    todo = reachable - ledger.done
    settled = slot_of(now - terms.settle)
    spans = _spans(todo, window, start_of(settled))
    reader = WindowReader(session, names, query, tally)
    work = Work(
        reader=reader,
        ledger=ledger,
        reach=reachable,
        todo=todo,
        settled=settled,
        sweep=Sweep(spans, _widest(terms.max_window, ledger)),
        audit=Audit(terms.audit, _clock.chance),
        events=session.events,
        save=save,
    )
    return Opened(window=window, reachable=reachable, ledger=ledger, reader=reader, work=work, began_at=began_at)


def _spans(todo: Stretches, window: Window, settled_at: datetime) -> list[tuple[int, int]]:
    """What is to be read, cut where windows begin to be too young: none may lie on both sides."""
    old = Stretches([Window(started_at=window.started_at, ended_at=settled_at)])
    return [*(todo & old).spans(), *(todo - old).spans()]


def _widest(given: int | None, ledger: Ledger) -> int | None:
    learned = ledger.widest
    return min((width for width in (given, learned) if width is not None), default=None)


async def _load(store: StateStore) -> str | None:
    loaded = store.load()
    text = await loaded if inspect.isawaitable(loaded) else loaded
    if text is not None and not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  (it is anybody's)
        raise CheckpointError(f"the checkpoint's store gave {text!r:.60} and not a text")
    return text
