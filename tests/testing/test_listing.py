"""A listing cut into pages: every reported way in which it goes on, and in which it ends."""

from typing import Any

import attrs
import pytest

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, TWITCH_CLI, FakeHelix, Manners
from twitch_clips.testing.cursors import NOWHERE, read_cursor

from .caller import Caller, ids, served
from .listings import listing

RAW = listing(250)
IDS = ids(RAW)
BAD_CURSOR = "The cursor specified in the before or after query parameter is not valid."


async def test_clips_come_by_falling_views_twenty_a_page(caller: Caller) -> None:
    """Unless asked otherwise; the cursor is where the next page begins."""
    async with FakeHelix(RAW, now=NOW) as helix:
        page = await caller.get(helix, game_id=JUST_CHATTING)
        assert page.ids == IDS[:20]
        assert read_cursor(str(page.cursor)) == 20
        pages = await caller.walk(helix, game_id=JUST_CHATTING, first="100")
    assert [len(page.ids) for page in pages] == [100, 100, 50]
    assert served(pages) == IDS


async def test_a_channel_has_the_clips_of_no_other(caller: Caller) -> None:
    """And a channel that nobody knows has none."""
    async with FakeHelix(RAW, now=NOW) as helix:
        page = await caller.get(helix, broadcaster_id="1000002", first="100")
        assert page.ids == [str(raw["id"]) for raw in RAW if raw["broadcaster_id"] == "1000002"]
        assert (await caller.get(helix, broadcaster_id="999")).body == {"data": [], "pagination": {}}


@pytest.mark.parametrize(
    ("last_page", "end"),
    [
        ("empty_object", {"pagination": {}}),
        ("missing", {}),
        ("null", {"pagination": None}),
        ("cursor_null", {"pagination": {"cursor": None}}),
        ("cursor_empty", {"pagination": {"cursor": ""}}),
        ("nowhere", {"pagination": {"cursor": NOWHERE}}),
    ],
)
async def test_the_end_of_a_listing_is_written_in_more_than_one_way(
    caller: Caller, last_page: Any, end: dict[str, object]
) -> None:
    """On its last page, beside the clips, and on that page only."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(last_page=last_page)) as helix:
        _, second, third, *_ = await caller.walk(helix, game_id=JUST_CHATTING, first="100")
    assert read_cursor(str(second.cursor)) == 200
    assert third.body == {"data": RAW[200:]} | end


async def test_the_cursor_that_decodes_to_nothing_leads_to_an_empty_page(caller: Caller) -> None:
    """Where it is written; elsewhere it is refused, as any cursor without an offset."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(last_page="nowhere")) as helix:
        reply = await caller.get(helix, game_id=JUST_CHATTING, after=NOWHERE)
        assert (reply.status, reply.body) == (200, {"data": [], "pagination": {}})
        helix.manners = Manners()
        reply = await caller.get(helix, game_id=JUST_CHATTING, after=NOWHERE)
        assert (reply.status, reply.body["message"]) == (400, BAD_CURSOR)


async def test_a_cursor_may_lead_to_an_empty_page(caller: Caller) -> None:
    """The last clips have a cursor, and the page behind it has none."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(last_page="leads_to_empty")) as helix:
        pages = await caller.walk(helix, game_id=JUST_CHATTING, first="100")
    assert [len(page.ids) for page in pages] == [100, 100, 50, 0]
    assert pages[-1].body == {"data": [], "pagination": {}}


async def test_a_full_last_page_may_have_a_cursor_too(caller: Caller) -> None:
    """As on Twitch's mock server, which cannot tell; a page that is not full has none."""
    async with FakeHelix(listing(200), now=NOW, manners=TWITCH_CLI) as helix:
        pages = await caller.walk(helix, game_id=JUST_CHATTING, first="100")
        assert [len(page.ids) for page in pages] == [100, 100, 0]
        assert pages[-1].body == {"data": []}
        assert len(await caller.walk(helix, game_id=JUST_CHATTING, first="60")) == 4


async def test_a_cursor_behind_the_end_gives_an_empty_last_page(caller: Caller) -> None:
    """A listing may have become shorter."""
    async with FakeHelix(RAW, now=NOW) as helix:
        cursor = (await caller.walk(helix, game_id=JUST_CHATTING, first="100"))[1].cursor
        helix.remove(*IDS[100:])
        reply = await caller.get(helix, game_id=JUST_CHATTING, first="100", after=str(cursor))
    assert reply.body == {"data": [], "pagination": {}}


async def test_pages_may_be_shorter_than_asked_for(caller: Caller) -> None:
    """And nothing is lost by it."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(short_pages=90)) as helix:
        pages = await caller.walk(helix, game_id=JUST_CHATTING, first="100")
        assert [len(page.ids) for page in pages] == [90, 90, 70]
        assert served(pages) == IDS
        assert len((await caller.get(helix, game_id=JUST_CHATTING, first="5")).ids) == 5


async def test_behind_the_cap_the_cursor_is_gone(caller: Caller) -> None:
    """TI#133: it looks as the end of any listing does."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(cap=120)) as helix:
        pages = await caller.walk(helix, game_id=JUST_CHATTING, first="100")
    assert (served(pages), pages[-1].body["pagination"]) == (IDS[:120], {})


