"""Errors: one root, built-in kinds beside it, words that help."""

import copy
import pickle

import pytest

from twitch_clips import (
    AuthError,
    ClosedError,
    ConnectFailed,
    DecodeError,
    QueryError,
    ResponseError,
    TimedOut,
    TransportError,
    TwitchClipsError,
)

ERRORS = [
    QueryError("limit must not be negative"),
    AuthError("no token"),
    TransportError("cut"),
    ConnectFailed("refused"),
    TimedOut("too slow"),
    ResponseError(404, "no such game"),
    DecodeError("$.data[3].title", "missing"),
    ClosedError("closed"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_is_under_the_one_root_and_travels(error: TwitchClipsError) -> None:
    """It pickles and copies with its words and attributes (process pools, task queues)."""
    assert isinstance(error, TwitchClipsError)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301  (our own bytes)
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


def test_the_built_in_kinds_catch_them_too() -> None:
    """`except TimeoutError` in a user's code keeps working."""
    assert issubclass(QueryError, ValueError)
    assert issubclass(ConnectFailed, ConnectionError)
    assert issubclass(TimedOut, TimeoutError)


def test_the_words_name_what_happened() -> None:
    """Status and message, or place and reason."""
    assert str(ResponseError(404, "no such game")) == "Helix answered 404: no such game"
    assert str(ResponseError(500, "")) == "Helix answered 500: (no message)"
    assert str(DecodeError("$.data[3].title", "missing")) == "unreadable answer at $.data[3].title: missing"
