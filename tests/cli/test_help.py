"""The help texts."""

import re
import shlex

import pytest

from tests.cli.conftest import Run
from twitch_clips.cli import main


@pytest.mark.parametrize("command", [[], *([name] for name in main.commands)])
def test_help_fits_a_terminal_and_ends_with_an_example(run: Run, command: list[str]) -> None:
    """In 80 columns; the example begins with the command."""
    shown = run(*command, "-h").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.splitlines()[-1].startswith(" ".join(["  Example: twitch-clips", *command]))


@pytest.mark.parametrize("command", [[], ["top"], ["get"]])
def test_an_example_works_without_an_account(run: Run, command: list[str]) -> None:
    """As it stands."""
    found = re.search(r"Example: twitch-clips (.+)\n", run(*command, "--help").stdout)
    assert found is not None
    ran = run(*shlex.split(found[1]))
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.stdout


def test_without_a_command_there_is_help(run: Run) -> None:
    """It names every command."""
    ran = run()
    assert ran == run("--help")
    assert all(f"\n  {name} " in ran.stdout for name in main.commands)
