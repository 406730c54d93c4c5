"""`twitch-clips top`."""

import json
import os
import pty
from typing import Any

import pytest

from tests.cli.conftest import Ask, Run
from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, faults, synthetic_clips

TABLE = """\
 Views  Created     Seconds  Channel           Title
74,661  2026-05-16     60.0  Example_Streamer  the boss did win at last
        https://clips.twitch.tv/TeapotCuriousAmber-o75Mbb8ZSq6eSSx0
15,216  2026-05-27     45.2  Example_Streamer  chat made me vanish…
        https://clips.twitch.tv/AmberCometDapper-oJCBPxHw-ZwaEznE
 1,792  2026-05-26     60.0  Example_Streamer  we all クリア
        https://clips.twitch.tv/OtterEagerGentle-OL-pX_fzG0Viwhz3
 1,479  2026-05-21     30.0  試験配信          the boss did win at last
        https://clips.twitch.tv/BriskTeapotComet-OTC1Af2ySfUoeJl4
"""


def _lines(stdout: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stdout.splitlines()]


async def test_a_terminal_shows_a_table(helix: FakeHelix, ask: Ask) -> None:
    """Most viewed first, two lines a clip."""
    ran = await ask(helix, "top", "--game", "just chatting", "--limit", "4", stdout=pty.openpty)
    assert (ran.status, ran.stdout, ran.stderr) == (0, TABLE, "")


async def test_a_terminal_shows_json_lines_where_they_are_asked_for(helix: FakeHelix, ask: Ask) -> None:
    """The same ones that a pipe gets."""
    question = ("top", "--broadcaster", "quietotterplays", "--limit", "3")
    piped = await ask(helix, *question)
    shown = await ask(helix, *question, "--json", stdout=pty.openpty)
    assert shown == piped
    assert [clip["broadcaster_name"] for clip in _lines(piped.stdout)] == ["QuietOtterPlays"] * 3


def test_errors_and_the_table_share_a_terminal(run: Run) -> None:
    """A word that stands there while Twitch is asked is gone before the table comes."""
    ran = run("top", "--sandbox", "--limit", "1", stderr=pty.openpty)
    assert ran.stderr == ""
    shown = run("top", "--sandbox", "--limit", "1", stdout=pty.openpty, stderr=pty.openpty).stderr
    assert shown == "Asking ...\r          \r"


@pytest.mark.parametrize(
    ("options", "question"),
    [
        (("--game", "Teapot Tycoon"), "/helix/clips?game_id=490001&first=100"),
        (("--game-id", "490001"), "/helix/clips?game_id=490001&first=100"),
        (("--broadcaster", "shiken_haishin"), "/helix/clips?broadcaster_id=1000003&first=100"),
        (("--broadcaster-id", "1000003"), "/helix/clips?broadcaster_id=1000003&first=100"),
    ],
)
async def test_a_game_or_a_channel_goes_by_its_name_or_its_id(
    helix: FakeHelix, ask: Ask, options: tuple[str, ...], question: str
) -> None:
    """The same question goes out."""
    assert (await ask(helix, "top", *options, "--limit", "1")).status == 0
    assert helix.targets[-1] == question


def test_the_sandbox_needs_neither_a_selector_nor_an_account(run: Run) -> None:
    """It shows Just Chatting then."""
    ran = run("top", "--sandbox", "--limit", "2")
    assert (ran.status, ran.stderr) == (0, "")
    assert [clip["game_id"] for clip in _lines(ran.stdout)] == [JUST_CHATTING] * 2


async def test_a_window_is_exact(helix: FakeHelix, ask: Ask) -> None:
    """It goes out up to the next ten-minute mark, and what is beyond its ends is left out."""
    [clip] = synthetic_clips(1, now=NOW)
    times = ("17:59:59", "18:00:00", "18:04:59", "18:05:00")
    helix.add(*(clip | {"id": time, "broadcaster_id": "7", "created_at": f"2025-05-01T{time}Z"} for time in times))
    ran = await ask(helix, "top", "--broadcaster-id", "7", "--since", "5m", "--until", "2025-05-01T18:05:00Z")
    assert {clip["id"] for clip in _lines(ran.stdout)} == {"18:00:00", "18:04:59"}
    sent = "started_at=2025-05-01T18:00:00Z&ended_at=2025-05-01T18:10:00Z"
    assert helix.targets == [f"/helix/clips?broadcaster_id=7&first=100&{sent}"]


def test_since_alone_lasts_until_now(run: Run) -> None:
    """All clips of the sandbox are of the last thirty days."""

    def ids(*options: str) -> list[str]:
        return [clip["id"] for clip in _lines(run("top", "--sandbox", "--limit", "999", *options).stdout)]

    assert ids("--since", "31d") == ids()
    assert 0 < len(ids("--since", "15d")) < len(ids())


