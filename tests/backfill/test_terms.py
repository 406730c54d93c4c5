"""What a backfill may be asked for, and the range that it comes to."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOW
from twitch_clips import AppAuth, AsyncClips, CheckpointError, Forbidden, NotFound, QueryError, UnknownName, Window
from twitch_clips.testing import JUST_CHATTING, faults

from .conftest import CHANNEL, DAY, END, HOUR, START, MemoryStore, at, drain, found, ids_of, sandbox, spread


class _Bytes:
    """A path that is none."""

    def __fspath__(self) -> bytes:
        """Bytes."""
        return b"done.json"


ANYONE = AsyncClips(AppAuth("id", "secret"))
WRONG: list[tuple[dict[str, Any], str]] = [
    *[
        ({"concurrency": wrong}, "concurrency must be a whole number from 1 to 64")
        for wrong in (0, 65, True, 1.0, "4", None)
    ],
    *[({"audit": wrong}, "audit must be a share from 0 to 1") for wrong in (-1, 2, math.nan, True, "1", None)],
    *[
        ({"max_window": wrong}, "max_window must be a timedelta of 10 minutes or more")
        for wrong in (timedelta(minutes=9, seconds=59), 3600, "1d", -DAY)
    ],
    *[
        ({"settle": wrong}, "settle must be a timedelta from 0 to 3650 days")
        for wrong in (-HOUR, 3600, None, 4000 * DAY)
    ],
    *[
        ({"checkpoint": wrong}, "checkpoint must be a path or a StateStore")
        for wrong in ("", 7, b"done.json", object(), _Bytes())
    ],
    ({"started_at": datetime(2026, 1, 1)}, "started_at must say its time zone"),  # noqa: DTZ001  (that is the point)
    ({"ended_at": "2026-01-01T00:00:00"}, "ended_at must be an aware datetime or an RFC 3339 string"),
    ({"started_at": END, "ended_at": START}, "the range is empty: ended_at must be after started_at"),
    ({"started_at": END, "ended_at": END}, "the range is empty: ended_at must be after started_at"),
    ({"login": "twitchdev"}, "give exactly one of login, broadcaster_id, game and game_id"),
    ({"broadcaster_id": None}, "give exactly one of login, broadcaster_id, game and game_id"),
    ({"broadcaster_id": "twitchdev"}, "did you mean login='twitchdev'?"),
    ({"broadcaster_id": None, "game": " "}, "game must be a name"),
]


@pytest.mark.parametrize(("options", "message"), WRONG, ids=str)
def test_a_wrong_argument_is_an_error_in_the_call(options: dict[str, Any], message: str) -> None:
    """Before anything is sent; outside of an event loop, too."""
    given: dict[str, Any] = {"broadcaster_id": CHANNEL} | options
    with pytest.raises(QueryError) as caught:
        ANYONE.backfill(**given)
    assert message in str(caught.value)


def test_an_argument_that_there_is_not_is_a_type_error() -> None:
    """As of any function; it is named."""
    options: dict[str, Any] = {"since": "7d", "limit": 3}
    with pytest.raises(TypeError, match="unexpected keyword argument: limit, since"):
        ANYONE.backfill(**options)


async def test_a_path_may_be_a_string_or_a_path(tmp_path: Path) -> None:
    """The same file."""
    async with sandbox(spread(20)) as box:
        await drain(box.job(checkpoint=str(tmp_path / "done.json")))
        assert await drain(box.job(checkpoint=tmp_path / "done.json")) == []


@pytest.mark.parametrize("second", [0, 1, 599, 600, 601])
@pytest.mark.parametrize("length", [1, 599, 600, 601, 86_400])
async def test_a_range_is_exact_whatever_its_alignment(second: int, length: int) -> None:
    """Half-open: a clip on its start is in it, one on its end is not."""
    start = START + timedelta(seconds=second)
    end = start + timedelta(seconds=length)
    raw = at(
        [START + timedelta(seconds=place) for place in (-1, 0, 1, 2, 598, 599, 600, 601, 602, 1199, 1200, 1201, 87_000)]
    )
    async with sandbox(raw) as box:
        batches = await drain(box.job(started_at=start, ended_at=end))
    assert found(batches) == ids_of(raw, start, end)
    assert (batches[0].window.started_at, batches[-1].window.ended_at) == (start, end)


async def test_fifteen_years_are_one_request_where_there_are_few_clips() -> None:
    """There is no limit to a window's width unless one is given or found out."""
    start = datetime(2011, 6, 1, tzinfo=UTC)
    raw = spread(90, start=start, end=NOW)
    async with sandbox(raw) as box:
        batches = await drain(
            box.job(started_at="0001-01-01T00:00:00Z", ended_at="2026-06-01T00:00:00+05:30", audit=0.0)
        )
        assert len(box.helix.targets) == 1
    assert found(batches) == ids_of(raw, start, datetime(2026, 5, 31, 18, 30, tzinfo=UTC))


