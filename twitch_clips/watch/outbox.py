"""What polls have brought and nobody has taken yet, and what was taken last. Pure."""

from collections import deque
from datetime import timedelta

from twitch_clips.records import Clip

from .poll import Poll
from .targets import Targets


class Outbox:
    """Clips to give, in the order that polls came in.

    A clip is done once the next one is asked for; a poll once all of its clips are.

    Args:
        targets: What is watched.
        overlap: How far back a target's next poll reaches.

    Attributes:
        is_idle: Whether nothing was done since this was set.
    """

    def __init__(self, targets: Targets, overlap: timedelta) -> None:
        """Have nothing."""
        self.is_idle: bool = True
        self._targets = targets
        self._overlap = overlap
        self._polls: deque[Poll] = deque()
        self._hand: tuple[Clip, Poll] | None = None

    def put(self, poll: Poll) -> None:
        """A poll came in."""
        self._polls.append(poll)

    def finish(self) -> None:
        """What was taken last is done."""
        if self._hand is not None:
            clip, poll = self._hand
            self._hand, self.is_idle = None, False
            self._targets.note(clip, poll.target)
        self._settle()

    def drop(self) -> None:
        """What was taken last is not done."""
        self._hand = None

    def has_clip(self) -> bool:
        """Whether there is one to take."""
        self._settle()
        return bool(self._polls)

    def take(self) -> Clip:
        """The next one; there is one."""
        poll = self._polls[0]
        clip = poll.clips.popleft()
        self._hand = clip, poll
        return clip

    def _settle(self) -> None:
        """Be done with polls of which nothing is left to give."""
        while self._polls and self._hand is None:
            poll = self._polls[0]
            is_watched = poll.target in self._targets
            while poll.clips and (not is_watched or self._targets.knows(poll.clips[0], poll.target)):
                poll.clips.popleft()
            if poll.clips:
                return
            self._polls.popleft()
            if is_watched and poll.until is not None:
                poll.target.settle(poll.until, self._overlap)
                self._targets.forget_excess()
