"""Every error of this package, under one root.

    TwitchClipsError
    ├── QueryError (ValueError)            a wrong argument, found before any I/O
    ├── AuthError                          no token to be had
    ├── TransportError                     no whole answer came
    │   ├── ConnectFailed (ConnectionError)
    │   └── TimedOut (TimeoutError)
    ├── ResponseError                      Helix answered with an error
    ├── DecodeError                        Helix answered with something unreadable
    └── ClosedError                        asked after `aclose()`

What a class is made from is its `args`, so each pickles and copies. None holds a token or a secret.
"""


class TwitchClipsError(Exception):
    """The root: `except TwitchClipsError` catches whatever this package raises."""


class QueryError(TwitchClipsError, ValueError):
    """An argument is wrong. Raised in the call itself, before any request."""


class AuthError(TwitchClipsError):
    """No access token: credentials are missing, or the token server refuses them or cannot be reached."""


class TransportError(TwitchClipsError):
    """No whole answer came: the connection was cut, or what came was not HTTP."""


class ConnectFailed(TransportError, ConnectionError):
    """No connection to the server could be made."""


class TimedOut(TransportError, TimeoutError):
    """The answer took longer than `timeout`."""


class ResponseError(TwitchClipsError):
    """Helix answered with an error.

    Attributes:
        status: The HTTP status.
        message: Helix's own words, or the start of a body that is not Helix's. May be empty, and is not to be
            relied on: Twitch changes the words without notice.
    """

    def __init__(self, status: int, message: str) -> None:
        """Keep the status and the server's words."""
        super().__init__(status, message)
        self.status = status
        self.message = message

    def __str__(self) -> str:
        """The status and what Helix said."""
        return f"Helix answered {self.status}: {self.message or '(no message)'}"


class DecodeError(TwitchClipsError):
    """Helix answered 200 with a body that is not a page of clips.

    Attributes:
        path: Where in the body, such as `$.data[3].created_at`; `$` is the whole body.
        reason: What is wrong there.
    """

    def __init__(self, path: str, reason: str) -> None:
        """Keep the place and the reason."""
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        """The place and the reason."""
        return f"unreadable answer at {self.path}: {self.reason}"


class ClosedError(TwitchClipsError):
    """A clip was asked for after `AsyncClips.aclose()`."""