async def test_a_range_ahead_of_now_is_empty() -> None:
    """No request; it is unsettled, not incomplete."""
    async with sandbox(spread(20)) as box:
        job = box.job(started_at=NOW + DAY, ended_at=NOW + 2 * DAY)
        assert await drain(job) == []
        assert job.report.complete
        assert job.report.unsettled == (Window(started_at=NOW + DAY, ended_at=NOW + 2 * DAY),)
        assert job.progress.fraction == 1.0
        assert await drain(box.job(started_at=NOW + DAY, ended_at=None)) == []
        assert box.helix.targets == []


async def test_a_channel_is_read_from_its_creation_on() -> None:
    """One request tells when that was, by login and by id; a range that ends before is empty."""
    async with sandbox(spread(50)) as box:
        for selector in ({"login": "Example_Streamer"}, {"broadcaster_id": CHANNEL}):
            before = len(box.helix.targets)
            batches = await drain(box.job(started_at=None, audit=0.0, **selector))
            assert batches[0].window.started_at == datetime(2018, 3, 4, 5, 6, 7, tzinfo=UTC)
            assert found(batches) == ids_of(spread(50))
            assert len(box.helix.targets) - before == 2
            job = box.job(started_at=None, ended_at="2018-03-04T05:06:07Z", **selector)
            with pytest.raises(QueryError, match="the range is empty: the first clips can be of 2018-03-04"):
                await anext(job)


async def test_a_channel_that_twitch_does_not_know_is_read_from_the_first_clips_on() -> None:
    """A banned one's clips may be listed all the same."""
    raw = [dict(clip) | {"broadcaster_id": "77"} for clip in spread(20)]
    async with sandbox(raw) as box:
        batches = await drain(box.job(started_at=None, broadcaster_id="77"))
    assert batches[0].window.started_at == datetime(2016, 5, 26, tzinfo=UTC)
    assert found(batches) == ids_of(raw)


async def test_names_are_looked_up_once() -> None:
    """A login and a title; a game has clips since there are any."""
    raw = spread(50)
    async with sandbox(raw) as box:
        assert found(await drain(box.job(login=" example_streamer "))) == ids_of(raw)
        by_title = await drain(box.job(game="just chatting", started_at=None, audit=0.0))
        assert found(by_title) == ids_of(raw)
        assert by_title[0].window.started_at == datetime(2016, 5, 26, tzinfo=UTC)
        assert found(await drain(box.job(game_id=JUST_CHATTING))) == ids_of(raw)
        looked_up = [target for target in box.helix.targets if "/clips" not in target]
        assert len(looked_up) == 2


@pytest.mark.parametrize("options", [{"login": "nobody_here"}, {"game": "No Such Game"}], ids=str)
@pytest.mark.parametrize("start", [None, START])
async def test_an_unknown_name_is_an_error_at_the_first_use(options: dict[str, Any], start: datetime | None) -> None:
    """Before any clip is asked for, and each time."""
    async with sandbox(spread(5)) as box:
        job = box.job(started_at=start, **options)
        for _ in range(2):
            with pytest.raises(UnknownName):
                await anext(job.batches())
        assert not any("/clips" in target for target in box.helix.targets)


async def test_an_unknown_id_of_a_game_is_helixs_own_error() -> None:
    """404."""
    async with sandbox(spread(5)) as box:
        with pytest.raises(NotFound):
            await anext(box.job(game_id="999"))


async def test_the_clients_patience_does_not_stop_a_backfill() -> None:
    """It waits for its turn as long as that takes, with its look-ups, too."""
    async with sandbox(spread(300), settings={"max_wait": 0.01}) as box:
        await box.clips.get("LightTeapotComet-9e3779b97f4a7c15")
        while box.clips.rate.remaining:
            await box.clips.get("LightTeapotComet-9e3779b97f4a7c15")
        batches = await drain(box.job(login="example_streamer", started_at=None, audit=0.0))
    assert found(batches) == ids_of(spread(300))


async def test_a_failed_opening_can_be_repeated() -> None:
    """Nothing of it is kept."""
    store = MemoryStore()
    async with sandbox(spread(30)) as box:
        box.helix.fail(faults.status(403), on="users")
        job = box.job(login="example_streamer", checkpoint=store)
        store.text = "?"
        with pytest.raises(Forbidden):
            await anext(job)
        with pytest.raises(CheckpointError):
            await anext(job)
        store.text = None
        assert found(await drain(job)) == ids_of(spread(30))


async def test_windows_are_no_wider_than_told() -> None:
    """Whatever is in them."""
    async with sandbox(spread(300)) as box:
        batches = await drain(box.job(max_window=timedelta(hours=30), concurrency=2))
    assert max(batch.window.ended_at - batch.window.started_at for batch in batches) == timedelta(hours=30)
    assert found(batches) == ids_of(spread(300))
