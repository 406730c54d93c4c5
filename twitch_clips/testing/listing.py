"""A listing cut into pages: where a page begins and ends, and what is said of the next one."""

from collections.abc import Sequence
from random import Random

from .archive import Entry
from .cursors import NOWHERE, write_cursor
from .manners import Manners
from .refusal import RefusalError

Page = tuple[Sequence[Entry], dict[str, object]]
"""The clips of a page, and its `{"pagination": ...}` or `{}`."""

_LAST: dict[str, dict[str, object]] = {
    "empty_object": {"pagination": {}},
    "missing": {},
    "null": {"pagination": None},
    "cursor_null": {"pagination": {"cursor": None}},
    "cursor_empty": {"pagination": {"cursor": ""}},
    "nowhere": {"pagination": {"cursor": NOWHERE}},
    "leads_to_empty": {"pagination": {}},
}


def page_at(listing: Sequence[Entry], offset: int, first: int, cap: int | None, manners: Manners) -> Page:
    """The page that begins behind `offset` clips.

    Args:
        listing: All of it.
        offset: Clips before the page.
        first: Clips on the page, unless it is a short one.
        cap: How many clips this query serves.
        manners: How the listing ends.
    """
    asked = first if manners.short_pages is None else min(first, manners.short_pages)
    capped = cap is not None and len(listing) > cap
    reach = cap if cap is not None and capped else len(listing)
    if capped and offset >= reach and manners.cap_ending in {"cycles", "fails"}:
        return _past_the_cap(listing[:reach], offset, asked, manners)
    data = listing[offset : min(offset + asked, reach)]
    end = offset + len(data)
    if end < reach or (capped and manners.cap_ending in {"cycles", "fails"}):
        return data, _next(end)
    if capped and manners.cap_ending == "repeats":
        return data, _next(offset)
    if data and (manners.last_page == "leads_to_empty" or (manners.full_page_has_cursor and len(data) == asked)):
        return data, _next(end)
    return data, end_of_list(data, manners)


def page_before(listing: Sequence[Entry], offset: int, first: int, manners: Manners) -> Page:
    """The page that ends at `offset`, with the cursor of the one before it."""
    start = max(0, offset - first)
    data = listing[start:offset]
    return data, _next(start) if start else end_of_list(data, manners)


def end_of_list(data: Sequence[Entry], manners: Manners) -> dict[str, object]:
    """How the end is written; the cursor that leads nowhere does not stand on the empty page that it leads to."""
    return _LAST["empty_object" if manners.last_page == "nowhere" and not data else manners.last_page]


def _past_the_cap(served: Sequence[Entry], offset: int, asked: int, manners: Manners) -> Page:
    if manners.cap_ending == "fails":
        raise RefusalError(500)
    lap, place = divmod(offset, len(served))
    again = Random(lap).sample(served, len(served))
    data = again[place : place + asked]
    return data, _next(offset + len(data))


def _next(offset: int) -> dict[str, object]:
    return {"pagination": {"cursor": write_cursor(offset)}}
