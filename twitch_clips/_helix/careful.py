"""JSON to records through cattrs, clip by clip: forgiving where Helix is known to differ, exact about what is wrong.

Nothing here runs while all is as documented, so nothing but `decode` imports it, and cattrs is not loaded before.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar, cast, get_origin

import attrs
import cattrs
import msgspec
from cattrs.gen import make_dict_structure_fn

from twitch_clips.errors import DecodeError
from twitch_clips.records import Clip, Game, User

from .body import parse
from .page import Invalid, Page
from .times import write_instant

T = TypeVar("T")
_NAMES: dict[type, str] = {dict: "an object", list: "a list"}
# Twitch's own mock server writes its UTC times so.
_MOCK_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


def page(body: bytes) -> Page:
    """The page of clips that a body holds.

    Raises:
        DecodeError: It holds none; `path` names the place.
    """
    root, raw = _data(body)
    pagination = root.get("pagination")
    cursor = None if pagination is None else _expect(dict[str, object], pagination, "$.pagination").get("cursor")
    text = None if cursor is None else _cursor(cursor)
    records = [_record(one, f"$.data[{index}]") for index, one in enumerate(raw)]
    ids = [f"\0{one.id}" if isinstance(one, Invalid) else one.id for one in records]
    return Page(records, ids, text or None, not any(isinstance(one, Invalid) for one in records))


def items(body: bytes, kind: type[T]) -> list[T]:
    """The users or games that a body holds.

    Raises:
        DecodeError: It holds none, or one of them is not as it should be.
    """
    return [_structured(one, kind, f"$.data[{index}]") for index, one in enumerate(_data(body)[1])]


def make_converter() -> cattrs.Converter:
    """A fresh converter; `decode.make_converter` says what it does."""
    converter = cattrs.Converter()
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(int, _count)
    converter.register_structure_hook(float, _seconds)
    converter.register_structure_hook(bool, _fact)
    converter.register_structure_hook(datetime, _instant)
    converter.register_unstructure_hook(datetime, write_instant)
    for kind in (Clip, Game, User):
        converter.register_structure_hook(kind, _of_record(kind, converter))
    return converter


def _of_record(kind: type[T], converter: cattrs.Converter) -> Callable[[object, type[T]], T]:
    of_fields = make_dict_structure_fn(kind, converter)
    fields = attrs.fields_dict(cast("type[attrs.AttrsInstance]", kind))
    may_be_null = {name for name, field in fields.items() if field.default is not attrs.NOTHING}

    def of_record(value: object, kind: type[T]) -> T:
        if not isinstance(value, dict):
            raise TypeError(f"an object expected, not {value!r:.60}")
        record = cast("dict[str, object]", value)
        known = {name: field for name, field in record.items() if field is not None or name not in may_be_null}
        return of_fields(known, kind)

    return of_record


def _data(body: bytes) -> tuple[dict[str, object], list[object]]:
    root = _expect(dict[str, object], parse(body), "$")
    return root, _expect(list[object], root.get("data"), "$.data")


def _cursor(value: object) -> str:
    try:
        return _text(value)
    except (TypeError, ValueError) as error:
        reason = str(error)
    raise DecodeError("$.pagination.cursor", reason)


def _expect(kind: type[T], value: object, path: str) -> T:
    plain = get_origin(kind) or kind
    if not isinstance(value, plain):
        raise DecodeError(path, f"{_NAMES[plain]} expected, not {value!r:.60}")
    return cast("T", value)


def _record(value: object, path: str) -> Clip | Invalid:
    try:
        return _structured(value, Clip, path)
    except DecodeError as error:
        found = cast("dict[str, object]", value).get("id") if isinstance(value, dict) else None
        return Invalid(id=found if isinstance(found, str) else "", error=error)


def _structured(value: object, kind: type[T], path: str) -> T:
    try:
        return _converter.structure(value, kind)
    except cattrs.ClassValidationError as error:
        reason, place = cattrs.transform_error(error, path, _reason)[0].rsplit(" @ ", 1)
    except TypeError as error:
        reason, place = str(error), path
    raise DecodeError(place, reason)


def _reason(error: BaseException, _type: object) -> str:
    return "missing" if isinstance(error, KeyError) else str(error)


def _text(value: object, _type: object = str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a string expected, not {value!r:.60}")
    value.encode()  # fails for a lone surrogate
    return value


def _count(value: object, _type: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a whole number expected, not {value!r:.60}")
    return value


def _seconds(value: object, _type: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"a number expected, not {value!r:.60}")
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError(f"a finite number expected, not {value!r}")
    return seconds


def _fact(value: object, _type: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"true or false expected, not {value!r:.60}")
    return value


def _instant(value: object, _type: object) -> datetime:
    written = _text(value)
    if _MOCK_TIME.fullmatch(written):
        written += "Z"
    moment = msgspec.convert(written, datetime)
    if moment.tzinfo is None:
        raise ValueError(f"a time without its offset: {value!r:.60}")
    return moment.astimezone(UTC)


_converter = make_converter()
