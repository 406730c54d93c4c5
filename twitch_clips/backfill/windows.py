"""Stretches of time: sets of them, and the 10-minute slots that Helix cuts windows down to. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from twitch_clips._helix.times import GRID
from twitch_clips.records import Window

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1) // GRID  # slots


def slot_of(moment: datetime) -> int:
    """The slot that a moment lies in; slots are counted from 1970."""
    return (moment - _EPOCH) // GRID


def slot_from(moment: datetime) -> int:
    """The first slot that begins at a moment or later."""
    return -((_EPOCH - moment) // GRID)


def start_of(slot: int) -> datetime:
    """When a slot begins."""
    return _EPOCH + slot * GRID


def window_of(lo: int, hi: int) -> Window:
    """From one slot's start to another's."""
    return Window(started_at=start_of(lo), ended_at=start_of(hi))


class Stretches:
    """A set of moments, as windows that are disjoint, in order, and apart from each other.

    Args:
        windows: Any windows; those that meet become one, and empty ones none.
    """

    def __init__(self, windows: Iterable[Window] = ()) -> None:
        """Merge them."""
        merged: list[Window] = []
        for window in sorted(windows, key=lambda one: one.started_at):
            if window.started_at >= window.ended_at:
                continue
            if merged and window.started_at <= merged[-1].ended_at:
                last = merged.pop()
                window = Window(started_at=last.started_at, ended_at=max(last.ended_at, window.ended_at))  # noqa: PLW2901
            merged.append(window)
        self._windows = tuple(merged)
        self._starts = [window.started_at for window in merged]

    def __iter__(self) -> Iterator[Window]:
        """The windows, in order."""
        return iter(self._windows)

    def __bool__(self) -> bool:
        """Whether there is any moment in it."""
        return bool(self._windows)

    def __eq__(self, other: object) -> bool:
        """Whether it is the same set."""
        return isinstance(other, Stretches) and self._windows == other._windows

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # as of any collection that is compared by what is in it

    def __repr__(self) -> str:
        """Its windows."""
        return f"Stretches({', '.join(map(str, self._windows))})"

    def __contains__(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        place = bisect_right(self._starts, moment)
        return place > 0 and moment < self._windows[place - 1].ended_at

    def __or__(self, other: "Stretches") -> "Stretches":
        """What is in either."""
        return Stretches((*self, *other))

    def __sub__(self, other: "Stretches") -> "Stretches":
        """What is not in the other."""
        left: list[Window] = []
        for window in self:
            start = window.started_at
            for gone in other:
                if gone.ended_at <= start or gone.started_at >= window.ended_at:
                    continue
                left.append(Window(started_at=start, ended_at=gone.started_at))
                start = gone.ended_at
            left.append(Window(started_at=start, ended_at=window.ended_at))
        return Stretches(left)

    def __and__(self, other: "Stretches") -> "Stretches":
        """What is in both."""
        return self - (self - other)

    def covers(self, window: Window) -> bool:
        """Whether all of a window is in it."""
        return not Stretches([window]) - self

    def spans(self) -> list[tuple[int, int]]:
        """The slots that it touches, as runs of them: each from its first to behind its last."""
        touched = (window_of(slot_of(one.started_at), slot_from(one.ended_at)) for one in self)
        return [(slot_of(one.started_at), slot_of(one.ended_at)) for one in Stretches(touched)]
