"""The Python that the README shows, by a word that only one example has, and what runs it."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

from twitch_clips.testing import FakeHelix

README = Path(__file__).parents[1] / "README.md"
EXAMPLES: list[str] = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
RUN_BY = MappingProxyType(
    {
        "limit=25)": "test_readme.py",
        "clips.resume(": "test_readme.py",
        "merge(": "test_readme.py",
        "job.report": "test_readme.py",
        "RedisTokenBucket": "redis/test_contract.py",
        "discord.Client": "recipes/test_discord.py",
        "web.run_app": "recipes/test_service.py",
        "duckdb.sql": "recipes/test_archive.py",
        "fake_helix": "recipes/test_own_tests.py",
        "pytest_plugins": "recipes/test_own_tests.py",
        "of the channel,": "recipes/test_others.py",
    }
)


def example(word: str) -> str:
    """The one with that word, as it stands."""
    [text] = [text for text in EXAMPLES if word in text]
    return text


def environment(helix: FakeHelix) -> dict[str, str]:
    """The variables that lead to a Helix."""
    credentials = {"TWITCH_CLIENT_ID": helix.client_id, "TWITCH_CLIENT_SECRET": helix.client_secret}
    return credentials | {
        "TWITCH_ACCESS_TOKEN": "",
        "TWITCH_API_URL": helix.api_url,
        "TWITCH_AUTH_URL": helix.auth_url,
    }


async def run(folder: Path, word: str, *arguments: str, **variables: str) -> str:
    """What an example prints in a process of its own, which has to end well and without a warning."""
    command = [sys.executable, "-W", "error", "-c", example(word), *arguments]
    env = os.environ | variables
    ran = await asyncio.to_thread(
        subprocess.run, command, env=env, cwd=folder, capture_output=True, encoding="utf-8", check=False
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    return ran.stdout
