"""Whatever a server sends, a call ends in what was asked for or in one of our errors, and the next one goes well."""

from collections import Counter

import pytest

from . import protocol
from .cases import CASES, SEED, Counts, run, share

CALLS = {"by_game", "by_broadcaster", "pages", "collect", "by_ids", "get", "users", "games"}
# What must have come of some.
ENDS = {
    *("well", "AuthError", "AuthUnavailable", "BadRequest", "DecodeError", "Forbidden", "NotFound"),
    *("RateLimited", "ResponseError", "ServerError", "TimedOut", "TransportError", "Unauthorized", "UnknownName"),
}


@pytest.fixture(scope="module")
def counts() -> Counts:
    """What became of each case.

    In one line, as a frame that ran an event loop is lost to coverage: Python 3.11 tells of returns without calls.
    """
    return run(Counter(), "protocol", protocol.case, SEED, share("protocol", CASES))


def test_every_call_ends_and_leaves_nothing_behind(counts: Counts) -> None:
    """No task, no socket, no secret; nothing is lost where nothing but heads was changed."""
    assert counts.total() == 2_000


def test_calls_of_every_kind_end_in_every_way(counts: Counts) -> None:
    """Which shows that the answers were odd enough, and not too odd."""
    calls, storms, ends = (set(one) for one in zip(*(told.split(", ") for told in counts), strict=True))
    assert (calls, storms) == ({f"protocol: {call}" for call in CALLS}, {"gentle", "wild"})
    assert ends >= ENDS
