"""The fixtures for users' tests, in runs of pytest of their own."""

import subprocess
import sys
from importlib import import_module
from typing import get_type_hints

import pytest

from twitch_clips import Clip

pytest_plugins = ["pytester"]

CONFTEST = 'pytest_plugins = ["twitch_clips.testing.pytest"]\n'
STRICT = ("-o", "asyncio_mode=strict")
AUTO = ("-o", "asyncio_mode=auto")
HEAD = """
import asyncio
import pytest
from twitch_clips import ListingBroken
from twitch_clips.testing import FakeHelix, Manners, VirtualLoop, faults

pytestmark = pytest.mark.{mark}


def is_virtual():
    return isinstance(asyncio.get_running_loop(), VirtualLoop)


async def count(clips):
    return len(await clips.by_broadcaster(login="example_streamer", limit=250).collect())
"""


def outcomes(
    pytester: pytest.Pytester, tests: str, *options: str, mark: str = "asyncio", conftest: str = ""
) -> dict[str, int]:
    """What becomes of these tests, warnings included."""
    pytester.makeconftest(CONFTEST + conftest)
    pytester.makepyfile(test_bot=HEAD.format(mark=mark) + tests)
    # Other tests' files may have imported the plugin into this process before.
    warnings = ("-W", "error", "-W", "ignore::pytest.PytestAssertRewriteWarning")
    fixed = ("-p", "no:cacheprovider", "-o", "asyncio_default_fixture_loop_scope=function")
    return pytester.runpytest_inprocess("--strict-markers", *warnings, *fixed, *options).parseoutcomes()


FAULTS = """
async def test_a_429(fake_helix, helix_client):
    fake_helix.fail(faults.too_many(reset=60), skip=1, times=3)
    start = asyncio.get_running_loop().time()
    assert await count(helix_client) == 250
    assert is_virtual() and asyncio.get_running_loop().time() - start > 1

async def test_an_expired_token(fake_helix, helix_client):
    await count(helix_client)
    fake_helix.revoke()
    assert await count(helix_client) == 250
    assert fake_helix.tokens == 2

async def test_a_stuck_cursor(fake_helix, helix_client):
    fake_helix.manners = Manners(cap=200, cap_ending="repeats")
    with pytest.raises(ListingBroken):
        await count(helix_client)
"""


