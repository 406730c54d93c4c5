"""The users' converter: records to what JSON can hold, and back."""

import json
from datetime import timedelta, timezone

import attrs
import cattrs
import pytest
from hypothesis import given

from twitch_clips import Clip, User, make_converter
from twitch_clips._helix import careful

from .bodies import RAW, page_of
from .read import MOMENT, clips, expected


def _untitled(_value: object, _type: object) -> Clip:
    return attrs.evolve(expected(RAW), title="")


@given(clips)
def test_a_clip_comes_back_from_json_as_it_was(clip: Clip) -> None:
    """Through cattrs and the JSON of the standard library."""
    converter = make_converter()
    raw = json.loads(json.dumps(converter.unstructure(clip), allow_nan=False))
    assert converter.structure(raw, Clip) == clip


def test_a_clip_is_written_as_helix_writes_it() -> None:
    """The same 17 keys and values, the time with `Z`: the answer and what is written of it are one."""
    converter = make_converter()
    assert converter.unstructure(converter.structure(RAW, Clip)) == RAW


def test_a_time_of_another_offset_is_written_in_utc() -> None:
    """A user's own record may hold one; a fraction stays."""
    moment = MOMENT.astimezone(timezone(timedelta(hours=2))) + timedelta(milliseconds=500)
    user = User(id="1000001", login="example_streamer", display_name="Example_Streamer", created_at=moment)
    assert make_converter().unstructure(user)["created_at"] == "2026-03-13T17:08:46.500000Z"


def test_the_users_converter_forgives_what_a_page_forgives() -> None:
    """A null where a default can stand, a key that nobody knows, a time of Twitch's own mock server."""
    raw = RAW | {"language": None, "vod_offset": None, "a key of tomorrow": 1, "created_at": "2026-03-13 17:08:46"}
    wanted = attrs.evolve(expected(RAW), language="", vod_offset=None)
    assert make_converter().structure(raw, Clip) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("view_count", "10"),
        ("title", None),
        ("title", 1),
        ("duration", "9"),
        ("duration", float("nan")),
        ("is_featured", 1),
    ],
)
def test_the_users_converter_coerces_nothing(name: str, value: object) -> None:
    """By itself, cattrs would make `"None"` of a null."""
    with pytest.raises(cattrs.ClassValidationError):
        make_converter().structure(RAW | {name: value}, Clip)


def test_each_converter_is_the_callers_own() -> None:
    """A hook that is registered with one changes neither another one nor how pages are read."""
    converter = make_converter()
    converter.register_structure_hook(Clip, _untitled)
    assert converter.structure(RAW, Clip).title == ""
    assert make_converter().structure(RAW, Clip) == expected(RAW)
    assert careful.page(page_of(RAW)).records == [expected(RAW)]
