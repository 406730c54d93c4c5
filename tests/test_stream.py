"""A listing as a stream, against the embedded Helix: a test for each sentence that `ClipStream` promises."""

import asyncio
import linecache
import logging
import warnings
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta

import pytest

from twitch_clips import (
    AsyncClips,
    CappedWarning,
    CheckpointError,
    Clip,
    ClipStream,
    CursorRejected,
    DecodeError,
    End,
    Forbidden,
    ListingBroken,
    ResultCapped,
    StaticAuth,
    StreamStats,
)
from twitch_clips.testing import FakeHelix, Manners, faults

from .conftest import NOW, client, listing, records

GAME = "509658"
RAW = listing(250)
IDS = [str(clip["id"]) for clip in RAW]


@pytest.fixture
async def helix() -> AsyncGenerator[FakeHelix]:
    """A Helix that knows 250 clips of one game."""
    async with FakeHelix(RAW, now=NOW) as helix:
        yield helix


async def _take(stream: ClipStream, count: int) -> list[str]:
    return [(await anext(stream)).id for _ in range(count)]


def _is_even(clip: Clip) -> bool:
    return clip.view_count % 2 == 0


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
    await _take(stream, 100)
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
    assert (await _take(clips.resume(str(stream.checkpoint)), 1)) == IDS[2:3]


async def test_closing_it_while_a_page_is_on_its_way_ends_it(clips: AsyncClips) -> None:
    """Whoever waits for the page gets the end, not the page."""
    stream = clips.by_game(GAME)
    async with stream:
        waiting = asyncio.ensure_future(anext(stream, None))
        await asyncio.sleep(0)
    assert await waiting is None
    assert stream.end is End.CLOSED


async def test_a_break_leaks_nothing(clips: AsyncClips) -> None:
    """Between items it owns no frame, socket or task; a second `async for` goes on where the first stopped."""
    stream = clips.by_game(GAME)
    seen: list[str] = []

    async def read_until(count: int) -> None:
        async for clip in stream:
            seen.append(clip.id)
            if len(seen) == count:
                break

    await read_until(130)
    ours = [task for task in asyncio.all_tasks() if "RequestHandler" not in repr(task)]  # the server's
    assert ours == [asyncio.current_task()]
    await read_until(1000)
    assert seen == IDS


async def test_restart_makes_a_fresh_one(clips: AsyncClips) -> None:
    """With the same question and terms, from where this one began."""
    stream = clips.by_game(GAME, where=_is_even, limit=70, page_size=50)
    first = await stream.collect()
    assert first == await stream.restart().collect()
    assert stream.stats == StreamStats(requests=3, pages=3, clips=70, duplicates=0, invalid=0, waited=0.0)
    resumed = clips.resume(stream.checkpoint or "", where=_is_even)
    assert await resumed.restart().collect() == []


async def test_collect_is_the_rest_and_first_the_next_one_or_none(clips: AsyncClips, helix: FakeHelix) -> None:
    """The end stays the end, and asking on costs nothing."""
    stream = clips.by_game(GAME, limit=101)
    best = await stream.first()
    assert best is not None
    assert [best.id, *(clip.id for clip in await stream.collect())] == IDS[:101]
    assert (await stream.first(), await stream.collect()) == (None, [])
    assert len(helix.targets) == 2


async def test_an_interrupted_collect_takes_nothing(clips: AsyncClips, helix: FakeHelix) -> None:
    """Else what it held would be lost: neither the error's checkpoint nor the stream has gone on."""
    stream = clips.by_game(GAME)
    seen = await _take(stream, 30)
    helix.fail(faults.status(403), skip=1)
    with pytest.raises(Forbidden) as caught:
        await stream.collect()
    assert caught.value.checkpoint == stream.checkpoint
    assert [clip.id for clip in await clips.resume(str(caught.value.checkpoint)).collect()] == IDS[30:]
    seen += await _take(stream, 50)
    assert seen + [clip.id for clip in await stream.collect()] == IDS


