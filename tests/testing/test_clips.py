"""What listings hold, and what they are reported to leave out; and clips by id."""

import asyncio
from datetime import timedelta

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, TWITCH_CLI, FakeHelix, Manners, synthetic_clips

from .caller import Caller, Param, ids, served
from .listings import MINUTE, listing, rfc3339

DAY = timedelta(days=1)


async def test_featured_clips_can_be_asked_for_or_left_out(caller: Caller, helix: FakeHelix) -> None:
    """Together they are all."""
    everything = served(await caller.walk(helix, game_id=JUST_CHATTING, first="100"))
    featured = await caller.walk(helix, game_id=JUST_CHATTING, is_featured="true")
    others = await caller.walk(helix, game_id=JUST_CHATTING, first="100", is_featured="false")
    assert {clip["is_featured"] for page in featured for clip in page.body["data"]} == {True}
    assert sorted(served(featured) + served(others)) == sorted(everything)
    refused = await caller.get(helix, game_id=JUST_CHATTING, is_featured="maybe")
    assert refused.status == 400


async def test_a_clip_that_does_not_say_is_not_featured(caller: Caller) -> None:
    """Clips recorded before the flag came have none."""
    raw = {name: value for name, value in listing(1)[0].items() if name != "is_featured"}
    async with FakeHelix([raw], now=NOW) as helix:
        found = [(await caller.get(helix, game_id=JUST_CHATTING, is_featured=flag)).ids for flag in ("true", "false")]
    assert found == [[], [raw["id"]]]


async def test_clips_come_into_view_when_they_are_made(caller: Caller) -> None:
    """None is younger than the server's clock, in a listing or by id."""
    raw = listing(2, newest=NOW + MINUTE, apart=2 * MINUTE)
    young, old = ids(raw)
    async with FakeHelix(raw, now=NOW) as helix:
        for seen in ([old], [young, old]):
            assert (await caller.get(helix, game_id=JUST_CHATTING)).ids == seen
            assert (await caller.get(helix, id=[young, old])).ids == seen
            await asyncio.sleep(60)


async def test_clips_can_be_listed_late(caller: Caller) -> None:
    """An hour after they were made, though they are there by id."""
    raw = listing(2, newest=NOW - 30 * MINUTE, apart=60 * MINUTE)
    young, old = ids(raw)
    async with FakeHelix(raw, now=NOW, manners=Manners(late=timedelta(hours=1))) as helix:
        assert (await caller.get(helix, game_id=JUST_CHATTING)).ids == [old]
        assert (await caller.get(helix, id=young)).ids == [young]
        await asyncio.sleep(30 * 60)
        assert (await caller.get(helix, game_id=JUST_CHATTING)).ids == [young, old]


async def test_wide_windows_can_lack_clips_that_narrow_ones_have(caller: Caller) -> None:
    """TI#48, TI#80: always the same ones; no window at all is the widest."""
    raw = listing(90, newest=NOW - MINUTE, apart=timedelta(minutes=30))
    manners = Manners(lossy_over=DAY, lossy_share=0.3)
    wide = {"started_at": rfc3339(NOW - 2 * DAY), "ended_at": rfc3339(NOW)}
    async with FakeHelix(raw, now=NOW, manners=manners) as helix:
        found = [(await caller.get(helix, game_id=JUST_CHATTING, first="100", **window)).ids for window in (wide, {})]
        halves: list[str] = []
        for days in (0, 1):
            half = {"started_at": rfc3339(NOW - (days + 1) * DAY), "ended_at": rfc3339(NOW - days * DAY)}
            halves += (await caller.get(helix, game_id=JUST_CHATTING, first="100", **half)).ids
    assert found[0] == found[1]
    assert 45 < len(found[0]) < 80
    assert sorted(halves) == sorted(ids(raw))


