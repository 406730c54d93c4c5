"""What all tests share: virtual time, the embedded Helix, a client that asks it."""

import json
import random
import socket
from asyncio import AbstractEventLoop
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
from aioresponses import aioresponses
from hypothesis import settings

from twitch_clips import AppAuth, AsyncClips, Clip, TwitchClipsError
from twitch_clips.testing import JUST_CHATTING, FakeHelix, RawClip, VirtualLoop, faults, synthetic_clips
from twitch_clips.testing.faults import Fault

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
settings.register_profile("no clock", deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("no clock")


class Response(aiohttp.ClientResponse):
    """What aioresponses 0.7.9 needs to build a response of aiohttp 3.14."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Supply the argument it does not know of."""
        super().__init__(*args, stream_writer=Mock(), **kwargs)


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    """Every asynchronous test runs on virtual time."""
    return {"virtual": partial(VirtualLoop, NOW)}


@pytest.fixture(autouse=True)
def _chance(request: pytest.FixtureRequest) -> None:
    """The same in every run: how long a pause is, and so who comes first, is drawn."""
    random.seed(request.node.name)


@pytest.fixture
async def helix() -> AsyncGenerator[FakeHelix]:
    """An embedded Helix with the synthetic catalogue, on 1 June 2026."""
    async with FakeHelix(now=NOW) as helix:
        yield helix


@asynccontextmanager
async def client(helix: FakeHelix, **settings: Any) -> AsyncGenerator[AsyncClips]:
    """A client of a Helix with an application's credentials."""
    auth = AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)
    async with AsyncClips(auth, api_url=helix.api_url, **settings) as clips:
        yield clips


@pytest.fixture
async def clips(helix: FakeHelix) -> AsyncGenerator[AsyncClips]:
    """A client of that Helix."""
    async with client(helix) as clips:
        yield clips


@pytest.fixture
def server() -> Generator[Any]:
    """No network: what it was not told to answer is a connection error."""
    with aioresponses() as server:
        yield server


@pytest.fixture
def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def silent_url() -> Generator[str]:
    """A server that never answers: the kernel takes the connection, and that is all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Any]:
    """The JSON of one of the project's own samples, by name."""
    folder = Path(__file__).parent / "samples"
    return lambda name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def listing(count: int) -> list[RawClip]:
    """So many clips of one game, most viewed first."""
    raw = synthetic_clips(count, now=NOW)
    return [clip | {"game_id": JUST_CHATTING, "view_count": 10_000 - place} for place, clip in enumerate(raw)]


def records(change: Callable[[list[Any]], object]) -> Fault:
    """A page with other records; `change` gives them, or changes the list that it is given."""

    def edit(page: dict[str, Any]) -> object:
        changed = change(page["data"])
        return page if changed is None else {**page, "data": changed}

    return faults.edit(edit)


async def read_until_error(stream: AsyncIterator[Clip]) -> tuple[list[str], TwitchClipsError | None]:
    """The ids of the clips until the end or an error, and the error."""
    ids: list[str] = []
    try:
        async for clip in stream:
            ids.append(clip.id)  # noqa: PERF401  (those before an error count)
    except TwitchClipsError as error:
        return ids, error
    return ids, None
