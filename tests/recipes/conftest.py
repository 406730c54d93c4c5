"""What tests of recipes share: running one in this process, on virtual time, up to the line that would block."""

import runpy
import sys
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.readme import environment, example
from twitch_clips.testing import FakeHelix


class Script(Protocol):
    """Runs the README's example with a word in it."""

    def __call__(self, word: str, *arguments: str, until: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Run it until it calls a function, such as `asyncio.run`; give what that was called with, in its place."""
        ...


@pytest.fixture
def script(helix: FakeHelix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Runs an example in a folder of its own, with credentials in the environment."""
    for name, value in environment(helix).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def start(word: str, *arguments: str, until: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
        calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        path = tmp_path / "script.py"
        path.write_text(example(word), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", [str(path), *arguments])

        def note(*given: Any, **named: Any) -> None:
            calls.append((given, named))

        with monkeypatch.context() as patch:
            patch.setattr(until, note)
            runpy.run_path(str(path), run_name="__main__")
        [call] = calls
        return call

    return start
