"""The fault table: what a server can do, and what a listing comes to with each client.

Each cell is a listing of its own from a `FakeHelix` of its own, in real time, a dozen of them side by side. It is
called complete when every clip that was there came and no error did; "says so" when an error or a warning tells that
clips are missing; a loss when clips are missing and nothing was said; endless when the client has not ended after a
hundred requests, or a minute.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import cast

import attrs
from aiohttp import web
from floor import clip
from others import CLIENTS
from others_said import Reading, Verdict, listening

from twitch_clips.testing import FakeHelix, Manners, faults
from twitch_clips.testing.faults import Answer, Fault
from twitch_clips.testing.manners import CapEnding, LastPage

REQUESTS = 100  # no listing here has more than 12 pages
SECONDS = 60.0
SIDE_BY_SIDE = 12
HTML = "<html><head><title>502 Bad Gateway</title></head></html>"
Json = dict[str, object]
Arrange = Callable[[FakeHelix], object]


@attrs.frozen
class Cell:
    """What a client did.

    Attributes:
        clips: How many came, each counted once.
        said: The kind of error or warning; None: it said nothing.
        verdict: What that amounts to.
        logged: Lines that it logged, warnings and worse.
    """

    clips: int
    said: str | None
    verdict: Verdict
    logged: list[str]


@attrs.frozen
class Row:
    """A case, as many clips as there were, and each client's cell."""

    case: str
    of: int
    clients: dict[str, Cell]


@attrs.frozen(kw_only=True)
class Case:
    """What a server does.

    Attributes:
        words: What is shown.
        arrange: Makes a server do so.
        there: Clips of the listing.
        renews: Whether the clients can get tokens.
        by_ids: Whether the clips are asked for by their ids, all in one call.
    """

    words: str
    arrange: Arrange
    there: int = 250
    renews: bool = False
    by_ids: bool = False


def fails(fault: Fault, times: int | None = 1, page: int = 2) -> Arrange:
    """The fault from that page on."""
    return lambda helix: helix.fail(fault, skip=page - 1, times=times)


def behaves(manners: Manners) -> Arrange:
    """For as long as it runs."""
    return lambda helix: setattr(helix, "manners", manners)


def body(text: str) -> Fault:
    """A 200 with that."""
    return faults.raw(200, text, content_type="application/json; charset=utf-8")


def record(change: Callable[[Json], object]) -> Arrange:
    """One record of the second page is changed, the fourth."""

    def edited(page: Json) -> Json:
        change(cast("list[Json]", page["data"])[3])
        return page

    return fails(faults.edit(edited))


def without(*names: str) -> Arrange:
    """One record lacks these fields."""
    return record(lambda one: [one.pop(name) for name in names])


def one_cursor() -> Arrange:
    """Every page has the cursor of the first."""
    first: list[object] = []

    def edited(page: Json) -> Json:
        first.append(page["pagination"])
        return {**page, "pagination": first[0]}

    return fails(faults.edit(edited), None, page=1)


def expires(helix: FakeHelix) -> None:
    """The token is dead at the second page; new ones are to be had."""

    async def expired(_request: web.Request, answer: Answer) -> web.StreamResponse:
        helix.revoke()
        return await answer()

    helix.fail(expired, skip=1)


def last_page(how: LastPage) -> Arrange:
    """How the end is written."""
    return behaves(Manners(last_page=how))


def capped(ending: CapEnding) -> Arrange:
    """What stands behind the cap."""
    return behaves(Manners(cap_ending=ending))


def cases() -> list[Case]:
    """All of them."""
    cut, error = '{"data":[{"id":"Otter', '{"error":"Internal Server Error","status":500,"message":""}'
    late = "2024-02-30T12:00:00Z"
    arranged: dict[str, Arrange] = {
        "all well": lambda _helix: None,
        "429 with Reset 2 s ahead, once": fails(faults.too_many(reset=2)),
        "429 without rate headers, once": fails(faults.too_many(remaining=None)),
        "503, once": fails(faults.status(503)),
        "500, once": fails(faults.status(500)),
        "500 for good": fails(faults.status(500), None),
        "502 as HTML, once": fails(faults.raw(502, HTML)),
        "connection reset before the answer, once": fails(faults.reset()),
        "connection lost in mid-body, once": fails(faults.cut()),
        "200 with cut JSON, once": fails(body(cut)),
        "200 with HTML, once": fails(faults.raw(200, HTML)),
        "200 with an error body, once": fails(body(error)),
        "an empty page with a cursor": fails(faults.empty()),
        "empty pages with cursors, for ever": fails(faults.empty(), None),
        "a cursor that repeats": one_cursor(),
        'last page with cursor ""': last_page("cursor_empty"),
        "last page with cursor null": last_page("cursor_null"),
        "last page with pagination null": last_page("null"),
        "last page without pagination": last_page("missing"),
        "a record with an unknown field": record(lambda one: one.update({"a key of tomorrow": 1})),
        "a record without video_id and is_featured": without("video_id", "is_featured"),
        "a record with a title of null": record(lambda one: one.update(title=None)),
        "a record with a date that is none": record(lambda one: one.update(created_at=late)),
    }
    rows = [Case(words=words, arrange=arrange) for words, arrange in arranged.items()]
    return [
        *rows,
        Case(words="token expired on page 2", arrange=expires, renews=True),
        Case(words="the cap at 1,000 of 1,200: no cursor", arrange=capped("gone"), there=1200),
        Case(words="the cap at 1,000 of 1,200: it repeats", arrange=capped("repeats"), there=1200),
        Case(words="250 ids asked for at once", arrange=lambda _helix: None, by_ids=True),
    ]


def catalogue(count: int) -> list[dict[str, object]]:
    """So many clips, old enough for any clock."""
    return [clip(number) | {"created_at": f"2024-05-{number % 28 + 1:02d}T12:00:07Z"} for number in range(count)]


def _stops(reader: asyncio.Task[None]) -> Fault:
    async def fault(_request: web.Request, answer: Answer) -> web.StreamResponse:
        reader.cancel()
        return await answer()

    return fault


async def fill(case: Case, name: str) -> Cell:
    """One client's cell."""
    clips = catalogue(case.there)
    ids = [str(one["id"]) for one in clips]
    reading = Reading()
    async with AsyncExitStack() as stack:
        helix = await stack.enter_async_context(FakeHelix(clips))
        origin = f"http://127.0.0.1:{helix.port}"
        asked = await stack.enter_async_context(CLIENTS[name](origin, renews=case.renews))
        ask = (lambda: asked.by_ids(ids)) if case.by_ids else asked.by_game
        reader = asyncio.create_task(reading.read(ask))
        helix.fail(_stops(reader), skip=REQUESTS, times=None)
        case.arrange(helix)
        _, late = await asyncio.wait({reader}, timeout=SECONDS)
        for one in late:
            one.cancel()
        await asyncio.gather(reader, return_exceptions=True)
    return Cell(len(reading.ids), reading.said, reading.verdict(case.there), reading.logged)


async def fill_all() -> list[Row]:
    """The table."""
    turns = asyncio.Semaphore(SIDE_BY_SIDE)

    async def row(case: Case) -> Row:
        cells: dict[str, Cell] = {}
        for name in CLIENTS:
            async with turns:
                cells[name] = await fill(case, name)
        return Row(case.words, case.there, cells)

    return await asyncio.gather(*map(row, cases()))


def table() -> list[Row]:
    """The table, filled."""
    # Its server tells of 250 ids in one address, which is the client's affair.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    with listening():
        return asyncio.run(fill_all())
