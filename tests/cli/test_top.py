"""`twitch-clips top`, as a terminal of 80 columns shows it."""

import asyncio
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import Response
from twitch_clips.cli import main
from twitch_clips.testing import FakeHelix

VARIABLES = ("CLIENT_ID", "CLIENT_SECRET", "ACCESS_TOKEN", "API_URL", "AUTH_URL")


def _run(*arguments: str, **env: str) -> Result:
    cleared: dict[str, str | None] = {f"TWITCH_{name}": None for name in VARIABLES}
    return CliRunner().invoke(main, ["top", *arguments], env=cleared | {"COLUMNS": "80"} | env)


def _token(api_url: str) -> dict[str, str]:
    return {"TWITCH_CLIENT_ID": "sandbox", "TWITCH_ACCESS_TOKEN": "t0ken", "TWITCH_API_URL": api_url}


def test_the_sandbox_shows_a_table_without_an_account() -> None:
    """Most viewed first, nothing wider than the terminal."""
    result = _run("--sandbox", "--limit", "5")
    assert result.exit_code == 0, result.output
    lines = [line for line in result.output.splitlines() if line.strip()]
    assert lines[0].split() == ["Views", "Created", "Seconds", "Channel", "Title"]
    views = [int(line.split()[0].replace(",", "")) for line in lines[2:]]
    assert len(views) == 5
    assert views == sorted(views, reverse=True)
    assert all(len(line) <= 80 for line in lines)


def test_a_channel_of_the_sandbox() -> None:
    """Only its clips."""
    result = _run("--sandbox", "--broadcaster-id", "1000002", "--limit", "3")
    assert result.output.count("QuietOtterPlays") == 3


def test_no_clips_are_said_in_words() -> None:
    """Not as an empty table."""
    assert _run("--sandbox", "--game-id", "1").output == "No clips.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Error: give one of --game-id and --broadcaster-id"),
        (("--game-id", "1", "--broadcaster-id", "1"), "Error: give one of --game-id and --broadcaster-id"),
        (("--sandbox", "--game-id", "Just Chatting"), "Error: game_id must be a string of digits"),
        (("--sandbox", "--limit", "-1"), "Error: Invalid value for '--limit'"),
    ],
)
def test_a_wrong_argument_exits_with_2(arguments: tuple[str, ...], words: str) -> None:
    """And says which."""
    result = _run(*arguments)
    assert result.exit_code == 2
    assert words in result.output


def test_missing_credentials_exit_with_1() -> None:
    """In a line that says what to set."""
    result = _run("--game-id", "509658")
    assert (result.exit_code, result.output) == (
        1,
        "Error: TWITCH_CLIENT_ID is not set: it is the client id of your application at dev.twitch.tv\n",
    )


async def test_without_the_sandbox_it_asks_the_server_of_the_environment(helix: FakeHelix) -> None:
    """With the credentials found there."""
    env = {"TWITCH_CLIENT_ID": helix.client_id, "TWITCH_CLIENT_SECRET": helix.client_secret}
    urls = {"TWITCH_API_URL": helix.api_url, "TWITCH_AUTH_URL": helix.auth_url}
    result = await asyncio.to_thread(_run, "--broadcaster-id", "1000001", "--limit", "2", **env, **urls)
    assert result.output.count("Example_Streamer") == 2
    assert len(helix.targets) == 1


async def test_an_error_of_the_server_exits_with_1(helix: FakeHelix) -> None:
    """In one line."""
    result = await asyncio.to_thread(_run, "--game-id", "1", **_token(helix.api_url))
    assert (result.exit_code, result.output) == (1, "Error: Helix answered 401: Invalid OAuth token\n")


def test_what_a_server_says_is_shown_in_one_harmless_line(server: Any) -> None:
    """An error page of the edge has lines, and who knows what else."""
    server.get(
        "https://helix.example/clips?game_id=1&first=100",
        status=502,
        body="\x1b]0;two\nlines\a",
        response_class=Response,
    )
    result = _run("--game-id", "1", **_token("https://helix.example"))
    assert (result.exit_code, result.output) == (1, "Error: Helix answered 502: ]0;two lines\n")


def test_the_help_shows_an_example() -> None:
    """One that works without an account."""
    assert "Example: twitch-clips top --sandbox --limit 10" in _run("--help").output