async def test_a_language_takes_its_locales_along(helix: FakeHelix, ask: Ask) -> None:
    """A locale takes itself, and several are together."""

    async def languages(*options: str) -> set[str]:
        ran = await ask(helix, "top", "--broadcaster-id", "1000001", "--limit", "999", *options)
        return {clip["language"] for clip in _lines(ran.stdout)}

    assert await languages("--language", "EN") == {"en", "en-gb"}
    assert await languages("--language", "en-gb") == {"en-gb"}
    assert await languages("--language", "ja", "--language", "e") == {"ja"}


async def test_clips_with_too_few_views_are_left_out_wherever_they_stand(helix: FakeHelix, ask: Ask) -> None:
    """Helix has been reported not to list by falling views, so the listing is read to its end."""
    helix.manners = Manners(order="random")
    ran = await ask(helix, "top", "--broadcaster-id", "1000001", "--min-views", "100", "--limit", "999")
    views = [clip["view_count"] for clip in _lines(ran.stdout)]
    expected = [clip["view_count"] for clip in synthetic_clips(now=NOW) if clip["broadcaster_id"] == "1000001"]
    assert sorted(views) == sorted(count for count in expected if isinstance(count, int) and count >= 100)
    assert views != sorted(views, reverse=True)


async def test_a_listing_that_was_cut_off_says_so(ask: Ask) -> None:
    """In one line that names the way to the others, and no warning of Python's."""
    async with FakeHelix(synthetic_clips(2000, now=NOW), now=NOW) as helix:
        ran = await ask(helix, "top", "--broadcaster-id", "1000001", "--limit", "9999")
    assert (ran.status, ran.stdout.count("\n")) == (0, 1000)
    assert ran.stderr == (
        "Note: Twitch lists about 1,000 clips and no more: narrow it with --since and --until to see others.\n"
    )


async def test_a_listing_that_moved_says_how_many_clips_it_may_lack(helix: FakeHelix, ask: Ask) -> None:
    """As many as came twice."""
    first = synthetic_clips(1, now=NOW)
    helix.fail(faults.edit(lambda page: page | {"data": first}), times=None)
    helix.manners = Manners(last_page="null")
    ran = await ask(helix, "top", "--broadcaster-id", "1000002", "--limit", "999")
    assert ran.stderr == "Note: views moved meanwhile, so 1 clips may be missing: run it again.\n"


async def test_no_clips_are_said_in_words(helix: FakeHelix, ask: Ask) -> None:
    """On stderr: a pipe gets nothing."""
    ran = await ask(helix, "top", "--game", "nobody clips this")
    assert (ran.status, ran.stdout, ran.stderr) == (0, "", "Note: no clips.\n")


@pytest.mark.parametrize(("stdout", "count"), [(os.pipe, 100), (pty.openpty, 201)])
async def test_what_came_before_an_error_is_shown(helix: FakeHelix, ask: Ask, stdout: Any, count: int) -> None:
    """As JSON Lines or in the table, which has a head and two lines a clip."""
    helix.fail(faults.raw(418, "\x1b]0;two\nlines\a"), skip=1)
    ran = await ask(helix, "top", "--broadcaster-id", "1000001", "--limit", "200", stdout=stdout)
    assert (ran.status, ran.stdout.count("\n")) == (1, count)
    assert ran.stderr == "Error: Helix answered 418: ]0;two lines\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give one of --game, --game-id, --broadcaster and --broadcaster-id"),
        (("--game-id", "1", "--broadcaster", "x"), "give one of --game, --game-id, --broadcaster and --broadcaster-id"),
        (("--game-id", "Just Chatting"), "'Just Chatting' is not made of digits; a name goes with --game"),
        (("--sandbox", "--limit", "0"), "Invalid value for '--limit': 0 is not in the range x>=1"),
        (("--sandbox", "--since", "soon"), "Invalid value for '--since': 'soon' is neither a date such as 2026-05-01"),
        (("--sandbox", "--since", "9999-01-01"), "since is ahead of now"),
        (("--sandbox", "--until", "2026-05-01"), "--until needs --since"),
        (("--sandbox", "--since", "2026-05-01", "--until", "2026-05-01"), "--until must be after --since"),
        (("--sandbox", "extra"), "Got unexpected extra argument (extra)"),
    ],
)
def test_a_wrong_argument_exits_with_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    """And says in one line which."""
    ran = run("top", *arguments)
    assert (ran.status, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert ran.stderr.startswith("Error: ")
    assert words in ran.stderr
