"""What a watch has given, as one text for a `StateStore`. Pure."""

import base64
import binascii
import json
from array import array
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from twitch_clips._helix.times import read_instant, write_instant
from twitch_clips.errors import CheckpointError, QueryError

from .target import Span, Target
from .terms import Key

_KIND = "twitch-clips watch"
_FORM = f"{_KIND} 1"
_WAY_OUT = "give the watch a checkpoint of its own"


def write(targets: Iterable[Target]) -> str:
    """All of it that is done, as JSON."""
    return json.dumps({"form": _FORM, "targets": [_written(target) for target in targets]}, indent=1)


def read(text: str) -> list[Target]:
    """What an earlier run kept.

    Raises:
        CheckpointError: It is damaged, of another version or kind.
    """
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        state = None
    form = cast("Mapping[str, Any]", state).get("form") if isinstance(state, dict) else None
    if form != _FORM:
        if isinstance(form, str) and form.startswith(_KIND):
            raise CheckpointError(f"the checkpoint is of another version ({form!r} and not {_FORM!r}): {_WAY_OUT}")
        raise CheckpointError(f"not the checkpoint of a watch: {text[:40]!r}…; {_WAY_OUT}, or delete this one")
    try:
        return [_read(one) for one in cast("Mapping[str, Any]", state)["targets"]]
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, QueryError, binascii.Error):
        pass
    raise CheckpointError("the checkpoint is damaged: delete it to begin anew, or bring back a copy")


def _written(target: Target) -> dict[str, object]:
    span = target.span
    return {
        "selector": target.key.selector,
        "value": target.key.value,
        "id": target.id,
        "began_at": write_instant(span.began_at),
        "floor": write_instant(span.floor),
        "read_until": None if target.read_until is None else write_instant(target.read_until),
        "known": _packed(target.known),
        "made": _packed(target.known.values()),
    }


def _read(one: Mapping[str, Any]) -> Target:
    key, id_ = Key.of(one["selector"], one["value"]), one["id"]
    span = Span(**{name: read_instant(name, one[name]) for name in ("began_at", "floor")})
    known, made = _unpacked(one["known"]), _unpacked(one["made"])
    datetime.fromtimestamp(max(made, default=0), UTC)  # what is no time would stay for ever
    target = Target(key=key, span=span, id=id_, known=dict(zip(known, made, strict=True)))
    target.read_until = _instant(one["read_until"])
    if id_ is not None:
        target.query(id_)
    return target


def _instant(written: object) -> datetime | None:
    return None if written is None else read_instant("read_until", written)


def _packed(numbers: Iterable[int]) -> str:
    return base64.b64encode(array("Q", numbers).tobytes()).decode()


def _unpacked(text: str) -> "array[int]":
    numbers = array("Q")
    numbers.frombytes(base64.b64decode(text, validate=True))
    return numbers
