"""Any store that keeps a checkpoint: its methods may be asynchronous, and may give anything."""

from typing import Any

import pytest

from twitch_clips import CheckpointError
from twitch_clips.checkpoint import load_from, save_to


class Plain:
    """A store whose methods are functions."""

    def __init__(self, text: Any = None) -> None:
        """With a text, or what is none."""
        self.text = text

    def load(self) -> Any:
        """Give it."""
        return self.text

    def save(self, text: str, /) -> Any:
        """Keep another one."""
        self.text = text


class Asynchronous(Plain):
    """A store whose methods are coroutines."""

    async def load(self) -> Any:
        """Give it."""
        return self.text

    async def save(self, text: str, /) -> None:
        """Keep another one."""
        self.text = text


@pytest.mark.parametrize("kind", [Plain, Asynchronous])
async def test_what_is_saved_is_loaded(kind: type[Plain]) -> None:
    """Nothing before."""
    store = kind()
    assert await load_from(store) is None
    await save_to(store, "text")
    assert (await load_from(store), store.text) == ("text", "text")


@pytest.mark.parametrize("kind", [Plain, Asynchronous])
@pytest.mark.parametrize("text", [b"text", 1, {}])
async def test_what_is_no_text_is_told(kind: type[Plain], text: Any) -> None:
    """A database may give bytes."""
    with pytest.raises(CheckpointError) as caught:
        await load_from(kind(text))
    assert str(caught.value) == f"the checkpoint's store gave {text!r} and not a text"
