"""All that is watched, and which clips are known through any of it. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from twitch_clips._helix.query import MAX_AT_ONCE
from twitch_clips.backfill.ledger import hash_of
from twitch_clips.records import Clip

from .target import Target
from .terms import Key

_KEPT = 50_000  # ids
_ABSENT = timedelta(days=30)
_GIVEN_UP = 3  # failures in a row


class Targets:
    """What is watched now, and what the checkpoint knows of targets that are not."""

    def __init__(self) -> None:
        """Watch nothing."""
        self._watched: dict[Key, Target] = {}
        self._absent: dict[Key, Target] = {}
        self._by_id: defaultdict[tuple[bool, str], list[Target]] = defaultdict(list)

    def __len__(self) -> int:
        """How many are watched."""
        return len(self._watched)

    def __iter__(self) -> Iterator[Target]:
        """Those that are watched."""
        return iter(self._watched.values())

    def __contains__(self, target: object) -> bool:
        """Whether one is watched."""
        return isinstance(target, Target) and self._watched.get(target.key) is target

    def __getitem__(self, key: Key) -> Target:
        """The one that was given so."""
        return self._watched[key]

    @property
    def have_all_failed(self) -> bool:
        """Whether there is none left of which anything is to be hoped."""
        return all(target.is_hopeless or target.failures >= _GIVEN_UP for target in self)

    def everyone(self) -> list[Target]:
        """Those that are watched, and those that are not any more."""
        return [*self._watched.values(), *self._absent.values()]

    def remember(self, target: Target) -> None:
        """The checkpoint knows this one; it is not watched yet."""
        self._absent[target.key] = target

    def recall(self, key: Key) -> Target | None:
        """What the checkpoint knows of one."""
        return self._absent.pop(key, None)

    def add(self, target: Target) -> None:
        """Watch one."""
        self._watched[target.key] = target
        self.index(target)

    def discard(self, key: Key) -> None:
        """Watch one no more, and forget what is known of it."""
        self._absent.pop(key, None)
        target = self._watched.pop(key, None)
        if target is not None and target.id is not None:
            self._by_id[target.key.is_channel, target.id].remove(target)

    def index(self, target: Target) -> None:
        """Its id is known."""
        if target.id is not None:
            self._by_id[target.key.is_channel, target.id].append(target)

    def nameless(self, target: Target) -> list[Target]:
        """This one and others whose ids are to be looked up with its own, in one request."""
        alike = [
            one for one in self if one.id is None and one.key.selector == target.key.selector and one is not target
        ]
        return [target, *alike[: MAX_AT_ONCE - 1]]

    def knows(self, clip: Clip, target: Target) -> bool:
        """Whether a clip that a target's poll has brought was given before, through any of them, or is an old one."""
        return hash_of(clip.id) in target.known or any(
            one.has_given(clip) for one in self._of(clip, target) if one is not target
        )

    def note(self, clip: Clip, target: Target) -> None:
        """A clip of a target's poll is done."""
        for one in self._of(clip, target):
            one.note(clip)

    def forget_excess(self) -> None:
        """Keep the bound of all ids, at the cost of those that have most of them."""
        excess = sum(len(one.known) for one in self) - _KEPT
        for one in sorted(self, key=lambda target: len(target.known), reverse=True):
            before = len(one.known)
            if excess <= 0 or not before:
                return
            one.forget(min(excess, before // 2))
            excess -= before - len(one.known)

    def drop_absent(self, now: datetime) -> None:
        """Forget those that were not watched for long."""
        self._absent = {
            key: one for key, one in self._absent.items() if (one.read_until or one.span.began_at) > now - _ABSENT
        }

    def _of(self, clip: Clip, target: Target) -> list[Target]:
        """Those whose listings have a clip."""
        both = (self._by_id.get(pair, ()) for pair in ((True, clip.broadcaster_id), (False, clip.game_id)))
        return [target, *(one for found in both for one in found if one is not target)]
