"""A checkpoint's token: comes back as it was, or says that it is damaged."""

import asyncio
import base64
import copy
import os
import pickle
import string
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import Checkpoint, CheckpointError
from twitch_clips.checkpoint import FileStore, StateStore

ALPHABET = string.ascii_letters + string.digits + "-_"
POINT = Checkpoint(
    question=(
        ("broadcaster_id", "1000001"),
        ("first", "100"),
        ("started_at", "2026-05-25T12:00:00Z"),
        ("ended_at", "2026-06-01T12:10:00Z"),
        ("not_before", "2026-05-25T12:03:04.5Z"),
    ),
    cursor="eyJiIjpudWxsLCJhIjp7IkN1cnNvciI6Ik1qQXcifX0",
    place=37,
    served=200,
    limit=500,
    given=230,
    filtered=True,
)
TOKEN = str(POINT)
texts = st.text(st.characters(exclude_categories=["Cs"]))
counts = st.integers(0, 10**6)
names = st.sampled_from(["game_id", "broadcaster_id", "first", "started_at", "ended_at", "is_featured", "not_before"])
points = st.builds(
    Checkpoint,
    question=st.dictionaries(names, texts).map(lambda question: tuple(question.items())),
    cursor=st.none() | texts,
    place=counts,
    served=counts,
    limit=st.none() | counts,
    given=counts,
    filtered=st.booleans(),
)


def _token(text: bytes) -> str:
    """A token of this version, whatever it says."""
    blob = zlib.crc32(text).to_bytes(4, "big") + text
    return "tc1-" + base64.urlsafe_b64encode(blob).decode().rstrip("=")


@given(points)
def test_a_checkpoint_comes_back_from_its_token(point: Checkpoint) -> None:
    """Cursors are opaque: any character may be in them."""
    assert Checkpoint.parse(str(point)) == point


@given(points)
def test_a_token_can_be_put_anywhere(point: Checkpoint) -> None:
    """In an address, a file name, a shell: letters, digits, `-` and `_`."""
    assert set(str(point)) <= set(ALPHABET)


def test_a_token_is_short() -> None:
    """Some 200 characters, and below 400 with all that a checkpoint can hold."""
    assert len(str(Checkpoint(question=(("game_id", "509658"), ("first", "100")), cursor=POINT.cursor))) < 200
    assert len(TOKEN) < 400


def test_the_form_of_version_1_stays() -> None:
    """What is written here can be read by whoever could read it before."""
    position = {"cursor": POINT.cursor, "place": 37, "served": 200, "limit": 500, "given": 230, "filtered": 1}
    assert _token(urlencode([*POINT.question, *position.items()]).encode()) == TOKEN


def test_a_token_may_come_with_white_space_around_it() -> None:
    """As the last line of a file does."""
    assert Checkpoint.parse(f" {TOKEN}\n") == POINT


def test_a_checkpoint_is_a_value() -> None:
    """Equal ones are one in a set; another place is another one; nothing can be set."""
    assert {POINT, Checkpoint.parse(TOKEN)} == {POINT}
    assert attrs.evolve(POINT, place=38) != POINT
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        POINT.place = 38  # type: ignore[misc]


def test_a_checkpoint_travels() -> None:
    """It pickles and copies (process pools, task queues)."""
    for twin in (pickle.loads(pickle.dumps(POINT)), copy.copy(POINT), copy.deepcopy(POINT)):  # noqa: S301  (our own bytes)
        assert twin == POINT
        assert str(twin) == TOKEN


def test_the_top_is_the_same_listing_from_its_start() -> None:
    """The question, the limit and whether it had a `where` stay; where it stood does not."""
    assert POINT.top() == Checkpoint(question=POINT.question, limit=500, filtered=True)


def test_a_question_with_a_cursor_has_no_top() -> None:
    """`before` is part of the question: its one page is all there is."""
    assert attrs.evolve(POINT, question=(*POINT.question, ("before", "abc"))).top() is None


@pytest.mark.parametrize("cursor", ["a", "ab", "abc"])
def test_a_token_that_differs_in_any_one_character_is_refused(cursor: str) -> None:
    """Whatever stands in its place, in each of three ways to end: base64 leaves bits of the last unused."""
    token = str(attrs.evolve(POINT, cursor=cursor))
    for place, character in enumerate(token):
        for other in set(ALPHABET + "+/=. é") - {character}:
            changed = token[:place] + other + token[place + 1 :]
            with pytest.raises(CheckpointError, match=r"damaged|not a checkpoint of this version"):
                Checkpoint.parse(changed)


@pytest.mark.parametrize("place", [0, 3, 4, 5, 9, 50, len(TOKEN) - 1])
def test_a_token_that_lacks_characters_is_refused(place: int) -> None:
    """One of them, or all behind it."""
    for cut in (TOKEN[:place] + TOKEN[place + 1 :], TOKEN[:place]):
        with pytest.raises(CheckpointError):
            Checkpoint.parse(cut)


@pytest.mark.parametrize(
    "token", ["", " ", "tc2-AAAAAAAA", "TC1-AAAA", "eyJiIjpudWxsfQ", "https://clips.twitch.tv/BriskAmberOtter", "{}"]
)
def test_a_foreign_string_is_not_of_this_version(token: str) -> None:
    """Nor is a token of a version to come; the error quotes its start."""
    with pytest.raises(CheckpointError, match=r"not a checkpoint of this version \(tc1-…\): ") as caught:
        Checkpoint.parse(token)
    assert repr(token.strip()[:20]) in str(caught.value)


