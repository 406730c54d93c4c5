"""The synthetic catalogue's large channel."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from tests.conftest import NOW
from twitch_clips.testing import FakeHelix, synthetic_channel

from .caller import Caller, served

TEAPOT = "1000004"
KETTLE_QUEST = "490003"


def _per_day(clips: list[Mapping[str, object]]) -> Counter[str]:
    return Counter(str(clip["created_at"])[:10] for clip in clips)


def test_it_is_the_same_one_every_time() -> None:
    """Unless it is of another seed, or another size."""
    clips = synthetic_channel(200)
    assert clips == synthetic_channel(200)
    assert clips != synthetic_channel(200, seed=2)
    assert len({clip["id"] for clip in synthetic_channel(500)}) == 500


def test_its_days_are_as_uneven_as_a_large_channels() -> None:
    """Many without a clip, few with hundreds, one with more than a query serves; and it is of seven fixed years."""
    clips = synthetic_channel()
    created = [str(clip["created_at"]) for clip in clips]
    volumes = sorted(_per_day(clips).values())
    assert len(clips) == 30_000
    assert created == sorted(created)
    assert created[0].startswith("2019-01")
    assert "2025-12" < created[-1] < "2026"
    assert 1000 < len(volumes) < 2000
    assert volumes[len(volumes) // 2] < 12
    assert volumes[-1] > 1000
    minutes = Counter(moment[:16] for moment in created)
    assert minutes.most_common(1)[0][1] > 50


def test_a_few_clips_have_most_of_the_views() -> None:
    """One in a hundred has more than half of them."""
    views = sorted((int(str(clip["view_count"])) for clip in synthetic_channel()), reverse=True)
    assert sum(views[:300]) > sum(views) / 2
    assert views[15_000] < 10


def test_its_clips_are_of_one_game_or_of_none() -> None:
    """Of a game that no other channel plays."""
    games = Counter(clip["game_id"] for clip in synthetic_channel(2000))
    assert set(games) == {KETTLE_QUEST, ""}
    assert 50 < games[""] < 150


async def test_every_sandbox_has_it_whatever_the_day(caller: Caller) -> None:
    """By channel and by game, with the same moments and views: what one process began, another can end."""
    pages: list[object] = []
    for days in (0, 40):
        async with FakeHelix(now=NOW + timedelta(days=days)) as helix:
            pages += [(await caller.get(helix, broadcaster_id=TEAPOT, first="100")).body]
            assert len(served(await caller.walk(helix, game_id=KETTLE_QUEST, first="100"))) == 1000
    assert pages[0] == pages[1]


async def test_its_clips_are_there_by_id_and_can_be_removed(caller: Caller) -> None:
    """Though nobody asked for the channel before."""
    first, second, *_ = (str(clip["id"]) for clip in synthetic_channel())
    async with FakeHelix(now=NOW) as helix:
        assert (await caller.get(helix, id=[first, "NoSuchClip", second])).ids == [first, second]
        assert (await caller.get(helix, id="NoSuchClip")).ids == []
    async with FakeHelix(now=NOW) as helix:
        helix.remove(first)
        assert (await caller.get(helix, id=[first, second])).ids == [second]


async def test_it_has_a_name_and_so_has_its_game(caller: Caller) -> None:
    """It is older than its clips; the game is known by its clips, too."""
    async with FakeHelix(now=NOW) as helix:
        (user,) = (await caller.get(helix, "users", login="bottomless_teapot")).body["data"]
        assert (user["id"], user["display_name"]) == (TEAPOT, "Bottomless_Teapot")
        assert user["created_at"] == "2018-02-25T05:06:07Z"
        assert (await caller.get(helix, "games", name="kettle quest")).ids == [KETTLE_QUEST]
    (clip,) = synthetic_channel(1)
    assert (clip["broadcaster_id"], clip["broadcaster_name"]) == (TEAPOT, "Bottomless_Teapot")
    async with FakeHelix(now=NOW, games=[]) as helix:
        assert (await caller.get(helix, game_id=KETTLE_QUEST)).status == 200


async def test_a_catalogue_of_ones_own_has_it_not(caller: Caller) -> None:
    """Unless it is given: `FakeHelix(synthetic_channel())`."""
    async with FakeHelix([], now=NOW) as helix:
        assert (await caller.get(helix, broadcaster_id=TEAPOT)).ids == []
    async with FakeHelix(synthetic_channel(30), now=NOW) as helix:
        assert len((await caller.get(helix, broadcaster_id=TEAPOT, first="100")).ids) == 30
