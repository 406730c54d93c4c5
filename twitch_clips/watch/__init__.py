"""New clips of channels and games, as they appear."""

from .job import ClipWatch
from .terms import Terms, WatchOptions

__all__ = ["ClipWatch", "Terms", "WatchOptions"]
