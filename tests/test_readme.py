"""What the README shows runs as it stands."""

import asyncio
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from twitch_clips.testing import FakeHelix

README = Path(__file__).parents[1] / "README.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize(("number", "lines"), [(0, 25), (1, 2), (2, 10), (3, 10)])
async def test_an_example_runs(number: int, lines: int, tmp_path: Path) -> None:
    """In a process of its own, with credentials in its environment, and prints so many lines."""
    command = [sys.executable, "-W", "error", "-c", EXAMPLES[number]]
    async with FakeHelix(now=datetime.now(UTC)) as helix:
        env = {"TWITCH_CLIENT_ID": helix.client_id, "TWITCH_CLIENT_SECRET": helix.client_secret}
        urls = {"TWITCH_API_URL": helix.api_url, "TWITCH_AUTH_URL": helix.auth_url}
        ran = await asyncio.to_thread(
            subprocess.run,
            command,
            env=os.environ | env | urls,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (0, "")
    # A title may hold line breaks of its own.
    assert len(ran.stdout.splitlines()) >= lines


def test_every_example_is_run() -> None:
    """None was added without its test; that of the last is with those that need a Redis."""
    assert len(EXAMPLES) == 5
