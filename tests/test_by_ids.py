"""Clips by their ids."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any

import pytest

from twitch_clips import AsyncClips, Clip, DecodeError, End, QueryError, ServerError
from twitch_clips.testing import TWITCH_CLI, FakeHelix, Manners, faults

from .conftest import client, listing, read_until_error, records

RAW = listing(450)
IDS = [str(clip["id"]) for clip in RAW]
GONE = [f"GoneOtter-{number}" for number in range(450)]


@pytest.fixture
async def helix() -> AsyncGenerator[FakeHelix]:
    """A Helix that knows 450 clips."""
    async with FakeHelix(RAW) as helix:
        yield helix


async def _as_they_come(ids: list[str]) -> AsyncIterator[str]:
    for id_ in ids:
        await asyncio.sleep(1)
        yield id_


def _ids(clips: list[Clip]) -> list[str]:
    return [clip.id for clip in clips]


@pytest.mark.parametrize("concurrency", [1, 4, 100])
@pytest.mark.parametrize("form", [list, tuple, iter, _as_they_come])
async def test_any_number_of_ids_in_the_order_given_each_once(
    clips: AsyncClips, helix: FakeHelix, form: Any, concurrency: int
) -> None:
    """A hundred a request, from an iterable of either kind."""
    wanted = [*reversed(IDS), *IDS]
    stream = clips.by_ids(form(wanted), concurrency=concurrency)
    assert _ids(await stream.collect()) == IDS[::-1]
    assert [target.count("id=") for target in helix.targets] == [100, 100, 100, 100, 50]
    assert (stream.missing, stream.asked, stream.end) == ((), 450, End.EXHAUSTED)
    assert (stream.checkpoint, stream.stats.clips, stream.stats.requests) == (None, 450, 5)


async def test_ids_and_urls_in_all_forms(clips: AsyncClips, helix: FakeHelix) -> None:
    """The hyphens and underscores of an id belong to it; nothing but ids goes out."""
    urls = [
        f"https://clips.twitch.tv/{IDS[0]}",
        f"https://www.twitch.tv/example_streamer/clip/{IDS[1]}?filter=clips&range=7d",
        f" clips.twitch.tv/embed?clip={IDS[2]} ",
        f"https://m.twitch.tv/example_streamer/clip/{IDS[3]}",
        IDS[4],
    ]
    assert _ids(await clips.by_ids(urls).collect()) == IDS[:5]
    assert helix.targets == ["/helix/clips?" + "&".join(f"id={id_}" for id_ in IDS[:5])]


async def test_what_is_missing_was_asked_for_answered_and_left_out(clips: AsyncClips) -> None:
    """In the order given, and never an id that was not asked for yet."""
    mixed = [id_ for pair in zip(IDS, GONE, strict=True) for id_ in pair]
    stream = clips.by_ids(mixed, concurrency=2)
    assert (stream.missing, stream.asked) == ((), 0)
    assert _ids([await anext(stream) for _ in range(50)]) == IDS[:50]
    assert (stream.missing, stream.asked) == (tuple(GONE[:50]), 100)
    assert _ids(await stream.collect()) == IDS[50:]
    assert stream.missing == tuple(GONE)


async def test_an_invalid_record_is_not_missing(clips: AsyncClips, helix: FakeHelix) -> None:
    """It is raised after the clips before it, and the stream goes on behind it."""
    helix.fail(records(lambda found: found[1].update(title=None)))
    stream = clips.by_ids(IDS[:3])
    first = await anext(stream)
    with pytest.raises(DecodeError, match="title"):
        await anext(stream)
    assert [first.id, *_ids(await stream.collect())] == [IDS[0], IDS[2]]
    assert stream.missing == ()


@pytest.mark.parametrize("form", [iter, _as_they_come])
async def test_a_wrong_id_is_raised_when_its_turn_comes(clips: AsyncClips, form: Any) -> None:
    """The clips before it come first, and the stream goes on behind it."""
    stream = clips.by_ids(form([*IDS[:150], "not an id", "https://example.com/", *IDS[150:300]]))
    seen: list[str] = []
    for words in ("neither a clip's id nor a link to a clip: 'not an id'", "https://example.com/"):
        more, error = await read_until_error(stream)
        seen += more
        assert isinstance(error, QueryError)
        assert words in str(error)
        assert seen == IDS[:150]
    assert _ids(await stream.collect()) == IDS[150:300]


async def test_requests_are_made_at_once_as_far_as_allowed(helix: FakeHelix) -> None:
    """Five that take a second each take two, four at a time."""
    helix.manners = Manners(latency=1)
    async with client(helix) as clips:
        await clips.get(IDS[0])  # a token, and a connection
        start = asyncio.get_running_loop().time()
        await clips.by_ids(IDS, concurrency=4).collect()
        assert asyncio.get_running_loop().time() - start == pytest.approx(2, abs=0.1)


async def test_what_was_answered_stays_so_when_another_request_fails(clips: AsyncClips, helix: FakeHelix) -> None:
    """The second of five fails for good: what lies before it comes, then the error, then the rest at no more cost."""
    helix.fail(_when_asked_for(IDS[100]), times=None)
    stream = clips.by_ids(IDS)
    seen = _ids([await anext(stream) for _ in range(100)])
    with pytest.raises(ServerError) as caught:
        await anext(stream)
    assert caught.value.checkpoint is None
    helix.heal()
    assert seen + _ids(await stream.collect()) == IDS
    assert sum(target.count("id=") == 100 and IDS[200] in target for target in helix.targets) == 1


def _when_asked_for(id_: str) -> faults.Fault:
    async def fault(request: Any, answer: Any) -> Any:
        return await (faults.status(500)(request, answer) if id_ in request.query.getall("id") else answer())

    return fault


@pytest.mark.parametrize("form", [list, iter, _as_they_come])
async def test_a_cancel_loses_no_id(clips: AsyncClips, helix: FakeHelix, form: Any) -> None:
    """Neither while ids are waited for (the user's generator does not notice) nor while requests are under way."""
    helix.manners = Manners(latency=4)
    stream = clips.by_ids(form(IDS))
    seen: list[str] = []
    patience = iter([1, 5, 7, 250, 6])
    while True:
        try:
            seen.append((await asyncio.wait_for(anext(stream), next(patience, 1000))).id)
        except TimeoutError:
            continue
        except StopAsyncIteration:
            break
    assert seen == IDS


async def test_an_iterable_that_fails_fails_the_stream_with_its_own_error(clips: AsyncClips) -> None:
    """What came before it is not lost."""

    async def broken() -> AsyncIterator[str]:
        yield IDS[0]
        raise LookupError

    def broken_too() -> Iterator[str]:
        yield IDS[0]
        raise LookupError

    for ids in (broken(), broken_too()):
        stream = clips.by_ids(ids)
        with pytest.raises(LookupError):
            await stream.first()
        assert _ids(await stream.collect()) == IDS[:1]


async def test_restart_asks_for_the_same_ids_again(clips: AsyncClips) -> None:
    """A list can be read again; an iterator cannot, and would end at once without a word."""
    stream = clips.by_ids(IDS[:3])
    assert await stream.collect() == await stream.restart().collect()
    for once in (iter(IDS), _as_they_come(IDS)):
        with pytest.raises(QueryError, match="an iterator, which can be read once: give a list"):
            clips.by_ids(once).restart()


async def test_pages_are_what_the_requests_gave(clips: AsyncClips) -> None:
    """They have no cursor."""
    pages = [page async for page in clips.by_ids(IDS).pages()]
    assert [(len(page.clips), page.cursor) for page in pages] == [(100, None)] * 4 + [(50, None)]


async def test_a_server_that_reads_one_id_only_is_asked_for_each() -> None:
    """Twitch's own mock server: else 99 of 100 clips would be called missing."""
    async with FakeHelix(RAW[:120], manners=TWITCH_CLI) as helix, client(helix) as clips:
        stream = clips.by_ids([GONE[0], *IDS[:110], GONE[1]])
        assert _ids(await stream.collect()) == IDS[:110]
        assert stream.missing == (GONE[0], GONE[1])


async def test_all_missing_costs_one_request_on_helix(clips: AsyncClips, helix: FakeHelix) -> None:
    """Its rate headers say that it read them all."""
    stream = clips.by_ids(GONE[:100])
    assert await stream.collect() == []
    assert (stream.missing, len(helix.targets)) == (tuple(GONE[:100]), 1)


async def test_get_gives_one_clip_or_none(clips: AsyncClips, helix: FakeHelix) -> None:
    """By id or link, at one request."""
    clip = await clips.get(f"https://clips.twitch.tv/{IDS[7]}")
    assert clip is not None
    assert clip.id == IDS[7]
    assert await clips.get(GONE[0]) is None
    assert len(helix.targets) == 2


@pytest.mark.parametrize("on_invalid", ["raise", "skip"])
async def test_get_never_takes_an_invalid_record_for_a_missing_one(helix: FakeHelix, on_invalid: str) -> None:
    """It raises in any case."""
    helix.fail(records(lambda found: found[0].update(view_count="7")))
    async with client(helix, on_invalid=on_invalid) as clips:
        with pytest.raises(DecodeError, match="view_count"):
            await clips.get(IDS[0])


@pytest.mark.parametrize(
    ("ids", "concurrency", "words"),
    [
        (IDS[0], 4, "ids must be a list or another iterable"),
        (7, 4, "ids must be a list or another iterable"),
        ([IDS[0], "not an id"], 4, "neither a clip's id nor a link to a clip: 'not an id'"),
        ([7], 4, "a clip's id or URL must be a string, not 7"),
        (IDS, 0, "concurrency must be a whole number from 1 to 100"),
        (IDS, 101, "concurrency must be a whole number from 1 to 100"),
    ],
)
def test_wrong_arguments_are_refused_in_the_call(ids: Any, concurrency: int, words: str) -> None:
    """A list is looked through at once."""
    from .test_options import CLIPS  # noqa: PLC0415

    with pytest.raises(QueryError, match=words):
        CLIPS.by_ids(ids, concurrency=concurrency)


async def test_get_refuses_what_is_no_id(clips: AsyncClips, helix: FakeHelix) -> None:
    """Before any request."""
    with pytest.raises(QueryError, match="neither a clip's id nor a link"):
        await clips.get("https://example.com/clip")
    assert helix.targets == []


async def test_records_that_are_no_clips_hide_no_good_one_and_make_nothing_missing(
    helix: FakeHelix, clips: AsyncClips
) -> None:
    """Whose they are cannot be told, so nobody is called missing; each of them is raised."""
    helix.fail(records(lambda found: [None, found[0], None, {"id": IDS[0]}, found[1]]))
    stream = clips.by_ids([*IDS[:2], GONE[0]])
    seen: list[str] = []
    errors = 0
    while stream.end is None:
        more, error = await read_until_error(stream)
        seen += more
        errors += error is not None
    assert (seen, errors, stream.missing) == (IDS[:2], 3, ())


async def test_a_clip_that_is_twice_in_an_answer_comes_once(helix: FakeHelix, clips: AsyncClips) -> None:
    """Each id was asked for once."""
    helix.fail(records(lambda found: [*found, *found]))
    assert _ids(await clips.by_ids(IDS[:2]).collect()) == IDS[:2]
