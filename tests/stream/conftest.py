"""A Helix of 250 clips, and what tests of streams ask it for."""

from collections.abc import AsyncGenerator

import pytest

from tests.conftest import NOW, listing
from twitch_clips import Clip, ClipStream
from twitch_clips.testing import FakeHelix

GAME = "509658"
RAW = listing(250)
IDS = [str(clip["id"]) for clip in RAW]


@pytest.fixture
async def helix() -> AsyncGenerator[FakeHelix]:
    """A Helix that knows 250 clips of one game."""
    async with FakeHelix(RAW, now=NOW) as helix:
        yield helix


async def take(stream: ClipStream, count: int) -> list[str]:
    """The ids of the next clips."""
    return [(await anext(stream)).id for _ in range(count)]


def is_even(clip: Clip) -> bool:
    """Some pass, some do not."""
    return clip.view_count % 2 == 0