async def test_a_query_can_forget_clips_that_the_next_one_has(caller: Caller) -> None:
    """Drawn anew for each query, the same for all of its pages, whatever else is asked; no two forget alike."""
    raw = listing(1000)
    window = {"started_at": rfc3339(NOW - DAY), "ended_at": rfc3339(NOW)}
    always: dict[str, str] = {}
    walks: list[list[set[str]]] = []
    for questions in ([always] * 3, [always, window, always, always]):
        async with FakeHelix(raw, now=NOW, manners=Manners(forgetful=0.1)) as helix:
            found = [
                served(await caller.walk(helix, game_id=JUST_CHATTING, first="100", **question))
                for question in questions
            ]
        assert all(clip_ids == [one for one in ids(raw) if one in set(clip_ids)] for clip_ids in found)
        walks.append([set(ids(raw)).difference(clip_ids) for clip_ids in found])
    first, second, third = walks[0]
    other = walks[1].pop(1)
    assert walks[0] == walks[1]
    assert all(70 < len(forgotten) < 130 for forgotten in (first, second, third, other))
    pairs = (first & second, first & third, second & third, first & other)
    assert all(2 <= len(twice) <= 25 for twice in pairs)


async def test_a_query_that_begins_with_a_cursor_forgets_too(caller: Caller) -> None:
    """As one process goes on where another was stopped; by id nothing is ever forgotten."""
    raw = listing(200)
    async with FakeHelix(raw, now=NOW) as helix:
        cursor = str((await caller.get(helix, game_id=JUST_CHATTING, first="100")).cursor)
    async with FakeHelix(raw, now=NOW, manners=Manners(forgetful=0.2)) as helix:
        rest = [(await caller.get(helix, game_id=JUST_CHATTING, first="100", after=cursor)).ids for _ in range(2)]
        assert len((await caller.get(helix, id=ids(raw)[:100])).ids) == 100
    assert rest[0] == rest[1]
    assert 30 < len(rest[0]) < 90


async def test_hidden_clips_are_served_by_id_only(caller: Caller) -> None:
    """TI#981."""
    raw = listing(3)
    first, second, third = ids(raw)
    async with FakeHelix(raw, now=NOW, manners=Manners(hidden=frozenset({second}))) as helix:
        assert (await caller.get(helix, game_id=JUST_CHATTING)).ids == [first, third]
        assert (await caller.get(helix, id=[first, second])).ids == [first, second]


async def test_the_order_can_be_no_order(caller: Caller) -> None:
    """TI#1147: but the same one for every page, so that nothing is lost by it."""
    raw = listing(250)
    async with FakeHelix(raw, now=NOW, manners=Manners(order="random")) as helix:
        found = served(await caller.walk(helix, game_id=JUST_CHATTING, first="100"))
    assert found != ids(raw)
    assert sorted(found) == sorted(ids(raw))


async def test_views_can_move_between_two_pages(caller: Caller) -> None:
    """Then what one page pushes down comes again on the next, and as many clips are skipped."""
    raw = [clip | {"view_count": 5} for clip in listing(250)]
    async with FakeHelix(raw, now=NOW, manners=Manners(moving_views=50)) as helix:
        pages = await caller.walk(helix, game_id=JUST_CHATTING, first="50")
        await caller.get(helix, game_id="1")
    found = served(pages)
    assert len(found) == 250
    assert len(set(found)) < 250
    assert all(clip["view_count"] == 5 for clip in raw)
    views = [clip["view_count"] for clip in pages[-1].body["data"]]
    assert views == sorted(views, reverse=True)


async def test_views_that_moved_are_those_of_the_clip(caller: Caller) -> None:
    """By id as in a listing."""
    async with FakeHelix(listing(3), now=NOW, manners=Manners(moving_views=2)) as helix:
        listed = (await caller.get(helix, game_id=JUST_CHATTING)).body["data"]
        assert (await caller.get(helix, id=[clip["id"] for clip in listed])).body["data"] == listed
    assert listed != listing(3)


async def test_more_clips_can_move_than_there_are(caller: Caller) -> None:
    """Then all do."""
    async with FakeHelix(listing(3), now=NOW, manners=Manners(moving_views=10)) as helix:
        page = await caller.get(helix, game_id=JUST_CHATTING)
    assert all(clip["view_count"] > 10_000 - place for place, clip in enumerate(page.body["data"]))


async def test_clips_can_be_added_and_removed_while_it_runs(caller: Caller) -> None:
    """Listings and ids know it at once."""
    raw = listing(4)
    first, second, third, fourth = ids(raw)
    async with FakeHelix(raw[:2], now=NOW) as helix:
        assert (await caller.get(helix, game_id=JUST_CHATTING)).ids == [first, second]
        helix.add(raw[3], raw[2])
        assert (await caller.get(helix, game_id=JUST_CHATTING)).ids == [first, second, third, fourth]
        helix.remove(second)
        assert (await caller.get(helix, game_id=JUST_CHATTING)).ids == [first, third, fourth]
        assert (await caller.get(helix, id=[second, third])).ids == [third]


