"""Async Python SDK for Twitch clips (Helix Get Clips): lazy typed streams, one shared token bucket, no silent loss.

`AsyncClips` is where to begin. Its `by_game`, `by_broadcaster` and `by_ids` give a `ClipStream`, `backfill` every clip
of a range behind Helix's cap, `watch` the new ones. Whatever goes wrong is a `TwitchClipsError`, which draws them all.

Everything is asynchronous and runs in one event loop at a time. Times are aware and in UTC, durations in seconds.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from ._bucket.queue import Turn
from ._helix.decode import make_converter
from ._helix.links import find_clip_ids
from ._helix.times import Since, When
from ._sheet import OnCap, Where
from .auth import AppAuth, Auth, StaticAuth, UserAuth
from .backfill import Batch, Plan, Progress, Report
from .bucket import Bucket, KeyedBucket, NoLimit, TokenBucket
from .by_ids import IdStream
from .checkpoint import Checkpoint, FileStore, StateStore, StateStores
from .client import AsyncClips
from .errors import (
    AuthError,
    AuthUnavailable,
    BackfillIncomplete,
    BadRequest,
    CappedWarning,
    CheckpointError,
    ClosedError,
    ConnectFailed,
    CursorRejected,
    DecodeError,
    ExportError,
    Forbidden,
    ListingBroken,
    NotFound,
    QueryError,
    RateLimited,
    ResponseError,
    ResultCapped,
    ServerError,
    TimedOut,
    TransportError,
    TwitchClipsError,
    Unauthorized,
    UnknownName,
)
from .events import Event, Hook
from .merge import merge
from .records import Clip, ClipPage, End, Game, Proof, RateHeaders, RateStatus, StreamStats, User, Window
from .retry import RetryPolicy
from .stream import ClipStream

if TYPE_CHECKING:
    from .backfill.job import Backfill
    from .watch.job import ClipWatch
else:  # to a checker every name would be one of these

    def __getattr__(name: str) -> object:
        """Load what most programs do without."""
        if name not in _LOADED_WHEN_USED:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_LOADED_WHEN_USED[name]}", __name__), name)


_LOADED_WHEN_USED = {"Backfill": "backfill.job", "ClipWatch": "watch.job"}

__all__ = [
    # the service
    "AsyncClips",
    "ClipStream",
    "ClipWatch",
    "IdStream",
    "merge",
    "find_clip_ids",
    "make_converter",
    # every clip of a range
    "Backfill",
    "Batch",
    "Plan",
    "Progress",
    "Proof",
    "Report",
    "Window",
    # records
    "Checkpoint",
    "Clip",
    "ClipPage",
    "End",
    "Game",
    "RateHeaders",
    "RateStatus",
    "StreamStats",
    "User",
    # types of arguments
    "OnCap",
    "Since",
    "When",
    "Where",
    # what may be replaced
    "AppAuth",
    "Auth",
    "Bucket",
    "Event",
    "FileStore",
    "Hook",
    "KeyedBucket",
    "NoLimit",
    "RetryPolicy",
    "StateStore",
    "StateStores",
    "StaticAuth",
    "TokenBucket",
    "Turn",
    "UserAuth",
    # errors
    "AuthError",
    "AuthUnavailable",
    "BackfillIncomplete",
    "BadRequest",
    "CappedWarning",
    "CheckpointError",
    "ClosedError",
    "ConnectFailed",
    "CursorRejected",
    "DecodeError",
    "ExportError",
    "Forbidden",
    "ListingBroken",
    "NotFound",
    "QueryError",
    "RateLimited",
    "ResponseError",
    "ResultCapped",
    "ServerError",
    "TimedOut",
    "TransportError",
    "TwitchClipsError",
    "Unauthorized",
    "UnknownName",
]
