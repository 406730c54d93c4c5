"""`sync`: a database that follows a channel, run by run; each request counted."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.backfill.conftest import Sandbox, at, sandbox
from tests.conftest import NOW
from twitch_clips import Progress, QueryError, UnknownName
from twitch_clips.export import Sql
from twitch_clips.export.sync import Part, Synced, sync
from twitch_clips.testing import Manners, faults, light_clips

from .conftest import HOUR, Place, in_text

CHANNEL = "1000001"
DAY = timedelta(days=1)
OLD = at([NOW - number * DAY for number in range(100, 400)])
RECENT = at([NOW - number * HOUR for number in range(2, 102)], first=1000)
ALL = sorted(str(clip["id"]) for clip in [*OLD, *RECENT])


async def synced(box: Sandbox, place: Place, **options: Any) -> Synced:
    """A sync of the channel, unless something else is asked for."""
    if not options.keys() & {"login", "game", "game_id"}:
        options["broadcaster_id"] = CHANNEL
    return await sync(box.clips, place.target, **options)


async def test_the_first_run_reads_all(place: Place) -> None:
    """From the channel's first clips; the next one reads the time since, and the recent days once more."""
    async with sandbox([*OLD, *RECENT]) as box:
        first = await synced(box, place, login="example_streamer")
        assert (first.new, first.updated, first.gone, first.clips) == (400, 0, 0, 400)
        assert first.question == "broadcaster_id=1000001"
        assert first.complete
        assert first.gaps == ()
        assert first.requests == len(box.helix.targets)
        assert place.column("id") == ALL
        await pause(HOUR)
        box.helix.add(*at([NOW + HOUR / 2], first=2000))
        second = await synced(box, place)
        assert (second.new, second.updated, second.gone, second.clips) == (1, 100, 0, 401)
        assert first.requests + second.requests == len(box.helix.targets)
        assert second.requests == 9  # the channel, an hour that is two weeks old now, the two weeks, five days of them


async def pause(span: timedelta) -> None:
    """Let time pass."""
    await asyncio.sleep(span.total_seconds())


async def test_the_views_of_recent_clips_move(place: Place) -> None:
    """Those of older ones where they are refreshed; each is asked for once a run."""
    async with sandbox([*OLD, *RECENT]) as box:
        await synced(box, place)
        await pause(HOUR)
        box.helix.manners = Manners(moving_views=400)
        await box.clips.by_broadcaster(CHANNEL).first()
        box.helix.manners = Manners()
        await synced(box, place)
        assert place.ask("SELECT count(*) FROM clips WHERE view_count > 7") == [(100,)]
        await pause(HOUR)
        asked = len(box.helix.targets)
        run = await synced(box, place, refresh=True)
        assert place.ask("SELECT count(*) FROM clips WHERE view_count > 7") == [(400,)]
        assert (run.new, run.updated, run.gone) == (0, 400, 0)
        by_id = [target for target in box.helix.targets[asked:] if "clips?id=" in target]
        assert len(by_id) == 3


async def test_a_clip_that_is_listed_late_is_found(place: Place) -> None:
    """Though the time that it is of was read when it was not there yet."""
    late = at([NOW - 9 * DAY], first=3000)
    async with sandbox([*OLD, *RECENT]) as box:
        await synced(box, place)
        box.helix.add(*late)
        await pause(HOUR)
        assert (await synced(box, place)).new == 1
        box.helix.add(*at([NOW - 15 * DAY], first=3001))
        assert (await synced(box, place)).new == 0
        assert (await synced(box, place, recent=16 * DAY)).new == 1


async def test_no_sweep_says_that_a_clip_is_gone(place: Place) -> None:
    """Nor does a hundred that it is left out of: it is asked for alone."""
    lost, hidden = str(OLD[5]["id"]), str(RECENT[5]["id"])
    async with sandbox([*OLD, *RECENT]) as box:
        await synced(box, place)
        await pause(HOUR)
        box.helix.manners = Manners(hidden=frozenset({hidden}))
        box.helix.fail(left_out(lost), times=None)
        run = await sync(box.clips, place.target, broadcaster_id=CHANNEL, refresh=True)
        assert f"?id={lost}" in box.helix.targets[-1]
        assert box.helix.targets[-1].count("id=") == 1
    assert run.gone == 0
    assert set(place.column("gone_at")) == {None}
    assert place.ask("SELECT last_seen FROM clips WHERE id = ?", lost) == [(in_text(NOW + HOUR),)]


