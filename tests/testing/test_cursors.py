"""Cursors are offsets in a wrapping that no client should look into."""

import base64

import pytest

from twitch_clips.testing.cursors import NOWHERE, read_cursor, write_cursor


def test_a_cursor_is_written_as_a_quoted_real_one() -> None:
    """The one of TI#1045."""
    assert write_cursor(200) == "eyJiIjpudWxsLCJhIjp7IkN1cnNvciI6Ik1qQXcifX0"


def test_another_variant_is_another_text_for_the_same_place() -> None:
    """So that an empty page can have a cursor that is new and leads to the same clips."""
    variants = {write_cursor(200, variant=number) for number in range(5)}
    assert len(variants) == 5
    assert {read_cursor(variant) for variant in variants} == {200}


@pytest.mark.parametrize(
    "text",
    [
        "???",
        "",
        NOWHERE,
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b'{"a":null}').decode(),
        base64.b64encode(b'{"a":{"Cursor":"bWFueQ=="}}').decode(),
        base64.b64encode(b"[" * 5000).decode(),
        write_cursor(-1),
    ],
)
def test_what_holds_no_offset_is_no_cursor(text: str) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(ValueError):  # noqa: PT011  (its text is for nobody)
        read_cursor(text)