async def test_behind_the_cap_the_same_cursor_comes_for_ever(caller: Caller) -> None:
    """TI#1045: with the same last clips."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(cap=120, cap_ending="repeats")) as helix:
        pages = await caller.walk(helix, game_id=JUST_CHATTING, first="100")
    assert len(pages) == 30
    assert {page.cursor for page in pages} == {pages[0].cursor}
    assert served(pages[:2]) == IDS[:120]
    assert all(page.ids == IDS[100:120] for page in pages[1:])


async def test_behind_the_cap_the_clips_come_again_in_another_order(caller: Caller) -> None:
    """TI#1188: the cursor changes every time."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(cap=120, cap_ending="cycles")) as helix:
        pages = await caller.walk(helix, game_id=JUST_CHATTING, first="40")
    assert len({page.cursor for page in pages}) == 30
    laps = [served(pages[start : start + 3]) for start in range(0, 30, 3)]
    assert laps[0] == IDS[:120]
    assert all(sorted(lap) == sorted(IDS[:120]) for lap in laps)
    assert len({tuple(lap) for lap in laps}) == 10


async def test_behind_the_cap_every_request_fails(caller: Caller) -> None:
    """TI#360: a 500, however often it is asked."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(cap=120, cap_ending="fails")) as helix:
        *pages, failed = await caller.walk(helix, game_id=JUST_CHATTING, first="100")
        assert served(pages) == IDS[:120]
        again = await caller.get(helix, game_id=JUST_CHATTING, after=str(pages[-1].cursor))
    assert failed.status == again.status == 500
    assert again.body == {"error": "Internal Server Error", "status": 500, "message": ""}


async def test_deep_pages_can_fail_for_good(caller: Caller) -> None:
    """TI#360: the pages at offsets 100 to 200 come, and nothing from 220 on, in either direction."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(fails_from=220, before="served")) as helix:
        pages = await caller.walk(helix, game_id=JUST_CHATTING, first="20")
        cursor = str(pages[-2].cursor)
        again = [
            await caller.get(helix, game_id=JUST_CHATTING, first="5", **{way: cursor}) for way in ("after", "before")
        ]
        assert served(pages[:-1]) == IDS[:220]
        assert read_cursor(cursor) == 220
        assert [reply.status for reply in (pages[-1], *again)] == [500, 500, 500]
        assert again[0].body == {"error": "Internal Server Error", "status": 500, "message": ""}
        assert len((await caller.get(helix, game_id=JUST_CHATTING, first="100")).ids) == 100
        helix.manners = Manners(fails_from=0)
        assert (await caller.get(helix, game_id=JUST_CHATTING)).status == 200


@pytest.mark.parametrize("ending", ["gone", "repeats", "cycles", "fails"])
async def test_a_listing_that_just_fits_under_the_cap_ends_by_itself(caller: Caller, ending: Any) -> None:
    """Whatever would stand behind it."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(cap=250, cap_ending=ending)) as helix:
        pages = await caller.walk(helix, game_id=JUST_CHATTING, first="100")
    assert (served(pages), pages[-1].body["pagination"]) == (IDS, {})


async def test_the_cap_may_be_another_one_for_each_query(caller: Caller) -> None:
    """Drawn when its first page is asked for, and kept for the others; also for one that begins with a cursor."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(cap=(101, 199))) as helix:
        counts = [len(served(await caller.walk(helix, game_id=JUST_CHATTING, first="100"))) for _ in range(10)]
        assert all(101 <= count <= 199 for count in counts)
        assert len(set(counts)) > 5
        cursor = (await caller.get(helix, game_id=JUST_CHATTING, first="100")).cursor
    async with FakeHelix(RAW, now=NOW, manners=Manners(cap=(101, 199))) as helix:
        lengths = {
            len((await caller.get(helix, game_id=JUST_CHATTING, first="100", after=str(cursor))).ids) for _ in range(5)
        }
    assert len(lengths) == 1
    assert 1 <= lengths.pop() <= 99


async def test_there_may_be_no_cap(caller: Caller) -> None:
    """As on Twitch's mock server."""
    async with FakeHelix(listing(1100), now=NOW) as helix:
        assert len(served(await caller.walk(helix, game_id=JUST_CHATTING, first="100"))) == 1000
        helix.manners = Manners(cap=None)
        assert len(served(await caller.walk(helix, game_id=JUST_CHATTING, first="100"))) == 1100


async def test_before_may_be_served(caller: Caller) -> None:
    """The page that ends where the cursor says, back to the first one; never together with `after`."""
    async with FakeHelix(RAW, now=NOW) as helix:
        cursor = str((await caller.walk(helix, game_id=JUST_CHATTING, first="50"))[1].cursor)
        refused = await caller.get(helix, game_id=JUST_CHATTING, before=cursor)
        assert (refused.status, refused.body["message"]) == (400, BAD_CURSOR)
        helix.manners = Manners(before="served")
        page = await caller.get(helix, game_id=JUST_CHATTING, first="60", before=cursor)
        assert (page.ids, read_cursor(str(page.cursor))) == (IDS[40:100], 40)
        page = await caller.get(helix, game_id=JUST_CHATTING, first="60", before=str(page.cursor))
        assert (page.ids, page.body["pagination"]) == (IDS[:40], {})
        both = await caller.get(helix, game_id=JUST_CHATTING, before=cursor, after=cursor)
        assert (both.status, both.body["message"]) == (400, BAD_CURSOR)


async def test_manners_may_change_between_two_pages(caller: Caller) -> None:
    """From the next request on."""
    async with FakeHelix(RAW, now=NOW) as helix:
        assert len((await caller.get(helix, game_id=JUST_CHATTING, first="100")).ids) == 100
        helix.manners = attrs.evolve(helix.manners, cap=30)
        assert len((await caller.get(helix, game_id=JUST_CHATTING, first="100")).ids) == 30


def test_a_switch_has_no_position_that_it_does_not_have() -> None:
    """A slip of the pen would be a switch that is off."""
    with pytest.raises(ValueError, match="cap_ending is one of"):
        Manners(cap_ending="cycle")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
