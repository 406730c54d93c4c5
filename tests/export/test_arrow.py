"""Clips as Arrow: types, and that nothing is changed."""

# pyarrow's stubs leave parameters without types:
# pyright: reportUnknownMemberType=false

from datetime import UTC
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twitch_clips.export.arrow import SCHEMA, batch_of, table_of

from .tables import COLUMNS, page, rows

_INT64 = st.integers(-(2**63), 2**63 - 1)


def test_the_columns_are_those_of_a_clip() -> None:
    """In the order of its fields, each of one type; what may be missing may be null, and nothing else."""
    assert SCHEMA.names == COLUMNS
    types = dict(zip(SCHEMA.names, map(str, SCHEMA.types), strict=True))
    assert {name: kind for name, kind in types.items() if kind != "string"} == {
        "view_count": "int64",
        "created_at": "timestamp[us, tz=UTC]",
        "duration": "double",
        "vod_offset": "int64",
        "is_featured": "bool",
        "fetched_at": "timestamp[us, tz=UTC]",
    }
    assert [name for name in SCHEMA.names if SCHEMA.field(name).nullable] == ["vod_offset"]


@given(
    title=st.text(),
    view_count=_INT64,
    created_at=st.datetimes(timezones=st.just(UTC)),
    vod_offset=st.none() | _INT64,
    duration=st.floats(allow_nan=False),
    is_featured=st.booleans(),
)
def test_what_goes_in_comes_out(**fields: Any) -> None:
    """Any text, any number, any instant."""
    piece = page(0, 1, **fields)
    told = [tuple(row.values()) for row in batch_of(piece).to_pylist()]
    assert sorted(told) == rows(piece.clips, piece.fetched_at)


def test_a_count_beyond_64_bits_is_cut_down() -> None:
    """As it is in a database; those beside it stay."""
    table = table_of([batch_of(page(1, view_count=2**64, vod_offset=2**70), page(2, vod_offset=None))])
    assert table["view_count"].to_pylist() == [2**63 - 1, 2]
    assert table["vod_offset"].to_pylist() == [2**63 - 1, None]


def test_no_clips_are_an_empty_table() -> None:
    """With all of its columns."""
    assert table_of([batch_of(page())]).schema == SCHEMA
    assert table_of([]).num_rows == 0
