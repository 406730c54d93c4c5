"""What `watch` takes, checked in the call."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.backfill.conftest import CHANNEL, HOUR, MemoryStore, sandbox
from tests.conftest import NOW
from twitch_clips import QueryError

from .conftest import follow


class ManyStores:
    """Many stores, each of one question."""

    of = MemoryStore


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "give one of login, broadcaster_id, game and game_id; a list may be empty"),
    ({"login": None}, "give one of"),
    ({"login": ""}, "login must be a name"),
    ({"login": ["a", " "]}, "login must be a name"),
    ({"login": b"abc"}, "login must be a string or a list of them, not b'abc'"),
    ({"login": 7}, "login must be a string or a list of them, not 7"),
    ({"game": [7]}, "game must be a name"),
    ({"broadcaster_id": "twitchdev"}, "did you mean login='twitchdev'"),
    ({"broadcaster_id": 7}, "broadcaster_id must be a string or a list"),
    ({"game_id": ["1", "Just Chatting"]}, "did you mean game='Just Chatting'"),
    ({"login": "a", "every": 0.5}, "every must be seconds from 1 to 86400, not 0.5"),
    ({"login": "a", "every": True}, "every must be seconds"),
    ({"login": "a", "every": float("nan")}, "every must be seconds"),
    ({"login": "a", "every": "60"}, "every must be seconds"),
    ({"login": "a", "overlap": timedelta(0)}, "overlap must be a timedelta above nothing"),
    ({"login": "a", "overlap": 600}, "overlap must be a timedelta above nothing"),
    ({"login": "a", "overlap": timedelta(days=31)}, "at most 30 days"),
    ({"login": "a", "since": datetime(2026, 5, 1)}, "since must say its time zone"),  # noqa: DTZ001
    ({"login": "a", "since": NOW + HOUR}, "since is ahead of now"),
    ({"login": "a", "since": "yesterday"}, "since must be a span"),
    ({"login": "a", "since": timedelta(days=900_000)}, "since reaches back beyond the year 1"),
    ({"login": "a", "checkpoint": ""}, "checkpoint must be a path"),
    ({"login": "a", "checkpoint": 7}, "checkpoint must be a path"),
    ({"login": "a", "checkpoint": ManyStores()}, "checkpoint of a watch must be a path or one StateStore"),
]


@pytest.mark.parametrize(("options", "words"), WRONG)
async def test_a_wrong_argument_is_found_in_the_call(options: dict[str, Any], words: str) -> None:
    """Before anything is sent."""
    async with sandbox([]) as box:
        with pytest.raises(QueryError) as error:
            box.clips.watch(**options)
        assert words in str(error.value)
        assert box.helix.targets == []


async def test_an_unknown_argument_is_an_error_of_the_program() -> None:
    """Python's own kind."""
    async with sandbox([]) as box:
        with pytest.raises(TypeError, match="unexpected keyword argument: channel"):
            box.clips.watch(channel="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize(
    ("targets", "count"),
    [
        ({"login": "example_streamer"}, 1),
        ({"login": ("example_streamer", "Example_Streamer ", "quietotterplays")}, 2),
        ({"broadcaster_id": iter([CHANNEL, CHANNEL])}, 1),
        ({"broadcaster_id": [CHANNEL], "game": "Just Chatting", "game_id": ["490001"], "login": []}, 3),
        ({"game": []}, 0),
    ],
)
async def test_any_number_of_targets_may_be_given(targets: Mapping[str, Any], count: int) -> None:
    """Each is polled once a round, however often it is named."""
    async with sandbox([]) as box:
        await follow(box.clips.watch(**targets), 59)
        assert sum("/clips?" in target for target in box.helix.targets) == count
