"""Clips one by one, by the page and all at once."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest

from tests.conftest import NOW, client, listing, records
from twitch_clips import (
    AsyncClips,
    Clip,
    CursorRejected,
    End,
    StreamStats,
)
from twitch_clips.testing import FakeHelix, Manners

from .conftest import GAME, IDS, RAW, is_even, take


async def test_every_clip_comes_once_in_helixs_order(clips: AsyncClips, helix: FakeHelix) -> None:
    """250 clips are three requests, each leading to the next by its cursor."""
    stream = clips.by_game(GAME)
    assert [clip.id async for clip in stream] == IDS
    assert [("after=" in target) for target in helix.targets] == [False, True, True]
    assert stream.end is End.EXHAUSTED


async def test_the_clips_of_a_channel_are_those_of_no_other(clips: AsyncClips) -> None:
    """By the broadcaster's id."""
    found = await clips.by_broadcaster("1000002").collect()
    assert [clip.id for clip in found] == [raw["id"] for raw in RAW if raw["broadcaster_id"] == "1000002"]


async def test_pages_are_fetched_when_needed_and_not_before(clips: AsyncClips, helix: FakeHelix) -> None:
    """Nothing before the first clip, one page for the first hundred, the second for the next one."""
    stream = clips.by_game(GAME)
    assert len(helix.targets) == 0
    await take(stream, 100)
    assert len(helix.targets) == 1
    await anext(stream)
    assert len(helix.targets) == 2


@pytest.mark.parametrize(("limit", "requests"), [(0, 0), (1, 1), (99, 1), (100, 1), (101, 2), (250, 3), (1000, 3)])
async def test_a_limit_is_exact_and_costs_no_request_too_many(
    clips: AsyncClips, helix: FakeHelix, limit: int, requests: int
) -> None:
    """Also where it falls on the end of a page."""
    stream = clips.by_game(GAME, limit=limit)
    assert [clip.id for clip in await stream.collect()] == IDS[:limit]
    assert len(helix.targets) == requests
    assert stream.end is (End.LIMIT if limit <= 250 else End.EXHAUSTED)


async def test_every_page_asks_for_the_same_size(clips: AsyncClips, helix: FakeHelix) -> None:
    """The limit does not change it."""
    found = await clips.by_game(GAME, limit=50, page_size=20).collect()
    assert [clip.id for clip in found] == IDS[:50]
    assert [target.partition("&")[2].partition("&")[0] for target in helix.targets] == ["first=20"] * 3


async def test_it_works_with_async_for_anext_and_aclosing_as_a_generator_does(clips: AsyncClips) -> None:
    """After `aclosing` it gives no more, and its checkpoint still leads on."""
    async with aclosing(clips.by_game(GAME)) as stream:
        first = await anext(stream)
        async for clip in stream:
            assert [first.id, clip.id] == IDS[:2]
            break
    assert await anext(stream, None) is None
    assert stream.end is End.CLOSED
    assert (await take(clips.resume(str(stream.checkpoint)), 1)) == IDS[2:3]


async def test_restart_makes_a_fresh_one(clips: AsyncClips) -> None:
    """With the same question and terms, from where this one began."""
    stream = clips.by_game(GAME, where=is_even, limit=70, page_size=50)
    first = await stream.collect()
    assert first == await stream.restart().collect()
    assert stream.stats == StreamStats(requests=3, pages=3, clips=70, duplicates=0, invalid=0, waited=0.0)
    resumed = clips.resume(stream.checkpoint or "", where=is_even)
    assert await resumed.restart().collect() == []


async def test_collect_is_the_rest_and_first_the_next_one_or_none(clips: AsyncClips, helix: FakeHelix) -> None:
    """The end stays the end, and asking on costs nothing."""
    stream = clips.by_game(GAME, limit=101)
    best = await stream.first()
    assert best is not None
    assert [best.id, *(clip.id for clip in await stream.collect())] == IDS[:101]
    assert (await stream.first(), await stream.collect()) == (None, [])
    assert len(helix.targets) == 2


