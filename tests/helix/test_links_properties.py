"""Links of every form, and texts of every kind: ids are found once, in order, in time that grows as the text."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twitch_clips import QueryError, find_clip_ids
from twitch_clips._helix.links import clip_id

from .test_links import FORMS, ids

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# What links are made of, in any order: nearly links, and links in links.
_PARTS = (
    *(
        "https://",
        "http://",
        "clips.twitch.tv/",
        "www.",
        "m.",
        "twitch.tv/",
        "/clip/",
        "a_login",
        "embed",
        "?",
        "clip=",
    ),
    *(
        "&",
        "&amp;",
        "=",
        "#",
        " ",
        "\n",
        "<",
        ">",
        '"',
        "(",
        ")",
        ".",
        "@",
        "-",
        "_",
        "Otter",
        "create",
        "/",
        "é",
        "\ud800",
    ),
)
pieces = st.lists(st.sampled_from(_PARTS), max_size=30).map("".join)
wholes = st.text() | pieces


@given(ids, st.sampled_from(FORMS))
def test_an_id_is_read_from_every_form_of_link(id_: str, form: str) -> None:
    """By both, whatever its letters are."""
    assert find_clip_ids(form.format(id_)) == [clip_id(form.format(id_))] == [id_]


@given(wholes)
def test_nothing_is_raised_at_any_text(text: str) -> None:
    """Each id is one, stands in the text, and comes once."""
    found = find_clip_ids(text)
    assert len(found) == len(set(found))
    assert all(_ID.fullmatch(id_) and id_ in text for id_ in found)


@given(wholes, wholes)
def test_what_stands_first_is_found_first(one: str, two: str) -> None:
    """A line break parts texts: what is in both comes once."""
    assert find_clip_ids(f"{one}\n{two}") == list(dict.fromkeys(find_clip_ids(one) + find_clip_ids(two)))


@given(wholes)
@example("Otter")
@example("no id")
def test_a_text_is_an_id_or_a_query_error(text: str) -> None:
    """Nothing else is raised; an id that is read is one, and is read again as itself."""
    try:
        id_ = clip_id(text)
    except QueryError:
        return
    assert _ID.fullmatch(id_)
    assert clip_id(id_) == id_


@pytest.mark.parametrize("part", [*_PARTS, "clips.twitch.tv/embed?", "clips.twitch.tv/embed?x=1&", "twitch.tv/a/clip/"])
def test_a_long_text_of_half_links_is_read(part: str) -> None:
    """A search that began anew at each of 100,000 places would not end within a test's time."""
    text = part * (100_000 // len(part))
    assert len(find_clip_ids(text)) <= 1
    assert find_clip_ids(f"{text} clips.twitch.tv/Otter1")[-1] == "Otter1"
