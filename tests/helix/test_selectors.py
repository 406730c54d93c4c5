"""Whose clips are asked for, by keyword arguments that are checked by hand."""

from typing import Any

import pytest

from twitch_clips import QueryError
from twitch_clips._helix.query import one_selector, refuse_unknown


def test_the_one_that_is_given_is_named_and_what_it_says_is_not_looked_at() -> None:
    """`None` is not given."""
    assert one_selector([("game_id", None), ("game", "")]) == ("game", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"game_id": None, "game": None}, "give exactly one of game_id and game"),
        ({"login": "a", "game_id": None, "game": "b"}, "give exactly one of login, game_id and game"),
    ],
)
def test_none_and_several_are_refused(options: Any, message: str) -> None:
    """In words that name all that could be given."""
    with pytest.raises(QueryError) as caught:
        one_selector(options.items())
    assert str(caught.value) == message


def test_arguments_that_are_not_there_are_refused_by_name() -> None:
    """All of them, in order."""
    refuse_unknown({"login": "a"}, ["login", "game"])
    with pytest.raises(TypeError) as caught:
        refuse_unknown({"until": 1, "login": "a", "limit": 2}, ["login", "game"])
    assert str(caught.value) == "unexpected keyword argument: limit, until"
