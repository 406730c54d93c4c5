"""What a user may say of a listing beside its selector, read and checked without any I/O."""

import inspect
from typing import TypedDict, get_args

from . import _clock
from ._helix import times
from ._helix.query import ClipsQuery, Selector, check_cursor, is_whole
from ._helix.times import Since, When
from ._sheet import OnCap, Terms, Where
from .checkpoint import Checkpoint
from .errors import QueryError


class ListingOptions(TypedDict, total=False):
    """The keyword arguments of `AsyncClips.by_game` and `by_broadcaster`, which say what they mean."""

    since: Since | None
    started_at: When | None
    ended_at: When | None
    is_featured: bool | None
    where: Where | None
    limit: int | None
    page_size: int
    after: str | None
    before: str | None
    on_cap: OnCap


def read_options(
    selectors: dict[Selector, str | None], options: ListingOptions
) -> tuple[ClipsQuery, Checkpoint, Terms]:
    """The question, where it starts, and on what terms.

    Raises:
        QueryError: An argument is wrong.
        TypeError: There is no such argument.
    """
    if unknown := options.keys() - ListingOptions.__annotations__:
        raise TypeError(f"unexpected keyword argument: {', '.join(sorted(unknown))}")
    given: list[tuple[Selector, str]] = [
        (selector, value) for selector, value in selectors.items() if value is not None
    ]
    if len(given) != 1:
        raise QueryError(f"give exactly one of {' and '.join(selectors)}")
    [(selector, value)] = given
    after, before = options.get("after"), options.get("before")
    if after is not None:
        check_cursor("after", after)
        if before is not None:
            raise QueryError("after and before exclude each other")
    query = _query(selector, value, options)
    query.fixed(_clock.now())  # a `since` that lies ahead is found out now
    limit = options.get("limit")
    if limit is not None and (not is_whole(limit) or limit < 0):
        raise QueryError(f"limit must be a whole number from 0 on, or None for no limit, not {limit!r}")
    terms = read_terms(options.get("where"), options.get("on_cap", "warn"), limit=limit)
    start = Checkpoint(question=(), cursor=after, limit=limit, filtered=terms.where is not None)
    return query, start, terms


def read_terms(where: Where | None, on_cap: OnCap, *, limit: int | None = None, given: int = 0) -> Terms:
    """The terms of a stream.

    Raises:
        QueryError: `where` cannot be called, or `on_cap` is no way to deal with the cap.
    """
    if where is not None and (not callable(where) or inspect.iscoroutinefunction(where)):
        raise QueryError(f"where must be a function of a clip, and not an asynchronous one: {where!r:.60}")
    if on_cap not in get_args(OnCap):
        raise QueryError(f"on_cap must be one of {get_args(OnCap)}, not {on_cap!r}")
    return Terms(where=where, limit=limit, given=given, on_cap=on_cap)


def _query(selector: Selector, value: str, options: ListingOptions) -> ClipsQuery:
    since, started_at, ended_at = (options.get(name) for name in ("since", "started_at", "ended_at"))
    return ClipsQuery(
        selector=selector,
        value=value,
        since=None if since is None else times.read_since(since),
        started_at=None if started_at is None else times.read_instant("started_at", started_at),
        ended_at=None if ended_at is None else times.read_instant("ended_at", ended_at),
        is_featured=options.get("is_featured"),
        page_size=options.get("page_size", 100),
        before=options.get("before"),
    )
