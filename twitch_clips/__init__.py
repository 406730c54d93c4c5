"""Async Python SDK for Twitch clips (Helix Get Clips): lazy typed streams, one shared token bucket, no silent loss."""

from .auth import AppAuth, Auth, StaticAuth
from .bucket import Bucket, NoLimit, TokenBucket
from .client import AsyncClips
from .errors import (
    AuthError,
    ClosedError,
    ConnectFailed,
    DecodeError,
    QueryError,
    ResponseError,
    TimedOut,
    TransportError,
    TwitchClipsError,
)
from .records import Clip, RateHeaders
from .stream import ClipStream

__all__ = [
    # the service
    "AsyncClips",
    "ClipStream",
    # records
    "Clip",
    "RateHeaders",
    # what may be replaced
    "AppAuth",
    "Auth",
    "Bucket",
    "NoLimit",
    "StaticAuth",
    "TokenBucket",
    # errors
    "AuthError",
    "ClosedError",
    "ConnectFailed",
    "DecodeError",
    "QueryError",
    "ResponseError",
    "TimedOut",
    "TransportError",
    "TwitchClipsError",
]
