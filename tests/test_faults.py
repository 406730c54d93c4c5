"""The fault table, row by row: no listing ends quietly with fewer clips than there are."""

import warnings

import pytest

from twitch_clips import CappedWarning, End, TwitchClipsError
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners

from .conftest import client, read_until_error
from .faults import TABLE, Outcome, Resume, Row


def _heal(helix: FakeHelix) -> None:
    helix.heal()
    helix.manners = Manners(cap=None)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
async def test_a_listing_ends_as_the_table_says(row: Row) -> None:
    """Complete, or with an error that says why not and has the point to go on from."""
    truth = [str(clip["id"]) for clip in row.raw]
    left = [id_ for place, id_ in enumerate(truth) if place not in row.lost]
    async with FakeHelix(row.raw) as helix, client(helix) as clips:
        row.arrange(helix)
        hears = row.outcome is Outcome.CAPPED
        stream = clips.by_game(JUST_CHATTING, on_cap="warn" if hears else "ignore")
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            given, error = await read_until_error(stream)
        assert given == truth[: row.clips]
        assert len(helix.targets) in (row.requests if isinstance(row.requests, range) else {row.requests})
        assert type(error) is (row.error or type(None))
        assert [warning.category for warning in warned] == [CappedWarning] * hears
        if error is None:
            assert stream.end is (End.CAPPED if row.outcome is Outcome.CAPPED else End.EXHAUSTED)
            assert row.outcome is Outcome.CAPPED or given == truth
            return
        assert stream.end is None
        _heal(helix)
        await _goes_on(helix, error, given, truth, row)
        assert given + [clip.id async for clip in stream] == left


async def _goes_on(helix: FakeHelix, error: TwitchClipsError, given: list[str], truth: list[str], row: Row) -> None:
    """In another process, of which nothing is left here but the token."""
    assert (error.checkpoint is None) is (row.resume is Resume.NONE)
    async with client(helix) as other:
        rest = [clip.id async for clip in other.resume(str(error.checkpoint), on_cap="ignore")]
    left = [id_ for place, id_ in enumerate(truth) if place not in row.lost]
    assert rest == (left if row.resume is Resume.TOP else left[len(given) :])


def test_the_table_has_a_row_for_each_reported_behaviour() -> None:
    """And no name twice."""
    names = [row.name for row in TABLE]
    assert len(names) == len(set(names)) > 100
    assert all((row.error is None) is (row.outcome is not Outcome.ERROR) for row in TABLE)
    assert all(row.clips == len(row.raw) for row in TABLE if row.outcome is Outcome.COMPLETE)