async def test_where_may_fail_and_skips_nothing(clips: AsyncClips) -> None:
    """Its error comes through as it is, when the clip's turn comes; the next call asks it about the same clip again."""
    broken = True

    def picky(clip: Clip) -> bool:
        if broken and clip.id == IDS[120]:
            raise LookupError(clip.id)
        return True

    stream = clips.by_game(GAME, where=picky)
    seen = await take(stream, 120)
    for _ in range(2):
        with pytest.raises(LookupError):
            await anext(stream)
    broken = False
    assert seen + [clip.id async for clip in stream] == IDS


async def test_duplicates_are_dropped_by_id_and_counted() -> None:
    """Pages overlap as views move: whatever comes, no id comes twice."""
    async with FakeHelix(listing(800), manners=Manners(moving_views=40)) as helix, client(helix) as clips:
        stream = clips.by_game(GAME, page_size=50)
        found = await stream.collect()
    assert len({clip.id for clip in found}) == len(found)
    assert len(found) + stream.stats.duplicates == 800
    assert stream.stats.duplicates > 0


async def test_a_clip_that_is_twice_on_one_page_comes_once(clips: AsyncClips, helix: FakeHelix) -> None:
    """Both on a page of its own and in the middle of one."""
    helix.fail(records(lambda page: [*page[:3], *page]))
    assert [clip.id async for clip in clips.by_game(GAME)] == IDS


async def test_before_asks_for_one_page(clips: AsyncClips, helix: FakeHelix) -> None:
    """Helix refuses it, and the error is typed; a server that knows it gives that page and no other."""
    [page, _, _] = [page async for page in clips.by_game(GAME).pages()]
    with pytest.raises(CursorRejected) as caught:
        await clips.by_game(GAME, before=page.cursor).first()
    assert caught.value.checkpoint is None
    helix.manners = Manners(before="served")
    stream = clips.by_game(GAME, before=page.cursor)
    [earlier] = [page async for page in stream.pages()]
    assert (len(earlier.clips), stream.end, stream.stats.requests) == (100, End.LIMIT, 1)


async def test_the_bucket_keeps_a_long_listing_below_the_limit() -> None:
    """A limit of 30 a minute and 250 pages: no 429, no more time than the refill takes, and `stats` says how long."""
    async with FakeHelix(RAW, now=NOW, limit=30) as helix, client(helix) as clips:
        start = asyncio.get_running_loop().time()
        stream = clips.by_game(GAME, page_size=1)
        assert [clip.id for clip in await stream.collect()] == IDS
        seconds = asyncio.get_running_loop().time() - start
    assert (250 - 30) * 2 <= seconds <= (250 - 30) * 2 * 1.01 + 2
    assert stream.stats.requests == 250
    assert stream.stats.waited == pytest.approx(seconds, abs=1)


async def test_since_gives_the_newest_clips_and_no_older_ones() -> None:
    """What goes out is rounded outwards to 10 minutes, as Helix cuts down; what is older is left out here."""
    now = NOW + timedelta(minutes=3, seconds=20)
    ages = {"a second": 1, "in the hour": 3599, "just": 3600, "too old": 3601, "in the grid, too old": 3700}
    raw = [
        clip | {"id": name, "created_at": f"{now - timedelta(seconds=age):%Y-%m-%dT%H:%M:%SZ}"}
        for clip, (name, age) in zip(listing(len(ages)), ages.items(), strict=True)
    ]
    async with FakeHelix(raw, now=now) as helix, client(helix) as clips:
        stream = clips.by_game(GAME, since="1h", page_size=2)
        await asyncio.sleep(200)  # now is when the first request is made
        assert [clip.id async for clip in stream] == ["a second", "in the hour", "just"]
        window = "&started_at=2026-06-01T11:00:00Z&ended_at=2026-06-01T12:10:00Z"
        assert [window in target for target in helix.targets] == [True, True, True]


async def test_started_at_and_ended_at_go_out_as_given(clips: AsyncClips, helix: FakeHelix) -> None:
    """They keep Helix's own meaning, on every page."""
    start = NOW - timedelta(days=9, seconds=7)
    await clips.by_game(GAME, started_at=start, ended_at="2026-05-31T10:00:00+02:00", is_featured=True).collect()
    assert "&started_at=2026-05-23T11:59:53Z&ended_at=2026-05-31T08:00:00Z&is_featured=true" in helix.targets[0]
