"""What a user may say of a client, and of a listing beside its selector, read and checked without any I/O."""

import inspect
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, get_args

from . import _clock
from ._helix import times
from ._helix.query import ClipsQuery, Selector, check_cursor, is_whole, one_selector, refuse_unknown
from ._helix.times import Since, When
from ._http import base_url
from ._session import OnInvalid
from ._sheet import OnCap, Terms, Where
from .auth import DEFAULT_AUTH_URL, AppAuth, Auth, StaticAuth
from .bucket import Bucket
from .checkpoint import Checkpoint
from .errors import AuthError, QueryError
from .events import Hook
from .retry import RetryPolicy

if TYPE_CHECKING:
    import aiohttp

_LONGEST_TIMEOUT = 3600


class Settings(TypedDict, total=False):
    """The keyword arguments of `AsyncClips`, which says what they mean, but for where it asks."""

    session: "aiohttp.ClientSession | None"
    bucket: Bucket | None
    retry: RetryPolicy
    timeout: float
    max_wait: float | None
    on_invalid: OnInvalid
    hooks: Sequence[Hook]


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


def check_settings(
    retry: object, timeout: float, max_wait: float | None, on_invalid: OnInvalid, hooks: Sequence[Hook]
) -> None:
    """Refuse settings of a client that could not work.

    Raises:
        QueryError: One of them is wrong.
    """
    if not isinstance(retry, RetryPolicy):
        raise QueryError(f"retry must be a RetryPolicy, not {retry!r:.60}")
    if not 0 < timeout < _LONGEST_TIMEOUT:
        raise QueryError(f"timeout must be above 0 and below {_LONGEST_TIMEOUT} seconds, not {timeout!r}")
    if max_wait is not None and not max_wait >= 0:
        raise QueryError(f"max_wait must be seconds from 0 on, or None for no bound, not {max_wait!r}")
    if on_invalid not in get_args(OnInvalid):
        raise QueryError(f"on_invalid must be one of {get_args(OnInvalid)}, not {on_invalid!r}")
    if not all(callable(hook) for hook in hooks):
        raise QueryError(f"hooks must be functions of an event, not {hooks!r:.60}")


def read_environment(default_api_url: str) -> tuple[Auth, str]:
    """The credentials and the API's address that the environment holds.

    Raises:
        AuthError: A variable is missing, or both kinds of credentials are there.
        QueryError: A variable holds what cannot be a credential or an address.
    """
    client_id, secret, token = (
        os.environ.get(name, "") for name in ("TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET", "TWITCH_ACCESS_TOKEN")
    )
    if not client_id:
        raise AuthError("TWITCH_CLIENT_ID is not set: it is the client id of your application at dev.twitch.tv")
    if bool(secret) == bool(token):
        problem = "both are" if secret else "neither is"
        raise AuthError(f"set TWITCH_CLIENT_SECRET or TWITCH_ACCESS_TOKEN, one of the two: {problem} set")
    auth_url = _url_from_env("TWITCH_AUTH_URL", DEFAULT_AUTH_URL)
    auth = AppAuth(client_id, secret, auth_url=auth_url) if secret else StaticAuth(client_id, token)
    return auth, _url_from_env("TWITCH_API_URL", default_api_url)


def read_options(
    selectors: dict[Selector, str | None], options: ListingOptions
) -> tuple[ClipsQuery, Checkpoint, Terms]:
    """The question, where it starts, and on what terms.

    Raises:
        QueryError: An argument is wrong.
        TypeError: There is no such argument.
    """
    refuse_unknown(options, ListingOptions.__annotations__)
    selector, value = one_selector(selectors.items())
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


def _url_from_env(name: str, default: str) -> str:
    """The address that a variable holds, refused under the variable's name where it is none."""
    return str(base_url(name, os.environ.get(name) or default))
