"""Every clip of a channel or a game in a range of time, or a list of what is missing.

What does the work is loaded with the first job: it would be a fifth of what `import twitch_clips` costs.
"""

from typing import TYPE_CHECKING

from twitch_clips._session import Session

from .report import Batch, Plan, Progress, Report
from .terms import BackfillOptions, Terms

if TYPE_CHECKING:
    from .job import Backfill

__all__ = ["BackfillOptions", "Batch", "Plan", "Progress", "Report", "make_backfill"]


def make_backfill(session: Session, options: BackfillOptions) -> "Backfill":
    """A job; nothing is sent yet.

    Raises:
        QueryError: An argument is wrong.
    """
    from .job import Backfill  # noqa: PLC0415  (see above)

    return Backfill(session.in_background(), Terms.of(options))