async def test_a_listing_of_as_many_clips_as_before_is_another_one(caller: Caller) -> None:
    """When one came into view and one went."""
    raw = listing(3, newest=NOW + timedelta(seconds=1))
    first, second, third = ids(raw)
    async with FakeHelix(raw, now=NOW) as helix:
        assert (await caller.get(helix, game_id=JUST_CHATTING)).ids == [second, third]
        await asyncio.sleep(1)
        helix.remove(third)
        assert (await caller.get(helix, game_id=JUST_CHATTING)).ids == [first, second]


async def test_many_different_windows_are_remembered_only_for_a_while(caller: Caller) -> None:
    """And are right whether remembered or not."""
    async with FakeHelix(listing(100, apart=10 * MINUTE), now=NOW) as helix:
        for _ in range(2):
            for step in range(1, 81):
                window = {"started_at": rfc3339(NOW - step * 10 * MINUTE), "ended_at": rfc3339(NOW)}
                page = await caller.get(helix, game_id=JUST_CHATTING, first="100", **window)
                assert len(page.ids) == step


async def test_ids_are_answered_in_their_order_each_once_unknown_ones_left_out(caller: Caller) -> None:
    """Nothing else of the question counts, and there is no cursor."""
    raw = listing(5)
    first, second, third, *_ = ids(raw)
    window: dict[str, Param] = {
        "started_at": "never",
        "first": "0",
        "after": "?",
        "before": "?",
        "is_featured": "maybe",
    }
    async with FakeHelix(raw, now=NOW) as helix:
        reply = await caller.get(helix, id=[third, first, "Nobody", third, second], **window)
    assert (reply.ids, reply.body["pagination"]) == ([third, first, second], {})


async def test_a_hundred_ids_are_answered_and_one_more_is_refused(caller: Caller) -> None:
    """However many of them are the same."""
    raw = listing(100)
    async with FakeHelix(raw, now=NOW) as helix:
        assert (await caller.get(helix, id=ids(raw))).ids == ids(raw)
        assert (await caller.get(helix, id=[ids(raw)[0]] * 101)).status == 400
        helix.manners = Manners(clip_ids_at_once=50)
        assert (await caller.get(helix, id=ids(raw)[:51])).status == 400


async def test_twitchs_own_mock_server_reads_one_id_and_writes_clips_in_its_own_way(caller: Caller) -> None:
    """No `T` and no `Z` in a time, fields missing, no `pagination`."""
    raw = listing(2)
    async with FakeHelix(raw, now=NOW, manners=TWITCH_CLI) as helix:
        reply = await caller.get(helix, id=ids(raw))
    assert (reply.ids, "pagination" in reply.body) == (ids(raw)[:1], False)
    clip = reply.body["data"][0]
    assert clip["created_at"] == "2026-06-01 11:59:00"
    assert set(raw[0]) - set(clip) == {"creator_name", "embed_url", "is_featured", "vod_offset"}


async def test_a_clips_time_may_be_written_without_its_zone(caller: Caller) -> None:
    """It is UTC, as Twitch's mock server means it."""
    raw = listing(1)[0] | {"created_at": "2026-06-01 11:59:00"}
    async with FakeHelix([raw], now=NOW) as helix:
        window = {"started_at": "2026-06-01T11:50:00Z", "ended_at": "2026-06-01T12:00:00Z"}
        assert (await caller.get(helix, game_id=JUST_CHATTING, **window)).ids == [raw["id"]]


async def test_an_unknown_game_is_not_found_or_has_no_clips(caller: Caller) -> None:
    """A known one without clips is empty; one is known that has clips or a name."""
    clips = [clip | {"game_id": "77"} for clip in synthetic_clips(3, now=NOW)]
    async with FakeHelix(clips, now=NOW, games=[{"id": "88", "name": "Otters"}]) as helix:
        replies = [await caller.get(helix, game_id=game_id) for game_id in ("77", "88", "99")]
        assert [reply.status for reply in replies] == [200, 200, 404]
        assert [len(reply.ids) for reply in replies[:2]] == [3, 0]
        assert "Ratelimit-Limit" in replies[2].headers
        helix.manners = Manners(unknown_game="empty")
        assert (await caller.get(helix, game_id="99")).body == {"data": [], "pagination": {}}
