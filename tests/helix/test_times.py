"""Instants and spans: read in every form that says what it means, refused in words where it does not."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import QueryError
from twitch_clips._helix.answer import read_date
from twitch_clips._helix.times import GRID, before, floored, raised, read_instant, read_since, write_instant

NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)
instants = st.datetimes(timezones=st.just(UTC))
inner_instants = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


class Nowhere(tzinfo):
    """A time zone that does not know its offset."""

    def utcoffset(self, _: datetime | None) -> None:
        """Not known."""

    def dst(self, _: datetime | None) -> None:
        """Nor this."""

    def tzname(self, _: datetime | None) -> None:
        """It has no name either."""


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own clock is far from UTC."""
    with monkeypatch.context() as machine:
        machine.setenv("TZ", "UTC-14")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_east")
def test_the_machines_own_time_zone_is_of_no_account() -> None:
    """What is read and written is UTC everywhere."""
    assert datetime(2024, 1, 1, tzinfo=UTC).astimezone().hour == 14
    assert write_instant(NEW_YEAR) == "2024-01-01T00:00:00Z"
    for moment in (read_instant("since", NEW_YEAR), read_date("Mon, 01 Jan 2024 00:00:00 GMT")):
        assert (moment, moment and moment.tzinfo) == (NEW_YEAR, UTC)


@given(instants)
def test_an_instant_comes_back_from_what_is_written(moment: datetime) -> None:
    """From the year 1 to the year 9999, to the microsecond."""
    assert read_instant("since", write_instant(moment)) == moment


@given(inner_instants, offsets)
def test_an_instant_is_the_same_at_every_offset(moment: datetime, offset: tzinfo) -> None:
    """As a datetime and as text, in and out, in UTC."""
    elsewhere = moment.astimezone(offset)
    assert write_instant(elsewhere) == write_instant(moment)
    for given_as in (elsewhere, elsewhere.isoformat()):
        read = read_instant("since", given_as)
        assert read == moment
        assert read.tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NEW_YEAR, "2024-01-01T00:00:00Z"),
        (NEW_YEAR + timedelta(microseconds=500_000), "2024-01-01T00:00:00.500000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999Z"),
        (datetime(2024, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2024-01-01T00:00:00Z"),
    ],
)
def test_an_instant_is_written_as_rfc_3339_with_z(moment: datetime, text: str) -> None:
    """With a fraction only where there is one."""
    assert write_instant(moment) == text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-01T00:00:00Z", NEW_YEAR),
        ("2024-01-01t00:00:00z", NEW_YEAR),
        ("2024-01-01 00:00:00Z", NEW_YEAR),
        (" 2024-01-01T00:00:00Z\n", NEW_YEAR),
        ("2024-01-01T00:00:00+00:00", NEW_YEAR),
        ("2024-01-01T00:00:00-00:00", NEW_YEAR),
        ("2024-01-01T02:00:00+02:00", NEW_YEAR),
        ("2023-12-31T18:30:00-05:30", NEW_YEAR),
        ("2024-01-01T00:00:00.5Z", NEW_YEAR + timedelta(milliseconds=500)),
        ("2024-01-01T00:00:00.000001Z", NEW_YEAR + timedelta(microseconds=1)),
        ("2024-01-01T00:00:00.123456789Z", NEW_YEAR + timedelta(microseconds=123_456)),
        ("9999-12-31T23:59:59.9999999Z", datetime.max.replace(tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_every_form_of_rfc_3339_is_read(text: str, moment: datetime) -> None:
    """What is finer than a microsecond is cut off, never rounded up."""
    assert read_instant("since", text) == moment


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "",
        "2024",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00",
        "2024-01-01T00:00Z",
        "20240101T000000Z",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00,5Z",
        "2024-01-01T00:00:00+0200",
        "2024-01-01T00:00:00 Z",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00+05:99",
        "2024-01-01T24:00:00Z",
        "2024-01-01T23:60:00Z",
        "2016-12-31T23:59:60Z",
        "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "\N{FULLWIDTH DIGIT TWO}024-01-01T00:00:00Z",
        1704067200,
        1704067200.0,
        None,
        True,
        date(2024, 1, 1),
        b"2024-01-01T00:00:00Z",
    ],
)
def test_what_is_no_instant_is_refused(value: Any) -> None:
    """Under its name, with what it should look like and what it was: no zone is guessed, no leap second bent."""
    with pytest.raises(QueryError) as caught:
        read_instant("started_at", value)
    assert str(caught.value) == (
        "started_at must be an aware datetime or an RFC 3339 string with its time zone, such as "
        f'"2024-01-01T00:00:00Z", not {value!r}'
    )
    assert caught.value.__context__ is None


