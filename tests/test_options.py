"""What may be said of a listing is checked in the call, before any I/O."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from twitch_clips import AsyncClips, QueryError, StaticAuth

CLIPS = AsyncClips(StaticAuth("example", "t0ken"))


async def _never_awaited(_clip: object) -> None:
    """It would pass every clip."""


START = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "give exactly one of game_id and game"),
        ({"game_id": "1", "game": "Just Chatting"}, "give exactly one of game_id and game"),
        (
            {"game_id": "Just Chatting"},
            "must be a string of digits, not 'Just Chatting': did you mean game='Just Chatting'",
        ),
        ({"game": " "}, "game must be a name"),
        *(
            ({"game_id": "1", "limit": limit}, "limit must be a whole number from 0 on")
            for limit in (-1, True, 1.0, "5")
        ),
        ({"game_id": "1", "page_size": 101}, "page_size must be a whole number from 1 to 100"),
        ({"game_id": "1", "after": "a", "before": "b"}, "after and before exclude each other"),
        ({"game_id": "1", "after": ""}, "after must be a cursor that Helix gave"),
        ({"game_id": "1", "before": 7}, "before must be a cursor that Helix gave"),
        ({"game_id": "1", "where": "en"}, "where must be a function of a clip"),
        ({"game_id": "1", "where": _never_awaited}, "not an asynchronous one"),
        ({"game_id": "1", "on_cap": "stop"}, "on_cap must be one of"),
        ({"game_id": "1", "is_featured": "yes"}, "is_featured must be True, False or None"),
        ({"game_id": "1", "since": "7"}, "since must be a span such as"),
        ({"game_id": "1", "since": timedelta(0)}, "since must be a span above nothing"),
        ({"game_id": "1", "since": datetime.max.replace(tzinfo=UTC)}, "since is ahead of now"),
        ({"game_id": "1", "since": timedelta.max}, "since reaches back beyond the year 1"),
        ({"game_id": "1", "since": "7d", "started_at": START}, "give since, or started_at"),
        ({"game_id": "1", "ended_at": START}, "ended_at needs a started_at"),
        ({"game_id": "1", "started_at": START, "ended_at": START}, "ended_at must be after started_at"),
        ({"game_id": "1", "started_at": datetime(2026, 5, 1)}, "started_at must say its time zone"),  # noqa: DTZ001
        ({"game_id": "1", "started_at": "yesterday"}, "started_at must be an aware datetime or an RFC 3339 string"),
    ],
)
def test_a_wrong_argument_is_named_and_what_is_wanted_said(options: dict[str, Any], words: str) -> None:
    """In the call itself: not even a token was asked for."""
    with pytest.raises(QueryError, match=words):
        CLIPS.by_game(**options)


def test_a_login_in_place_of_an_id_is_guessed() -> None:
    """Given one, Helix may answer an empty list: a loss without a word."""
    with pytest.raises(QueryError, match=r"broadcaster_id must be .* did you mean login='example_streamer'"):
        CLIPS.by_broadcaster("example_streamer")
    with pytest.raises(QueryError, match="give exactly one of broadcaster_id and login"):
        CLIPS.by_broadcaster()  # type: ignore[call-overload]


def test_an_argument_that_does_not_exist_is_no_query_error() -> None:
    """It is a slip in the program, as anywhere in Python."""
    with pytest.raises(TypeError, match="unexpected keyword argument: until, until_then"):
        CLIPS.by_game("1", until="7d", until_then=1)  # type: ignore[call-overload]


@pytest.mark.parametrize("options", [{"where": 1}, {"on_cap": None}])
def test_resuming_checks_its_arguments_too(options: dict[str, Any]) -> None:
    """A checkpoint of a stream that has not begun is good."""
    with pytest.raises(QueryError, match=next(iter(options))):
        CLIPS.resume(str(CLIPS.by_game("1").checkpoint), **options)
