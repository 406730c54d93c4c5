"""Whatever a server sends, a call ends in what was asked for or in one of our errors, and the next one goes well."""

from collections import Counter

from . import protocol
from .cases import CASES, SEED, Counts, run, share

CALLS = {"by_game", "by_broadcaster", "pages", "collect", "by_ids", "get", "users", "games"}
# What must have come of some.
ENDS = {
    *("well", "AuthError", "AuthUnavailable", "BadRequest", "DecodeError", "Forbidden", "NotFound"),
    *("RateLimited", "ResponseError", "ServerError", "TimedOut", "TransportError", "Unauthorized", "UnknownName"),
}


def test_every_call_ends_and_leaves_nothing_behind() -> None:
    """No task, no socket, no secret; nothing is lost where nothing but heads was changed."""
    counts: Counts = Counter()
    run(counts, "protocol", protocol.case, SEED, share("protocol", CASES))
    assert counts.total() == 2_000
    calls, storms, ends = (set(one) for one in zip(*(told.split(", ") for told in counts), strict=True))
    assert (calls, storms) == ({f"protocol: {call}" for call in CALLS}, {"gentle", "wild"})
    assert ends >= ENDS
