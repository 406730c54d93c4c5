"""What a user without any extra has: run from an environment where only the wheel is installed, outside of the tree."""

import asyncio
import re
import sys
import tempfile
from importlib.metadata import requires
from importlib.resources import files
from pathlib import Path

import twitch_clips
from twitch_clips import AppAuth, AsyncClips, export, testing

OF_EXTRAS = {
    "click",
    "prometheus_client",
    "psycopg",
    "pyarrow",
    "pytest",
    "pytest_asyncio",
    "redis",
    "rich",
    "sqlalchemy",
}


async def written(target: Path) -> int:
    """How many clips of the sandbox come into a file."""
    async with testing.FakeHelix() as helix:
        auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
        async with AsyncClips(auth, api_url=helix.api_url) as clips:
            return await export.write(clips.by_broadcaster(login="example_streamer", limit=250), target)


if __name__ == "__main__":
    wanted = [one for one in requires("twitch-clips") or () if "extra ==" in one]
    named = {re.split(r"[\[<>=~; ]", one)[0].replace("-", "_") for one in wanted} - {"twitch_clips"}
    if not files(twitch_clips).joinpath("py.typed").is_file() or named != OF_EXTRAS:
        raise SystemExit(f"py.typed is missing, or the extras are others: {named}")
    with tempfile.TemporaryDirectory() as folder:
        if (count := asyncio.run(written(Path(folder, "clips.jsonl")))) != 250:  # noqa: PLR2004  (as many as asked for)
            raise SystemExit(f"{count} clips of 250")
    if loaded := OF_EXTRAS & set(sys.modules):
        raise SystemExit(f"extras that nobody asked for were loaded: {loaded}")
    print(f"without an extra, from {Path(twitch_clips.__file__).parent}: 250 clips")  # noqa: T201  (a script)
