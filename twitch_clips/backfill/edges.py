"""Clips that lie exactly on the mark between two windows. Pure.

Whether Helix counts the ends of a window in is not confirmed; windows are half-open here. A clip on a window's end that
comes with it belongs to the later window, which may or may not be given it by Helix itself.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from twitch_clips.records import Clip


class Edges:
    """The marks between the windows of one run."""

    def __init__(self) -> None:
        """No window was given yet."""
        self._kept: defaultdict[datetime, dict[str, Clip]] = defaultdict(dict)
        self._given: dict[datetime, frozenset[str]] = {}

    def late(self, mark: datetime, clips: Iterable[Clip]) -> list[Clip]:
        """Deal with what a window brought on its end: keep it for the later window, if that is still to come.

        Args:
            mark: The window's end.
            clips: Those on it.

        Returns:
            The clips that are owed at once, as the later window was given without them.
        """
        if mark not in self._given:
            self._kept[mark].update((clip.id, clip) for clip in clips)
            return []
        return [clip for clip in clips if clip.id not in self._given[mark]]

    def owed(self, mark: datetime) -> dict[str, Clip]:
        """What was kept for the window that begins at a mark; it is given with it."""
        return self._kept.pop(mark, {})

    def give(self, mark: datetime, clips: Iterable[Clip]) -> None:
        """A window that begins at a mark is given with these clips."""
        self._given[mark] = frozenset(clip.id for clip in clips if clip.created_at == mark)
