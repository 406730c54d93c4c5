"""Which bucket a client draws on: one for each event loop, API, application and payer, shared by all clients of those.

Helix counts an application's tokens together, and each user's apart (dev.twitch.tv/docs/api/guide, "Rate limits").
"""

import asyncio
from collections import deque
from weakref import WeakValueDictionary

import attrs

from .auth import Auth
from .bucket import Bucket, KeyedBucket, TokenBucket
from .records import RateStatus

_KEPT = 64


@attrs.define
class _Shared:
    """The buckets of one event loop; the latest are kept for the next client, as what they counted still counts."""

    buckets: "WeakValueDictionary[str, TokenBucket]" = attrs.field(factory=WeakValueDictionary[str, TokenBucket])
    latest: deque[TokenBucket] = attrs.field(factory=lambda: deque[TokenBucket](maxlen=_KEPT))


_shared: dict[asyncio.AbstractEventLoop, _Shared] = {}


class Buckets:
    """What one client draws on.

    Args:
        given: The bucket that the user passed in; `None` for the shared ones.
        auth: Whose points are spent.
        api_url: Of which API.
    """

    def __init__(self, given: Bucket | None, auth: Auth, api_url: str) -> None:
        """Take none yet: there may be no event loop, and whose token it is may not be known."""
        self._given = given
        self._auth = auth
        self._api_url = api_url
        self._key = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bucket: Bucket | None = None

    def current(self) -> Bucket:
        """The one to draw on now, in the running event loop."""
        loop, key = asyncio.get_running_loop(), getattr(self._auth, "payer", "app")
        if self._bucket is None or loop is not self._loop or key != self._key:
            self._bucket = self._find(loop, f"{self._api_url} {self._auth.client_id} {key}")
            self._loop, self._key = loop, key
        return self._bucket

    @property
    def status(self) -> RateStatus:
        """How it stands; outside an event loop, as the last one left it."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return (self._bucket or self._given or TokenBucket()).status
        return self.current().status

    def _find(self, loop: asyncio.AbstractEventLoop, key: str) -> Bucket:
        if self._given is not None:
            return self._given.keyed(key) if isinstance(self._given, KeyedBucket) else self._given
        if loop not in _shared:
            for closed in [one for one in list(_shared) if one.is_closed()]:
                _shared.pop(closed, None)  # another thread's loop may be at it too
            _shared[loop] = _Shared()
        shared = _shared[loop]
        bucket = shared.buckets.get(key)
        if bucket is None:
            bucket = shared.buckets[key] = TokenBucket()
            shared.latest.append(bucket)
        return bucket