@pytest.mark.parametrize("token", ["tc1-", "tc1-AAAA", "tc1-AAAAAA", "tc1-=", "tc1-é", "tc1-\ud800", "tc1-A A"])
def test_a_token_that_holds_nothing_is_damaged(token: str) -> None:
    """A checksum alone, or not even that."""
    with pytest.raises(CheckpointError, match="the checkpoint is damaged") as caught:
        Checkpoint.parse(token)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("token", [None, 1, b"tc1-", ("tc1-",)])
def test_what_is_no_string_is_no_token(token: Any) -> None:
    """The error says what one looks like."""
    with pytest.raises(CheckpointError, match=r"a checkpoint is a string such as tc1-…, not "):
        Checkpoint.parse(token)


@pytest.mark.parametrize(
    "changes",
    [
        {"place": None},
        {"served": None},
        {"given": None},
        {"place": "-1"},
        {"place": "1.5"},
        {"served": "\u0661"},
        {"given": ""},
        {"limit": "none"},
        {"given": "9" * 5000},
    ],
    ids=repr,
)
def test_a_whole_token_without_a_position_is_not_of_this_version(changes: dict[str, str | None]) -> None:
    """Its checksum holds, so somebody else wrote it."""
    fields: dict[str, str | None] = {"game_id": "1", "first": "100", "place": "0", "served": "0", "given": "0"}
    written = {name: value for name, value in (fields | changes).items() if value is not None}
    with pytest.raises(CheckpointError, match="not a checkpoint of this version: 'tc1-") as caught:
        Checkpoint.parse(_token(urlencode(written).encode()))
    assert caught.value.__context__ is None


def test_a_whole_token_of_other_bytes_is_not_of_this_version() -> None:
    """They are no text at all."""
    with pytest.raises(CheckpointError, match="not a checkpoint of this version"):
        Checkpoint.parse(_token(b"\xff\xfe"))


async def test_cancelling_a_save_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that two writes never cross: the file has the text when the cancel is through."""
    may_go_on = threading.Event()

    def wait(_: int) -> None:
        may_go_on.wait(5)

    monkeypatch.setattr(os, "fsync", wait)
    store = FileStore(tmp_path / "kept")
    saving = asyncio.create_task(store.save("text"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    saving.cancel()
    await asyncio.sleep(0)
    assert not saving.done()
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await saving
    assert await store.load() == "text"
    assert isinstance(store, StateStore)


async def test_a_text_that_another_wrote_since_is_not_replaced(tmp_path: Path) -> None:
    """It stands; one's own is replaced, and so is a file that is gone."""
    mine, other = FileStore(tmp_path / "kept"), FileStore(tmp_path / "kept")
    assert await mine.load() is None
    await mine.save("mine")
    await mine.save("mine again")
    assert await other.load() == "mine again"
    await other.save("the other's")
    with pytest.raises(CheckpointError, match="another job has written it since"):
        await mine.save("mine")
    assert (tmp_path / "kept").read_text(encoding="utf-8") == "the other's"
    (tmp_path / "kept").unlink()
    await mine.save("mine")
    assert await mine.load() == "mine"


async def test_a_file_that_is_there_is_not_replaced_unread(tmp_path: Path) -> None:
    """Whoever made it."""
    (tmp_path / "kept").write_text("a diary", encoding="utf-8")
    with pytest.raises(CheckpointError, match="what it held before stands"):
        await FileStore(tmp_path / "kept").save("text")
    assert (tmp_path / "kept").read_text(encoding="utf-8") == "a diary"


async def test_a_files_mode_stays(tmp_path: Path) -> None:
    """Who may read it is its owner's affair."""
    path = tmp_path / "kept"
    path.touch(mode=0o600)
    path.chmod(0o640)
    store = FileStore(path)
    await store.load()
    await store.save("text")
    assert path.stat().st_mode & 0o777 == 0o640


async def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is written, and nothing else is left beside either."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = tmp_path / "kept"
    link.symlink_to(folder / "real")
    store = FileStore(link)
    for text in ("first", "second"):
        await store.save(text)
        assert (folder / "real").read_text(encoding="utf-8") == text
    assert link.is_symlink()
    assert {*tmp_path.glob("**/*")} == {link, folder, folder / "real"}  # noqa: ASYNC240  (nobody waits)


@pytest.mark.parametrize("names", [("kept", "kept"), ("one", "other")], ids=["one file", "a file each"])
def test_threads_that_write_never_tear(tmp_path: Path, names: tuple[str, str]) -> None:
    """Each with an event loop; whoever reads has a whole text."""
    stores = {name: FileStore(tmp_path / name) for name in names}

    async def write(name: str, letter: str) -> None:
        for _ in range(20):
            await stores[name].save(letter * 100_000)
            text = await FileStore(tmp_path / name).load() or ""
            assert (len(text), len(set(text))) == (100_000, 1)

    with ThreadPoolExecutor() as threads:
        for written in [
            threads.submit(asyncio.run, write(name, letter)) for name, letter in zip(names, "ab", strict=True)
        ]:
            written.result()
    assert {path.name for path in tmp_path.iterdir()} == set(names)


async def test_nothing_is_left_of_a_text_that_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the file is as it was."""

    def fail(*_: object) -> None:
        raise OSError("no")

    for name in ("fsync", "fchmod"):
        (tmp_path / "kept").write_text("before", encoding="utf-8")
        store = FileStore(tmp_path / "kept")
        await store.load()
        with monkeypatch.context() as patch:
            patch.setattr(os, name, fail)
            with pytest.raises(CheckpointError, match=r"cannot be written \(no\): what it held before stands"):
                await store.save("text")
        assert [path.name for path in tmp_path.iterdir()] == ["kept"]  # noqa: ASYNC240  (nobody waits)
        assert await store.load() == "before"
