"""Fixtures for the tests of whatever uses twitch_clips.

Load them in your `conftest.py`:

    pytest_plugins = ["twitch_clips.testing.pytest"]

- `fake_helix`: a running `FakeHelix`, with its synthetic catalogue and full buckets.
- `helix_client`: an `AsyncClips` that asks it, with an application's credentials.
- `make_clip`: makes `Clip` records: `make_clip(title="…", view_count=7)`.

A test of a bot, in a file of yours:

    async def test_a_429_costs_no_clip(fake_helix, helix_client):
        fake_helix.fail(faults.too_many(), skip=1)
        assert len(await my_bot.titles(helix_client)) == 250

For another catalogue, or another limit, define a fixture `fake_helix` of your own: `helix_client` asks that one.

**Time.** A test that asks for `fake_helix` or `helix_client`, itself or by way of other fixtures, runs on a
`VirtualLoop`: what it waits for on the event loop (after a 429, between two polls, for a time-out) takes no time. All
other tests run on the loop that they would have had. Where such a test talks to somebody else as well, such as a
database, a subprocess or a thread of its own, time is real for as long as that connection, pipe or thread is there, so
that no time-out comes early; see `VirtualLoop` for how that is told. `@pytest.mark.real_time` (or `pytestmark`) has a
test, a class or a module on real time altogether. A `pytest_asyncio_loop_factories` in a `conftest.py` of yours goes
before all of this.

**Plugins.** With pytest-asyncio 1.4 or newer, in its strict mode and its auto mode, the fixtures live on the loop of
the test that asks for them, whatever its `loop_scope` is. With anyio's plugin they do, too, on its asyncio backend and
with pytest-asyncio in strict mode beside it; time is real there, unless your fixture `anyio_backend` gives
`("asyncio", {"loop_factory": VirtualLoop})`.

It needs `pip install 'twitch-clips[testing]'`. Nothing is loaded unless you say so: there is no entry point.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Final, Protocol, TypedDict, Unpack

try:
    import pytest
    import pytest_asyncio
except ModuleNotFoundError as _error:
    raise ImportError(f"{_error.name} is missing: pip install 'twitch-clips[testing]'", name=_error.name) from None

from twitch_clips import AppAuth, AsyncClips, Clip

from .catalogue import JUST_CHATTING
from .fake_helix import FakeHelix
from .tokens import USER_ID
from .virtual_loop import VirtualLoop

_FIRST = datetime(2026, 1, 1, 12, tzinfo=UTC)
_REAL_TIME = "real_time: the test runs on real time, though it uses twitch_clips' fake_helix"
_SCOPES: Final = ("function", "class", "module", "package", "session")
# The same ones each time: a loop that lives longer than a test is kept for as long as they do not change.
_VIRTUAL = {"virtual": partial(VirtualLoop, waits_for_others=True)}
_REAL = {"real": asyncio.new_event_loop}


class ClipFields(TypedDict, total=False):
    """What `make_clip` takes: the fields of `Clip`."""

    id: str
    url: str
    broadcaster_id: str
    title: str
    view_count: int
    created_at: datetime
    embed_url: str
    broadcaster_name: str
    creator_id: str
    creator_name: str
    video_id: str
    game_id: str
    language: str
    thumbnail_url: str
    duration: float
    vod_offset: int | None
    is_featured: bool


class MakeClip(Protocol):
    """Makes clips, each unlike the ones before."""

    def __call__(self, **fields: Unpack[ClipFields]) -> Clip:
        """A clip with these fields; ids, title, views and time of the others are new each time.

        `url`, `embed_url` and `thumbnail_url` follow `id`. By default it is of the sandbox's `example_streamer`, 30
        seconds long, with a VOD; each was made a minute after the one before, from 2026-01-01T12:01:00Z on.
        """
        ...


@pytest.fixture
def make_clip() -> MakeClip:
    """A factory of `Clip` records: `make_clip(title="…", view_count=7)`."""
    numbers = count(1)

    def make(**fields: Unpack[ClipFields]) -> Clip:
        return _clip(next(numbers), fields)

    return make


@pytest.fixture
def fake_helix(request: pytest.FixtureRequest) -> FakeHelix:
    """A running `FakeHelix`, on the test's event loop."""
    helix: FakeHelix = request.getfixturevalue(f"_fake_helix_on_{_loop_of(request)}")
    return helix


