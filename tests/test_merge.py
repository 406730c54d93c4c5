"""Several streams as one."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from twitch_clips import AsyncClips, Clip, DecodeError, Forbidden, QueryError, ResultCapped, StaticAuth, merge
from twitch_clips.testing import FakeHelix, Manners, faults

from .conftest import NOW, client, listing, read_until_error

RAW = [clip | {"broadcaster_id": f"100000{place % 3 + 1}"} for place, clip in enumerate(listing(450))]
CHANNELS = ("1000001", "1000002", "1000003")


@pytest.fixture
async def helix() -> AsyncGenerator[FakeHelix]:
    """A Helix that knows 150 clips of each of three channels."""
    async with FakeHelix(RAW) as helix:
        yield helix


def _of(channel: str) -> list[str]:
    return [str(clip["id"]) for clip in RAW if clip["broadcaster_id"] == channel]


async def test_all_clips_of_all_streams_come_each_streams_in_its_order(clips: AsyncClips) -> None:
    """As they come."""
    found = [clip async for clip in merge(*(clips.by_broadcaster(channel) for channel in CHANNELS))]
    assert len(found) == 450
    for channel in CHANNELS:
        assert [clip.id for clip in found if clip.broadcaster_id == channel] == _of(channel)


async def test_they_run_side_by_side(clips: AsyncClips, helix: FakeHelix) -> None:
    """Three listings of two pages take no longer than one."""
    await clips.by_game("509658").first()
    helix.manners = Manners(latency=1)
    start = asyncio.get_running_loop().time()
    assert len([clip async for clip in merge(*(clips.by_broadcaster(channel) for channel in CHANNELS))]) == 450
    assert asyncio.get_running_loop().time() - start == pytest.approx(2, abs=0.1)


async def test_a_failure_cancels_the_others_and_is_raised_and_each_stream_stays_usable(
    clips: AsyncClips, helix: FakeHelix
) -> None:
    """No clip is lost: what was not given here comes from the streams."""
    streams = [clips.by_broadcaster(channel) for channel in CHANNELS]
    helix.fail(_by_channel(c2=faults.status(403), c3=faults.hang()), skip=3, times=None)
    merged = merge(*streams)
    seen, error = await read_until_error(merged)
    assert isinstance(error, Forbidden)
    assert error.checkpoint == streams[1].checkpoint
    assert await anext(merged, None) is None
    helix.heal()
    for stream in streams:
        seen += [clip.id async for clip in stream]
    assert sorted(seen) == sorted(str(clip["id"]) for clip in RAW)


async def _refused_late(request: Any, answer: Any) -> Any:
    await asyncio.sleep(0.5)
    return await faults.status(403)(request, answer)


def _by_channel(**channels: faults.Fault) -> faults.Fault:
    """A fault for the requests of each channel, named by the end of its id."""

    async def picky(request: Any, answer: Any) -> Any:
        fault = channels.get(f"c{request.query['broadcaster_id'][-1]}")
        return await (fault(request, answer) if fault else answer())

    return picky


@pytest.mark.parametrize("count", [1, 99, 100, 101, 299, 330])
async def test_leaving_early_loses_nothing(clips: AsyncClips, count: int) -> None:
    """Each stream goes on behind the last of its clips that was given."""
    streams = [clips.by_broadcaster(channel) for channel in CHANNELS]
    async with aclosing(merge(*streams)) as merged:
        seen = [(await anext(merged)).id for _ in range(count)]
    for stream in streams:
        seen += [clip.id async for clip in stream]
    assert sorted(seen) == sorted(str(clip["id"]) for clip in RAW)


async def test_a_cancelled_wait_loses_nothing(clips: AsyncClips, helix: FakeHelix) -> None:
    """The pages go on turning, and are there when it is asked again."""
    helix.manners = Manners(latency=1)
    merged = merge(*(clips.by_broadcaster(channel) for channel in CHANNELS))
    seen: list[str] = []
    while True:
        try:
            seen.append((await asyncio.wait_for(anext(merged), 0.7)).id)
        except TimeoutError:
            continue
        except StopAsyncIteration:
            break
    assert sorted(seen) == sorted(str(clip["id"]) for clip in RAW)


async def test_a_stream_left_behind_that_fails_says_so_when_it_is_asked(clips: AsyncClips, helix: FakeHelix) -> None:
    """Not through asyncio's complaint of an exception that nobody retrieved."""
    streams = [clips.by_broadcaster(channel) for channel in CHANNELS]
    helix.fail(_by_channel(c2=_refused_late, c3=_refused_late), times=None)
    merged = merge(streams[0], streams[1], streams[2])
    assert await anext(merged) is not None
    await asyncio.sleep(1)
    del merged
    _, error = await read_until_error(streams[1])
    assert isinstance(error, Forbidden)