def left_out(clip_id: str) -> faults.Fault:
    """A hundred clips come without one of them."""

    def drop(page: dict[str, Any]) -> object:
        clips = page["data"]
        return page | {"data": [clip for clip in clips if len(clips) == 1 or clip["id"] != clip_id]}

    return faults.edit(drop)


async def test_a_clip_that_is_gone_is_marked(place: Place) -> None:
    """By the look-up of it alone, once; if it comes back, it is so no more."""
    gone = [OLD[5], OLD[6], RECENT[7]]
    ids = [str(clip["id"]) for clip in gone]
    async with sandbox([*OLD, *RECENT]) as box:
        await synced(box, place)
        await pause(HOUR)
        box.helix.remove(*ids)
        assert (await synced(box, place)).gone == 0
        run = await synced(box, place, refresh=True)
        assert (run.gone, run.updated, run.clips) == (3, 397, 400)
        marked = place.ask("SELECT id, gone_at, last_seen FROM clips WHERE gone_at IS NOT NULL ORDER BY id")
        assert marked == [(clip_id, in_text(NOW + HOUR), in_text(NOW)) for clip_id in sorted(ids)]
        await pause(HOUR)
        asked = len(box.helix.targets)
        assert (await synced(box, place, refresh=True)).gone == 0
        assert not {f"/helix/clips?id={one}" for one in ids} & set(box.helix.targets[asked:])
        box.helix.add(OLD[5], RECENT[7])
        await pause(HOUR)
        run = await synced(box, place)
        assert run.gone == 0
        assert place.ask("SELECT id FROM clips WHERE gone_at IS NOT NULL ORDER BY id") == [
            (one,) for one in sorted(ids[:2])
        ]
        await synced(box, place, refresh=True)
        assert place.ask("SELECT id FROM clips WHERE gone_at IS NOT NULL") == [(ids[1],)]


async def test_a_clip_that_is_gone_and_still_listed_stays_gone(place: Place) -> None:
    """A listing may have it for a while: its mark is in doubt then, and it is asked for alone."""
    gone = str(RECENT[0]["id"])
    async with sandbox([*OLD, *RECENT]) as box:
        await synced(box, place)
        place.ask("UPDATE clips SET gone_at = ? WHERE id = ?", in_text(NOW), gone)
        await pause(HOUR)
        box.helix.fail(deleted(gone), times=None)
        run = await synced(box, place)
        assert run.gone == 0
        marks = place.ask("SELECT gone_at, last_seen FROM clips WHERE id = ?", gone)
        assert marks == [(in_text(NOW + HOUR), in_text(NOW + HOUR))]
        box.helix.heal()
        await pause(HOUR)
        await synced(box, place)
        assert place.ask("SELECT gone_at FROM clips WHERE id = ?", gone) == [(None,)]


def deleted(clip_id: str) -> faults.Fault:
    """Nobody knows the clip by its id."""

    def drop(page: dict[str, Any]) -> object:
        return page | {"data": [clip for clip in page["data"] if len(page["data"]) > 1 or clip["id"] != clip_id]}

    return faults.edit(drop)


async def test_a_game_is_followed_too(place: Place) -> None:
    """By its title or its id, in the same table, with a checkpoint of its own."""
    async with sandbox([*OLD, *RECENT]) as box:
        await synced(box, place)
        assert (await synced(box, place, game="just chatting")).new == 0
        asked = len(box.helix.targets)
        run = await synced(box, place, game_id="509658")
        assert (run.question, run.clips) == ("game_id=509658", 400)
        assert run.requests == len(box.helix.targets) - asked
    assert place.ask("SELECT question FROM twitch_clips_checkpoints ORDER BY question") == [
        ("broadcaster_id=1000001",),
        ("game_id=509658",),
    ]


