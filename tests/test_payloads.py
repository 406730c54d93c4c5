"""Recorded answers of the real API are read, where the folder that holds them is at hand."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from multidict import CIMultiDict

from twitch_clips import Clip
from twitch_clips._helix import decode
from twitch_clips._helix.answer import Answer, read_rate, response_error

FOLDER = Path(__file__).parents[2] / "shared" / "payloads"
PAGES = sorted(path for path in FOLDER.glob("*.json") if path.stem not in {"errors", "headers"})
pytestmark = pytest.mark.skipif(not PAGES, reason="the folder of recorded answers is not here")


def _load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_recorded_page_is_read_whole(path: Path) -> None:
    """Every clip in order, every field as it stands there."""
    body = path.read_bytes()
    raw = json.loads(body)
    page = decode.page(body)
    assert len(page.records) == len(raw["data"]) > 0
    assert page.cursor == raw.get("pagination", {}).get("cursor")
    for clip, recorded in zip(page.records, raw["data"], strict=True):
        for field in attrs.fields(Clip):
            value = getattr(clip, field.name)
            if field.name == "created_at":
                assert value == datetime.strptime(recorded["created_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            else:
                assert value == recorded.get(field.name, field.default)


def test_every_recorded_error_is_typed() -> None:
    """With its status and message; the one answer among them that is no error is an empty last page."""
    for case in _load("errors.json"):
        answer = Answer(status=case["status"], headers={}, body=case["body"].encode())
        if case["status"] == 200:
            assert decode.page(answer.body).records == []
            continue
        error = response_error(answer, [])
        assert (error.status, error.message) == (case["status"], json.loads(case["body"])["message"])


def test_every_recorded_set_of_headers_is_read() -> None:
    """Rate headers where there are any, `None` where there are not."""
    for case in _load("headers.json"):
        headers = CIMultiDict((name, value) for name, values in case["headers"].items() for value in values)
        rate = read_rate(headers)
        if "Ratelimit-Limit" in headers:
            assert rate is not None
            assert (str(rate.limit), str(rate.remaining)) == (
                headers["Ratelimit-Limit"],
                headers["Ratelimit-Remaining"],
            )
        else:
            assert rate is None
