"""What a request for clips asks: its window, its page, its cursor, and what of that is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, TWITCH_CLI, FakeHelix, Manners, RawClip

from .caller import Caller, Param
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


async def test_the_year_9999_is_a_year_like_any_other(caller: Caller, helix: FakeHelix) -> None:
    """A week from its last day is not a date, and no error either."""
    reply = await caller.get(helix, game_id=JUST_CHATTING, started_at=rfc3339(datetime(9999, 12, 31, tzinfo=UTC)))
    assert (reply.status, reply.ids) == (200, [])


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
