"""What a backfill has given and what of it was committed, as one text for a `StateStore`. Pure.

A window whose clips were given is not always done: a gap, one too young, one that has to be read again more narrowly.
Of those, and of the wide ones that may still turn out to lack clips, hashes of the ids are kept, so that reading them
again gives new clips only, in another process too.
"""

import base64
import binascii
import json
from array import array
from collections.abc import Iterable, Mapping
from datetime import timedelta
from hashlib import blake2b
from typing import Any, Self, cast

import attrs

from twitch_clips._helix.times import GRID, read_instant, write_instant
from twitch_clips.errors import CheckpointError, QueryError
from twitch_clips.records import Window

from .windows import Stretches

_FORM = "twitch-clips backfill 1"
_KEPT = 200_000  # hashes of clips in wide windows; older windows are taken to be right, as none lacked any for so long


def hash_of(clip_id: str) -> int:
    """Eight bytes that stand for an id, the same ones in every process."""
    return int.from_bytes(blake2b(clip_id.encode(), digest_size=8).digest(), "big")


@attrs.define(kw_only=True)
class _Given:
    """Clips of a window that were given.

    Attributes:
        hashes: Of their ids.
        is_done: Whether the window needs not be read again.
        is_doubtful: Whether it may turn out to lack clips though it is done.
    """

    hashes: "array[int]"
    is_done: bool
    is_doubtful: bool


class Ledger:
    """What was given and committed.

    Args:
        question: Whose clips: `broadcaster_id=1234`.

    Attributes:
        done: What was committed and needs not be read again.
        max_window: What no window is to be wider than, as was learned; `None`: nothing was.
    """

    def __init__(self, question: str) -> None:
        """Nothing was given yet."""
        self.done: Stretches = Stretches()
        self.max_window: timedelta | None = None
        self._question = question
        self._given: dict[Window, _Given] = {}
        self._taken: dict[Window, _Given] = {}

    @property
    def widest(self) -> int | None:
        """The same in slots."""
        return None if self.max_window is None else self.max_window // GRID

    def known(self, window: Window) -> set[int]:
        """Hashes of ids that were given before from a window, as far as they are kept."""
        return {
            one
            for records in (self._given, self._taken)
            for earlier, given in records.items()
            if _meet(earlier, window)
            for one in given.hashes
        }

    def take(self, window: Window, ids: Iterable[str], *, is_done: bool, is_doubtful: bool) -> None:
        """A batch is given.

        Args:
            window: Its window.
            ids: Of its clips.
            is_done: Whether the window needs not be read again once the batch is committed.
            is_doubtful: Whether it may turn out to lack clips though it is done.
        """
        # What is read again, and committed before the wide window around it is, would else be given again after a kill.
        is_doubtful = is_doubtful or any(_meet(window, other) for other, taken in self._taken.items() if taken.hashes)
        hashes = array("Q", map(hash_of, ids) if is_doubtful or not is_done else ())
        self._taken[window] = _Given(hashes=hashes, is_done=is_done, is_doubtful=is_doubtful)

    def commit(self, window: Window) -> None:
        """Its clips are where they belong.

        Raises:
            QueryError: No batch of that window was taken.
        """
        taken = self._taken.pop(window, None)
        if taken is None:
            if self.done.covers(window) or window in self._given:
                return
            raise QueryError(f"no batch of this job has the window {window}")
        if taken.is_done:
            self.done |= Stretches([window])
        if taken.is_doubtful or not taken.is_done:
            if earlier := self._given.pop(window, None):
                taken.hashes.extend(earlier.hashes)
            self._given[window] = taken
        self._forget()

    def reopen(self, max_window: timedelta) -> list[Window]:
        """No window may be wider from now on; those given that are, to be read again."""
        self.max_window = max_window
        again: list[Window] = []
        for records in (self._given, self._taken):
            for window, given in records.items():
                if given.is_done and given.is_doubtful and window.ended_at - window.started_at > max_window:
                    given.is_done = False
                    again.append(window)
        self.done -= Stretches(again)
        return again

    def vouch(self) -> None:
        """All was read and nothing is missing from wide windows: they are done for good."""
        sure = self._sure()
        self._given = {window: given for window, given in self._given.items() if not sure.covers(window)}

    def written(self) -> str:
        """All of it that was committed, as JSON."""
        done = self._sure()
        state = {
            "form": _FORM,
            "question": self._question,
            "max_window": None if self.max_window is None else self.max_window.total_seconds(),
            "done": [_ends(window) for window in done],
            "given": [
                {"window": _ends(window), "ids": base64.b64encode(given.hashes.tobytes()).decode()}
                for window, given in self._given.items()
            ],
        }
        return json.dumps(state)

    @classmethod
    def read(cls, text: str, question: str) -> Self:
        """What an earlier run kept.

        Raises:
            CheckpointError: It is damaged, of another version or kind, or of another question.
        """
        state = _object(text)
        if state.get("form") != _FORM:
            raise CheckpointError(f"not the checkpoint of a backfill of this version: {text[:40]!r}…")
        if state.get("question") != question:
            raise CheckpointError(
                f"the checkpoint is of {state.get('question')}, and this is of {question}: give it another one"
            )
        ledger = cls(question)
        try:
            ledger._fill(state)
        except (KeyError, TypeError, ValueError, OverflowError, QueryError, binascii.Error):
            pass
        else:
            return ledger
        raise CheckpointError("the checkpoint is damaged: delete it to begin anew, or bring back a copy")

    def _fill(self, state: Mapping[str, Any]) -> None:
        seconds = state["max_window"]
        self.max_window = None if seconds is None else max(timedelta(seconds=seconds), GRID)
        self.done = Stretches(map(_window, state["done"]))
        for one in state["given"]:
            window, hashes = _window(one["window"]), array("Q")
            hashes.frombytes(base64.b64decode(one["ids"], validate=True))
            is_done = self.done.covers(window)
            self._given[window] = _Given(hashes=hashes, is_done=is_done, is_doubtful=is_done)

    def _sure(self) -> Stretches:
        """What is done, whatever is committed yet: a narrow window may be before the wide one that had most of it."""
        return self.done - Stretches(self._taken)

    def _forget(self) -> None:
        """Drop what will not be asked for any more."""
        kept, sure = 0, self._sure()
        for window, given in reversed(list(self._given.items())):
            kept += len(given.hashes)
            # A gap or a young one that was read again by now; a wide one's narrower windows may be read again, too.
            if sure.covers(window) and (kept > _KEPT or not (given.is_done or given.is_doubtful)):
                del self._given[window]


def _meet(one: Window, other: Window) -> bool:
    return one.started_at < other.ended_at and other.started_at < one.ended_at


def _ends(window: Window) -> list[str]:
    return [write_instant(window.started_at), write_instant(window.ended_at)]


def _window(ends: object) -> Window:
    started_at, ended_at = cast("list[str]", ends)
    return Window(started_at=read_instant("started_at", started_at), ended_at=read_instant("ended_at", ended_at))


def _object(text: str) -> Mapping[str, Any]:
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        state = None
    if not isinstance(state, dict):
        raise CheckpointError(f"not the checkpoint of a backfill: {text[:40]!r}…")
    return cast("Mapping[str, Any]", state)
