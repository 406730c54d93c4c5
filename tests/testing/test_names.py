"""Users and games: names to ids and ids to names."""

import pytest

from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners

from .caller import Caller

MINE = [{"id": "7", "login": "seven", "display_name": "Seven", "created_at": "2020-01-01T00:00:00Z"}]


async def test_users_are_found_by_login_and_by_id_together(caller: Caller, helix: FakeHelix) -> None:
    """Whatever the case of a login, each once, unknown ones left out, and not in the order of the question."""
    reply = await caller.get(
        helix, "users", login=["QUIETOTTERPLAYS", "example_streamer", "nobody"], id=["1000001", "2000005", "9"]
    )
    assert [user["login"] for user in reply.body["data"]] == ["example_streamer", "quietotterplays", "viewer_5"]
    assert set(reply.body) == {"data"}


async def test_a_display_name_need_not_be_the_login(caller: Caller, helix: FakeHelix) -> None:
    """One of the synthetic channels shows it."""
    (user,) = (await caller.get(helix, "users", id="1000003")).body["data"]
    assert (user["login"], user["display_name"]) == ("shiken_haishin", "試験配信")
    assert user["created_at"] == "2018-03-18T05:06:07Z"


@pytest.mark.parametrize(
    ("name", "bad"),
    [("login", "so bad"), ("login", "a" * 26), ("login", ""), ("login", "試験配信"), ("id", "xqc"), ("id", "")],
)
async def test_one_malformed_name_fails_the_whole_batch(caller: Caller, helix: FakeHelix, name: str, bad: str) -> None:
    """With rate headers; or it is left out as an unknown one is."""
    good: dict[str, list[str]] = {"login": ["example_streamer"], "id": ["1000002"]}
    params = good | {name: [*good[name], bad]}
    reply = await caller.get(helix, "users", **params)
    assert (reply.status, "Ratelimit-Limit" in reply.headers) == (400, True)
    assert reply.body["message"] == "Invalid username(s), email(s), or ID(s). Bad Identifiers."
    helix.manners = Manners(bad_identifiers="left_out")
    assert (await caller.get(helix, "users", **params)).ids == ["1000001", "1000002"]


async def test_a_question_for_nobody_is_a_question_for_oneself(caller: Caller, helix: FakeHelix) -> None:
    """With a user's token; with an app's it is refused at the front."""
    reply = await caller.get(helix, "users")
    assert (reply.status, "Ratelimit-Limit" in reply.headers) == (400, False)
    caller.token = helix.user_token
    assert (await caller.get(helix, "users")).ids == [helix.user_id]
    assert (await caller.get(helix, "users", id="1000002")).ids == ["1000002"]


async def test_games_are_found_by_name_and_by_id(caller: Caller, helix: FakeHelix) -> None:
    """A name is whole, whatever its case; unknown ones are left out."""
    reply = await caller.get(helix, "games", name=["just chatting", "teapot", "Teapot Tycoon"], id=["1", "2"])
    assert sorted(reply.ids) == ["1", "490001", JUST_CHATTING]
    assert set(reply.body["data"][0]) == {"id", "name", "box_art_url", "igdb_id"}
    assert (await caller.get(helix, "games", igdb_id="1490002")).ids == ["490002"]


async def test_a_question_for_no_game_is_refused_at_the_front(caller: Caller, helix: FakeHelix) -> None:
    """No rate headers."""
    reply = await caller.get(helix, "games")
    assert (reply.status, "Ratelimit-Limit" in reply.headers) == (400, False)


@pytest.mark.parametrize(("endpoint", "name"), [("users", "login"), ("games", "name")])
async def test_a_hundred_are_answered_and_one_more_is_refused(
    caller: Caller, helix: FakeHelix, endpoint: str, name: str
) -> None:
    """Names and ids together."""
    ids = [str(2_000_000 + number) for number in range(99)]
    assert (await caller.get(helix, endpoint, **{name: "a"}, id=ids)).status == 200
    assert (await caller.get(helix, endpoint, **{name: ["a", "b"]}, id=ids)).status == 400


async def test_users_and_games_can_be_given(caller: Caller) -> None:
    """They take the place of the synthetic ones, and come as they were given."""
    async with FakeHelix(now=NOW, users=MINE, games=[{"id": "88", "name": "Otters"}]) as helix:
        assert (await caller.get(helix, "users", login=["Seven", "example_streamer"])).body == {"data": MINE}
        assert (await caller.get(helix, "games", name=["otters", "Just Chatting"])).ids == ["88"]


async def test_looking_up_costs_a_point(caller: Caller) -> None:
    """Of the same bucket."""
    async with FakeHelix(now=NOW, limit=2) as helix:
        assert (await caller.get(helix, "users", login="a")).headers["Ratelimit-Remaining"] == "1"
        assert (await caller.get(helix, "games", name="a")).headers["Ratelimit-Remaining"] == "0"
        assert (await caller.get(helix, "users", login="a")).status == 429


async def test_a_user_may_take_another_name(caller: Caller, helix: FakeHelix) -> None:
    """The old one is nobody's then; others keep theirs."""
    helix.rename("1000001", "new_name")
    found = (await caller.get(helix, "users", login=["example_streamer", "new_name", "quietotterplays"])).body["data"]
    assert [(user["id"], user["login"], user["display_name"]) for user in found] == [
        ("1000001", "new_name", "new_name"),
        ("1000002", "quietotterplays", "QuietOtterPlays"),
    ]
