"""The fault table: what a server can do, and what a listing of 250 clips in pages of 100 comes to.

A row names a behaviour, how it is made, and what is expected: how the listing ends, with which error, after how many
clips and requests, and how it goes on from the error's checkpoint in another process once the server is well again.
No row may read "ends quietly with fewer clips".
"""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, cast

import attrs
from aiohttp import web

from twitch_clips import (
    BadRequest,
    CursorRejected,
    DecodeError,
    Forbidden,
    ListingBroken,
    NotFound,
    RateLimited,
    ResponseError,
    ServerError,
    TimedOut,
    TransportError,
    TwitchClipsError,
    Unauthorized,
)
from twitch_clips.testing import FakeHelix, Manners, faults
from twitch_clips.testing.faults import Answer, Fault

from .conftest import listing

ALWAYS = None
RAW = listing(250)
LONG = listing(1200)
Json = dict[str, Any]
BAD_CURSOR = "The cursor specified in the before or after query parameter is not valid."
HTML = "<html><head><title>502 Bad Gateway</title></head></html>"


class Resume(Enum):
    """Where the error's checkpoint leads."""

    EXACT = "to exactly the next clip"
    TOP = "to the top of the listing"
    NONE = "nowhere"


class Outcome(Enum):
    """How a listing ends."""

    COMPLETE = "every clip once, in order"
    ERROR = "an error that has the point to go on from"
    CAPPED = "End.CAPPED and a warning"


@attrs.frozen
class Row:
    """One behaviour of a server, and what it comes to.

    Attributes:
        name: The behaviour.
        arrange: Makes a server behave so.
        outcome: How the listing ends.
        error: The exact type of the error.
        clips: Clips given until then.
        requests: Requests that the server saw until then.
        resume: Where the error's checkpoint leads.
        raw: The catalogue.
        lost: Places of clips that no reading of such a listing can give, as their records are no clips.
    """

    name: str
    arrange: Callable[[FakeHelix], object]
    outcome: Outcome
    error: type[TwitchClipsError] | None
    clips: int
    requests: int | range
    resume: Resume | None = None
    raw: list[Json] = RAW
    lost: tuple[int, ...] = ()


def _complete(name: str, arrange: Callable[[FakeHelix], object], requests: int, **others: Any) -> Row:
    return Row(name, arrange, Outcome.COMPLETE, None, others.pop("clips", 250), requests, **others)


def _capped(name: str, manners: Manners, requests: int) -> Row:
    return Row(name, _manners(manners), Outcome.CAPPED, None, 1000, requests, raw=LONG)


def _error(  # noqa: PLR0913  (the columns of the table)
    name: str,
    arrange: Callable[[FakeHelix], object],
    error: type[TwitchClipsError],
    clips: int,
    requests: int | range,
    *,
    resume: Resume = Resume.EXACT,
    **others: Any,
) -> Row:
    return Row(name, arrange, Outcome.ERROR, error, clips, requests, resume, **others)


def _manners(manners: Manners) -> Callable[[FakeHelix], None]:
    return lambda helix: setattr(helix, "manners", manners)


def _last_page(how: Any) -> Callable[[FakeHelix], None]:
    return _manners(Manners(last_page=how))


def _fault(fault: Fault, times: int | None = 1, *, page: int = 2) -> Callable[[FakeHelix], None]:
    """The fault, from that page on."""
    return lambda helix: helix.fail(fault, skip=page - 1, times=times)


def _body(body: str) -> Fault:
    return faults.raw(200, body, content_type="application/json; charset=utf-8")


def _pagination(change: Callable[[Json], object]) -> Fault:
    def edited(page: Json) -> Json:
        change(page)
        return page

    return faults.edit(cast("Callable[[dict[str, object]], object]", edited))


def _record(place: int, change: Callable[[Json], object]) -> Fault:
    """A page with one of its records changed in place, or for what `change` gives back."""

    def edited(page: Json) -> Json:
        page["data"][place] = change(page["data"][place]) or page["data"][place]
        return page

    return faults.edit(cast("Callable[[dict[str, object]], object]", edited))


def _standing_cursor() -> Fault:
    """Each page has the cursor that the first page it met had."""
    first: list[Json] = []

    def change(page: Json) -> None:
        first.append(page["pagination"])
        page["pagination"] = first[0]

    return _pagination(change)


def _overlap() -> Fault:
    return _pagination(lambda page: page.update(data=RAW[90:100] + page["data"]))


def _set(name: str, value: object) -> Callable[[Json], object]:
    return lambda record: record.update({name: value})


