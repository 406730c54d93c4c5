"""JSON becomes records: fast where all is as documented, clip by clip where it is not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import Clip, DecodeError
from twitch_clips._helix import decode

RAW: dict[str, Any] = {
    "id": "BriskAmberOtter-66To7S_gSqWGift-",
    "url": "https://clips.twitch.tv/BriskAmberOtter-66To7S_gSqWGift-",
    "embed_url": "https://clips.twitch.tv/embed?clip=BriskAmberOtter-66To7S_gSqWGift-",
    "broadcaster_id": "1000001",
    "broadcaster_name": "Example_Streamer",
    "creator_id": "2000001",
    "creator_name": "viewer_1",
    "video_id": "3000000001",
    "game_id": "509658",
    "language": "en",
    "title": "an invented moment",
    "view_count": 10,
    "created_at": "2026-03-13T17:08:46Z",
    "thumbnail_url": "https://static-cdn.jtvnw.net/invented/preview-480x272.jpg",
    "duration": 28.7,
    "vod_offset": 2204,
    "is_featured": True,
}
MOMENT = datetime(2026, 3, 13, 17, 8, 46, tzinfo=UTC)
REQUIRED = {"id", "url", "broadcaster_id", "title", "view_count", "created_at"}
LATE_TEXTS = (
    *("embed_url", "broadcaster_name", "creator_id", "creator_name"),
    *("video_id", "game_id", "language", "thumbnail_url"),
)
texts = st.text(st.characters(exclude_categories=["Cs"]))
raw_clips = st.fixed_dictionaries(
    dict.fromkeys(("id", "url", "broadcaster_id", "title"), texts)
    | {
        "view_count": st.integers(0, 2**53),
        "created_at": st.datetimes(min_value=datetime(2016, 1, 1)).map(lambda t: f"{t:%Y-%m-%dT%H:%M:%SZ}"),  # noqa: DTZ001
    },
    optional=dict.fromkeys(LATE_TEXTS, texts)
    | {
        "duration": st.integers(0, 60) | st.floats(0, 60),
        "vod_offset": st.none() | st.integers(0, 10**6),
        "is_featured": st.booleans(),
        "a key of tomorrow": texts,
    },
)


def _body(*clips: object, **others: object) -> bytes:
    return json.dumps({"data": clips, **others}).encode()


def _expected(raw: dict[str, Any]) -> Clip:
    fields = {field.name for field in attrs.fields(Clip)}
    given: dict[str, Any] = {name: value for name, value in raw.items() if name in fields and value is not None}
    given["created_at"] = datetime.strptime(raw["created_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    given["duration"] = float(given.get("duration", 0))
    return Clip(**given)


def test_all_seventeen_fields_are_read() -> None:
    """Under Helix's own names."""
    assert set(RAW) == {field.name for field in attrs.fields(Clip)}
    assert decode.page(_body(RAW)).records == [_expected(RAW)]


@given(st.lists(raw_clips, max_size=3))
def test_whatever_helix_documents_is_read(raws: list[dict[str, Any]]) -> None:
    """Any text in any field, any of the late fields missing, unknown keys beside them."""
    assert decode.page(_body(*raws, pagination={})).records == [_expected(raw) for raw in raws]


@given(raw_clips)
def test_the_slow_path_reads_the_same(raw: dict[str, Any]) -> None:
    """A time with a space sends the page there; it is the only difference."""
    slow = raw | {"created_at": raw["created_at"].replace("T", " ").rstrip("Z")}
    assert decode.page(_body(slow)) == decode.page(_body(raw))


@pytest.mark.parametrize(
    "name",
    [
        "2018_twelve_keys_no_pagination",
        "2021_fourteen_keys_empty_pagination",
        "2022_many_scripts",
        "2023_alphabetical_last_page_with_cursor",
        "2025_keys_of_a_proxy",
        "2026_channel_url",
        "nulls",
    ],
)
def test_the_oddities_of_real_answers_are_read(name: str, sample: Callable[[str], Any]) -> None:
    """Each shape that Helix had over the years, and nulls wherever a default can stand."""
    raw = sample(name)
    page = decode.page(json.dumps(raw).encode())
    assert page.records == [_expected(clip) for clip in raw["data"]]
    pagination: dict[str, Any] = raw.get("pagination") or {}
    assert page.cursor == pagination.get("cursor")


@pytest.mark.parametrize("pagination", [{}, None, {"cursor": None}, {"cursor": ""}])
@pytest.mark.parametrize("clip", [RAW, RAW | {"language": None}], ids=["fast", "slow"])
def test_no_cursor_in_any_form_is_none(pagination: object, clip: object) -> None:
    """The forms in which Helix says that a page is the last."""
    assert decode.page(_body(clip, pagination=pagination)).cursor is None


