"""JSON becomes records: fast where all is as documented, clip by clip where it is not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twitch_clips import Clip, DecodeError, Game, User
from twitch_clips._helix import careful, decode
from twitch_clips._helix.page import Invalid, Page

from .bodies import RAW, bodies, page_of, texts
from .read import LATE_TEXTS, MOMENT, expected

REQUIRED = {"id", "url", "broadcaster_id", "title", "view_count", "created_at"}
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


def _told(read: Callable[[bytes], Page], body: bytes) -> str:
    """All that a reader of pages says of a body."""
    try:
        return repr(read(body))
    except DecodeError as error:
        return repr(error)


def test_all_seventeen_fields_are_read() -> None:
    """Under Helix's own names."""
    assert set(RAW) == {field.name for field in attrs.fields(Clip)}
    assert decode.page(page_of(RAW)).records == [expected(RAW)]


@given(st.lists(raw_clips, max_size=3))
def test_whatever_helix_documents_is_read(raws: list[dict[str, Any]]) -> None:
    """Any text in any field, any of the late fields missing, unknown keys beside them."""
    assert decode.page(page_of(*raws, pagination={})).records == [expected(raw) for raw in raws]


@given(raw_clips)
def test_the_slow_path_reads_the_same(raw: dict[str, Any]) -> None:
    """A time with a space sends the page there; it is the only difference."""
    slow = raw | {"created_at": raw["created_at"].replace("T", " ").rstrip("Z")}
    assert decode.page(page_of(slow)) == decode.page(page_of(raw))


@settings(max_examples=400)
@given(bodies)
@example(b'\xef\xbb\xbf{"data":[]}')
def test_the_fast_and_the_slow_path_agree_on_every_body(body: bytes) -> None:
    """The same records, cursor and errors; and nothing but `DecodeError` ever comes out of either."""
    assert _told(decode.page, body) == _told(careful.page, body)


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
    assert page.records == [expected(clip) for clip in raw["data"]]
    pagination: dict[str, Any] = raw.get("pagination") or {}
    assert page.cursor == pagination.get("cursor")


@pytest.mark.parametrize("pagination", [{}, None, {"cursor": None}, {"cursor": ""}])
@pytest.mark.parametrize("clip", [RAW, RAW | {"language": None}], ids=["fast", "slow"])
def test_no_cursor_in_any_form_is_none(pagination: object, clip: object) -> None:
    """The forms in which Helix says that a page is the last."""
    assert decode.page(page_of(clip, pagination=pagination)).cursor is None


@pytest.mark.parametrize("clip", [RAW, RAW | {"language": None}], ids=["fast", "slow"])
def test_a_cursor_is_kept_as_it_is(clip: object) -> None:
    """It is opaque."""
    assert decode.page(page_of(clip, pagination={"cursor": "eyJiIjpudWxsfQ"})).cursor == "eyJiIjpudWxsfQ"


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
    for body in (page_of(raw), page_of(raw, RAW | {"language": None})):
        clip = decode.page(body).records[0]
        assert isinstance(clip, Clip)
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
        ({"duration": 10**400}, "$.data[1].duration", "int too large to convert to float"),
        ({"vod_offset": "0"}, "$.data[1].vod_offset", "a whole number expected, not '0'"),
        ({"is_featured": 1}, "$.data[1].is_featured", "true or false expected, not 1"),
        ({"created_at": "2026-03-13T17:08:46"}, "$.data[1].created_at", "a time without its offset"),
        ({"created_at": "2016-12-31T23:59:60Z"}, "$.data[1].created_at", "Invalid RFC3339"),
        ({"created_at": "2026-13-13T17:08:46Z"}, "$.data[1].created_at", "Invalid RFC3339"),
        ({"created_at": 0}, "$.data[1].created_at", "a string expected, not 0"),
        ({"created_at": "0001-01-01T00:00:00+01:00"}, "$.data[1].created_at", "out of range"),
    ],
)
def test_a_bad_record_is_named_and_nothing_is_coerced(clip: dict[str, Any], path: str, reason: str) -> None:
    """It stands at its place among the good ones, with its own id and with a path into the body."""
    page = decode.page(page_of(RAW, RAW | clip, RAW, pagination={"cursor": "abc"}))
    good, bad, behind = page.records
    assert isinstance(bad, Invalid)
    assert (good, bad.id, behind) == (expected(RAW), RAW["id"], expected(RAW))
    assert bad.error.path == path
    assert reason in bad.error.reason
    assert bad.error.__context__ is None
    assert (page.is_sound, page.cursor) == (False, "abc")
    assert page.ids[1] not in {RAW["id"], ""}  # else it would hide the clip whose id it bears


@pytest.mark.parametrize("record", [None, [], "an id", {}, {"id": None}, {"id": 1}, {"id": ["a"]}], ids=repr)
def test_a_record_that_says_no_id_has_an_empty_one(record: object) -> None:
    """Whatever stands in its place."""
    [bad] = decode.page(page_of(record)).records
    assert isinstance(bad, Invalid)
    assert bad.id == ""


