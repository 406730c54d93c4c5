"""A stream that is broken off, closed, cancelled or shared."""

import asyncio

import pytest

from tests.conftest import NOW
from twitch_clips import (
    AsyncClips,
    Clip,
    End,
    Forbidden,
    StaticAuth,
)
from twitch_clips.testing import FakeHelix, Manners, faults

from .conftest import GAME, IDS, RAW, take


async def test_closing_it_while_a_page_is_on_its_way_ends_it(clips: AsyncClips) -> None:
    """Whoever waits for the page gets the end, not the page."""
    stream = clips.by_game(GAME)
    async with stream:
        waiting = asyncio.ensure_future(anext(stream, None))
        await asyncio.sleep(0)
    assert await waiting is None
    assert stream.end is End.CLOSED


async def test_closing_it_in_the_middle_of_a_collect_leaves_all_of_it(clips: AsyncClips, helix: FakeHelix) -> None:
    """It takes all or none: the position has not gone behind pages that nobody was given."""
    stream = clips.by_game(GAME, page_size=50)
    seen = await take(stream, 30)
    helix.manners = Manners(latency=1)
    collecting = asyncio.ensure_future(stream.collect())
    await asyncio.sleep(2.5)
    await stream.aclose()
    assert await collecting == []
    assert stream.end is End.CLOSED
    assert seen + [clip.id for clip in await clips.resume(str(stream.checkpoint)).collect()] == IDS


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


async def test_an_interrupted_collect_takes_nothing(clips: AsyncClips, helix: FakeHelix) -> None:
    """Else what it held would be lost: neither the error's checkpoint nor the stream has gone on."""
    stream = clips.by_game(GAME)
    seen = await take(stream, 30)
    helix.fail(faults.status(403), skip=1)
    with pytest.raises(Forbidden) as caught:
        await stream.collect()
    assert caught.value.checkpoint == stream.checkpoint
    assert [clip.id for clip in await clips.resume(str(caught.value.checkpoint)).collect()] == IDS[30:]
    seen += await take(stream, 50)
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


async def test_cancelling_an_anext_loses_no_clip(clips: AsyncClips) -> None:
    """Here while the second page is on its way."""
    stream = clips.by_game(GAME)
    seen = await take(stream, 100)
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


async def test_a_stray_stop_is_an_error_and_no_end(clips: AsyncClips) -> None:
    """It would read as the end, though it comes from the user's own code."""

    def exhausted(clip: Clip) -> bool:
        if clip.id == IDS[50]:
            raise StopAsyncIteration
        return True

    stream = clips.by_game(GAME, where=exhausted)
    assert await take(stream, 50) == IDS[:50]
    with pytest.raises(RuntimeError, match="StopAsyncIteration was raised"):
        await anext(stream)


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