def _drop(name: str) -> Callable[[Json], object]:
    return lambda record: record.pop(name) and None


def _statuses() -> Iterator[Row]:
    for status in (500, 502, 503, 504):
        for form, fault in (("JSON", faults.status(status)), ("HTML", faults.raw(status, HTML))):
            yield _complete(f"{status} as {form}, once", _fault(fault), 4)
            yield _error(f"{status} as {form}, for ever", _fault(fault, ALWAYS), ServerError, 100, 6)
    yield _error("500, five times", _fault(faults.status(500), 5), ServerError, 100, 6)
    yield _error("501", _fault(faults.status(501)), ServerError, 100, 2)
    yield _error("403", _fault(faults.status(403)), Forbidden, 100, 2)
    yield _error("404", _fault(faults.status(404)), NotFound, 100, 2)
    yield _error("400 to the first page", _fault(faults.status(400), page=1), BadRequest, 0, 1)
    yield _complete("a cursor rejected in the middle, once", _fault(faults.status(400, BAD_CURSOR)), 5)
    yield _error(
        "every cursor rejected", _fault(_to_later_pages(400), ALWAYS), CursorRejected, 100, 4, resume=Resume.TOP
    )
    yield _error(
        "a redirect to another host", _fault(faults.redirect("https://elsewhere.example/")), ResponseError, 100, 2
    )
    yield _complete("401, once", _fault(faults.status(401, "Invalid OAuth token")), 4)
    yield _error("401, for ever", _fault(faults.status(401, "Invalid OAuth token"), ALWAYS), Unauthorized, 100, 3)


def _to_later_pages(status: int) -> Fault:
    """That status to every question with a cursor."""

    async def fault(request: web.Request, answer: Answer) -> web.StreamResponse:
        return await (faults.status(status, BAD_CURSOR)(request, answer) if "after" in request.query else answer())

    return fault


def _limits() -> Iterator[Row]:
    yield _complete("429 with Reset 2 s ahead", _fault(faults.too_many(reset=2)), 4)
    yield _complete("429 without rate headers", _fault(faults.too_many(remaining=None)), 4)
    yield _complete("429 with points left", _fault(faults.too_many(remaining=5)), 4)
    yield _error("429 with points left, for ever", _fault(faults.too_many(remaining=5), ALWAYS), RateLimited, 100, 6)
    yield _complete("429, 20 in a row", _fault(faults.too_many(), 20), 23)
    yield _error("429, for ever", _fault(faults.too_many(), ALWAYS), RateLimited, 100, range(26, 36))
    yield _complete("Remaining: 0 on every answer", _manners(Manners(rate_headers="nothing_left")), 3)
    yield _complete("absurd rate headers", _manners(Manners(rate_headers="absurd")), 3)
    yield _complete("no rate headers at all", _manners(Manners(rate_headers="missing")), 3)


def _transport() -> Iterator[Row]:
    yield _complete("a body cut in the middle, once", _fault(faults.cut()), 4)
    yield _error("a body cut in the middle, for ever", _fault(faults.cut(), ALWAYS), TransportError, 100, 6)
    # On a reset aiohttp asks once more by itself (RFC 9112, 9.3.1), so an attempt of ours may be two requests.
    yield _complete("a reset before the headers, once", _fault(faults.reset()), 4)
    yield _error("a reset before the headers, for ever", _fault(faults.reset(), ALWAYS), TransportError, 100, 11)
    yield _complete("a hang past the time-out, once", _fault(faults.hang()), 4)
    yield _error("a hang past the time-out, for ever", _fault(faults.hang(), ALWAYS), TimedOut, 100, 5)
    yield _complete("an endless body, once", _fault(faults.endless()), 4)
    yield _error("an endless body, for ever", _fault(faults.endless(), ALWAYS), TransportError, 100, 6)


def _bodies() -> Iterator[Row]:
    bodies = {
        "HTML": faults.raw(200, HTML),
        "plain text": faults.raw(200, "cannot", content_type="text/plain"),
        "nothing": _body(""),
        "cut JSON": _body('{"data":[{"id":"Otter'),
        "an error body": _body('{"error":"Internal Server Error","status":500,"message":""}'),
        "data: null": _body('{"data":null,"pagination":{}}'),
        "no data": _body('{"pagination":{}}'),
        "a pagination of text": _pagination(lambda page: page.update(pagination="")),
        "a cursor that is a number": _pagination(lambda page: page.update(pagination={"cursor": 0})),
    }
    for name, fault in bodies.items():
        yield _complete(f"200 with {name}, once", _fault(fault), 4)
        yield _error(f"200 with {name}, for ever", _fault(fault, ALWAYS), DecodeError, 100, 6)


