"""A stream page by page, and pages with records that are no clips."""

import asyncio
from datetime import timedelta

import pytest

from tests.conftest import NOW, client, records
from twitch_clips import (
    AsyncClips,
    DecodeError,
    Forbidden,
)
from twitch_clips.testing import FakeHelix, faults

from .conftest import GAME, IDS, RAW, is_even, take


async def test_pages_obey_where_limit_and_duplicates(clips: AsyncClips, helix: FakeHelix) -> None:
    """They give the rest of a half-read page first."""
    helix.fail(records(lambda page: [*RAW[90:100], *page]), skip=1)
    stream = clips.by_game(GAME, where=is_even, limit=110)
    seen = await take(stream, 30)
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


@pytest.mark.parametrize("on_invalid", ["raise", "skip"])
async def test_behind_an_invalid_record_it_goes_on(helix: FakeHelix, on_invalid: str) -> None:
    """After raising, or without: then it is counted."""
    helix.fail(records(lambda page: [*page[:40], {"id": "half"}, *page[41:]]), skip=1)
    async with client(helix, on_invalid=on_invalid) as clips:
        stream = clips.by_game(GAME)
        seen: list[str] = []
        if on_invalid == "raise":
            seen = await take(stream, 140)
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
