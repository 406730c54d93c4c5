"""Names that Twitch does not know."""

import pytest

from tests.cli.conftest import Ask
from tests.conftest import client
from twitch_clips import AsyncClips, UnknownName
from twitch_clips.cli.nearest import logins_like, name_advice
from twitch_clips.testing import FakeHelix, faults

A_LOGIN = "a channel goes by its login, as in twitch.tv/LOGIN"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("exmaple_streamer", "example_streamer"),
        ("example_streame", None),
        ("example_streamerr", "example_streamer"),
        ("exaample_streamer", "example_streamer"),
        ("quietoterplays", "quietotterplays"),
        ("ex_ample_streamer", "example_streamer"),
        ("examplestreamer", "example_streamer"),
        ("exampie_streamer", "example_streamer"),
        ("@Example_Streamer", "example_streamer"),
        ("Example Streamer", "example_streamer"),
        ("Quiet Otter_Plays", "quietotterplays"),
        ("https://www.twitch.tv/QuietOtterPlays/clips?range=7d", "quietotterplays"),
        ("試験配信", None),
        ("nobody_here", None),
    ],
)
async def test_a_channel_that_is_meant_is_one_slip_of_the_pen_away(
    helix: FakeHelix, clips: AsyncClips, name: str, meant: str | None
) -> None:
    """A display name or an address is none; Twitch is asked once."""
    advice = await name_advice(clips, UnknownName("channel", (name,)))
    assert advice == (A_LOGIN if meant is None else f"did you mean {meant!r}?")
    assert len(helix.targets) <= 1


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Just Chating", "Just Chatting"), ("TEAPOT TYCON", "Teapot Tycoon"), ("Minecrat", None), ("zzz", None)],
)
async def test_a_game_that_is_meant_is_one_of_those_that_many_watch(
    helix: FakeHelix, clips: AsyncClips, name: str, meant: str | None
) -> None:
    """If Twitch knows it under that title."""
    advice = await name_advice(clips, UnknownName("game", (name,)))
    known = "a game goes by its whole title, as Twitch writes it"
    assert advice == (known if meant is None else f"did you mean {meant!r}?")
    assert len(helix.targets) <= 1


async def test_the_name_itself_is_nearer_than_an_older_one() -> None:
    """Among slips, the oldest account is."""
    users = [
        {"id": str(number), "login": login, "display_name": login, "created_at": f"20{number}-01-01T00:00:00Z"}
        for number, login in ((10, "otterr"), (14, "otter"))
    ]
    async with FakeHelix(users=users) as helix, client(helix) as clips:
        assert await name_advice(clips, UnknownName("channel", ("Otter!",))) == "did you mean 'otter'?"
        assert await name_advice(clips, UnknownName("channel", ("ottre",))) == "did you mean 'otter'?"
        assert await name_advice(clips, UnknownName("channel", ("ottrer",))) == "did you mean 'otterr'?"


def test_no_more_is_asked_for_than_one_request_can() -> None:
    """However long the name is; nothing that no login can be."""
    assert len(logins_like("a1b2c3d4e5f6g7h8i9j0k1l2")) == 100
    assert logins_like("x" * 40) == []
    assert logins_like("試験") == []


async def test_what_is_wrong_is_told_when_nobody_can_be_asked(helix: FakeHelix, ask: Ask) -> None:
    """The error is the first one."""
    helix.fail(faults.status(404), on="users", skip=1, times=None)
    ran = await ask(helix, "top", "--broadcaster", "exmaple_streamer")
    assert (ran.status, ran.stdout) == (1, "")
    assert ran.stderr == f"Error: Twitch knows no channel 'exmaple_streamer'; {A_LOGIN}\n"
