"""Objects of JSON for programs, which a terminal may show, too."""

import json

import pytest

from twitch_clips.cli.output import json_object


@pytest.mark.parametrize("title", ["plain", "クリア 😹", 'a "quote"\n', "\x1b[31m\x9b\u202e\u2028", "\U000e0041"])
def test_a_line_leads_back_to_the_object(title: str) -> None:
    """Whatever is in it."""
    line = json_object({"title": title})
    assert (json.loads(line), line.isprintable()) == ({"title": title}, True)


def test_letters_of_any_script_stand_as_they_are() -> None:
    """A person can read them."""
    assert json_object({"title": "クリア 😹"}) == '{"title": "クリア 😹"}'
