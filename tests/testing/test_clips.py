"""What listings hold: windows, featured clips, and what they are reported to leave out; and clips by id."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, TWITCH_CLI, FakeHelix, Manners, RawClip, synthetic_clips

from .caller import Caller, Param, ids, served
from .listings import MINUTE, listing, rfc3339

DAY = timedelta(days=1)
EVERY_MINUTE = listing(60, newest=NOW - MINUTE, apart=MINUTE)


def _minutes(clips: list[RawClip], clip_ids: list[str]) -> list[float]:
    """How many minutes before now the clips were made, youngest first."""
    made = {str(clip["id"]): datetime.fromisoformat(str(clip["created_at"])) for clip in clips}
    return sorted((NOW - made[clip_id]) / MINUTE for clip_id in clip_ids)


@pytest.mark.parametrize(
    ("started_at", "ended_at", "youngest", "oldest"),
    [
        (NOW - 30 * MINUTE, NOW - 10 * MINUTE, 11, 30),
        (NOW - 22 * MINUTE, NOW - 1 * MINUTE, 11, 30),
        (NOW - 30 * MINUTE, NOW - timedelta(seconds=1), 11, 30),
        (NOW - 30 * MINUTE, NOW, 1, 30),
    ],
)
async def test_both_ends_of_a_window_are_cut_down_to_ten_minutes(
    caller: Caller, started_at: datetime, ended_at: datetime, youngest: int, oldest: int
) -> None:
    """TI#52, TI#521: the start counts in, the end does not."""
    async with FakeHelix(EVERY_MINUTE, now=NOW) as helix:
        window = {"started_at": rfc3339(started_at), "ended_at": rfc3339(ended_at)}
        page = await caller.get(helix, game_id=JUST_CHATTING, first="100", **window)
    found = _minutes(EVERY_MINUTE, page.ids)
    assert (found[0], found[-1], len(found)) == (youngest, oldest, oldest - youngest + 1)


async def test_a_window_within_one_step_is_empty(caller: Caller) -> None:
    """As `22:41` to `22:42` was in TI#52."""
    async with FakeHelix(EVERY_MINUTE, now=NOW) as helix:
        window = {"started_at": rfc3339(NOW - 19 * MINUTE), "ended_at": rfc3339(NOW - 11 * MINUTE)}
        assert (await caller.get(helix, game_id=JUST_CHATTING, **window)).ids == []


@pytest.mark.parametrize(("edges", "youngest", "oldest"), [("start", 11, 30), ("both", 10, 30), ("neither", 11, 29)])
async def test_which_edges_count_in_is_a_switch(caller: Caller, edges: Any, youngest: int, oldest: int) -> None:
    """Nobody has confirmed it for the real API."""
    async with FakeHelix(EVERY_MINUTE, now=NOW) as helix:
        helix.manners = Manners(edges=edges)
        window = {"started_at": rfc3339(NOW - 30 * MINUTE), "ended_at": rfc3339(NOW - 10 * MINUTE)}
        page = await caller.get(helix, game_id=JUST_CHATTING, first="100", **window)
    found = _minutes(EVERY_MINUTE, page.ids)
    assert (found[0], found[-1]) == (youngest, oldest)


async def test_without_a_grid_a_window_is_taken_as_given(caller: Caller) -> None:
    """To the second, and on Twitch's mock server without its edges."""
    async with FakeHelix(EVERY_MINUTE, now=NOW, manners=Manners(grid=None)) as helix:
        window = {"started_at": rfc3339(NOW - 7 * MINUTE), "ended_at": rfc3339(NOW - 3 * MINUTE)}
        page = await caller.get(helix, game_id=JUST_CHATTING, **window)
        assert _minutes(EVERY_MINUTE, page.ids) == [4, 5, 6, 7]
        helix.manners = TWITCH_CLI
        page = await caller.get(helix, game_id=JUST_CHATTING, **window)
        assert _minutes(EVERY_MINUTE, page.ids) == [4, 5, 6]


async def test_a_start_alone_means_one_week(caller: Caller) -> None:
    """The reference; the day on which it ends is out."""
    raw = listing(20, newest=NOW - DAY, apart=DAY)
    async with FakeHelix(raw, now=NOW) as helix:
        page = await caller.get(helix, game_id=JUST_CHATTING, started_at=rfc3339(NOW - 15 * DAY))
    assert [minutes / 1440 for minutes in _minutes(raw, page.ids)] == [9, 10, 11, 12, 13, 14, 15]


async def test_a_start_in_the_year_1_alone_means_no_window(caller: Caller) -> None:
    """TI#1188: over a thousand clips came; with an end it is an ordinary start."""
    async with FakeHelix(EVERY_MINUTE, now=NOW) as helix:
        page = await caller.get(helix, game_id=JUST_CHATTING, first="100", started_at="0001-01-01T00:00:00Z")
        assert len(page.ids) == 60
        window = {"started_at": "0001-01-01T00:00:00Z", "ended_at": rfc3339(NOW - 30 * MINUTE)}
        page = await caller.get(helix, game_id=JUST_CHATTING, first="100", **window)
        assert _minutes(EVERY_MINUTE, page.ids) == list(range(31, 61))


