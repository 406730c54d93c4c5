"""What a person can do about an error."""

import pytest

from twitch_clips import (
    AppAuth,
    AuthError,
    AuthUnavailable,
    CheckpointError,
    ConnectFailed,
    CursorRejected,
    DecodeError,
    Forbidden,
    ListingBroken,
    NotFound,
    RateLimited,
    ServerError,
    TimedOut,
    TwitchClipsError,
    Unauthorized,
)
from twitch_clips.cli.advice import what_to_do


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Unauthorized(401, "Invalid OAuth token"), "check TWITCH_CLIENT_ID and TWITCH_ACCESS_TOKEN"),
        (Forbidden(403, ""), "check TWITCH_CLIENT_ID and TWITCH_ACCESS_TOKEN"),
        (AuthUnavailable("the token server answered 503: (no message)"), "try again in some minutes"),
        (AuthError("the token server answered 403: invalid client secret"), "TWITCH_CLIENT_SECRET"),
        (NotFound(404, ""), "no game of that id"),
        (ConnectFailed("no"), "check your network"),
        (TimedOut("late"), "check your network"),
        (ServerError(503, ""), "try again in some minutes"),
        (DecodeError("$", "no JSON"), "try again in some minutes"),
        (ListingBroken("round"), "try again in some minutes"),
        (CursorRejected(400, ""), "try again in some minutes"),
        (CheckpointError("the checkpoint is damaged"), "another file begins anew"),
    ],
)
def test_an_error_comes_with_what_to_do(error: TwitchClipsError, words: str) -> None:
    """In few words."""
    assert words in what_to_do(error)


def test_an_error_that_says_it_all_is_left_alone() -> None:
    """It has the seconds to wait."""
    assert what_to_do(RateLimited(3, "Helix has answered 429 for 180 seconds")) == ""


async def test_a_token_server_out_of_reach_is_not_blamed_on_the_credentials(closed_port: int) -> None:
    """Though both are an `AuthError`."""
    auth = AppAuth("id", "secret", auth_url=f"http://127.0.0.1:{closed_port}/oauth2")
    with pytest.raises(AuthError) as caught:
        await auth.token()
    assert what_to_do(caught.value).startswith("; check your network")
