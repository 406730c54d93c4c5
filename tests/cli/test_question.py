"""What `top` was asked for."""

from datetime import UTC, datetime, timedelta

import click
import pytest

from twitch_clips.cli.question import Window

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_span_is_counted_back_from_the_end() -> None:
    """The window is as long as the span."""
    assert Window.of(timedelta(hours=2), NOON).started_at == NOON - timedelta(hours=2)


@pytest.mark.parametrize("minutes", [0, 1, 9, 10])
def test_the_end_goes_out_at_a_ten_minute_mark(minutes: int) -> None:
    """At the same one or the next, as Helix cuts it down."""
    window = Window.of(NOON - timedelta(days=1), NOON + timedelta(minutes=minutes))
    assert window.sent()["ended_at"] == NOON + timedelta(minutes=10 if minutes else 0)


@pytest.mark.parametrize("since", [NOON, NOON + timedelta(seconds=1)])
def test_there_must_be_something_in_a_window(since: datetime) -> None:
    """Its end is not before its start, nor the same."""
    with pytest.raises(click.UsageError, match="--until must be after --since"):
        Window.of(since, NOON)


def test_a_window_cannot_begin_before_time_did() -> None:
    """A span may be too long."""
    with pytest.raises(click.UsageError, match="beyond the year 1"):
        Window.of(timedelta(weeks=999_999), NOON)