@pytest.mark.parametrize("zone", [None, Nowhere()])
def test_a_naive_datetime_is_refused_with_the_way_out(zone: tzinfo | None) -> None:
    """It may be local time or UTC: the difference would be hours of clips."""
    with pytest.raises(QueryError, match=r"ended_at must say its time zone: .* add tzinfo=timezone\.utc if it is UTC"):
        read_instant("ended_at", datetime(2024, 1, 1, tzinfo=zone))


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"])
def test_an_instant_beyond_the_calendar_is_refused(text: str) -> None:
    """In UTC it lies before the year 1, or after 9999."""
    for value in (text, datetime.fromisoformat(text)):
        with pytest.raises(QueryError, match="since is out of range: ") as caught:
            read_instant("since", value)
        assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("1s", timedelta(seconds=1)),
        ("90m", timedelta(minutes=90)),
        ("36h", timedelta(hours=36)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("007D", timedelta(days=7)),
        (" 7d ", timedelta(days=7)),
        ("999999w", timedelta(weeks=999_999)),
        (timedelta(microseconds=1), timedelta(microseconds=1)),
    ],
)
def test_a_span_is_read(value: str | timedelta, span: timedelta) -> None:
    """In seconds, minutes, hours, days or weeks, in either case."""
    assert read_since(value) == span


def test_since_may_be_an_instant() -> None:
    """Of either form."""
    assert read_since("2024-01-01T02:00:00+02:00") == NEW_YEAR
    assert read_since(NEW_YEAR) == NEW_YEAR


@pytest.mark.parametrize(
    "value",
    ["", "7", "d", "7 d", "7.5d", "-7d", "7y", "1d12h", "1234567d", "\u0667d", "2024-01-01", "now", 7, 7.0, None, True],
)
def test_what_is_neither_span_nor_instant_is_refused(value: Any) -> None:
    """With examples of what would do."""
    with pytest.raises(QueryError) as caught:
        read_since(value)
    assert str(caught.value) == (
        'since must be a span such as "90m", "36h", "7d" or "2w", a timedelta, an aware datetime or an RFC 3339 string '
        f'with its time zone, such as "2024-01-01T00:00:00Z", not {value!r}'
    )


@pytest.mark.parametrize("value", ["0d", "000s", timedelta(0), timedelta(-1)])
def test_a_span_of_nothing_is_refused(value: str | timedelta) -> None:
    """It would end before it began."""
    with pytest.raises(QueryError) as caught:
        read_since(value)
    assert str(caught.value) == f"since must be a span above nothing, not {value!r}"


def test_since_a_naive_datetime_is_refused() -> None:
    """As anywhere."""
    with pytest.raises(QueryError, match="since must say its time zone"):
        read_since(datetime(2024, 1, 1))  # noqa: DTZ001


@given(inner_instants, offsets)
def test_the_marks_around_an_instant_are_ten_minutes_apart(moment: datetime, offset: tzinfo) -> None:
    """Or both are the instant, where it lies on one; they are marks of UTC's own clock, whatever the offset."""
    low, high = floored(moment.astimezone(offset)), raised(moment.astimezone(offset))
    assert low <= moment <= high
    assert high - low == (timedelta(0) if low == moment else GRID)
    assert (low.astimezone(UTC).minute % 10, low.second, low.microsecond) == (0, 0, 0)


@pytest.mark.parametrize(
    ("time", "low", "high"),
    [("12:00:00", "12:00", "12:00"), ("12:00:01", "12:00", "12:10"), ("12:09:59.999999", "12:00", "12:10")],
)
def test_an_instant_is_cut_down_and_raised_to_the_mark(time: str, low: str, high: str) -> None:
    """As Helix cuts both ends of a window down."""
    moment = read_instant("since", f"2024-01-01T{time}Z")
    assert write_instant(floored(moment)) == f"2024-01-01T{low}:00Z"
    assert write_instant(raised(moment)) == f"2024-01-01T{high}:00Z"


def test_the_first_instant_is_a_mark() -> None:
    """The year 1 has no mark before it."""
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert floored(first) == raised(first) == first
    assert floored(first + timedelta(minutes=9)) == first


def test_so_long_before() -> None:
    """As far back as there was time."""
    assert before(NEW_YEAR, timedelta(days=1)) == datetime(2023, 12, 31, tzinfo=UTC)
    assert before(NEW_YEAR, NEW_YEAR - datetime(1, 1, 1, tzinfo=UTC)) == datetime(1, 1, 1, tzinfo=UTC)
    with pytest.raises(QueryError, match=r"since reaches back beyond the year 1: datetime\.timedelta\(days=6999993\)"):
        before(NEW_YEAR, timedelta(weeks=999_999))
