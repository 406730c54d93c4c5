"""What `import twitch_clips` gives, and what it leaves alone."""

import subprocess
import sys
from typing import get_origin

import pytest

import twitch_clips


def test_all_public_names_exist_and_are_documented() -> None:
    """`__all__` is the contract."""
    for name in twitch_clips.__all__:
        public = getattr(twitch_clips, name)
        assert public.__doc__ or get_origin(public), name  # an alias of a type has none


def test_what_is_loaded_when_it_is_used_is_public_all_the_same() -> None:
    """From a fresh interpreter by its name, or with all others; a name that is none is an error as anywhere."""
    code = (
        "import sys, twitch_clips; assert 'twitch_clips.backfill.job' not in sys.modules;"
        "print(twitch_clips.Backfill.__name__); from twitch_clips import *; print(ClipWatch.__name__)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert printed.split() == ["Backfill", "ClipWatch"]
    with pytest.raises(AttributeError, match="module 'twitch_clips' has no attribute 'Backfil'"):
        getattr(twitch_clips, "Backfil")  # noqa: B009  (checkers know that there is none)


def test_importing_it_loads_neither_the_sandbox_nor_an_extra() -> None:
    """Nor the server half of aiohttp, nor anything else that costs a bot its start-up time."""
    code = "import sys, twitch_clips; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603  (our own)
    assert "twitch_clips.client" in loaded
    assert not {"aiohttp.web", "cattrs", "click", "rich", "importlib.metadata", "twitch_clips.testing"} & set(loaded)
