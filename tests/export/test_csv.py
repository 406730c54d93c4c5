"""CSV: what is written is what programs read, and nothing of it runs in a spreadsheet."""

import csv
import gzip
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW, client
from twitch_clips import Clip, ClipPage
from twitch_clips.export import Csv, write
from twitch_clips.export.csv_file import csv_records
from twitch_clips.testing import FakeHelix, RawClip, synthetic_clips

from .conftest import held, text_of
from .tables import COLUMNS, FETCHED_AT, clip

TITLES = [
    "plain",
    "",
    " with spaces ",
    'he said "no", twice',
    '"',
    '""',
    "a,b",
    "two\nlines",
    "two\r\nlines",
    "old\rMac",
    "semi;colon\tand tab",
    "\u4e16\u754c \U0001f600 \u200d \u2028 \x85",
    "'quoted",
    "null",
    "1e5",
    "007",
]
FORMULAS = [
    "=1+1",
    '=HYPERLINK("https://example.org","click")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    "-",
]
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
TEXT = st.text(st.one_of(st.sampled_from("=+-@\t\r\n\",;' |\0"), st.characters(exclude_categories=["Cs"])), max_size=8)
INSTANTS = st.datetimes(datetime(2016, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001  (UTC)
    lambda moment: moment.replace(microsecond=0)
)
CLIPS = st.builds(
    Clip,
    **{field.name: TEXT for field in attrs.fields(Clip) if field.type is str},
    view_count=st.integers(0),
    created_at=INSTANTS,
    duration=st.floats(0, 1e6).map(lambda seconds: round(seconds, 1)),
    vod_offset=st.none() | st.integers(0),
    is_featured=st.booleans(),
)


def page(clips: Iterable[Clip]) -> ClipPage:
    """Clips as a stream gives them."""
    return ClipPage(clips=tuple(clips), cursor=None, fetched_at=FETCHED_AT)


def texts(one: Clip) -> list[str]:
    """What is to be read of a clip."""
    rest = {None: "", True: "true", False: "false"}

    def text(value: Any) -> str:
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
        return rest[value] if value is None or isinstance(value, bool) else str(value)

    return [*(text(value) for value in attrs.astuple(one)), text(FETCHED_AT)]


def made_harmless(cell: str) -> str:
    """What a cell of text is to be where formulas are not wanted."""
    return f"'{cell}" if cell.startswith(SIGNS) else cell


async def exported(titles: Iterable[str], path: Path, **switches: Any) -> None:
    """A stream of clips with these titles."""
    raw: list[RawClip] = [
        one | {"title": title, "view_count": 1000 - place, "broadcaster_id": "1000001"}
        for place, (one, title) in enumerate(zip(synthetic_clips(len(list(titles)), now=NOW), titles, strict=True))
    ]
    async with FakeHelix(raw, now=NOW) as helix, client(helix) as clips:
        await write(clips.by_broadcaster("1000001"), Csv(path, **switches))


@given(st.lists(CLIPS, max_size=4))
def test_the_csv_module_gives_back_what_went_in(clips: list[Clip]) -> None:
    """Every field of every clip, where formulas are wanted; with lines as RFC 4180 has them."""
    written = csv_records(page(clips), formulas=True).decode()
    assert list(csv.reader(io.StringIO(written, newline=""), strict=True)) == [texts(one) for one in clips]
    expected = io.StringIO(newline="")
    csv.writer(expected).writerows(texts(one) for one in clips)
    assert written == expected.getvalue()


@given(st.lists(CLIPS, max_size=4))
def test_no_cell_begins_as_a_formula(clips: list[Clip]) -> None:
    """What would has an apostrophe before it; everything else is as it was."""
    written = csv_records(page(clips), formulas=False).decode()
    rows = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert not any(cell.startswith(SIGNS) for row in rows for cell in row)
    assert rows == [[made_harmless(cell) for cell in texts(one)] for one in clips]


def test_a_negative_number_is_no_formula() -> None:
    """Should Helix ever have one: programs can count with it."""
    [row] = csv.reader(io.StringIO(csv_records(page([clip(1, vod_offset=-5)]), formulas=False).decode(), newline=""))
    assert dict(zip(COLUMNS, row, strict=True))["vod_offset"] == "-5"


async def test_the_header_is_helixs_names(tmp_path: Path) -> None:
    """In their order, once, and then `fetched_at`; UTF-8 without a mark, and CRLF."""
    path = tmp_path / "clips.csv"
    await exported(["one", "two"], path)
    lines = held(path).decode().split("\r\n")
    assert lines[0].split(",") == COLUMNS
    assert [line.split(",")[3] for line in lines[1:-1]] == ["one", "two"]
    assert lines[-1] == ""
    assert held(path).startswith(b"id,url,broadcaster_id,title,view_count,created_at,")


@pytest.mark.parametrize("formulas", [False, True])
@pytest.mark.parametrize("name", ["clips.csv", "clips.csv.gz"])
async def test_others_read_it(tmp_path: Path, name: str, formulas: bool) -> None:  # noqa: FBT001  (a parameter)
    """Python, DuckDB and Polars say the same of each title, whatever is in it."""
    path = tmp_path / name
    titles = [*TITLES, *FORMULAS]
    await exported(titles, path, formulas=formulas)
    expected = titles if formulas else [made_harmless(title) for title in titles]
    assert [row["title"] for row in csv.DictReader(io.StringIO(text_of(path), newline=""))] == expected
    by_duckdb = duckdb.execute("SELECT title FROM read_csv($1, all_varchar = true)", [str(path)]).fetchall()
    assert [title or "" for (title,) in by_duckdb] == expected
    data = held(path)
    unpacked = gzip.decompress(data) if path.suffix == ".gz" else data
    by_polars = pl.read_csv(io.BytesIO(unpacked), infer_schema=False)
    assert [title or "" for title in by_polars["title"]] == expected
    assert by_polars.columns == COLUMNS


async def test_types_are_found_by_who_looks_for_them(tmp_path: Path) -> None:
    """DuckDB takes numbers, times and truths for what they are."""
    path = tmp_path / "clips.csv"
    await exported(["one", "two"], path)
    kinds = dict(
        duckdb.execute("SELECT column_name, column_type FROM (DESCRIBE FROM read_csv($1))", [str(path)]).fetchall()
    )
    told = {name: kinds[name] for name in ("view_count", "created_at", "is_featured", "duration", "fetched_at")}
    assert told == {
        "view_count": "BIGINT",
        "created_at": told["created_at"],
        "is_featured": "BOOLEAN",
        "duration": "DOUBLE",
        "fetched_at": told["created_at"],
    }
    assert told["created_at"].startswith("TIMESTAMP")