async def test_an_interrupted_collect_takes_nothing_though_it_stands_at_an_empty_page(
    clips: AsyncClips, helix: FakeHelix
) -> None:
    """Here `where` takes no clip of the second page, and the third one fails."""
    stream = clips.by_game(GAME, where=lambda clip: not 9_800 < clip.view_count <= 9_900)
    helix.fail(faults.status(403), skip=2)
    with pytest.raises(Forbidden):
        await stream.collect()
    assert stream.stats.clips == 0
    assert [clip.id for clip in await stream.collect()] == IDS[:100] + IDS[200:]


async def test_a_cancelled_collect_takes_nothing(clips: AsyncClips, helix: FakeHelix) -> None:
    """Nor do the pages that it had read cost anything again."""
    stream = clips.by_game(GAME)
    helix.fail(faults.hang(), skip=2)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream.collect(), 5)
    assert stream.stats.clips == 0
    assert [clip.id for clip in await stream.collect()] == IDS
    assert len(helix.targets) == 4


async def test_pages_obey_where_limit_and_duplicates(clips: AsyncClips, helix: FakeHelix) -> None:
    """They give the rest of a half-read page first."""
    helix.fail(records(lambda page: [*RAW[90:100], *page]), skip=1)
    stream = clips.by_game(GAME, where=_is_even, limit=110)
    seen = await _take(stream, 30)
    pages = [page async for page in stream.pages()]
    assert [len(page.clips) for page in pages] == [20, 50, 10]
    assert seen + [clip.id for page in pages for clip in page.clips] == IDS[:220:2]
    assert stream.stats.duplicates == 10


async def test_a_pages_cursor_leads_to_the_next_page(clips: AsyncClips) -> None:
    """As `after`; `None` when it was the last, or was not given to its end."""
    pages = [page async for page in clips.by_game(GAME).pages()]
    assert [clip.id for clip in await clips.by_game(GAME, after=pages[0].cursor).collect()] == IDS[100:]
    assert [page.cursor is None for page in pages] == [False, False, True]
    [cut] = [page async for page in clips.by_game(GAME, limit=50).pages()]
    assert cut.cursor is None
    [whole] = [page async for page in clips.by_game(GAME, limit=100).pages()]
    assert whole.cursor == pages[0].cursor


async def test_a_pages_time_is_the_servers() -> None:
    """Here its clock is three hours ahead of ours; without its `Date`, ours has to do."""
    async with FakeHelix(RAW, now=NOW + timedelta(hours=3)) as helix, client(helix) as clips:
        [page] = [page async for page in clips.by_game(GAME, limit=1).pages()]
        assert page.fetched_at == NOW + timedelta(hours=3)
        helix.fail(faults.headers({"Date": None}))
        [page] = [page async for page in clips.by_game(GAME, limit=1).pages()]
        assert page.fetched_at == NOW


async def test_a_page_with_an_invalid_record_comes_in_two(clips: AsyncClips, helix: FakeHelix) -> None:
    """The error between them; `fetched_at` is the same."""
    helix.fail(records(lambda page: [*page[:40], None, *page[41:]]))
    stream = clips.by_game(GAME, limit=99)
    before = await anext(aiter(stream.pages()))
    with pytest.raises(DecodeError, match=r"\$\.data\[40\]: an object expected, not None"):
        await anext(aiter(stream.pages()))
    behind = await anext(aiter(stream.pages()))
    assert [clip.id for clip in (*before.clips, *behind.clips)] == [*IDS[:40], *IDS[41:100]]
    assert (before.cursor, before.fetched_at) == (None, behind.fetched_at)


