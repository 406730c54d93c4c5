"""What is watched: targets that share clips, that come and go, names that are looked up."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.backfill.conftest import CHANNEL, HOUR, MemoryStore, at, sandbox, spread
from tests.conftest import NOW
from twitch_clips import ClipWatch, QueryError
from twitch_clips.testing import JUST_CHATTING
from twitch_clips.watch.target import Span, Target
from twitch_clips.watch.targets import Targets
from twitch_clips.watch.terms import Key

from .conftest import OTHER, TEAPOT_TYCOON, after, clip, follow, ids, lists

WRONG: list[dict[str, Any]] = [
    {},
    {"login": "a", "game": "b"},
    {"broadcaster_id": "example_streamer"},
    {"login": ""},
    {"login": 7},
]


async def test_a_clip_that_two_targets_list_is_given_once() -> None:
    """Of its channel and of its game, and of a channel that is named twice; those that only one lists, too."""
    raw = [
        clip(after(minutes=minutes), minutes, channel=channel, game=game)
        for minutes, (channel, game) in enumerate(
            [(CHANNEL, JUST_CHATTING), (OTHER, JUST_CHATTING), (CHANNEL, TEAPOT_TYCOON), (CHANNEL, "")] * 5, 1
        )
    ]
    async with sandbox(raw) as box:
        watch = box.clips.watch(
            broadcaster_id=[CHANNEL, CHANNEL], login=["Example_Streamer", "example_streamer"], game="just chatting"
        )
        assert sorted(ids(await follow(watch, 3600))) == sorted(ids(raw))


async def test_what_one_gave_long_ago_another_does_not_give_again() -> None:
    """When it comes back after hours, ids of that time are kept no more; that it was watched then is known."""
    shared = [clip(after(minutes=minutes), minutes) for minutes in (1, 60, 200)]
    alone = clip(after(minutes=90), 90, channel=OTHER)
    async with sandbox([*shared, alone]) as box:
        watch = box.clips.watch(game_id=JUST_CHATTING, login="later_name")
        assert sorted(ids(await follow(watch, 4 * 3600))) == sorted(ids([*shared, alone]))
        box.helix.rename(CHANNEL, "later_name")
        box.helix.add(late := clip(after(minutes=220), 220, game=""))
        assert ids(await follow(watch, 3600)) == ids([late])


async def test_names_are_looked_up_a_hundred_at_a_time() -> None:
    """With the first poll of one of them, and never again."""
    logins = [f"viewer_{number}" for number in range(150)]
    async with sandbox([]) as box:
        watch = box.clips.watch(login=logins, game=["Just Chatting", "Teapot Tycoon"])
        await follow(watch, 200)
        asked = [target.split("?")[0] for target in box.helix.targets if not target.startswith("/helix/clips")]
    assert sorted(asked) == ["/helix/games", "/helix/users", "/helix/users"]


async def test_two_polls_at_once_look_up_no_name_twice() -> None:
    """Whoever comes second waits for the answer."""
    async with sandbox([], latency=2.0) as box:
        async with box.clips.watch(login=["example_streamer", "quietotterplays"], every=2) as watch:
            await follow(watch, 20)
        assert sum("/users" in target for target in box.helix.targets) == 1


async def test_a_renamed_channel_is_watched_on() -> None:
    """A name stays with the id that it had, after a restart too."""
    store, new = MemoryStore(), [clip(after(minutes=minutes), minutes) for minutes in (1, 30, 90)]
    async with sandbox(new) as box:
        watch = box.clips.watch(login="example_streamer", checkpoint=store)
        assert len(await follow(watch, 600)) == 1
        box.helix.rename(CHANNEL, "another_name")
        assert len(await follow(watch, 3000)) == 1
        assert len(await follow(box.clips.watch(login="Example_Streamer", checkpoint=store), 3600)) == 1


async def test_targets_can_be_added_while_it_waits() -> None:
    """From then on they are watched; the one that sleeps wakes for them."""
    raw = at([NOW - HOUR, NOW], first=50)
    new = [clip(after(minutes=minutes), minutes) for minutes in (5, 15)]
    async with sandbox([*raw, *new]) as box:
        watch = box.clips.watch(login=[])
        following = asyncio.create_task(follow(watch, 1800))
        await asyncio.sleep(600)
        assert box.helix.targets == []
        watch.add(login="Example_Streamer")
        watch.add(login="example_streamer ")
        await asyncio.sleep(1)
        assert len(box.helix.targets) == 2
        assert ids(await following) == ids(new[1:])


async def test_those_added_take_the_emptiest_places() -> None:
    """No two are polled together."""
    async with sandbox([]) as box:
        watch = box.clips.watch(broadcaster_id=[CHANNEL, OTHER], every=80)
        await follow(watch, 10)
        watch.add(broadcaster_id="1000003")
        watch.add(broadcaster_id="1000004")
        before, marks = len(box.helix.targets), list[int]()
        for _ in range(4):
            await follow(watch, 20)
            marks.append(len(box.helix.targets) - before)
    assert marks == [1, 2, 3, 4]


async def test_those_discarded_are_polled_no_more() -> None:
    """What they had to give is not given; whoever was never watched may be discarded as well."""
    raw = [clip(after(minutes=minute), minute) for minute in range(1, 9)]
    async with sandbox(raw) as box:
        watch = box.clips.watch(broadcaster_id=CHANNEL, game="Teapot Tycoon", every=600)
        first = await anext(watch)
        watch.discard(broadcaster_id=CHANNEL)
        watch.discard(login="never_seen", game=None)
        asked = len(lists(box.helix))
        assert await follow(watch, 3500) == []
        assert ids([first]) == ids(raw[:1])
        assert {target.split("&")[0] for target in lists(box.helix)[asked:]} == {
            f"/helix/clips?game_id={TEAPOT_TYCOON}"
        }
        watch.add(broadcaster_id=CHANNEL)
        assert await follow(watch, 3600) == []


@pytest.mark.parametrize("seconds", [0.5, 1.5])
async def test_one_discarded_while_it_is_polled_gives_nothing(seconds: float) -> None:
    """Its name being looked up, or its clips on their way."""
    async with sandbox([clip(after(seconds=0), 1)], latency=1.0) as box:
        watch = box.clips.watch(login=["example_streamer"])
        assert await follow(watch, 1 + seconds) == []
        watch.discard(login="example_streamer")
        assert await follow(watch, 100) == []
        watch.add(login="example_streamer")
        assert await follow(watch, 100) == []


async def test_targets_may_be_changed_before_it_begins() -> None:
    """Nothing is sent for that."""
    async with sandbox([clip(after(seconds=40), 1)]) as box:
        watch = box.clips.watch(broadcaster_id=OTHER)
        watch.add(broadcaster_id=CHANNEL)
        watch.discard(broadcaster_id=OTHER)
        assert len(await follow(watch, 100)) == 1
        assert all(CHANNEL in target for target in box.helix.targets)


async def test_one_discarded_before_it_begins_is_forgotten() -> None:
    """What an earlier run has kept of it, too: whoever adds it again watches it from then on."""
    store = MemoryStore()
    async with sandbox([clip(after(minutes=5), 1)]) as box:
        async with box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store) as watch:
            assert await follow(watch, 100) == []
        await asyncio.sleep(3600)
        watch = box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store)
        watch.discard(broadcaster_id=CHANNEL)
        watch.add(broadcaster_id=CHANNEL)
        assert await follow(watch, 100) == []


@pytest.mark.parametrize("wrong", WRONG)
async def test_one_target_is_named_at_a_time(wrong: dict[str, Any]) -> None:
    """Else it is refused, by both."""
    async with sandbox([]) as box:
        watch: ClipWatch = box.clips.watch(login=[])
        for change in (watch.add, watch.discard):
            with pytest.raises(QueryError):
                change(**wrong)
            with pytest.raises(TypeError, match="channel"):
                change(channel="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def test_the_ids_kept_are_those_that_will_be_listed_again() -> None:
    """The checkpoint does not grow."""
    store, raw = MemoryStore(), spread(2000, start=NOW, end=NOW + 20 * HOUR)
    async with sandbox(raw) as box:
        watch, sizes = box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store, every=600), list[int]()
        for _ in range(10):
            await follow(watch, 2 * 3600)
            sizes.append(len(store.text or ""))
    assert max(sizes) < 300 + 75 * 24


async def test_an_overlap_that_holds_more_than_a_poll_is_got_over() -> None:
    """What was given before does not count for what one poll takes at most."""
    raw = spread(11_000, start=NOW - 40 * HOUR, end=NOW)
    async with sandbox(raw) as box:
        watch = box.clips.watch(broadcaster_id=CHANNEL, since="41h", overlap=50 * HOUR, every=3600)
        assert sorted(ids(await follow(watch, 3000))) == sorted(ids(raw))


def test_a_very_large_overlap_is_cut_down_to_the_ids_that_are_kept() -> None:
    """Whatever the others have: a target without any loses nothing by it."""
    busy, quiet = (
        Target(key=Key.of("game_id", str(number)), span=Span(began_at=NOW, floor=NOW), read_until=after(days=9))
        for number in range(2)
    )
    targets = Targets()
    targets.add(busy)
    targets.add(quiet)
    busy.known = {number: int(NOW.timestamp()) + number for number in range(120_000)}
    targets.forget_excess()
    targets.forget_excess()
    assert (len(busy.known), quiet.span.floor) == (50_000, NOW)


def test_what_was_not_read_yet_stays_to_be_read() -> None:
    """Ids known through another target are of later than a target's own polls have come to: they are no reason."""
    targets = Targets()
    target = Target(key=Key.of("game_id", "1"), span=Span(began_at=NOW, floor=NOW), read_until=after(hours=1))
    targets.add(target)
    target.known = {number: int(after(hours=2).timestamp()) + number for number in range(60_000)}
    targets.forget_excess()
    assert target.span.floor == after(hours=1)


def test_no_more_than_50_000_ids_are_kept() -> None:
    """Those of the targets with most of them go first, the oldest ones; they are looked at less far back then."""
    start = int(NOW.timestamp())
    targets = Targets()
    for number, count in enumerate((40_000, 30_000, 10)):
        span = Span(began_at=NOW, floor=NOW)
        target = Target(key=Key.of("game_id", str(number)), span=span, id=str(number), read_until=after(days=1))
        target.known = {number << 20 | place: start + place for place in range(count)}
        targets.add(target)
    targets.forget_excess()
    first, second, third = targets
    assert (len(first.known), len(second.known), len(third.known)) == (20_000, 30_000 - 10, 10)
    assert (
        first.span.floor
        == NOW + timedelta(seconds=20_000)
        == NOW + timedelta(seconds=min(first.known.values()) - start)
    )
    assert third.span.floor == NOW
    targets.forget_excess()
    assert len(first.known) == 20_000
    third.known = dict.fromkeys(range(60_000), start)
    targets.forget_excess()
    assert (len(first.known), len(third.known)) == (10_000, 60_000)  # ids of one second are not parted
