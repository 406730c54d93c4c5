"""What a person can do about an error."""

from twitch_clips import (
    AuthError,
    AuthUnavailable,
    CheckpointError,
    CursorRejected,
    DecodeError,
    Forbidden,
    ListingBroken,
    NotFound,
    ServerError,
    TransportError,
    TwitchClipsError,
    Unauthorized,
)

_NETWORK = "check your network, and TWITCH_API_URL and TWITCH_AUTH_URL if they are set"
_CREDENTIALS = "check TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET"
_TOKEN = "check TWITCH_CLIENT_ID and TWITCH_ACCESS_TOKEN: a token belongs to one client id, and ends some day"  # noqa: S105
_LATER = "try again in some minutes"
_OTHER_FILE = "another file begins anew"
_ADVICE: tuple[tuple[type[TwitchClipsError], str], ...] = (
    (Unauthorized, _TOKEN),
    (Forbidden, _TOKEN),
    (NotFound, "there is no game of that id, or TWITCH_API_URL is wrong"),
    (ServerError, _LATER),
    (DecodeError, _LATER),
    (ListingBroken, _LATER),
    (CursorRejected, _LATER),
    (CheckpointError, _OTHER_FILE),
    (TransportError, _NETWORK),
)


def what_to_do(error: TwitchClipsError) -> str:
    """What to add to an error's own words; nothing where they say it all."""
    if isinstance(error, AuthUnavailable):
        return f"; {_NETWORK if 'gave no answer' in str(error) else _LATER}"
    if isinstance(error, AuthError):
        return f"; {_CREDENTIALS}"
    return next((f"; {advice}" for kind, advice in _ADVICE if isinstance(error, kind)), "")