async def test_a_checkpoint_after_every_item_leads_to_the_next(clips: AsyncClips) -> None:
    """On a list that stands still: exactly, and with what is left of the limit."""
    stream = clips.by_game(GAME, limit=25, page_size=10, where=_is_even, since="40d", is_featured=False)
    truth = [clip.id for clip in await stream.restart().collect()]
    for place in range(26):
        resumed = clips.resume(str(stream.checkpoint), where=_is_even)
        assert [clip.id for clip in await resumed.collect()] == truth[place:]
        assert await stream.first() is not None or place == 25


async def test_a_checkpoint_before_the_first_request_leads_to_the_start(clips: AsyncClips, helix: FakeHelix) -> None:
    """Its time is fixed now; its name is still one."""
    token = str(clips.by_game(game="Just Chatting", since="7d").checkpoint)
    assert helix.targets == []
    await asyncio.sleep(3600)
    resumed = clips.resume(token)
    found = await resumed.collect()
    assert found == [clip for clip in await clips.by_game(GAME).collect() if clip.created_at >= NOW - timedelta(days=7)]
    assert "game_id" in str(resumed.checkpoint and resumed.checkpoint.question)


async def test_where_must_be_given_again(clips: AsyncClips) -> None:
    """A stream that had one, resumed without, is a `CheckpointError`; one that had none may get one."""
    filtered, plain = clips.by_game(GAME, where=_is_even), clips.by_game(GAME)
    with pytest.raises(CheckpointError, match="had a `where`: give it again"):
        clips.resume(filtered.checkpoint or "")
    assert len(await clips.resume(plain.checkpoint or "", where=_is_even).collect()) == 125


async def test_where_may_fail_and_skips_nothing(clips: AsyncClips) -> None:
    """Its error comes through as it is, when the clip's turn comes; the next call asks it about the same clip again."""
    broken = True

    def picky(clip: Clip) -> bool:
        if broken and clip.id == IDS[120]:
            raise LookupError(clip.id)
        return True

    stream = clips.by_game(GAME, where=picky)
    seen = await _take(stream, 120)
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


async def test_the_end_at_the_cap_warns_at_the_users_line() -> None:
    """By default, once, naming `backfill`; the clips come first."""
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        stream = clips.by_game(GAME)  # this line
        with pytest.warns(CappedWarning, match="ended after 1000 clips.*backfill") as warned:
            assert len(await stream.collect()) == 1000
        assert await stream.first() is None
    [warning] = warned
    assert linecache.getline(warning.filename, warning.lineno).endswith("# this line\n")
    assert stream.end is End.CAPPED


async def test_the_cap_can_be_raised_or_ignored() -> None:
    """After all clips that came; `end` says it in any case."""
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        raising, ignoring = clips.by_game(GAME, on_cap="raise"), clips.by_game(GAME, on_cap="ignore")
        assert len(await _take(raising, 1000)) == 1000
        with pytest.raises(ResultCapped, match="about 1,000 results") as caught:
            await anext(raising)
        assert caught.value.checkpoint is None
        assert await raising.first() is None
        assert len(await ignoring.collect()) == 1000
    assert raising.end is ignoring.end is End.CAPPED


@pytest.mark.parametrize(("count", "end"), [(899, End.EXHAUSTED), (900, End.CAPPED)])
async def test_a_listing_that_served_900_is_taken_for_capped(count: int, end: End) -> None:
    """Also over a resume in between: what was served before counts."""
    async with FakeHelix(listing(count)) as helix, client(helix) as clips:
        stream = clips.by_game(GAME, on_cap="ignore")
        await _take(stream, 450)
        resumed = clips.resume(str(stream.checkpoint), on_cap="ignore")
        assert len(await resumed.collect()) == count - 450
        assert resumed.end is end


async def test_a_rejected_cursor_starts_the_listing_again_once(clips: AsyncClips, helix: FakeHelix) -> None:
    """Ids already given are dropped, and are no duplicates that would mean a loss."""
    helix.fail(faults.status(400, "Invalid cursor."), skip=2)
    stream = clips.by_game(GAME, limit=240)
    assert [clip.id async for clip in stream] == IDS[:240]
    assert (stream.stats.duplicates, stream.stats.requests) == (0, 6)