async def test_an_end_alone_is_ignored_or_refused(caller: Caller) -> None:
    """The reference of old against Twitch's mock server."""
    async with FakeHelix(EVERY_MINUTE, now=NOW) as helix:
        page = await caller.get(helix, game_id=JUST_CHATTING, first="100", ended_at=rfc3339(NOW - 30 * MINUTE))
        assert len(page.ids) == 60
        helix.manners = TWITCH_CLI
        refused = await caller.get(helix, game_id=JUST_CHATTING, ended_at=rfc3339(NOW - 30 * MINUTE))
    message = "started_at is required if ended_at is provided"
    assert (refused.status, refused.body["message"]) == (400, message)


@pytest.mark.parametrize(
    "start",
    ["2026-06-01T11:30:00Z", "2026-06-01T11:30:00.000Z", "2026-06-01T11:30:00.123456Z", "2026-06-01T13:30:00+02:00"],
)
async def test_every_reported_form_of_a_time_is_read(caller: Caller, start: str) -> None:
    """Fractions are cut off with the seconds."""
    async with FakeHelix(EVERY_MINUTE, now=NOW) as helix:
        page = await caller.get(
            helix, game_id=JUST_CHATTING, first="100", started_at=start, ended_at="2026-06-01T12:00:00z"
        )
    assert _minutes(EVERY_MINUTE, page.ids) == list(range(1, 31))


@pytest.mark.parametrize("name", ["started_at", "ended_at"])
@pytest.mark.parametrize(
    "text", ["yesterday", "2026-06-01", "2026-06-01T11:30:00", "2026-13-01T11:30:00Z", "2026-06-01T13:30:00 02:00"]
)
async def test_what_is_no_rfc_3339_time_is_refused(caller: Caller, helix: FakeHelix, name: str, text: str) -> None:
    """A `+` that was not percent-encoded arrives as a space."""
    reply = await caller.get(helix, game_id=JUST_CHATTING, **{name: text})
    assert (reply.status, f'"{name}" was malformed' in reply.body["message"]) == (400, True)


async def test_featured_clips_can_be_asked_for_or_left_out(caller: Caller, helix: FakeHelix) -> None:
    """Together they are all."""
    everything, featured, others = [
        served(await caller.walk(helix, game_id=JUST_CHATTING, first="100", **only))
        for only in ({}, {"is_featured": "true"}, {"is_featured": "false"})
    ]
    assert featured
    assert sorted(featured + others) == sorted(everything)
    refused = await caller.get(helix, game_id=JUST_CHATTING, is_featured="maybe")
    assert refused.status == 400


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


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"game_id": "1", "broadcaster_id": "1"},
        {"game_id": ["1", "2"]},
        {"game_id": ""},
        {"id": "a", "game_id": "1"},
    ],
)
async def test_a_question_without_its_one_selector_is_refused_at_the_front(
    caller: Caller, helix: FakeHelix, params: dict[str, Param]
) -> None:
    """No rate headers, no point spent."""
    reply = await caller.get(helix, **params)
    assert (reply.status, reply.body["error"], "Ratelimit-Limit" in reply.headers) == (400, "Bad Request", False)


@pytest.mark.parametrize("first", ["\N{SUPERSCRIPT TWO}", "101", "0", "-1", "all"])
async def test_a_page_has_one_to_a_hundred_clips(caller: Caller, helix: FakeHelix, first: str) -> None:
    """Anything else is refused by the service itself, with rate headers, or taken for 20 by Twitch's mock server."""
    reply = await caller.get(helix, game_id=JUST_CHATTING, first=first)
    assert (reply.status, "Ratelimit-Limit" in reply.headers) == (400, True)
    assert "less than or equal to 100" in reply.body["message"]
    helix.manners = TWITCH_CLI
    assert len((await caller.get(helix, game_id=JUST_CHATTING, first=first)).ids) == 20


async def test_a_cursor_that_is_none_is_refused(caller: Caller, helix: FakeHelix) -> None:
    """By the service itself; an empty one is no cursor."""
    reply = await caller.get(helix, game_id=JUST_CHATTING, after="???")
    assert (reply.status, "Ratelimit-Limit" in reply.headers) == (400, True)
    assert (await caller.get(helix, game_id=JUST_CHATTING, after="")).status == 200


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


async def test_the_year_9999_is_a_year_like_any_other(caller: Caller, helix: FakeHelix) -> None:
    """A week from its last day is not a date, and no error either."""
    reply = await caller.get(helix, game_id=JUST_CHATTING, started_at=rfc3339(datetime(9999, 12, 31, tzinfo=UTC)))
    assert (reply.status, reply.ids) == (200, [])