async def test_tasks_that_share_it_share_its_clips(clips: AsyncClips, helix: FakeHelix) -> None:
    """Each clip goes to one of them."""
    helix.manners = Manners(latency=0.1)
    merged = merge(*(clips.by_broadcaster(channel) for channel in CHANNELS))

    async def take() -> list[str]:
        mine: list[str] = []
        async for clip in merged:
            mine.append(clip.id)
            await asyncio.sleep(0)
        return mine

    shares = await asyncio.gather(*(take() for _ in range(3)))
    assert sorted(id_ for share in shares for id_ in share) == sorted(str(clip["id"]) for clip in RAW)


async def test_a_failure_cancels_what_is_under_way(clips: AsyncClips, helix: FakeHelix) -> None:
    """No task of the others is left."""
    await clips.get("Otter")
    helix.fail(_by_channel(c1=faults.hang(), c2=_refused_late), times=None)
    start = asyncio.get_running_loop().time()
    _, error = await read_until_error(merge(*(clips.by_broadcaster(channel) for channel in CHANNELS)))
    assert isinstance(error, Forbidden)
    assert asyncio.get_running_loop().time() - start < 1
    ours = [task for task in asyncio.all_tasks() if "RequestHandler" not in repr(task)]  # the server's
    assert ours == [asyncio.current_task()]


async def test_other_iterators_of_clips_may_be_among_them(clips: AsyncClips) -> None:
    """Such as a generator of the user's own."""

    async def own() -> AsyncIterator[Clip]:
        async for clip in clips.by_broadcaster("1000001", limit=7):
            yield clip

    found = [clip.id async for clip in merge(own(), clips.by_broadcaster("1000002"))]
    assert sorted(found) == sorted(_of("1000001")[:7] + _of("1000002"))


async def test_nothing_merged_is_nothing() -> None:
    """It ends at once."""
    assert [clip async for clip in merge()] == []


def test_what_cannot_be_merged_is_refused_in_the_call() -> None:
    """A list of streams, or one stream twice, of which each clip would come only once."""
    from .test_options import CLIPS  # noqa: PLC0415

    stream: Any = CLIPS.by_game("1")
    with pytest.raises(QueryError, match="merge takes asynchronous iterators of clips, not "):
        merge([stream])  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="the same stream twice"):
        merge(stream, stream)


@pytest.fixture
def broken(helix: FakeHelix) -> list[str]:
    """The first record of each of two channels is no clip; the ids that are left."""
    helix.fail(_by_channel(c2=_first_is_null, c3=_first_is_null), times=None)
    return [*_of("1000001"), *_of("1000002")[1:], *_of("1000003")[1:]]


async def _first_is_null(request: Any, answer: Any) -> Any:
    await asyncio.sleep(0.5)
    fault = faults.edit(lambda page: {**page, "data": [None, *RAW_OF[request.query["broadcaster_id"]][1:100]]})
    return await (answer() if "after" in request.query else fault(request, answer))


RAW_OF = {channel: [clip for clip in RAW if clip["broadcaster_id"] == channel] for channel in CHANNELS}


