"""Checkpoints of any kind: each comes back from its token as it was; any damage is a `CheckpointError`."""

import base64
import zlib
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twitch_clips import AsyncClips, Checkpoint, CheckpointError, StaticAuth
from twitch_clips._helix.query import ClipsQuery

from .test_checkpoint import ALPHABET, points, texts

clients = AsyncClips(StaticAuth("an-app", "a-token"), api_url="http://127.0.0.1:1")
digits = st.from_regex(r"[0-9]{1,12}", fullmatch=True)
moments = st.datetimes(datetime(2016, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
cursors = texts.filter(bool)


@st.composite
def questions(draw: st.DrawFn) -> ClipsQuery:
    """Every question that can be asked, but for names and spans: those are fixed before anything is sent."""
    start, end = sorted((draw(moments), draw(moments)))
    is_windowed = draw(st.booleans())
    return ClipsQuery(
        selector=draw(st.sampled_from(["game_id", "broadcaster_id"])),
        value=draw(digits),
        started_at=start if is_windowed else None,
        ended_at=draw(st.none() | st.just(end + timedelta(minutes=1))) if is_windowed else None,
        not_before=draw(st.none() | moments),
        is_featured=draw(st.none() | st.booleans()),
        page_size=draw(st.integers(1, 100)),
        before=draw(st.none() | cursors),
    )


@given(questions(), st.none() | cursors)
def test_every_question_comes_back(query: ClipsQuery, cursor: str | None) -> None:
    """And asks for the same page again, with the same exact start."""
    kept = Checkpoint.parse(str(Checkpoint(question=query.written(), cursor=cursor)))
    assert ClipsQuery.read(kept.question) == query
    assert ClipsQuery.read(kept.question).parameters(kept.cursor) == query.parameters(cursor)


@given(points)
def test_a_token_is_the_same_whenever_it_is_written(point: Checkpoint) -> None:
    """So that two of them can be compared as texts."""
    assert str(Checkpoint.parse(str(point))) == str(point)


@given(points, st.data())
def test_any_damage_of_a_token_is_an_error(point: Checkpoint, data: st.DataObject) -> None:
    """Characters changed, cut off, put in, swapped or doubled; nothing else is ever raised."""
    token = str(point)
    lo = data.draw(st.integers(0, len(token)))
    hi = data.draw(st.integers(lo, min(len(token), lo + 30)))
    damaged = token[:lo] + data.draw(st.text(max_size=5) | st.text(ALPHABET, max_size=5)) + token[hi:]
    assume(damaged.strip() != token)
    with pytest.raises(CheckpointError):
        Checkpoint.parse(damaged)


@given(st.text() | st.text().map("tc1-".__add__) | st.text(ALPHABET).map("tc1-".__add__))
def test_no_other_text_is_a_token(text: str) -> None:
    """It would take a checksum that holds."""
    with pytest.raises(CheckpointError):
        Checkpoint.parse(text)


@given(st.binary(max_size=200))
def test_whatever_has_a_checksum_is_read_or_refused(blob: bytes) -> None:
    """A client takes it for a question or not; neither says anything but that it is no checkpoint."""
    token = "tc1-" + base64.urlsafe_b64encode(zlib.crc32(blob).to_bytes(4, "big") + blob).decode().rstrip("=")
    with pytest.raises(CheckpointError):
        clients.resume(token)


@given(points)
def test_nothing_of_a_predicate_is_kept(point: Checkpoint) -> None:
    """But that there was one: it has to be given again."""
    filtered = attrs.evolve(point, question=(("game_id", "1"), ("first", "100")), filtered=True)
    with pytest.raises(CheckpointError, match="where"):
        clients.resume(str(filtered))
    assert clients.resume(str(filtered), where=lambda _: True).checkpoint == filtered
