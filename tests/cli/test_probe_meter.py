"""The probe's bucket."""

import pytest

from twitch_clips import RateHeaders, RateLimited
from twitch_clips.cli.probe_meter import Meter
from twitch_clips.testing import check_bucket


async def test_it_holds_what_any_bucket_has_to_hold() -> None:
    """As the one that it stands on does."""
    await check_bucket(lambda: Meter(1_000_000))


async def test_it_remembers_what_the_latest_answer_said() -> None:
    """`Reset`, too, which no bucket goes by."""
    meter = Meter(2)
    told = [meter.rate]
    for rate in (RateHeaders(limit=800, remaining=700, reset_at=1_781_653_392), None):
        meter.observe(await meter.acquire(), rate)
        told.append(meter.rate)
    assert [rate and rate.reset_at for rate in told] == [None, 1_781_653_392, None]
    assert meter.status.remaining == 699


async def test_it_gives_so_many_turns_and_no_more() -> None:
    """One that is given back counts all the same: a bound is no budget."""
    meter = Meter(2)
    for _ in range(2):
        meter.give_back(await meter.acquire())
    with pytest.raises(RateLimited, match="bound of 2 requests"):
        await meter.acquire()
    assert meter.requests == 2
