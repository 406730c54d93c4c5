"""How the values of options are read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click
import pytest

from twitch_clips.cli import options

MIDNIGHT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("36H", timedelta(hours=36)),
        (" 7d ", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_a_start_may_be_a_span(text: str, span: timedelta) -> None:
    """In minutes, hours, days or weeks."""
    assert options.start(text) == span


@pytest.mark.parametrize("read", [options.start, options.instant])
@pytest.mark.parametrize(
    "text",
    ["2026-05-01", " 2026-05-01 ", "2026-05-01T00:00:00Z", "2026-05-01t02:00:00+02:00", "2026-04-30 22:00-02:00"],
)
def test_a_date_and_an_instant_are_instants_in_utc(text: str, read: Callable[[str], object]) -> None:
    """A date is its midnight there."""
    moment = read(text)
    assert isinstance(moment, datetime)
    assert (moment, moment.tzinfo) == (MIDNIGHT, UTC)


@pytest.mark.parametrize(
    "text",
    ["", "0d", "7x", "-7d", "1234567d", "2026-13-01", "20260501", "2026-05-01T12:00:00", "0001-01-01T00:00:00+02:00"],
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    """A time without its offset is not guessed."""
    with pytest.raises(click.BadParameter, match=r"neither a date such as .* nor an instant such as .* nor a span"):
        options.start(text)


@pytest.mark.parametrize("text", ["", "abc", "12a", "-1", "\uff11"])
def test_an_id_is_made_of_digits(text: str) -> None:
    """Anything else is taken for a name in the wrong place."""
    with pytest.raises(click.BadParameter, match="a name goes with --game or --broadcaster"):
        options.id_(text)
    assert options.id_("509658") == "509658"


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "\udcff"])
def test_a_name_can_be_sent(text: str) -> None:
    """There is something in it, and nothing that a shell's wrong encoding left behind."""
    with pytest.raises(click.BadParameter, match="is no name"):
        options.name(text)
    assert options.name("Comets & Otters: クリア") == "Comets & Otters: クリア"
