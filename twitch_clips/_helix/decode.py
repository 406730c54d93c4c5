"""JSON to records: the only place that knows json, msgspec and cattrs.

A page is decoded in one go by msgspec, straight into the records. What that refuses (a null where Helix documents a
string, another time zone, a bad record) is read again clip by clip through cattrs, which forgives what is known to
happen and names the place of what is not.
"""

import json
import re
from datetime import UTC, datetime
from typing import TypeVar, cast, get_origin

import attrs
import cattrs
import msgspec

from twitch_clips.errors import DecodeError
from twitch_clips.records import Clip

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Page:
    """One answer: its clips in Helix's order, and the cursor that leads on; `None` when there is none."""

    clips: list[Clip]
    cursor: str | None


@attrs.frozen
class _Pagination:
    cursor: str | None = None


@attrs.frozen
class _Body:
    data: list[Clip]  # no default: a 200 with an error body must not read as an empty last page
    pagination: _Pagination | None = None


_fast = msgspec.json.Decoder(_Body)


def page(body: bytes) -> Page:
    """The page that a body holds.

    Raises:
        DecodeError: It holds none; `path` names the place.
    """
    try:
        decoded = _fast.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # msgspec 0.20's own are no ValueErrors
        decoded = None
    if decoded is None or not _all_utc(decoded.data):
        return _slow_page(body)
    return Page(clips=decoded.data, cursor=(decoded.pagination and decoded.pagination.cursor) or None)


def _all_utc(clips: list[Clip]) -> bool:
    # msgspec lets other offsets, and times with none, through as they are.
    for clip in clips:  # noqa: SIM110  (`all` over a generator takes three times as long)
        if clip.created_at.tzinfo is not UTC:
            return False
    return True


def text_field(body: bytes, name: str) -> str | None:
    """A string in the JSON object that a body may be; `None` when it is no object or has no such string."""
    try:
        value = _parse(body)
    except DecodeError:
        return None
    found = cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _slow_page(body: bytes) -> Page:
    root = _expect(dict[str, object], _parse(body), "$")
    records = _expect(list[object], root.get("data"), "$.data")
    pagination = root.get("pagination")
    cursor = None if pagination is None else _expect(dict[str, object], pagination, "$.pagination").get("cursor")
    clips = [_clip(record, f"$.data[{index}]") for index, record in enumerate(records)]
    return Page(clips=clips, cursor=None if cursor is None else _cursor(cursor))


def _parse(body: bytes) -> object:
    try:
        return json.loads(body, parse_constant=_no_constant, parse_int=_number)
    except (ValueError, RecursionError) as error:
        reason = str(error)
    raise DecodeError("$", f"not JSON ({reason})")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _number(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:  # Python refuses to read integers without end; such a one may stand in an unknown field
        return float(digits)


def _cursor(value: object) -> str | None:
    try:
        return _text(value, str) or None
    except (TypeError, ValueError) as error:
        reason = str(error)
    raise DecodeError("$.pagination.cursor", reason)


def _expect(kind: type[T], value: object, path: str) -> T:
    plain = get_origin(kind) or kind
    if not isinstance(value, plain):
        raise DecodeError(path, f"{_NAMES[plain]} expected, not {value!r:.60}")
    return cast("T", value)


def _clip(value: object, path: str) -> Clip:
    record = _expect(dict[str, object], value, path)
    known = {name: field for name, field in record.items() if field is not None or name not in _MAY_BE_NULL}
    try:
        return _strict.structure(known, Clip)
    except cattrs.ClassValidationError as error:
        reason, place = cattrs.transform_error(error, path, _reason)[0].rsplit(" @ ", 1)
    raise DecodeError(place, reason)


def _reason(error: BaseException, _type: object) -> str:
    return "missing" if isinstance(error, KeyError) else str(error)


def _text(value: object, _type: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a string expected, not {value!r:.60}")
    value.encode()  # a lone surrogate could not be written anywhere
    return value


def _count(value: object, _type: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a whole number expected, not {value!r:.60}")
    return value


def _seconds(value: object, _type: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"a number expected, not {value!r:.60}")
    return float(value)


def _fact(value: object, _type: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"true or false expected, not {value!r:.60}")
    return value


def _instant(value: object, _type: object) -> datetime:
    text = _text(value, str)
    if _MOCK_TIME.fullmatch(text):
        text += "Z"
    moment = msgspec.convert(text, datetime)
    if moment.tzinfo is None:
        raise ValueError(f"a time without its offset: {value!r:.60}")
    return moment.astimezone(UTC)


def _make_strict() -> cattrs.Converter:
    """A converter that coerces nothing: by default cattrs would make `"None"` of a null."""
    converter = cattrs.Converter()
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(int, _count)
    converter.register_structure_hook(float, _seconds)
    converter.register_structure_hook(bool, _fact)
    converter.register_structure_hook(datetime, _instant)
    return converter


_NAMES: dict[type, str] = {dict: "an object", list: "a list", str: "a string"}
_MAY_BE_NULL = frozenset(field.name for field in attrs.fields(Clip) if field.default is not attrs.NOTHING)
# Twitch's own mock server writes its UTC times so.
_MOCK_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_strict = _make_strict()
