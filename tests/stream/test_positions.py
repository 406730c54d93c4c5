"""The point to go on from, after every clip."""

import asyncio
from datetime import timedelta

import pytest

from tests.conftest import NOW, client, listing
from twitch_clips import (
    AsyncClips,
    CheckpointError,
    CursorRejected,
    Forbidden,
    ListingBroken,
)
from twitch_clips.testing import FakeHelix, Manners, faults

from .conftest import GAME, IDS, RAW, is_even, take


async def test_a_checkpoint_after_every_item_leads_to_the_next(clips: AsyncClips) -> None:
    """On a list that stands still: exactly, and with what is left of the limit."""
    stream = clips.by_game(GAME, limit=25, page_size=10, where=is_even, since="40d", is_featured=False)
    truth = [clip.id for clip in await stream.restart().collect()]
    for place in range(26):
        resumed = clips.resume(str(stream.checkpoint), where=is_even)
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
    filtered, plain = clips.by_game(GAME, where=is_even), clips.by_game(GAME)
    with pytest.raises(CheckpointError, match="had a `where`: give it again"):
        clips.resume(filtered.checkpoint or "")
    assert len(await clips.resume(plain.checkpoint or "", where=is_even).collect()) == 125


async def test_a_rejected_cursor_starts_the_listing_again_once(clips: AsyncClips, helix: FakeHelix) -> None:
    """Ids already given are dropped, and are no duplicates that would mean a loss."""
    helix.fail(faults.status(400, "Invalid cursor."), skip=2)
    stream = clips.by_game(GAME, limit=240)
    assert [clip.id async for clip in stream] == IDS[:240]
    assert (stream.stats.duplicates, stream.stats.requests) == (0, 6)


async def test_a_resumed_stream_does_not_start_again(clips: AsyncClips, helix: FakeHelix) -> None:
    """What the first process gave is not known here; the error's checkpoint leads to the top, limit and all."""
    stream = clips.by_game(GAME, limit=240)
    await take(stream, 150)
    helix.fail(faults.status(400, "Invalid cursor."))
    with pytest.raises(CursorRejected) as caught:
        await clips.resume(str(stream.checkpoint)).collect()
    assert [clip.id for clip in await clips.resume(str(caught.value.checkpoint)).collect()] == IDS[:240]


@pytest.mark.parametrize("times", [1, 3])
async def test_a_checkpoint_is_exact_though_the_page_comes_shorter_than_it_was(
    clips: AsyncClips, helix: FakeHelix, times: int
) -> None:
    """Its place is counted in records from the cursor on: empty and short pages do not move it."""
    stream = clips.by_game(GAME)
    await take(stream, 130)
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
    seen = await take(stream, 200)
    helix.fail(faults.status(400, "Invalid cursor."))
    helix.fail(faults.status(403), skip=3)
    with pytest.raises(Forbidden) as caught:
        await anext(stream)
    resumed = clips.resume(str(caught.value.checkpoint))
    assert seen + [clip.id for clip in await resumed.collect()] == IDS[:limit]


async def test_what_another_process_gave_does_not_come_again_when_the_listing_is_started_again(
    clips: AsyncClips, helix: FakeHelix
) -> None:
    """Though the page that it had read came empty, and so nothing of it is known."""
    stream = clips.by_game(GAME)
    seen = await take(stream, 30)
    helix.fail(faults.empty())
    helix.fail(faults.status(400, "Invalid cursor."), skip=1)
    resumed = clips.resume(str(stream.checkpoint))
    assert seen + [clip.id for clip in await resumed.collect()] == IDS


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
        assert len(await take(stream, 2100)) == 2100
        with pytest.raises(CursorRejected):
            await anext(stream)
        assert len(helix.targets) == 22


async def test_a_stream_resumed_with_a_where_wants_it_again(clips: AsyncClips) -> None:
    """Though the first one had none."""
    resumed = clips.resume(str(clips.by_game(GAME).checkpoint), where=is_even)
    with pytest.raises(CheckpointError, match="had a `where`"):
        clips.resume(str(resumed.checkpoint))


async def test_a_list_that_shrank_below_the_checkpoint_ends_and_keeps_the_place(helix: FakeHelix) -> None:
    """When it grows again, what was given is not given again."""
    async with client(helix) as clips:
        stream = clips.by_game(GAME)
        await take(stream, 90)
        helix.remove(*IDS[50:])
        resumed = clips.resume(str(stream.checkpoint))
        assert await resumed.collect() == []
        helix.add(*RAW[50:])
        assert [clip.id for clip in await clips.resume(str(resumed.checkpoint)).collect()] == IDS[90:]