@pytest.mark.parametrize("clip", [RAW, RAW | {"language": None}], ids=["fast", "slow"])
def test_a_cursor_is_kept_as_it_is(clip: object) -> None:
    """It is opaque."""
    assert decode.page(_body(clip, pagination={"cursor": "eyJiIjpudWxsfQ"})).cursor == "eyJiIjpudWxsfQ"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-13T17:08:46Z", MOMENT),
        ("2026-03-13T17:08:46.000Z", MOMENT),
        ("2026-03-13T17:08:46.5Z", MOMENT + timedelta(seconds=0.5)),
        ("2026-03-13T19:08:46+02:00", MOMENT),
        ("2026-03-13T12:08:46-05:00", MOMENT),
        ("2026-03-13 17:08:46Z", MOMENT),
        ("2026-03-13t17:08:46z", MOMENT),
        ("2026-03-13T17:08:46.1234567Z", MOMENT + timedelta(microseconds=123457)),
        ("2026-03-13 17:08:46", MOMENT),
    ],
)
def test_every_form_of_time_becomes_utc(text: str, moment: datetime) -> None:
    """By itself, and beside a clip that sends the page to the slow path; the last is Twitch's own mock server's."""
    raw = RAW | {"created_at": text}
    for clip in (*decode.page(_body(raw)).records, decode.page(_body(raw, RAW | {"language": None})).records[0]):
        assert clip.created_at == moment
        assert clip.created_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("clip", "path", "reason"),
    [
        ({"title": None}, "$.data[1].title", "a string expected, not None"),
        ({"title": 1}, "$.data[1].title", "a string expected, not 1"),
        ({"title": ["a @ b"]}, "$.data[1].title", "a string expected, not ['a @ b']"),
        ({"title": "\ud800"}, "$.data[1].title", "surrogates not allowed"),
        ({"view_count": "12"}, "$.data[1].view_count", "a whole number expected, not '12'"),
        ({"view_count": True}, "$.data[1].view_count", "a whole number expected, not True"),
        ({"view_count": 1.5}, "$.data[1].view_count", "a whole number expected, not 1.5"),
        ({"duration": "9"}, "$.data[1].duration", "a number expected, not '9'"),
        ({"duration": True}, "$.data[1].duration", "a number expected, not True"),
        ({"vod_offset": "0"}, "$.data[1].vod_offset", "a whole number expected, not '0'"),
        ({"is_featured": 1}, "$.data[1].is_featured", "true or false expected, not 1"),
        (
            {"created_at": "2026-03-13T17:08:46"},
            "$.data[1].created_at",
            "a time without its offset",
        ),
        ({"created_at": "2026-13-13T17:08:46Z"}, "$.data[1].created_at", "Invalid RFC3339"),
        ({"created_at": 0}, "$.data[1].created_at", "a string expected, not 0"),
        ({"created_at": "0001-01-01T00:00:00+01:00"}, "$.data[1].created_at", "out of range"),
    ],
)
def test_a_bad_record_is_named_and_nothing_is_coerced(clip: dict[str, Any], path: str, reason: str) -> None:
    """The place is a path into the body."""
    with pytest.raises(DecodeError) as caught:
        decode.page(_body(RAW, RAW | clip))
    assert caught.value.path == path
    assert reason in caught.value.reason
    assert caught.value.__context__ is None


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_a_required_field_must_be_there(name: str) -> None:
    """The six fields that a clip is nothing without."""
    raw = {key: value for key, value in RAW.items() if key != name}
    with pytest.raises(DecodeError, match=rf"unreadable answer at \$\.data\[0\]\.{name}: missing"):
        decode.page(_body(raw))


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", "$"),
        (b"<html>", "$"),
        (b'{"data":[', "$"),
        (b'{"data":[],"x":NaN}', "$"),
        (b"[" * 100_000, "$"),
        (b'{"data":[],"x":' + b"[" * 100_000, "$"),
        (b'"\xff"', "$"),
        (b"[]", "$"),
        (b'{"error":"Internal Server Error","status":500,"message":""}', "$.data"),
        (b'{"data":null}', "$.data"),
        (b'{"data":{}}', "$.data"),
        (b'{"data":[null]}', "$.data[0]"),
        (b'{"data":[],"pagination":"abc"}', "$.pagination"),
        (b'{"data":[],"pagination":""}', "$.pagination"),
        (b'{"data":[],"pagination":[]}', "$.pagination"),
        (b'{"data":[],"pagination":false}', "$.pagination"),
        (b'{"data":[],"pagination":{"cursor":1}}', "$.pagination.cursor"),
        (b'{"data":[],"pagination":{"cursor":0}}', "$.pagination.cursor"),
        (b'{"data":[],"pagination":{"cursor":[]}}', "$.pagination.cursor"),
        (b'{"data":[],"pagination":{"cursor":"\\ud800"}}', "$.pagination.cursor"),
    ],
)
def test_what_is_not_a_page_is_an_error(body: bytes, path: str) -> None:
    """Above all a 200 with an error body: neither that nor a senseless cursor may read as the end of a listing.

    The errors of json, msgspec and cattrs do not hang on ours.
    """
    with pytest.raises(DecodeError) as caught:
        decode.page(body)
    assert caught.value.path == path
    assert caught.value.__context__ is None


def test_a_number_of_any_length_may_stand_in_an_unknown_field() -> None:
    """On both paths; Python itself refuses to read integers without end, so in a known one it is an error."""
    body = _body(RAW | {"unknown": 0}, RAW | {"language": None}).replace(b'"unknown": 0', b'"unknown": ' + b"7" * 5000)
    assert len(decode.page(body).records) == 2
    with pytest.raises(DecodeError, match=r"\$\.data\[0\]\.view_count: a whole number expected, not inf"):
        decode.page(_body(RAW).replace(b'"view_count": 10', b'"view_count": ' + b"7" * 5000))


def test_a_byte_order_mark_is_survived() -> None:
    """JSON forbids it, proxies add it."""
    assert decode.page(b"\xef\xbb\xbf" + _body(RAW)).records == [_expected(RAW)]


def test_another_offset_is_not_utc_to_python() -> None:
    """Why the fast path looks at each time: equal moments, unequal records to a user who prints them."""
    assert datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))).tzinfo is not UTC
