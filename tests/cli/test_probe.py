"""`twitch-clips probe`."""

import json
import os
import pty

import pytest

from tests.cli.conftest import Ask, Channel, Run
from tests.cli.probing import CLIPS
from tests.conftest import NOW
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, light_clips

ASKING = "Asking about game Kettle Quest: at most 400 requests.\n"
EDGES = "edges: of windows that meet, which has the clip made there?\n"
CAP = "cap: when and how does the longest listing end?\n"
LATENESS = "lateness: how long after they are made are clips listed?\n"
TABLE = """\
Asked                           What came               For the client

edges: of windows that meet,    start included, end     as assumed: adjoining
which has the clip made there?  excluded                windows neither overlap
                                                        nor leave gaps

cap: when and how does the      1,000 clips in 10       as assumed: told as
longest listing end?            requests, then the      End.CAPPED
                                cursor is gone

lateness: how long after they   nothing was asked       skipped: --minutes says
are made are clips listed?                              for how long to look
"""


def test_a_pipe_gets_an_object_a_question(run: Run) -> None:
    """In the order of all questions; stderr says what is asked and what it cost."""
    ran = run("probe", "--sandbox", "--only", "lateness", "--only", "cap")
    assert (ran.status, ran.stderr) == (0, f"{ASKING}{CAP}{LATENESS}12 requests.\n")
    assert [json.loads(line) for line in ran.stdout.splitlines()] == [
        {
            "question": "cap",
            "asked": "when and how does the longest listing end?",
            "came": "1,000 clips in 10 requests, then the cursor is gone",
            "verdict": "as assumed",
            "why": "told as End.CAPPED",
            "requests": 10,
        },
        {
            "question": "lateness",
            "asked": "how long after they are made are clips listed?",
            "came": "nothing was asked",
            "verdict": "skipped",
            "why": "--minutes says for how long to look",
            "requests": 0,
        },
    ]


def test_a_terminal_gets_a_table(run: Run) -> None:
    """In its columns, without colours where it has none."""
    ran = run("probe", "--sandbox", "--only", "cap", "--only", "edges", "--only", "lateness", stdout=pty.openpty)
    assert ran.status == 0
    assert [line.rstrip() for line in ran.stdout.splitlines()] == TABLE.splitlines()
    assert ran.stderr.startswith(f"{ASKING}{EDGES}{CAP}{LATENESS}")


@pytest.mark.parametrize("stdout", [os.pipe, pty.openpty])
def test_a_terminal_gets_objects_where_they_are_asked_for(run: Run, stdout: Channel) -> None:
    """As a pipe does."""
    ran = run("probe", "--sandbox", "--only", "lateness", "--minutes", "0", "--json", stdout=stdout)
    assert json.loads(ran.stdout)["question"] == "lateness"


async def test_without_an_option_it_asks_about_a_busy_category_for_five_minutes(ask: Ask) -> None:
    """The exit status is 1 when a question could not be answered: here the newest minute has too many clips."""
    now = int(NOW.timestamp())
    clips = list(light_clips([now] * 1001 + [now - 86_400] * 1001, [0] * 2002))
    async with FakeHelix(clips, now=NOW) as helix:
        ran = await ask(helix, "probe", "--only", "lateness", "--only", "cap")
    assert ran.status == 1
    assert ran.stderr.startswith(
        f"Asking about game id {JUST_CHATTING}: at most 400 requests and 5 min of looking for new clips.\n"
    )
    assert [json.loads(line)["verdict"] for line in ran.stdout.splitlines()] == ["as assumed", "could not be told"]
    assert all(f"game_id={JUST_CHATTING}&" in target for target in helix.targets)


async def test_what_is_not_as_assumed_is_no_failure(ask: Ask) -> None:
    """It was measured."""
    async with FakeHelix(CLIPS, now=NOW, manners=Manners(cap=None)) as helix:
        ran = await ask(helix, "probe", "--broadcaster", "example_streamer", "--only", "cap")
    assert (ran.status, json.loads(ran.stdout)["verdict"]) == (0, "not as assumed")


async def test_it_ends_where_nothing_can_be_asked(helix: FakeHelix, ask: Ask) -> None:
    """As any command does."""
    ran = await ask(helix, "probe", "--game", "no such game")
    assert (ran.status, ran.stdout) == (1, "")
    assert ran.stderr.endswith(
        "Error: Twitch knows no game 'no such game'; a game goes by its whole title, as Twitch writes it\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--game-id", "1", "--broadcaster", "x"), "give one of --game, --game-id, --broadcaster and --broadcaster-id"),
        (("--only", "everything"), "'everything' is not one of 'grid', 'edges'"),
        (("--minutes", "61"), "61 is not in the range 0<=x<=60"),
    ],
)
def test_a_wrong_argument_exits_with_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    """And says in one line which."""
    ran = run("probe", *arguments)
    assert (ran.status, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert words in ran.stderr