@pytest.fixture
def helix_client(request: pytest.FixtureRequest, fake_helix: FakeHelix) -> AsyncClips:  # noqa: ARG001  (it is seen here)
    """An `AsyncClips` that asks `fake_helix`, with an application's credentials."""
    clips: AsyncClips = request.getfixturevalue(f"_helix_client_on_{_loop_of(request)}")
    return clips


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _REAL_TIME)


@pytest.hookimpl(trylast=True)
def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Virtual time for the tests that ask for `fake_helix`, unless they are marked `real_time`."""
    has_helix = isinstance(item, pytest.Function) and "fake_helix" in item.fixturenames
    return _VIRTUAL if has_helix and item.get_closest_marker("real_time") is None else _REAL


def _loop_of(request: pytest.FixtureRequest) -> str:
    """Whose event loop the test runs on."""
    marker = request.node.get_closest_marker("asyncio")
    if "anyio_backend" not in request.fixturenames:
        told: str | None = marker and marker.kwargs.get("loop_scope")
        return told or request.config.getini("asyncio_default_test_loop_scope")
    if marker is not None:  # the fixtures would be anyio's, and the test not
        pytest.fail("anyio's plugin and pytest-asyncio both take this test: set asyncio_mode = strict", pytrace=False)
    return "anyio"


def _clip(number: int, fields: ClipFields) -> Clip:
    id_ = fields.get("id", f"InventedClip-{number:05}")
    given = ClipFields(
        id=id_,
        url=f"https://clips.twitch.tv/{id_}",
        embed_url=f"https://clips.twitch.tv/embed?clip={id_}",
        thumbnail_url=f"https://static-cdn.jtvnw.net/twitch-clips-thumbnails-prod/{id_}/preview-480x272.jpg",
        broadcaster_id=USER_ID,
        broadcaster_name="Example_Streamer",
        creator_id="2000001",
        creator_name="viewer_1",
        video_id=str(3_000_000_000 + number),
        vod_offset=60 * number,
        game_id=JUST_CHATTING,
        language="en",
        title=f"invented clip {number}",
        view_count=100 + number,
        created_at=_FIRST + timedelta(minutes=number),
        duration=30.0,
    )
    given.update(fields)
    return Clip(**given)


def _running_helix() -> Callable[[], AsyncGenerator[FakeHelix]]:
    async def run() -> AsyncGenerator[FakeHelix]:
        async with FakeHelix() as helix:
            yield helix

    return run


def _running_client() -> Callable[[FakeHelix], AsyncGenerator[AsyncClips]]:
    async def run(fake_helix: FakeHelix) -> AsyncGenerator[AsyncClips]:
        auth = AppAuth(fake_helix.client_id, fake_helix.client_secret, auth_url=fake_helix.auth_url)
        async with AsyncClips(auth, api_url=fake_helix.api_url) as clips:
            yield clips

    return run


def _on_every_loop(name: str, make: Callable[[], Callable[..., AsyncGenerator[object]]]) -> dict[str, object]:
    """Fixtures for each scope of pytest-asyncio's loops, and one that anyio takes: on no other are they served."""
    fixtures: dict[str, object] = {
        f"_{name}_on_{scope}": pytest_asyncio.fixture(loop_scope=scope)(make()) for scope in _SCOPES
    }
    return fixtures | {f"_{name}_on_anyio": pytest.fixture(make())}


globals().update(_on_every_loop("fake_helix", _running_helix) | _on_every_loop("helix_client", _running_client))
