"""Whatever a body or a header says, it is read as what it is or is one of our errors."""

from collections import Counter

from . import decoder
from .cases import CASES, SEED, run, share

# What must have come of some: a run that is refused at the door would prove nothing.
REACHED = {
    *("page, all well", "page, some well", "page, DecodeError", "users, well", "users, DecodeError", "games, well"),
    *("games, DecodeError", "token, well", "token, AuthError", "token, AuthUnavailable", "field, well", "field, none"),
    *("headers, well", "headers, no rate", "error, BadRequest", "error, CursorRejected", "error, Unauthorized"),
    *("error, Forbidden", "error, NotFound", "error, ServerError", "error, ResponseError"),
}


def test_nothing_but_records_and_our_errors_comes_out() -> None:
    """Of the types that they say, in time, without a warning; no error shows what was sent in secret."""
    counts = run(Counter(), "decoder", decoder.case, SEED, share("decoder", CASES))
    assert counts.total() == 18_000
    assert set(counts) == {f"decoder: {outcome}" for outcome in REACHED}
