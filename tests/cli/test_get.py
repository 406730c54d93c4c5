"""`twitch-clips get`."""

import json
import pty

import pytest

from tests.cli.conftest import Ask, Run
from twitch_clips.testing import FakeHelix

FIRST = "AmberCometDapper-oJCBPxHw-ZwaEznE"
SECOND = "OtterEagerGentle-OL-pX_fzG0Viwhz3"
CARD = """\
chat made me vanish…
URL         https://clips.twitch.tv/AmberCometDapper-oJCBPxHw-ZwaEznE
Views       15,216
Created     2026-05-27 07:07:44 UTC
Seconds     45.2
Channel     Example_Streamer (id 1000001)
Clipped by  viewer_94 (id 2000094)
Game id     509658
Language    en
Featured    no
Thumbnail   https://static-cdn.jtvnw.net/twitch-clips-thumbnails-prod/AmberCometDapper-oJCBPxHw-ZwaEznE/preview-480x272.jpg
Embed       https://clips.twitch.tv/embed?clip=AmberCometDapper-oJCBPxHw-ZwaEznE
Id          AmberCometDapper-oJCBPxHw-ZwaEznE
"""


async def test_a_terminal_shows_a_card(helix: FakeHelix, ask: Ask) -> None:
    """With every field; a URL is not broken by anybody but the terminal."""
    ran = await ask(helix, "get", FIRST, stdout=pty.openpty)
    assert (ran.status, ran.stdout, ran.stderr) == (0, CARD, "")


async def test_ids_and_links_are_answered_in_their_order(helix: FakeHelix, ask: Ask) -> None:
    """Each once, as JSON Lines in a pipe, in one request."""
    ran = await ask(helix, "get", f"https://www.twitch.tv/somebody/clip/{SECOND}?range=7d", FIRST, SECOND)
    assert (ran.status, ran.stderr) == (0, "")
    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == [SECOND, FIRST]
    assert len(helix.targets) == 1


async def test_ids_that_twitch_does_not_know_are_named(helix: FakeHelix, ask: Ask) -> None:
    """The others are shown, and the exit status is 1."""
    ran = await ask(helix, "get", "NotThere", FIRST, "NorThis")
    assert (ran.status, ran.stdout.count("\n")) == (1, 1)
    assert ran.stderr == "Error: Twitch knows no clip NotThere, NorThis: deleted, or not published yet\n"


def test_on_a_terminal_nothing_is_shown_of_nothing(run: Run) -> None:
    """But the error."""
    ran = run("get", "--sandbox", "NotThere", stdout=pty.openpty)
    assert (ran.status, ran.stdout) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Error: Missing argument 'ID_OR_URL...' (see twitch-clips get --help)\n"),
        (("--sandbox", "https://clips.example/x"), "Error: neither a clip's id nor a link to a clip"),
    ],
)
def test_what_is_no_id_exits_with_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    """Before anything is asked."""
    ran = run("get", *arguments)
    assert ran.status == 2
    assert ran.stderr.startswith(words)
