"""The README's tests of somebody's bot."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readme import example

BROKEN = "limit=250)][:100]"
"""As of a bot that takes what comes before a fault for the whole."""


@pytest.mark.parametrize(("change", "outcome"), [("limit=250)]", "3 passed"), (BROKEN, "2 failed, 1 passed")])
async def test_they_pass_and_would_fail(change: str, outcome: str, tmp_path: Path) -> None:
    """By pytest in a process of its own; a bot that loses clips fails them."""
    text = example("fake_helix")
    assert "limit=250)]" in text
    (tmp_path / "test_bot.py").write_text(text.replace("limit=250)]", change), encoding="utf-8")
    (tmp_path / "conftest.py").write_text(example("pytest_plugins"), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    ran = await asyncio.to_thread(
        subprocess.run, command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert outcome in ran.stdout
