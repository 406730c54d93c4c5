"""One page, from a question to records: token, turn, send, read."""

from collections.abc import Mapping

import attrs

from ._helix.answer import Answer, read_page, read_rate
from ._helix.decode import Page
from ._helix.query import ClipsQuery
from ._http import Http
from .auth import Auth
from .bucket import Bucket


@attrs.define(kw_only=True)
class Session:
    """What every stream of one `AsyncClips` shares."""

    auth: Auth
    bucket: Bucket
    http: Http

    async def page(self, query: ClipsQuery, after: str | None) -> Page:
        """The page that the cursor `after` leads to; one request.

        Raises:
            TwitchClipsError: `ClosedError`, `AuthError`, `TransportError`, `ResponseError` or `DecodeError`.
        """
        return read_page(await self._get("clips", query.parameters(after)))

    async def aclose(self) -> None:
        """Close the connections and answer no more."""
        await self.http.aclose()

    async def _get(self, path: str, parameters: Mapping[str, str]) -> Answer:
        self.http.check_open()
        token = await self.auth.token()
        await self.bucket.acquire()
        rate = None
        try:
            headers = {"Client-Id": self.auth.client_id, "Authorization": f"Bearer {token}"}
            answer = await self.http.get(path, parameters, headers)
            rate = read_rate(answer.headers)
        finally:
            self.bucket.observe(rate)
        return answer
