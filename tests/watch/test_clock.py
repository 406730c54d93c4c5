"""What a watch takes for Helix's time, where what Helix says of it is odd."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from tests.backfill.conftest import CHANNEL, DAY, HOUR, MINUTE, MemoryStore, at, sandbox
from tests.conftest import NOW
from twitch_clips import AsyncClips, StaticAuth
from twitch_clips.testing import FakeHelix, faults
from twitch_clips.testing.faults import Answer, Fault

from .conftest import Late, Raw, after, clip, follow, ids, publish

OLD = at([NOW - minutes * MINUTE for minutes in range(1, 3000, 37)], first=5000)
NEW = [Late(clip(after(minutes=minutes), minutes), after(minutes=minutes + 3)) for minutes in range(1, 120, 4)]


def dated(helix: FakeHelix, ahead: timedelta) -> Fault:
    """The right answer, at another time than it is."""

    async def fault(request: web.Request, answer: Answer) -> web.StreamResponse:
        told = format_datetime(helix.now + ahead, usegmt=True)
        return await faults.headers({"Date": told})(request, answer)

    return fault


async def wrong_for(helix: FakeHelix, ahead: timedelta, start: float, seconds: float) -> None:
    """Helix's `Date` is wrong for a while."""
    await asyncio.sleep(start)
    helix.fail(dated(helix, ahead), times=None)
    await asyncio.sleep(seconds)
    helix.heal()


@pytest.mark.parametrize("ahead", [-40 * DAY, -HOUR, HOUR, 40 * DAY])
@pytest.mark.parametrize("seconds", [50, 3000])
async def test_a_date_that_is_wrong_for_a_while_loses_and_repeats_nothing(ahead: timedelta, seconds: float) -> None:
    """The machine's clock and the time that went by both speak against it."""
    async with sandbox(OLD) as box:
        tasks = asyncio.gather(publish(box.helix, NEW), wrong_for(box.helix, ahead, 3590, seconds))
        watch = box.clips.watch(broadcaster_id=CHANNEL)
        assert sorted(ids(await follow(watch, 8410))) == sorted(ids(NEW))
        await tasks


@pytest.mark.parametrize("ahead", [HOUR, 40 * DAY])
async def test_a_date_that_was_wrong_from_the_start_does_no_harm_once_it_is_right(ahead: timedelta) -> None:
    """What was written down of a time to come is not waited for, in another run either."""
    store = MemoryStore()
    late = [one for one in NEW if one.created_at >= after(minutes=70)]
    async with sandbox(OLD) as box:
        tasks = asyncio.gather(publish(box.helix, NEW), wrong_for(box.helix, ahead, 0, 5400))
        given = ids(await follow(box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store), 5000))
        given += ids(await follow(box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store), 4010))
        await tasks
    assert set(ids(late)) <= set(given) <= set(ids(NEW))
    assert len(set(given)) == len(given)


async def test_a_machine_that_stood_still_goes_on(closed_port: int) -> None:
    """As a virtual one does that was halted: by all it can tell no time went by, and Helix is believed in the end."""
    store, given = MemoryStore(), list[str]()

    async def hear(now: timedelta, new: Iterable[Raw]) -> None:
        async with FakeHelix([*OLD, *new], now=NOW + now, port=closed_port) as helix:
            given.extend(ids(await follow(watch, 7100)))
            assert store.text is not None
            read_until.append(helix.now.strftime("%Y-%m-%dT%H") in store.text)

    read_until = list[bool]()
    new = [clip(after(minutes=minutes), minutes) for minutes in (5, 100, 300, 500, 605, 660, 715)]
    auth = StaticAuth(FakeHelix.client_id, FakeHelix.access_token)
    async with AsyncClips(auth, api_url=f"http://127.0.0.1:{closed_port}/helix") as clips:
        watch = clips.watch(broadcaster_id=CHANNEL, checkpoint=store)
        await hear(timedelta(0), new[:2])
        await hear(10 * HOUR, new)
    assert given == ids(new)
    assert read_until == [True, True]
