"""Light clips."""

import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, light_clips, synthetic_clips
from twitch_clips.testing.catalogue import synthetic_users

from .caller import Caller

THEN = int(datetime(2022, 2, 2, 22, 22, 22, tzinfo=UTC).timestamp())


def test_they_are_clips_as_helix_writes_them() -> None:
    """The same fields in the same order, and some of the same oddities."""
    clips = [dict(clip) for clip in light_clips(range(THEN, THEN + 200), range(200))]
    synthetic = synthetic_clips(200, now=NOW)
    assert {tuple(clip) for clip in clips} == {tuple(synthetic[0])}
    for name in synthetic[0]:
        assert {type(clip[name]) for clip in clips} == {type(clip[name]) for clip in synthetic}, name
    assert len({clip["id"] for clip in clips}) == 200
    assert sum(clip["is_featured"] is True for clip in clips) == 10
    assert {clip["video_id"] == "" for clip in clips} == {True, False}


def test_they_are_what_they_were_told_to_be() -> None:
    """And otherwise the same for the same number."""
    (clip,) = light_clips([THEN], [17], broadcaster_id="77", game_id="88", start=5)
    assert (clip["created_at"], clip["view_count"]) == ("2022-02-02T22:22:22Z", 17)
    assert (clip["broadcaster_id"], clip["broadcaster_name"], clip["game_id"]) == ("77", "channel_77", "88")
    fifth = list(light_clips([THEN] * 6, [17] * 6, broadcaster_id="77", game_id="88"))[5]
    assert clip == fifth == dict(clip)
    assert len(clip) == 17


def test_moments_and_views_come_in_pairs() -> None:
    """A view count too many is a mistake."""
    with pytest.raises(ValueError, match="longer"):
        list(light_clips([THEN], [1, 2]))


def test_their_channel_and_their_makers_are_users() -> None:
    """Of the synthetic catalogue, unless another channel is told."""
    users = {user["id"]: user["display_name"] for user in synthetic_users()}
    for clip in light_clips(range(THEN, THEN + 50), range(50)):
        assert users[clip["broadcaster_id"]] == clip["broadcaster_name"]
        assert users[clip["creator_id"]] == clip["creator_name"]
        assert clip["game_id"] == JUST_CHATTING


async def test_a_server_writes_them_out(caller: Caller) -> None:
    """By views, featured ones apart if it is asked."""
    clips = list(light_clips(range(THEN, THEN + 50), range(50)))
    async with FakeHelix(clips, now=NOW) as helix:
        page = await caller.get(helix, game_id=JUST_CHATTING, first="100")
        featured = await caller.get(helix, game_id=JUST_CHATTING, first="100", is_featured="true")
    assert page.body["data"] == list(reversed(clips))
    assert featured.ids == [clips[40]["id"], clips[20]["id"], clips[0]["id"]]


def test_a_server_of_many_is_a_small_one() -> None:
    """Some 500 bytes a clip, where a dict of it alone would take three times as many."""
    tracemalloc.start()
    try:
        helix = FakeHelix(light_clips(range(THEN, THEN + 5000), range(5000)))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert helix.targets == []
    assert size < 5000 * 550


class Shy(Mapping[str, object]):
    """A clip that counts how often it was read whole."""

    def __init__(self) -> None:
        """Begin with a light one."""
        (self.clip,) = light_clips([THEN], [1])
        self.times: int = 0

    def __getitem__(self, name: str) -> object:
        """Give a field."""
        return self.clip[name]

    def __iter__(self) -> Iterator[str]:
        """Count."""
        self.times += 1
        return iter(self.clip)

    def __len__(self) -> int:
        """Give what a mapping has to."""
        return len(self.clip)


async def test_a_clip_is_read_whole_only_when_it_is_served(caller: Caller) -> None:
    """Each time anew: nobody keeps what was made of it."""
    shy = Shy()
    async with FakeHelix([shy], now=NOW, manners=Manners(moving_views=1)) as helix:
        assert (await caller.get(helix, game_id=JUST_CHATTING, is_featured="false")).ids == []
        assert shy.times == 0
        for times in (1, 2):
            assert (await caller.get(helix, game_id=JUST_CHATTING)).ids == [shy["id"]]
            assert shy.times == times
    assert len(shy) == 17