async def test_no_error_of_a_stream_is_dropped(clips: AsyncClips, broken: list[str]) -> None:
    """Two fail at the same moment: one is raised here, the other by its own stream when it is asked on."""
    streams = [clips.by_broadcaster(channel) for channel in CHANNELS]
    seen, error = await read_until_error(merge(*streams))
    assert isinstance(error, DecodeError)
    errors = 1
    for stream in streams:
        more, error = await read_until_error(stream)
        seen += more
        if error is not None:
            errors += 1
            seen += [clip.id async for clip in stream]
    assert errors == 2
    assert sorted(seen) == sorted(broken)


async def test_an_error_that_comes_after_leaving_is_raised_by_its_stream(clips: AsyncClips, broken: list[str]) -> None:
    """It is raised once, so it must not be lost with whoever merged."""
    streams = [clips.by_broadcaster(channel) for channel in CHANNELS]
    async with aclosing(merge(*streams)) as merged:
        seen = [(await anext(merged)).id]
        await asyncio.sleep(1)
    for stream in streams[1:]:
        more, error = await read_until_error(stream)
        assert (more, type(error)) == ([], DecodeError)
    for stream in streams:
        seen += [clip.id async for clip in stream]
    assert sorted(seen) == sorted(broken)


async def test_a_cap_that_may_not_be_is_raised_for_each_stream() -> None:
    """Though it is an end too."""
    async with FakeHelix(listing(1100)) as helix, client(helix) as clips:
        streams = [clips.by_game("509658", page_size=size, on_cap="raise") for size in (99, 100)]
        _, error = await read_until_error(merge(*streams))
        assert isinstance(error, ResultCapped)
        errors = [error for stream in streams if (error := (await read_until_error(stream))[1])]
        assert [type(error) for error in errors] == [ResultCapped]


async def test_closing_it_ends_it_for_whoever_waits(clips: AsyncClips, helix: FakeHelix) -> None:
    """As with a stream: nobody cancelled that task."""
    helix.manners = Manners(latency=5)
    merged = merge(*(clips.by_broadcaster(channel) for channel in CHANNELS))
    waiting = asyncio.ensure_future(anext(merged, None))
    await asyncio.sleep(1)
    await merged.aclose()
    assert await waiting is None


@pytest.mark.parametrize("turns", range(6))
async def test_closing_it_just_when_a_stream_ends_is_no_error(clips: AsyncClips, turns: int) -> None:
    """Whoever waits gets the end, before the stream has ended, in that moment, and after it."""
    merged = merge(clips.by_game("509658", limit=0))
    waiting = asyncio.ensure_future(anext(merged, None))
    for _ in range(turns):
        await asyncio.sleep(0)
    await merged.aclose()
    assert await waiting is None


async def test_another_iterators_error_comes_through(clips: AsyncClips) -> None:
    """As it is."""

    async def own() -> AsyncIterator[Clip]:
        async for clip in clips.by_broadcaster("1000001", limit=1):
            yield clip
        raise LookupError

    merged = merge(own())
    assert await anext(merged) is not None
    with pytest.raises(LookupError):
        await anext(merged)


def test_it_may_be_left_in_one_event_loop_and_read_on_in_another(closed_port: int) -> None:
    """What turned its pages there is gone."""
    auth = StaticAuth(FakeHelix.client_id, FakeHelix.access_token)
    clips = AsyncClips(auth, api_url=f"http://127.0.0.1:{closed_port}/helix")
    merged = merge(*(clips.by_broadcaster(channel) for channel in CHANNELS))

    async def give_up() -> None:
        async with FakeHelix(RAW, port=closed_port, manners=Manners(latency=5)):
            await asyncio.wait([asyncio.ensure_future(anext(merged))], timeout=0.05)

    async def read_on() -> list[str]:
        async with FakeHelix(RAW, now=NOW, port=closed_port), clips:
            return [clip.id async for clip in merged]

    asyncio.run(give_up())
    assert sorted(asyncio.run(read_on())) == sorted(str(clip["id"]) for clip in RAW)
