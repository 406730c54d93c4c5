"""Every error of this package, under one root.

What a class is made from is its `args`, so each pickles and copies. None holds a token or a secret, nor does its cause
or context. Each that was raised while streaming has the point to go on from in `checkpoint`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .backfill import Report
    from .checkpoint import Checkpoint
    from .records import Window


_SHOWN = 3  # windows that an error names


class CappedWarning(UserWarning):
    """A listing ended at Helix's cap of about 1,000 results: there may be more clips than it gave.

    (The cap is documented, https://dev.twitch.tv/docs/api/reference/#get-clips; seen were 993 to 1,100.)
    """


class TwitchClipsError(Exception):
    """The root: `except TwitchClipsError` catches whatever this package raises.

        TwitchClipsError
        ├── QueryError (ValueError)            a wrong argument, found before any I/O
        │   └── UnknownName                    no such login or game
        ├── AuthError                          no token to be had
        │   └── AuthUnavailable                for now: the token server fails, or is out of reach
        ├── TransportError                     no whole answer came
        │   ├── ConnectFailed (ConnectionError)
        │   └── TimedOut (TimeoutError)
        ├── ResponseError                      Helix answered with an error
        │   ├── BadRequest                     400
        │   │   └── CursorRejected             400 to a question with a cursor
        │   ├── Unauthorized                   401, with a fresh token too
        │   ├── Forbidden                      403
        │   ├── NotFound                       404
        │   └── ServerError                    5xx, however often it was asked again
        ├── RateLimited                        no turn, or not in time
        ├── DecodeError                        Helix answered with something unreadable
        ├── ListingBroken                      a listing that goes round, below the cap
        ├── ResultCapped                       a listing that Helix's cap cut off
        ├── BackfillIncomplete                 a backfill with gaps
        ├── CheckpointError                    not a checkpoint, or not one for this, or it cannot be kept
        ├── ExportError                        clips cannot be written to a file, a folder or a database
        └── ClosedError                        asked after `aclose()`

    Attributes:
        checkpoint: Of the stream that raised it: `AsyncClips.resume` goes on from there. `None` where there is no way
            on, and for whatever was not raised while streaming.
    """

    checkpoint: "Checkpoint | None" = None


class QueryError(TwitchClipsError, ValueError):
    """An argument is wrong. Raised in the call itself, before any request."""


class UnknownName(QueryError):
    """Twitch knows no channel or game of that name. Raised before any clip is asked for.

    Attributes:
        names: What was asked for and is not known.
        what: `channel` or `game`.
        reason: Helix's words where it refused the name as malformed; empty where it just knows none.
    """

    def __init__(self, what: str, names: tuple[str, ...], reason: str = "") -> None:
        """Keep the names, and Helix's words."""
        super().__init__(what, names, reason)
        self.what = what
        self.names = names
        self.reason = reason

    def __str__(self) -> str:
        """Which names, and what they should have been."""
        words = f"Twitch knows no {self.what} {', '.join(map(repr, self.names))}"
        return f"{words}: {self.reason}" if self.reason else words


class AuthError(TwitchClipsError):
    """No access token: credentials are missing, or the token server refuses them or cannot be reached."""


class AuthUnavailable(AuthError):
    """No access token for now: the token server fails, or cannot be reached. The credentials may be right."""


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


class BadRequest(ResponseError):
    """Helix does not understand the question (400)."""


class CursorRejected(BadRequest):
    """Helix takes the cursor no more (400). Its `checkpoint` leads to the top of the listing."""


class Unauthorized(ResponseError):
    """Helix does not take the token (401), and took no fresh one either: see what `message` says is wrong with it."""


class Forbidden(ResponseError):
    """Helix refuses this to these credentials (403)."""


class NotFound(ResponseError):
    """Helix knows no such thing (404): for Get Clips, no game of that id."""


class ServerError(ResponseError):
    """Helix failed (500 and above), and went on failing when it was asked again."""


class RateLimited(TwitchClipsError):
    """Helix goes on answering 429, or a turn would come later than `max_wait`.

    Attributes:
        retry_after: Seconds until a request could go, as far as is known.
        reason: What limits.
    """

    def __init__(self, retry_after: float, reason: str) -> None:
        """Keep the seconds and the reason."""
        super().__init__(retry_after, reason)
        self.retry_after = retry_after
        self.reason = reason

    def __str__(self) -> str:
        """The reason and the seconds."""
        return f"{self.reason}; try again in {self.retry_after:.1f} seconds"


class DecodeError(TwitchClipsError):
    """Helix answered with a body, or a record in it, that cannot be read.

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


class ListingBroken(TwitchClipsError):
    """A listing goes round, or on and on through empty pages, where Helix's cap cannot be why.

    (Of cursors that lead round tell twitchdev/issues#1045 and #1188.)
    """


class ResultCapped(TwitchClipsError):
    """A listing ended at Helix's cap of about 1,000 results (with `on_cap="raise"`). All that it gave was delivered."""


class BackfillIncomplete(TwitchClipsError):
    """A backfill has gaps: stretches whose clips Helix did not list to the end. The next run asks for them again.

    Attributes:
        report: Says which.
    """

    def __init__(self, report: "Report") -> None:
        """Keep the report."""
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        """The gaps, and what was not read."""
        told = (("gaps", self.report.gaps), ("not read yet", self.report.unread))
        return "; ".join(f"{what}: {_listed(windows)}" for what, windows in told if windows)


class CheckpointError(TwitchClipsError):
    """A checkpoint that is damaged, foreign or of another query, or cannot be read or written.

    Also one that was taken with a `where` that was not given again.
    """


class ExportError(TwitchClipsError):
    """A file, a folder or a database that clips are exported to cannot be read or written; what was in it stands.

    Also one that holds something else, or is being written by another run; and a library that is not installed.
    """


class ClosedError(TwitchClipsError):
    """A clip was asked for after `AsyncClips.aclose()`."""


def _listed(windows: "Sequence[Window]") -> str:
    more = f" and {len(windows) - _SHOWN} more" if len(windows) > _SHOWN else ""
    return ", ".join(map(str, windows[:_SHOWN])) + more
