"""Logins and game names to ids, and back."""

import asyncio
from typing import Any

import pytest

from twitch_clips import AsyncClips, BadRequest, Game, QueryError, ServerError, UnknownName
from twitch_clips.testing import FakeHelix, faults

from .conftest import client

USERS = [
    {
        "id": str(number),
        "login": f"user_{number}",
        "display_name": f"User {number}",
        "created_at": "2020-01-01T00:00:00Z",
    }
    for number in range(1, 251)
]


async def test_a_stream_by_name_costs_one_look_up_however_many_there_are(clips: AsyncClips, helix: FakeHelix) -> None:
    """Lazily, when the first clip is asked for; cached, whatever the case."""
    stream = clips.by_game(game="just chatting", limit=1)
    assert helix.targets == []
    assert await stream.first() == await clips.by_game("509658").first()
    assert await clips.by_game(game=" Just Chatting ", limit=1).first() is not None
    assert [target.partition("?")[0] for target in helix.targets] == ["/helix/games", *["/helix/clips"] * 3]
    assert stream.stats.requests == 2


async def test_a_channel_by_its_login(clips: AsyncClips) -> None:
    """The display name may be quite another."""
    named = await clips.by_broadcaster(login="Example_Streamer").collect()
    assert named == await clips.by_broadcaster("1000001").collect()
    assert named


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ({"login": "nobody_at_all"}, "Twitch knows no channel 'nobody_at_all'"),
        (
            {"login": "no-such name!"},
            "Twitch knows no channel 'no-such name!': Helix answered 400: Invalid username",
        ),
    ],
)
async def test_an_unknown_channel_is_found_out_before_any_clip_is_asked_for(
    clips: AsyncClips, helix: FakeHelix, selector: dict[str, Any], words: str
) -> None:
    """A typed error; there is nowhere to go on."""
    with pytest.raises(UnknownName, match=words) as caught:
        await clips.by_broadcaster(**selector).first()
    assert (caught.value.names, caught.value.checkpoint) == ((selector["login"],), None)
    assert not any(target.startswith("/helix/clips") for target in helix.targets)


async def test_an_unknown_game_too(clips: AsyncClips) -> None:
    """By its title."""
    with pytest.raises(UnknownName, match="Twitch knows no game 'Chess of Tomorrow'"):
        await clips.by_game(game="Chess of Tomorrow").first()


async def test_a_name_is_looked_up_again_after_an_hour(clips: AsyncClips, helix: FakeHelix) -> None:
    """Names change hands."""
    for seconds in (0, 3599, 2):
        await asyncio.sleep(seconds)
        await clips.by_game(game="Just Chatting").first()
    assert sum(target.startswith("/helix/games") for target in helix.targets) == 2


async def test_the_oldest_names_are_forgotten() -> None:
    """A thousand are kept."""
    users = [{**USERS[0], "id": str(number), "login": f"user_{number}"} for number in range(1, 1102)]
    async with FakeHelix(users=users) as helix, client(helix) as clips:
        await clips.users([f"user_{number}" for number in range(1, 1102)])
        asked = len(helix.targets)
        for login in ("user_1101", "user_102", "user_101"):
            await clips.by_broadcaster(login=login).first()
    paths = [target.partition("?")[0] for target in helix.targets[asked:]]
    assert paths == ["/helix/clips", "/helix/clips", "/helix/users", "/helix/clips"]


async def test_names_and_ids_a_hundred_at_a_time() -> None:
    """Under each as it was given; who does not exist is not there."""
    async with FakeHelix(users=USERS) as helix, client(helix) as clips:
        logins = [f"USER_{number}" for number in range(1, 252)]
        found = await clips.users(logins, ids=["7", "251", "7"])
    assert list(found) == [*logins[:250], "7"]
    assert found["USER_7"] == found["7"]
    assert (found["7"].login, found["7"].display_name) == ("user_7", "User 7")
    assert [target.count("login=") + target.count("id=") for target in helix.targets] == [100, 100, 51, 2]


