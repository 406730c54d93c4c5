"""A question becomes query parameters, or an error before any request."""

from typing import Any

import pytest

from twitch_clips import QueryError
from twitch_clips._helix.query import ClipsQuery


def test_the_first_page_is_asked_for_by_selector_and_size() -> None:
    """Without a cursor no `after` is sent: an empty one is not the same as none."""
    query = ClipsQuery(selector="game_id", id="509658", page_size=20)
    assert query.parameters(None) == {"game_id": "509658", "first": "20"}


def test_a_later_page_is_asked_for_by_its_cursor_as_helix_gave_it() -> None:
    """The cursor is opaque, and every page of a stream asks for the same size."""
    query = ClipsQuery(selector="broadcaster_id", id="1000001")
    assert query.parameters("a+b/c==") == {"broadcaster_id": "1000001", "first": "100", "after": "a+b/c=="}


@pytest.mark.parametrize("value", ["", "example_streamer", "12a", " 12", "-1", "\N{FULLWIDTH DIGIT ONE}", 509658, None])
def test_an_id_that_is_not_digits_is_refused(value: Any) -> None:
    """Given a login, Helix may answer an empty list: a loss without a word."""
    with pytest.raises(QueryError, match=r"broadcaster_id must be a string of digits, not .*"):
        ClipsQuery(selector="broadcaster_id", id=value)


@pytest.mark.parametrize("value", [0, 101, -1, True, 20.0, "20", None])
def test_a_page_size_out_of_range_is_refused(value: Any) -> None:
    """Helix takes 1 to 100."""
    with pytest.raises(QueryError, match=r"page_size must be a whole number from 1 to 100"):
        ClipsQuery(selector="game_id", id="1", page_size=value)