@pytest.mark.parametrize("on_invalid", ["raise", "skip"])
async def test_an_invalid_record_counts_once_though_its_page_is_walked_again(helix: FakeHelix, on_invalid: str) -> None:
    """It was raised, or counted, when the page came first."""
    null_first = records(lambda page: [{"id": "half"}, *page[1:]])
    helix.fail(null_first)
    helix.fail(faults.status(400, "Invalid cursor."), skip=1)
    helix.fail(null_first, skip=2)
    async with client(helix, on_invalid=on_invalid) as clips:
        stream = clips.by_game(GAME)
        if on_invalid == "raise":
            with pytest.raises(DecodeError):
                await anext(stream)
        assert [clip.id for clip in await stream.collect()] == IDS[1:]
        assert (stream.stats.invalid, stream.stats.requests) == (on_invalid == "skip", 5)


async def test_a_resumed_stream_does_not_start_again(clips: AsyncClips, helix: FakeHelix) -> None:
    """What the first process gave is not known here; the error's checkpoint leads to the top, limit and all."""
    stream = clips.by_game(GAME, limit=240)
    await _take(stream, 150)
    helix.fail(faults.status(400, "Invalid cursor."))
    with pytest.raises(CursorRejected) as caught:
        await clips.resume(str(stream.checkpoint)).collect()
    assert [clip.id for clip in await clips.resume(str(caught.value.checkpoint)).collect()] == IDS[:240]


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


@pytest.mark.parametrize("on_invalid", ["raise", "skip"])
async def test_behind_an_invalid_record_it_goes_on(helix: FakeHelix, on_invalid: str) -> None:
    """After raising, or without: then it is counted."""
    helix.fail(records(lambda page: [*page[:40], {"id": "half"}, *page[41:]]), skip=1)
    async with client(helix, on_invalid=on_invalid) as clips:
        stream = clips.by_game(GAME)
        seen: list[str] = []
        if on_invalid == "raise":
            seen = await _take(stream, 140)
            with pytest.raises(DecodeError) as caught:
                await anext(stream)
            assert caught.value.path == "$.data[40].url"
        assert seen + [clip.id async for clip in stream] == IDS[:140] + IDS[141:]
        assert stream.stats.invalid == (on_invalid == "skip")


async def test_an_invalid_record_does_not_hide_the_clip_whose_id_it_bears(helix: FakeHelix) -> None:
    """It may come again, whole, as the list moves."""
    broken = {**RAW[120], "title": None}
    helix.fail(records(lambda page: [*page[:40], broken, *page[40:]]))
    async with client(helix, on_invalid="skip") as clips:
        stream = clips.by_game(GAME)
        assert [clip.id async for clip in stream] == IDS
        assert (stream.stats.invalid, stream.stats.duplicates) == (1, 0)


async def test_cancelling_an_anext_loses_no_clip(clips: AsyncClips) -> None:
    """Here while the second page is on its way."""
    stream = clips.by_game(GAME)
    seen = await _take(stream, 100)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert seen + [clip.id async for clip in stream] == IDS


async def test_tasks_that_share_a_stream_share_its_clips(clips: AsyncClips, helix: FakeHelix) -> None:
    """Each clip goes to one of them, and a page is fetched once."""
    stream = clips.by_game(GAME)

    async def take() -> list[str]:
        mine: list[str] = []
        async for clip in stream:
            mine.append(clip.id)
            await asyncio.sleep(0)
        return mine

    shares = await asyncio.gather(*(take() for _ in range(4)))
    assert all(shares)
    assert sorted(clip for share in shares for clip in share) == sorted(IDS)
    assert len(helix.targets) == 3


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


