"""Asks a sandbox over HTTP as any client would, and not with ours."""

from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import attrs

from twitch_clips.testing import FakeHelix, RawClip

Param = str | Sequence[str]


@attrs.frozen
class Reply:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    body: Any

    @property
    def ids(self) -> list[str]:
        """Of the clips, users or games on the page."""
        return [str(record["id"]) for record in self.body["data"]]

    @property
    def cursor(self) -> str | None:
        """Of the next page; None, however its absence is written."""
        pagination: dict[str, str] = self.body.get("pagination") or {}
        return pagination.get("cursor")

    @property
    def seconds_to_full(self) -> float:
        """From its `Date` to its `Ratelimit-Reset`."""
        return int(self.headers["Ratelimit-Reset"]) - parsedate_to_datetime(self.headers["Date"]).timestamp()


class Caller:
    """Has a session of its own, and the sandbox's credentials."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Keep it."""
        self.session = session
        self.token = FakeHelix.access_token

    async def get(self, helix: FakeHelix, endpoint: str = "clips", /, **params: Param) -> Reply:
        """Ask the API; a sequence is a repeated parameter."""
        headers = {"Client-Id": helix.client_id, "Authorization": f"Bearer {self.token}"}
        pairs = [
            (name, one) for name, value in params.items() for one in ([value] if isinstance(value, str) else value)
        ]
        url = f"{helix.api_url}/{endpoint}"
        async with self.session.get(url, params=pairs, headers=headers, allow_redirects=False) as response:
            return await _reply(response)

    async def post(self, helix: FakeHelix, **form: str) -> Reply:
        """Ask the token server, with the right client id and secret unless told otherwise; `""` leaves one out."""
        whole = {"client_id": helix.client_id, "client_secret": helix.client_secret} | form
        given = {name: value for name, value in whole.items() if value}
        async with self.session.post(f"{helix.auth_url}/token", data=given) as response:
            return await _reply(response)

    async def validate(self, helix: FakeHelix, authorization: str) -> Reply:
        """Ask whether a token is good."""
        headers = {"Authorization": authorization}
        async with self.session.get(f"{helix.auth_url}/validate", headers=headers) as response:
            return await _reply(response)

    async def walk(self, helix: FakeHelix, /, **params: Param) -> list[Reply]:
        """Follow the cursors to the end of a listing, or until a page is no page, for thirty pages at most."""
        pages = [await self.get(helix, **params)]
        while pages[-1].status == 200 and pages[-1].cursor and len(pages) < 30:
            pages.append(await self.get(helix, **params, after=pages[-1].cursor))
        return pages


async def _reply(response: aiohttp.ClientResponse) -> Reply:
    content = await response.read()
    is_json = response.content_type == "application/json"
    return Reply(response.status, response.headers, content, await response.json() if is_json else None)


def ids(clips: Sequence[RawClip]) -> list[str]:
    """Of raw clips."""
    return [str(clip["id"]) for clip in clips]


def served(pages: Sequence[Reply]) -> list[str]:
    """Ids of the clips on all pages, in their order."""
    return [clip_id for page in pages for clip_id in page.ids]
