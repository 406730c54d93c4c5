"""No secret gets out: not through an error or what hangs on it, nor the log, nor a `repr`."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from twitch_clips import AppAuth, AsyncClips, Auth, RetryPolicy, StaticAuth, UserAuth
from twitch_clips.testing import FakeHelix, faults
from twitch_clips.testing.faults import Answer, Fault

from .conftest import read_until_error

GAME = "509658"
SECRETS = ("s3cret-of-the-app", "t0ken-of-the-user", "refresh-of-the-user", FakeHelix.client_secret, "sandbox-token")


def _echo(code: int) -> Fault:
    """What a server or a proxy does that shows a developer his own request."""

    async def fault(request: web.Request, _answer: Answer) -> web.StreamResponse:
        return web.Response(status=code, text=f"{request.headers.get('Authorization')} {await request.text()}")

    return fault


async def _forget(_access_token: str, refresh_token: str) -> None:
    raise OSError(f"could not store {refresh_token}")


def _app(helix: FakeHelix) -> Auth:
    return AppAuth(helix.client_id, helix.client_secret, auth_url=helix.auth_url)


def _wrong_app(helix: FakeHelix) -> Auth:
    return AppAuth(helix.client_id, SECRETS[0], auth_url=helix.auth_url)


def _static(helix: FakeHelix) -> Auth:
    return StaticAuth(helix.client_id, SECRETS[1])


def _user(helix: FakeHelix) -> Auth:
    return UserAuth(
        helix.client_id,
        helix.client_secret,
        SECRETS[1],
        helix.refresh_token,
        on_refresh=_forget,
        auth_url=helix.auth_url,
    )


def _wrong_user(helix: FakeHelix) -> Auth:
    return UserAuth(helix.client_id, SECRETS[0], SECRETS[1], SECRETS[2], on_refresh=_forget, auth_url=helix.auth_url)


FAILURES: dict[str, tuple[Callable[[], Fault], Any]] = {
    "a 401 for ever": (lambda: faults.status(401, "Invalid OAuth token"), "clips"),
    "a 500 for ever": (lambda: faults.status(500), "clips"),
    "a 403": (lambda: faults.status(403), "clips"),
    "a redirect": (lambda: faults.redirect("https://elsewhere.example/"), "clips"),
    "a cut body": (faults.cut, "clips"),
    "a reset": (faults.reset, "clips"),
    "a hang": (faults.hang, "clips"),
    "no JSON": (lambda: faults.raw(200, "<html>"), "clips"),
    "429s": (faults.too_many, "clips"),
    "a token server that fails": (lambda: faults.status(500), "token"),
    "a token server that resets": (faults.reset, "token"),
    "a token server that hangs": (faults.hang, "token"),
    "an echo": (lambda: _echo(403), "clips"),
    "an echo with a status that passes": (lambda: _echo(503), "clips"),
    "a token server that echoes": (lambda: _echo(400), "token"),
    "a token server that fails and echoes": (lambda: _echo(500), "token"),
    "a token server that redirects": (lambda: faults.redirect("https://elsewhere.example/"), "token"),
}


def _all_of(error: BaseException | None) -> Iterator[str]:
    """Everything that a traceback, a log or a crash report would show of an error."""
    while error is not None:
        yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
        yield from _all_of(error.__cause__)
        error = error.__context__


@pytest.mark.parametrize("provider", [_app, _wrong_app, _static, _user, _wrong_user])
@pytest.mark.parametrize("name", FAILURES)
async def test_a_failure_shows_no_secret(
    helix: FakeHelix, caplog: pytest.LogCaptureFixture, provider: Callable[[FakeHelix], Auth], name: str
) -> None:
    """With a session passed in that raises for a status and has hooks which note all they see."""
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []

    async def note(_session: object, _context: object, about: Any) -> None:
        seen.append(repr(about))

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(note)
    trace.on_request_headers_sent.append(note)
    trace.on_request_end.append(note)
    trace.on_request_exception.append(note)
    fault, endpoint = FAILURES[name]
    helix.fail(fault(), on=endpoint, times=None)
    auth = provider(helix)
    async with (
        aiohttp.ClientSession(raise_for_status=True, trace_configs=[trace]) as session,
        AsyncClips(
            auth,
            api_url=helix.api_url,
            session=session,
            retry=RetryPolicy(attempts=2),
            hooks=[lambda event: seen.append(repr(event))],
        ) as clips,
    ):
        async with session.get(helix.auth_url, raise_for_status=False):
            assert seen  # the hooks do note what they see
        stream = clips.by_game(GAME)
        _, error = await read_until_error(stream)
        assert error is not None or endpoint == "token"  # a given token needs no token server
        seen += [*_all_of(error), repr(auth), repr(clips), repr(vars(stream)), str(stream.checkpoint)]
    seen += [record.getMessage() + repr(record.args) + (record.exc_text or "") for record in caplog.records]
    shown = "\n".join(seen)
    assert "twitch_clips" in shown
    assert [secret for secret in SECRETS if secret in shown] == []