def test_a_page_of_clips_alone_is_sound() -> None:
    """On both paths, and when there is none at all."""
    for body in (page_of(), page_of(RAW), page_of(RAW | {"language": None})):
        assert decode.page(body).is_sound


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_a_required_field_must_be_there(name: str) -> None:
    """The six fields that a clip is nothing without."""
    [bad] = decode.page(page_of({key: value for key, value in RAW.items() if key != name})).records
    assert isinstance(bad, Invalid)
    assert (bad.error.path, bad.error.reason) == (f"$.data[0].{name}", "missing")


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


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "not JSON (Expecting value: line 1 column 1 (char 0))"),
        (b'{"data":[],"x":NaN}', "not JSON (NaN is not JSON)"),
        (b'{"data":[],"pagination":{"cursor":1}}', "a string expected, not 1"),
    ],
)
def test_what_is_not_a_page_says_why(body: bytes, reason: str) -> None:
    """In words that go into a report to Twitch."""
    with pytest.raises(DecodeError) as caught:
        decode.page(body)
    assert caught.value.reason == reason


def test_a_number_of_any_length_may_stand_in_an_unknown_field() -> None:
    """On both paths; Python itself refuses to read integers without end, so in a known one it is an error."""
    body = page_of(RAW | {"unknown": 0}, RAW | {"language": None}).replace(
        b'"unknown": 0', b'"unknown": ' + b"7" * 5000
    )
    assert len(decode.page(body).records) == 2
    [bad] = decode.page(page_of(RAW).replace(b'"view_count": 10', b'"view_count": ' + b"7" * 5000)).records
    assert isinstance(bad, Invalid)
    assert bad.error.reason == "a whole number expected, not inf"


def test_a_byte_that_is_no_text_may_stand_in_an_unknown_field() -> None:
    """Beside a clip that sends the page to the slow path; in a known one it is an error."""
    odd, slow = RAW | {"unknown": "here"}, RAW | {"language": None}
    assert decode.page(page_of(odd, slow).replace(b"here", b"\xff")).is_sound
    [bad, _] = decode.page(page_of(RAW | {"title": "here"}, slow).replace(b"here", b"\xff")).records
    assert isinstance(bad, Invalid)
    assert bad.error.path == "$.data[0].title"


@pytest.mark.parametrize("seconds", [b"1e400", b"-1e400", b"9" * 5000])
def test_a_duration_beyond_all_numbers_is_refused(seconds: bytes) -> None:
    """JSON can hold it and Python calls it infinite, but no JSON could be written of it."""
    [bad] = decode.page(page_of(RAW).replace(b"28.7", seconds)).records
    assert isinstance(bad, Invalid)
    assert (bad.error.path, bad.error.reason[:22]) == ("$.data[0].duration", "a finite number expect")


def test_a_byte_order_mark_is_survived() -> None:
    """JSON forbids it, proxies add it."""
    assert decode.page(b"\xef\xbb\xbf" + page_of(RAW)).records == [expected(RAW)]


def test_users_and_games_are_read() -> None:
    """In Helix's order; keys that nobody asked for are ignored."""
    user = {
        "id": "1000001",
        "login": "example_streamer",
        "display_name": "例",
        "created_at": "2026-03-13T17:08:46Z",
        "broadcaster_type": "partner",
    }
    assert decode.items(page_of(user), User) == [
        User(id="1000001", login="example_streamer", display_name="例", created_at=MOMENT)
    ]
    games = [{"id": "509658", "name": "Just Chatting", "igdb_id": ""}, {"id": "1", "name": "a @ b"}]
    assert decode.items(page_of(*games), Game) == [Game(id="509658", name="Just Chatting"), Game(id="1", name="a @ b")]


@pytest.mark.parametrize(
    ("body", "path", "reason"),
    [
        (b"<html>", "$", "not JSON"),
        (b"{}", "$.data", "a list expected, not None"),
        (page_of({"id": "1", "name": "A game"}, {"id": "1"}), "$.data[1].name", "missing"),
        (page_of({"id": 1, "name": "A game"}), "$.data[0].id", "a string expected, not 1"),
        (page_of({"id": "1", "name": None}), "$.data[0].name", "a string expected, not None"),
        (page_of(None), "$.data[0]", "an object expected, not None"),
        (page_of("id"), "$.data[0]", "an object expected, not 'id'"),
        (page_of(["id", "name"]), "$.data[0]", "an object expected, not ['id', 'name']"),
    ],
)
def test_a_bad_user_or_game_is_named(body: bytes, path: str, reason: str) -> None:
    """Names are looked up before anything is asked for, so one that cannot be read stops all."""
    with pytest.raises(DecodeError) as caught:
        decode.items(body, Game)
    assert caught.value.path == path
    assert reason in caught.value.reason
    assert caught.value.__context__ is None


def test_another_offset_is_not_utc_to_python() -> None:
    """Why the fast path looks at each time: equal moments, unequal records to a user who prints them."""
    assert datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))).tzinfo is not UTC