async def test_games_both_ways(clips: AsyncClips) -> None:
    """A title has to be whole."""
    chatting = Game(id="509658", name="Just Chatting")
    assert await clips.games(["just chatting", "Just"], ids=["509658"]) == {
        "just chatting": chatting,
        "509658": chatting,
    }


async def test_a_malformed_name_does_not_fail_the_others(helix: FakeHelix, clips: AsyncClips) -> None:
    """Helix refuses the whole batch for it; halves of it are asked for until it is alone."""
    logins = ["example_streamer", "what is this?", "quietotterplays", "nobody_at_all"]
    assert list(await clips.users(logins)) == ["example_streamer", "quietotterplays"]
    assert len(helix.targets) == 5


async def test_malformed_names_in_front_do_not_fail_the_others(helix: FakeHelix, clips: AsyncClips) -> None:
    """Once such a name is alone, an id is asked for, which is never malformed: Helix is well."""
    logins = ["what is this?", "and this?", "and that?", "example_streamer"]
    assert list(await clips.users(logins)) == ["example_streamer"]
    assert len(helix.targets) == 8


async def test_a_malformed_name_alone_is_unknown(clips: AsyncClips) -> None:
    """As one beside others is."""
    assert await clips.users(["what is this?"]) == {}


async def test_nothing_but_malformed_names_is_an_error(helix: FakeHelix, clips: AsyncClips) -> None:
    """In Helix's words: whoever asks for many names does not expect none."""
    with pytest.raises(BadRequest, match="Helix answered 400: ") as caught:
        await clips.users(["what is this?", "and this?", "and that?"])
    assert caught.value.__context__ is None
    assert len(helix.targets) == 6


async def test_an_endpoint_that_refuses_everything_is_found_out_in_a_few_requests(
    helix: FakeHelix, clips: AsyncClips
) -> None:
    """Those down to the first name and one for an id: not each of a hundred names is asked for alone."""
    helix.fail(faults.status(400, "Client ID is missing"), on="users", times=None)
    with pytest.raises(BadRequest, match="Client ID is missing"):
        await clips.users([f"user_{number}" for number in range(100)])
    assert len(helix.targets) == 8


async def test_a_refused_question_by_ids_is_an_error(helix: FakeHelix, clips: AsyncClips) -> None:
    """They were checked before: it is not for the ids."""
    helix.fail(faults.status(400, "Client ID is missing"), on="users", times=None)
    for ids in (["1"], ["1", "2", "3"]):
        with pytest.raises(BadRequest, match="Client ID is missing"):
            await clips.users(ids=ids)
    assert len(helix.targets) == 2


async def test_another_failure_of_a_look_up_is_raised(helix: FakeHelix, clips: AsyncClips) -> None:
    """From a stream with its checkpoint."""
    helix.fail(faults.status(500), on="users", times=None)
    stream = clips.by_broadcaster(login="example_streamer")
    with pytest.raises(ServerError) as caught:
        await stream.first()
    assert caught.value.checkpoint == stream.checkpoint is not None
    helix.heal()
    assert await clips.resume(str(caught.value.checkpoint)).first() == await stream.first() is not None


@pytest.mark.parametrize(
    ("logins", "ids", "words"),
    [
        ("example_streamer", (), r"give a list .*\['example_streamer'\]"),
        ([""], (), "login must be a name"),
        ((), ["example_streamer"], "id must be a string of digits"),
        ((), "1000001", "give a list"),
    ],
)
async def test_wrong_names_are_refused_before_any_request(
    clips: AsyncClips, helix: FakeHelix, logins: Any, ids: Any, words: str
) -> None:
    """Above all one string: it is an iterable of its letters."""
    with pytest.raises(QueryError, match=words):
        await clips.users(logins, ids=ids)
    assert helix.targets == []
