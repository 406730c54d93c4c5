"""Every clip of a channel or a game in a range of time, or a list of what is missing."""

from .job import Backfill
from .report import Batch, Plan, Progress, Report
from .terms import BackfillOptions, Terms

__all__ = ["Backfill", "BackfillOptions", "Batch", "Plan", "Progress", "Report", "Terms"]
