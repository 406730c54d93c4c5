"""The commands that documents show are those that there are, and do what is said of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from click import Context

from tests.cli.conftest import Ask
from tests.documents import typed
from twitch_clips.cli import main
from twitch_clips.testing import FakeHelix, synthetic_clips

SHOWN = typed("twitch-clips")
# A watch has no end, and 30,000 clips take their time; both are run by the tests of their commands.
RUN = [words for words in SHOWN if words[0] != "watch" and words[:2] != ["backfill", "--sandbox"]]


@pytest.mark.parametrize("words", SHOWN, ids=" ".join)
def test_a_command_that_is_shown_is_understood(words: Sequence[str]) -> None:
    """With its options and their values."""
    # A command keeps the help option of the first context that it meets, for all tests of this process.
    group = Context(main, info_name="twitch-clips", **main.context_settings)
    name, command, arguments = main.resolve_command(group, list(words))
    assert command is not None
    assert command.make_context(name, arguments, parent=group).params


@pytest.mark.parametrize("words", RUN, ids=" ".join)
async def test_a_command_that_is_shown_ends_well(
    ask: Ask, words: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a Helix that has the channels, games and clips of the documents; a file that it was to write is there."""
    monkeypatch.chdir(tmp_path)
    now = datetime.now(UTC)
    raw = synthetic_clips(now=now)
    april = {"broadcaster_id": "1000002", "created_at": "2026-04-10T12:00:00Z", "view_count": 100}
    named = [{**raw[0], **april, "id": id_} for id_ in ("SLUG", "OTHER_SLUG")]
    async with FakeHelix([*raw, *named], now=now) as helix:
        helix.rename("1000002", "twitchdev")
        ran = await ask(helix, *words)
    assert ran.status == 0, ran.stderr
    files = [word for option, word in pairwise(words) if option in {"-o", "--db"}]
    assert all((tmp_path / file).stat().st_size for file in files)
    assert files or ran.stdout
