"""How far a backfill is."""

import errno
import io
import re
import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import client
from twitch_clips import Progress
from twitch_clips.cli.progress import Pace, in_short, in_words, shown, time_left
from twitch_clips.testing import FakeHelix, Manners, light_clips

START = datetime(2024, 5, 1, tzinfo=UTC)
MIDWAY = Progress(fraction=0.419, clips=35_210, requests=412, requests_per_minute=789.6, seconds_left=29.3)
BEGUN = Progress(fraction=0.0, clips=0, requests=1, requests_per_minute=60.0, seconds_left=None)


class NoRoom(io.StringIO):
    """A log on a disk that is full."""

    def write(self, _text: str) -> int:
        """Take nothing."""
        raise OSError(errno.ENOSPC, "No space left on device")


async def _backfill(manners: Manners) -> None:
    """On virtual time: some ten requests, one after the other."""
    first = int(START.timestamp())
    clips = light_clips(range(first, first + 86_400, 100), range(864))
    async with (
        FakeHelix(clips, manners=manners) as helix,
        client(helix) as asking,
        asking.backfill(
            broadcaster_id="1000001", started_at=START, ended_at=START + timedelta(days=1), concurrency=1
        ) as job,
        shown(job),
    ):
        async for batch in job.batches():
            await job.commit(batch)


async def test_a_log_gets_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """As long as it lasts, and none when it is over soon."""
    await _backfill(Manners())
    assert capsys.readouterr() == ("", "")
    await _backfill(Manners(latency=25.0))
    out, err = capsys.readouterr()
    assert out == ""
    line = r"\d+ %: \d+ clips, \d+ requests, \d+ a minute(, about .+ left)?\n"
    assert re.fullmatch(f"({line})+", err)


async def test_a_log_that_takes_no_more_does_not_stop_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What matters is the file."""
    monkeypatch.setattr(sys, "stderr", NoRoom())
    await _backfill(Manners(latency=25.0))


def test_a_line_is_due_once_enough_was_done_and_not_too_often() -> None:
    """Half a minute after the last one at the earliest; five minutes after it however little was done."""
    pace = Pace()
    looks = [(0, 0.0), (29, 0.5), (31, 0.5), (32, 0.9), (62, 0.54), (63, 0.56), (300, 0.57), (363, 0.57), (800, 0.6)]
    assert [second for second, fraction in looks if pace.is_due(second, fraction)] == [31, 63, 363, 800]


def test_a_bar_has_few_words() -> None:
    """None on the time that is left while nothing is known of it."""
    assert in_short(MIDWAY) == ["41 %", "35,210 clips", "790 requests/min", "30 s left"]
    assert in_short(BEGUN) == ["0 %", "0 clips", "60 requests/min"]


def test_a_log_has_a_sentence() -> None:
    """With the requests, too."""
    assert in_words(MIDWAY) == "41 %: 35,210 clips, 412 requests, 790 a minute, about 30 s left"
    assert in_words(BEGUN) == "0 %: 0 clips, 1 requests, 60 a minute"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 s"),
        (0.2, "1 s"),
        (59.5, "1 min 00 s"),
        (754, "12 min 34 s"),
        (3600, "1 h 00 min"),
        (86_399, "23 h 59 min"),
        (190_000, "2 d 04 h"),
    ],
)
def test_the_time_that_is_left_is_told_in_two_units(seconds: float, words: str) -> None:
    """Rounded up to seconds: it is never over before it is."""
    assert time_left(seconds) == words
