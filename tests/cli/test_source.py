"""Where clips come from."""

import pytest

from tests.cli.conftest import Ask, Ran, Run
from twitch_clips.testing import FakeHelix


def test_missing_credentials_exit_with_1(run: Run) -> None:
    """In a line that says what to set, and how to do without."""
    ran = run("top", "--game-id", "509658")
    line = "TWITCH_CLIENT_ID is not set: it is the client id of your application at dev.twitch.tv"
    assert ran == Ran(1, "", f"Error: {line}; without an account, try --sandbox\n")


def test_an_address_that_is_none_exits_with_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the name of its variable."""
    monkeypatch.setenv("TWITCH_CLIENT_ID", "x")
    monkeypatch.setenv("TWITCH_ACCESS_TOKEN", "y")
    monkeypatch.setenv("TWITCH_API_URL", "helix")
    ran = run("top", "--game-id", "509658")
    assert ran.status == 2
    assert ran.stderr.startswith("Error: TWITCH_API_URL must be an address")


@pytest.mark.parametrize(
    ("env", "line"),
    [
        (
            {"TWITCH_CLIENT_SECRET": "", "TWITCH_ACCESS_TOKEN": "wr0ng"},
            "Helix answered 401: Invalid OAuth token; check TWITCH_CLIENT_ID and TWITCH_ACCESS_TOKEN: a token belongs ",
        ),
        (
            {"TWITCH_CLIENT_SECRET": "wr0ng"},
            "the token server answered 403: invalid client secret; check TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET\n",
        ),
    ],
)
async def test_wrong_credentials_exit_with_1(helix: FakeHelix, ask: Ask, env: dict[str, str], line: str) -> None:
    """In a line that says which to look at."""
    ran = await ask(helix, "top", "--game-id", "1", env=env)
    assert (ran.status, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith(f"Error: {line}")