@pytest.mark.parametrize("times", [1, 3])
async def test_a_checkpoint_is_exact_though_the_page_comes_shorter_than_it_was(
    clips: AsyncClips, helix: FakeHelix, times: int
) -> None:
    """Its place is counted in records from the cursor on: empty and short pages do not move it."""
    stream = clips.by_game(GAME)
    await _take(stream, 130)
    helix.fail(faults.empty(), times=times)
    assert [clip.id for clip in await clips.resume(str(stream.checkpoint)).collect()] == IDS[130:]
    helix.manners = Manners(short_pages=7)
    resumed = clips.resume(str(stream.checkpoint))
    assert [clip.id for clip in await resumed.collect()] == IDS[130:]
    assert resumed.stats.clips == 120


@pytest.mark.parametrize("limit", [None, 240])
async def test_a_checkpoint_taken_while_a_listing_is_walked_again_leads_to_where_it_was(
    clips: AsyncClips, helix: FakeHelix, limit: int | None
) -> None:
    """What was given before the cursor was rejected is neither given twice nor counted against the limit again."""
    stream = clips.by_game(GAME, limit=limit, page_size=50)
    seen = await _take(stream, 200)
    helix.fail(faults.status(400, "Invalid cursor."))
    helix.fail(faults.status(403), skip=3)
    with pytest.raises(Forbidden) as caught:
        await anext(stream)
    resumed = clips.resume(str(caught.value.checkpoint))
    assert seen + [clip.id for clip in await resumed.collect()] == IDS[:limit]


async def test_a_listing_that_comes_shorter_when_it_is_walked_again_is_broken(
    clips: AsyncClips, helix: FakeHelix
) -> None:
    """It had led further: that is no end."""
    helix.fail(faults.status(400, "Invalid cursor."), skip=2)
    helix.fail(faults.edit(lambda page: {**page, "pagination": {}}), skip=3)
    stream = clips.by_game(GAME)
    with pytest.raises(ListingBroken, match="started again the listing ended before the place where it was"):
        await stream.collect()
    assert [clip.id for clip in await stream.collect()] == IDS


async def test_a_listing_is_not_walked_again_when_not_all_of_it_is_remembered() -> None:
    """Behind 2,000 clips some would come twice."""
    async with FakeHelix(listing(2300), manners=Manners(cap=None)) as helix, client(helix) as clips:
        helix.fail(faults.status(400, "Invalid cursor."), skip=21)
        stream = clips.by_game(GAME, on_cap="ignore")
        assert len(await _take(stream, 2100)) == 2100
        with pytest.raises(CursorRejected):
            await anext(stream)
        assert len(helix.targets) == 22


async def test_collecting_a_capped_listing_that_may_not_be_capped_takes_nothing() -> None:
    """`async for` gives its clips, and then the error."""
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        stream = clips.by_game(GAME, on_cap="raise")
        for _ in range(2):
            with pytest.raises(ResultCapped) as caught:
                await stream.collect()
            assert caught.value.checkpoint == stream.checkpoint
        assert len(await _take(stream, 1000)) == 1000
        with pytest.raises(ResultCapped):
            await anext(stream)


async def test_a_warning_that_is_made_an_error_loses_no_clip() -> None:
    """It comes once; what was collected is there for the next call."""
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        stream = clips.by_game(GAME)
        with pytest.raises(CappedWarning):
            await stream.collect()
        assert len(await stream.collect()) == 1000
        assert len(helix.targets) == 10


async def test_each_capped_listing_warns(caplog: pytest.LogCaptureFixture) -> None:
    """Python shows one warning of one line and text once: so the text names the question; the log has a line too."""
    caplog.set_level(logging.INFO)
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("default")
            for days in (60, 61, 61):
                await clips.by_game(GAME, started_at=NOW - timedelta(days=days), ended_at=NOW).collect()
    assert len(warned) == 2
    assert (
        "the listing of game_id=509658 started_at=2026-04-02T12:00:00Z ended_at=2026-06-01T12:00:00Z ended after"
        in str(warned[0].message)
    )
    assert sum("ListingCapped" in record.message for record in caplog.records) == 3


