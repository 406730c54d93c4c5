"""JSON Lines."""

import json

import pytest

from tests.conftest import NOW
from twitch_clips import Clip, make_converter
from twitch_clips.cli.output import json_line


def _clip(title: str) -> Clip:
    return Clip(id="x", url="u", broadcaster_id="1", title=title, view_count=1, created_at=NOW)


@pytest.mark.parametrize("title", ["plain", "クリア 😹", 'a "quote"\n', "\x1b[31m\x9b\u202e\u2028", "\U000e0041"])
def test_a_line_leads_back_to_the_clip(title: str) -> None:
    """Whatever is in its title."""
    clip = _clip(title)
    assert make_converter().structure(json.loads(json_line(clip)), Clip) == clip


def test_letters_of_any_script_stand_as_they_are() -> None:
    """A person can read them."""
    assert '"title": "クリア 😹"' in json_line(_clip("クリア 😹"))


def test_nothing_in_a_line_moves_a_cursor() -> None:
    """Control characters beyond ASCII, and those that turn the direction, are escaped as well."""
    assert '"title": "\\u001b\\u009b\\u202e\\u2028"' in json_line(_clip("\x1b\x9b\u202e\u2028"))