async def test_a_channel_that_changes_its_name(place: Place) -> None:
    """It is the same channel, under either name."""
    user = {
        "id": CHANNEL,
        "login": "brisk_kettle",
        "display_name": "Brisk_Kettle",
        "created_at": "2018-03-04T05:06:07Z",
    }
    async with sandbox([*OLD, *RECENT]) as box:
        await synced(box, place, login="example_streamer")
        box.helix.fail(faults.edit(lambda page: page | {"data": [user]}), on="users")
        run = await synced(box, place, login="brisk_kettle")
        assert (run.question, run.new, run.clips) == ("broadcaster_id=1000001", 0, 400)


async def test_channels_without_a_past(place: Place) -> None:
    """One that is younger than what is recent; one that Twitch does not know any more, with a clip that it has."""
    user = {"id": "5", "login": "young", "display_name": "Young", "created_at": in_text(NOW - DAY)}
    young = list(light_clips([int((NOW - HOUR).timestamp())], [1], broadcaster_id="5"))
    banned = list(light_clips([int((NOW - 90 * DAY).timestamp())], [1], broadcaster_id="6", start=9))
    async with sandbox([*young, *banned]) as box:
        box.helix.fail(faults.edit(lambda page: page | {"data": [user]}), on="users")
        run = await synced(box, place, login="young")
        assert (run.clips, len(run.reports)) == (1, 1)
        run = await sync(box.clips, place.target, broadcaster_id="6")
        assert (run.clips, len(run.reports)) == (1, 2)


@pytest.mark.parametrize("selector", [{"login": "nobody_at_all"}, {"game": "No Such Game"}])
async def test_a_name_that_nobody_has(place: Place, selector: dict[str, str]) -> None:
    """One request says so."""
    async with sandbox(OLD) as box:
        with pytest.raises(UnknownName):
            await synced(box, place, **selector)
        assert len(box.helix.targets) == 1


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"login": "a", "game": "b"},
        {"login": ""},
        {"broadcaster_id": "name"},
        {"game_id": "1", "concurrency": 0},
        {"game_id": "1", "recent": timedelta(minutes=59)},
        {"game_id": "1", "recent": timedelta(days=4000)},
        {"game_id": "1", "recent": 14},
    ],
    ids=repr,
)
async def test_wrong_arguments(options: dict[str, Any], tmp_path: Path) -> None:
    """Before anything is asked, or made."""
    async with sandbox([]) as box:
        with pytest.raises(QueryError):
            await sync(box.clips, tmp_path / "clips.db", **options)
        with pytest.raises(QueryError, match="a database is sqlite"):
            await sync(box.clips, "mysql://host/clips", game_id="1")
        assert box.helix.targets == []
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240  (nobody waits)


async def test_gaps_are_told_and_do_not_raise(place: Place) -> None:
    """All that could be had is there, and the next run asks for the rest."""
    crowd = at([NOW - 20 * DAY] * 1200 + [NOW - HOUR * 9] * 1200, first=5000)
    async with sandbox([*OLD, *crowd]) as box:
        run = await synced(box, place)
        assert not run.complete
        assert len(run.gaps) == 2
        assert run.clips < 2700
        box.helix.remove(*(str(clip["id"]) for clip in crowd[::2]))
        run = await synced(box, place)
        assert run.complete
        assert run.gone == 0


async def test_each_part_can_be_watched(place: Place) -> None:
    """What is read once, the recent days, the look-ups: each says how far it is."""
    seen: list[Progress] = []

    @asynccontextmanager
    async def around(part: Part) -> AsyncGenerator[None]:
        seen.append(part.progress)
        yield
        seen.append(part.progress)

    async with sandbox([*OLD, *RECENT], latency=1.0) as box:
        await sync(box.clips, place.target, broadcaster_id=CHANNEL)
        await sync(box.clips, Sql(place.target), broadcaster_id=CHANNEL, around=around, refresh=True)
    assert [one.fraction for one in seen[1::2]] == [1.0, 1.0, 1.0]
    assert seen[4].seconds_left is None
    assert (seen[4].fraction, seen[5].clips, seen[5].requests, seen[5].seconds_left) == (1.0, 300, 3, 0.0)
    assert 0 < seen[5].requests_per_minute < 600