@pytest.mark.parametrize("seconds", [0.3, 0.9, 1.1, 1.7, 2.5])
async def test_a_collect_that_is_cancelled_loses_nothing_to_tasks_that_share_the_stream(
    clips: AsyncClips, helix: FakeHelix, seconds: float
) -> None:
    """Whatever the other one has read meanwhile."""
    helix.manners = Manners(latency=1)
    stream = clips.by_game(GAME, page_size=50)
    collecting = asyncio.ensure_future(stream.collect())
    await asyncio.sleep(0.2)
    other = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(seconds)
    collecting.cancel()
    seen = [(await other).id]
    assert seen + [clip.id async for clip in stream] == IDS


async def test_pages_go_on_after_an_error_and_a_cancel(clips: AsyncClips, helix: FakeHelix) -> None:
    """One iterator, kept over both."""
    helix.fail(faults.status(403), skip=1)
    helix.fail(faults.hang(), skip=3)
    pages = clips.by_game(GAME).pages()
    first = await anext(pages)
    with pytest.raises(Forbidden):
        await anext(pages)
    second = await anext(pages)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(pages), 5)
    third = await anext(pages)
    assert [clip.id for page in (first, second, third) for clip in page.clips] == IDS
    assert await anext(pages, None) is None


async def test_a_stray_stop_is_an_error_and_no_end(clips: AsyncClips) -> None:
    """It would read as the end, though it comes from the user's own code."""

    def exhausted(clip: Clip) -> bool:
        if clip.id == IDS[50]:
            raise StopAsyncIteration
        return True

    stream = clips.by_game(GAME, where=exhausted)
    assert await _take(stream, 50) == IDS[:50]
    with pytest.raises(RuntimeError, match="StopAsyncIteration was raised"):
        await anext(stream)


async def test_a_stream_resumed_with_a_where_wants_it_again(clips: AsyncClips) -> None:
    """Though the first one had none."""
    resumed = clips.resume(str(clips.by_game(GAME).checkpoint), where=_is_even)
    with pytest.raises(CheckpointError, match="had a `where`"):
        clips.resume(str(resumed.checkpoint))


def test_a_stream_may_be_shared_in_one_event_loop_and_then_in_another(closed_port: int) -> None:
    """Its lock was waited for in the first."""
    auth = StaticAuth(FakeHelix.client_id, FakeHelix.access_token)
    clips = AsyncClips(auth, api_url=f"http://127.0.0.1:{closed_port}/helix")
    stream = clips.by_game(GAME, page_size=2)

    async def share() -> list[Clip | None]:
        async with FakeHelix(RAW, now=NOW, port=closed_port, manners=Manners(latency=0.01)):
            return list(await asyncio.gather(*(stream.first() for _ in range(3))))

    async def share_and_close() -> list[Clip | None]:
        async with clips:
            return await share()

    found = [*asyncio.run(share()), *asyncio.run(share_and_close())]
    assert sorted(clip.id for clip in found if clip is not None) == sorted(IDS[:6])


async def test_closing_it_at_its_end_changes_nothing(clips: AsyncClips) -> None:
    """It still says why it ended."""
    async with clips.by_game(GAME) as stream:
        await stream.collect()
    assert stream.end is End.EXHAUSTED


async def test_a_list_that_shrank_below_the_checkpoint_ends_and_keeps_the_place(helix: FakeHelix) -> None:
    """When it grows again, what was given is not given again."""
    async with client(helix) as clips:
        stream = clips.by_game(GAME)
        await _take(stream, 90)
        helix.remove(*IDS[50:])
        resumed = clips.resume(str(stream.checkpoint))
        assert await resumed.collect() == []
        helix.add(*RAW[50:])
        assert [clip.id for clip in await clips.resume(str(resumed.checkpoint)).collect()] == IDS[90:]
