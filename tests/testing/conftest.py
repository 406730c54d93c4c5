"""What the sandbox's tests share."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from .caller import Caller


@pytest.fixture
async def caller() -> AsyncGenerator[Caller]:
    """Somebody who asks."""
    async with aiohttp.ClientSession() as session:
        yield Caller(session)