@pytest.mark.parametrize("options", [STRICT, AUTO], ids=["strict", "auto"])
def test_a_server_and_a_client_of_it(pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    """In both modes of pytest-asyncio; what is waited for takes no time."""
    assert outcomes(pytester, FAULTS, *options) == {"passed": 3}


OTHERS = """
async def test_another(make_clip):
    assert not is_virtual()

@pytest.fixture
def bot(helix_client):
    return helix_client

async def test_by_way_of_a_fixture(bot):
    assert is_virtual()

@pytest.mark.real_time
async def test_that_is_marked(fake_helix, helix_client):
    assert not is_virtual()
    assert await count(helix_client) == 250
"""


def test_time_is_virtual_for_those_who_ask_for_a_server(pytester: pytest.Pytester) -> None:
    """Unless they are marked; others keep the loop that they had."""
    assert outcomes(pytester, OTHERS) == {"passed": 3}


HOOK = """
import asyncio

def pytest_asyncio_loop_factories():
    return {"mine": asyncio.SelectorEventLoop}
"""


def test_the_loop_that_a_project_chose_goes_before(pytester: pytest.Pytester) -> None:
    """A `conftest.py` has the last word."""
    test = "async def test_it(helix_client):\n    assert not is_virtual() and await count(helix_client) == 250\n"
    assert outcomes(pytester, test, conftest=HOOK) == {"passed": 1}


@pytest.mark.parametrize("by_marker", [True, False], ids=["by marker", "by option"])
@pytest.mark.parametrize("scope", ["class", "module", "package", "session"])
def test_the_server_is_on_the_loop_of_the_test(pytester: pytest.Pytester, scope: str, *, by_marker: bool) -> None:
    """However long that loop lives."""
    test = (
        "class TestIt:\n    async def test_it(self, helix_client):\n        assert await count(helix_client) == 250\n"
    )
    mark = f"asyncio(loop_scope={scope!r})" if by_marker else "asyncio"
    options = () if by_marker else ("-o", f"asyncio_default_test_loop_scope={scope}")
    assert outcomes(pytester, test, *options, mark=mark) == {"passed": 1}


LONG = """
import pytest_asyncio

made = []

@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pool():
    made.append(asyncio.get_running_loop())
    yield made[-1]

async def test_one(pool):
    assert pool is asyncio.get_running_loop()

async def test_two(pool, helix_client):
    assert pool is asyncio.get_running_loop() and await count(helix_client) == 250

async def test_three(pool, fake_helix):
    assert pool is asyncio.get_running_loop()

@pytest.fixture(scope="session", autouse=True)
def is_made_once_for_each():
    yield
    assert len(made) == 2
"""


def test_a_loop_that_outlives_tests_is_made_once_for_each_kind_of_time(pytester: pytest.Pytester) -> None:
    """And what lives on it, such as a pool of connections."""
    assert outcomes(pytester, LONG, mark="asyncio(loop_scope='session')") == {"passed": 3}


OWN = """
import pytest_asyncio

@pytest_asyncio.fixture
async def fake_helix():
    async with FakeHelix([], limit=30) as helix:
        yield helix

async def test_it(helix_client):
    assert await count(helix_client) == 0
    assert helix_client.rate.limit == 30
"""


def test_a_server_of_ones_own_is_the_one_that_is_asked(pytester: pytest.Pytester) -> None:
    """With another catalogue, and another limit."""
    assert outcomes(pytester, OWN) == {"passed": 1}


ANY = """
@pytest.fixture(params=["real", "virtual"])
def anyio_backend(request):
    return "asyncio" if request.param == "real" else ("asyncio", {"loop_factory": VirtualLoop})

async def test_it(fake_helix, helix_client, anyio_backend):
    assert await count(helix_client) == 250
    assert is_virtual() == (anyio_backend != "asyncio")
"""


def test_anyios_plugin_has_them_too(pytester: pytest.Pytester) -> None:
    """Beside pytest-asyncio in strict mode."""
    pytest.importorskip("anyio")
    assert outcomes(pytester, ANY, *STRICT, mark="anyio") == {"passed": 2}


def test_a_test_of_two_plugins_is_told(pytester: pytest.Pytester) -> None:
    """Each would have a loop of its own, and the test would wait for ever."""
    two = "@pytest.fixture\ndef anyio_backend():\n    pass\n\nasync def test_it(anyio_backend, fake_helix):\n    pass\n"
    assert outcomes(pytester, two, *AUTO) == {"errors": 1}


CLIPS = """
def test_they_differ(make_clip):
    one, other = make_clip(), make_clip()
    for name in ("id", "url", "title", "view_count", "created_at", "video_id"):
        assert getattr(one, name) != getattr(other, name)
    assert one.vod_url and one.duration and one.language

def test_what_is_given_is_there(make_clip):
    clip = make_clip(id="FuzzyOtter-1", title="…", view_count=7, vod_offset=None)
    assert (clip.id, clip.title, clip.view_count, clip.vod_url) == ("FuzzyOtter-1", "…", 7, None)
    assert clip.url.endswith("/FuzzyOtter-1")
    with pytest.raises(TypeError):
        make_clip(views=7)
"""


def test_clips_are_made_with_distinct_defaults(pytester: pytest.Pytester) -> None:
    """And with what is given."""
    assert outcomes(pytester, CLIPS, mark="filterwarnings('error')") == {"passed": 2}


def test_what_a_clip_is_made_of_is_typed_as_a_clip_is() -> None:
    """Each field, and no other."""
    fields = import_module("twitch_clips.testing.pytest").ClipFields
    assert get_type_hints(fields) == get_type_hints(Clip)


@pytest.mark.parametrize("library", ["pytest", "pytest_asyncio"])
def test_a_library_that_is_missing_is_told(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, "twitch_clips.testing.pytest", raising=False)
    with pytest.raises(ImportError, match=rf"^{library} is missing: pip install 'twitch-clips\[testing\]'$"):
        import_module("twitch_clips.testing.pytest")


def test_the_sandbox_itself_needs_no_pytest() -> None:
    """It serves the command line, too."""
    code = "import sys, twitch_clips.testing; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  (our own)
    assert "twitch_clips.testing.sink_check" in ran.stdout.split()
    assert not {"pytest", "pytest_asyncio", "twitch_clips.testing.pytest"} & set(ran.stdout.split())
