"""When a failed request is sent again: plain arithmetic, within its bounds whatever the numbers."""

import math
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import (
    AuthError,
    BadRequest,
    ConnectFailed,
    DecodeError,
    NotFound,
    QueryError,
    RateLimited,
    ResponseError,
    RetryPolicy,
    ServerError,
    TimedOut,
    TransportError,
    TwitchClipsError,
    Unauthorized,
)
from twitch_clips.retry import is_passing

seconds = st.floats(0, 86_400)
policies = st.builds(RetryPolicy, attempts=st.integers(1, 10**6), base=seconds, cap=seconds, deadline=seconds)


@given(policies, st.integers(1, 10**6), seconds, st.floats(0, 1))
def test_a_pause_is_within_all_bounds(policy: RetryPolicy, failures: int, spent: float, chance: float) -> None:
    """From nothing to the cap, from nothing to the doubled base; attempts and deadline are kept, or it is given up."""
    pause = policy.pause(failures, spent, chance)
    longest = policy.pause(failures, 0, 1)
    assert pause is None or (failures < policy.attempts and spent + pause <= policy.deadline)
    assert pause is None or 0 <= pause <= min(policy.cap, policy.base * 2.0 ** min(failures - 1, 900))
    assert longest is None or pause is None or pause == pytest.approx(chance * longest)


@given(policies, st.integers(1, 10**6))
def test_a_request_is_sent_so_many_times_and_no_more(policy: RetryPolicy, failures: int) -> None:
    """With no time spent and no pause, the attempts alone decide."""
    assert (policy.pause(failures, 0, 0) is None) == (failures >= policy.attempts)


@given(
    st.builds(RetryPolicy, attempts=st.integers(1, 50), base=seconds, cap=seconds, deadline=seconds),
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1)), min_size=50, max_size=50),
)
def test_a_request_that_goes_on_failing_is_given_up(policy: RetryPolicy, failures: list[tuple[float, float]]) -> None:
    """After no more attempts than there may be, none of them begun behind the deadline, whatever each took."""
    spent, attempts = 0.0, 0
    pause: float | None = 0.0
    while pause is not None:
        assert attempts == 0 or spent <= policy.deadline
        took, chance = failures[attempts]
        attempts += 1
        spent += took
        pause = policy.pause(attempts, spent, chance)
        spent += pause or 0.0
    assert attempts <= policy.attempts
    assert attempts == policy.attempts or spent + min(policy.cap, policy.base * 2.0 ** (attempts - 1)) > policy.deadline


def test_the_longest_pauses_double_up_to_the_cap() -> None:
    """Of the policy that holds when none is given: five attempts, half a second, eight seconds, two minutes."""
    assert attrs.astuple(RetryPolicy()) == (5, 0.5, 8.0, 120.0)
    policy = RetryPolicy(attempts=9)
    assert [policy.pause(failures, 0, 1) for failures in range(1, 10)] == [0.5, 1, 2, 4, 8, 8, 8, 8, None]


def test_pauses_have_full_jitter() -> None:
    """Any length from nothing on: those who failed together do not come back together."""
    assert [RetryPolicy().pause(3, 0, chance) for chance in (0, 0.25, 0.5, 1)] == [0, 0.5, 1, 2]


def test_a_pause_beyond_the_deadline_is_not_begun() -> None:
    """The deadline counts attempts and pauses together."""
    policy = RetryPolicy(deadline=10)
    assert policy.pause(1, 9.5, 1) == 0.5
    assert policy.pause(1, 9.6, 1) is None
    assert policy.pause(1, 9.6, 0.5) == 0.25


def test_one_attempt_never_asks_again() -> None:
    """The way to have no retries at all."""
    assert RetryPolicy(attempts=1).pause(1, 0, 0) is None


@pytest.mark.parametrize("value", [0, -1, True, 1.0, "5", None])
def test_attempts_are_a_whole_number_from_one_on(value: Any) -> None:
    """Refused when the policy is made, not when something fails."""
    with pytest.raises(QueryError) as caught:
        RetryPolicy(attempts=value)
    assert str(caught.value) == f"attempts must be a whole number from 1 on, not {value!r}"


@pytest.mark.parametrize("name", ["base", "cap", "deadline"])
@pytest.mark.parametrize("value", [-0.1, 86_400.1, math.inf, math.nan, True, "5", None])
def test_seconds_are_a_number_up_to_a_day(name: str, value: Any) -> None:
    """Refused likewise, by name."""
    with pytest.raises(QueryError) as caught:
        RetryPolicy(**{name: value})
    assert str(caught.value) == f"{name} must be 0 to 86400 seconds, not {value!r}"


def test_a_policy_is_a_value() -> None:
    """Whole seconds will do, and equal ones are equal."""
    assert RetryPolicy(base=1, cap=0, deadline=86_400) == RetryPolicy(base=1.0, cap=0.0, deadline=86_400.0)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        RetryPolicy().attempts = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    "error",
    [
        *(ServerError(status, "") for status in (500, 502, 503, 504)),
        TransportError("cut"),
        ConnectFailed("refused"),
        TimedOut("too slow"),
        DecodeError("$", "not JSON"),
    ],
    ids=repr,
)
def test_what_may_be_over_soon_is_asked_again(error: TwitchClipsError) -> None:
    """No whole answer, one that cannot be read, or a server that says it is its own fault."""
    assert is_passing(error)


@pytest.mark.parametrize(
    "error",
    [
        *(ServerError(status, "") for status in (501, 505, 520, 599)),
        ResponseError(429, ""),
        BadRequest(400, ""),
        Unauthorized(401, ""),
        NotFound(404, ""),
        AuthError("no token"),
        RateLimited(1.0, "Helix goes on answering 429"),
        QueryError("limit must not be negative"),
    ],
    ids=repr,
)
def test_what_will_not_change_is_not_asked_again(error: TwitchClipsError) -> None:
    """The same question would meet the same answer; turns and tokens have rules of their own."""
    assert not is_passing(error)
