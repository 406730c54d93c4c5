"""New clips of channels and games, as they appear.

What does the work is loaded with the first watch, as that of a backfill is.
"""

from typing import TYPE_CHECKING

from twitch_clips._session import Session
from twitch_clips.names import Names

from .terms import Terms, WatchOptions

if TYPE_CHECKING:
    from .job import ClipWatch

__all__ = ["WatchOptions", "make_watch"]


def make_watch(session: Session, names: Names, options: WatchOptions) -> "ClipWatch":
    """A watch; nothing is sent yet.

    Raises:
        QueryError: An argument is wrong.
    """
    from .job import ClipWatch  # noqa: PLC0415  (see above)

    return ClipWatch(session, names, Terms.of(options))