def _records() -> Iterator[Row]:
    required = ("id", "url", "broadcaster_id", "title", "view_count", "created_at")
    optional = tuple(name for name in RAW[0] if name not in required)
    bad: dict[str, Callable[[Json], object]] = {f"{name} null": _set(name, None) for name in required}
    bad |= {f"{name} missing": _drop(name) for name in required}
    bad |= {f"{name} of the wrong type": _set(name, {"an": "object"}) for name in RAW[0]}
    bad |= {
        "view_count as text": _set("view_count", "12"),
        "created_at without a zone": _set("created_at", "2026-05-01T12:00:00"),
        "a number in place of the record": lambda _record: 7,
    }
    for name, change in bad.items():
        yield _error(f"a record with {name}", _fault(_record(3, change)), DecodeError, 103, 2, lost=(103,))
    yield _error("a null among the clips", _fault(_nulled(3)), DecodeError, 103, 2, lost=(103,))
    yield _error("a null as the first of a page", _fault(_nulled(0)), DecodeError, 100, 2, lost=(100,))
    yield _error("a null as the last of the listing", _fault(_nulled(49), page=3), DecodeError, 249, 3, lost=(249,))
    good: dict[str, Callable[[Json], object]] = {f"{name} null": _set(name, None) for name in optional}
    good |= {f"{name} missing": _drop(name) for name in optional}
    good |= {
        "an unknown field": _set("a key of tomorrow", {"deep": [1, None]}),
        "fractional seconds": _set("created_at", "2026-05-01T12:00:00.123Z"),
        "another offset": _set("created_at", "2026-05-01T14:00:00+02:00"),
        "the mock server's time": _set("created_at", "2026-05-01 12:00:00"),
    }
    for name, change in good.items():
        yield _complete(f"a record with {name}", _fault(_record(3, change)), 3)


def _nulled(place: int) -> Fault:
    return _pagination(lambda page: page["data"].__setitem__(place, None))


def _pages() -> Iterator[Row]:
    for how in ("empty_object", "missing", "null", "cursor_null", "cursor_empty", "nowhere"):
        yield _complete(f"the end written as {how}", _last_page(how), 3)
    yield _complete("a last page whose cursor leads to an empty one", _last_page("leads_to_empty"), 4)
    full = _manners(Manners(full_page_has_cursor=True))
    yield _complete("a full last page with an empty one behind it", full, 3, raw=RAW[:200], clips=200)
    yield _complete("an empty page", _fault(faults.empty()), 4)
    yield _complete("nine empty pages", _fault(faults.empty(), 9), 12)
    yield _error("empty pages for ever", _fault(faults.empty(), ALWAYS), ListingBroken, 100, 11)
    yield _complete("short pages", _manners(Manners(short_pages=30)), 9)
    yield _complete("duplicates across pages", _fault(_overlap()), 3)
    yield _error("a cursor that never changes", _fault(_standing_cursor(), ALWAYS, page=1), ListingBroken, 200, 3)
    yield _complete("a cursor that stands still once", _fault(_standing_cursor(), 2, page=1), 4)
    early = Manners(cap=200, cap_ending="repeats")
    yield _error("a cursor that repeats below the cap", _manners(early), ListingBroken, 200, 3)
    early = Manners(cap=200, cap_ending="cycles")
    yield _error("a cursor that moves while clips repeat", _manners(early), ListingBroken, 200, 5)
    yield _complete("one page of clips that were there", _fault(_old_clips()), 4)
    yield _error("pages of clips that were there, for ever", _fault(_old_clips(), ALWAYS), ListingBroken, 100, 4)
    yield _capped("the cap: the cursor is gone", Manners(), 10)
    yield _capped("the cap: the cursor repeats", Manners(cap_ending="repeats"), 10)
    yield _capped("the cap: the cursor moves over repeated clips", Manners(cap_ending="cycles"), 12)
    yield _error("the cap: a permanent 500", _manners(Manners(cap_ending="fails")), ServerError, 1000, 15, raw=LONG)


def _old_clips() -> Fault:
    """The clips of the first page, and a new cursor that leads to the place that was asked for."""
    empty = faults.empty()

    async def fault(request: web.Request, answer: Answer) -> web.StreamResponse:
        async def emptied() -> web.Response:
            return cast("web.Response", await empty(request, answer))

        return await faults.edit(lambda page: {**page, "data": list(RAW[:100])})(request, emptied)

    return fault


TABLE = [*_pages(), *_statuses(), *_limits(), *_transport(), *_bodies(), *_records()]
