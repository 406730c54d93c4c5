"""A stream into a file of lines: it is replaced at one stroke, and what was there stands until then."""

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from tests.conftest import NOW, client, listing
from twitch_clips import AsyncClips, ClipStream, ExportError, ServerError
from twitch_clips.export import JsonLines, write
from twitch_clips.testing import JUST_CHATTING, FakeHelix, Manners, faults

from .conftest import checkpoint_of, fail, grow, held, ids_in, listed, no_file_above, numbered, put, remove, sink_at
from .tables import page

RAW = listing(260)
IDS = sorted(str(clip["id"]) for clip in RAW)
Streams = Callable[[], ClipStream]


@pytest.fixture
async def helix() -> AsyncGenerator[FakeHelix]:
    """A server with three pages of clips, of a second each."""
    async with FakeHelix(RAW, now=NOW, manners=Manners(latency=1)) as helix:
        yield helix


@pytest.fixture
def stream(clips: AsyncClips) -> Streams:
    """Makes a stream of them."""
    return lambda: clips.by_game(game_id=JUST_CHATTING)


async def test_a_stream_takes_the_place_of_what_was_there(stream: Streams, path: Path) -> None:
    """Whatever it was; nothing else is left beside it."""
    put(path, b"earlier")
    for _ in range(2):
        assert await write(stream(), path) == len(RAW)
        assert ids_in(path) == IDS
        assert listed(path.parent) == {path.name}


async def test_a_stream_of_nothing_is_a_file_of_nothing(path: Path) -> None:
    """One that can be read."""
    async with FakeHelix([], now=NOW) as helix, client(helix) as clips:
        assert await write(clips.by_game(game_id=JUST_CHATTING), path) == 0
    assert ids_in(path) == []
    assert listed(path.parent) == {path.name}


async def test_an_error_in_the_middle_leaves_what_was_there(helix: FakeHelix, stream: Streams, path: Path) -> None:
    """Or nothing, where nothing was; the rest of the same stream is all that is left of it."""
    reading = stream()
    helix.fail(faults.status(500), skip=1, times=None)
    with pytest.raises(ServerError):
        await write(reading, path)
    assert listed(path.parent) == set()
    put(path, b"earlier")
    with pytest.raises(ServerError):
        await write(reading, path)
    assert (held(path), listed(path.parent)) == (b"earlier", {path.name})
    helix.heal()
    assert await write(reading, path) == len(RAW) - 100


@pytest.mark.parametrize("after", [0.5, 1.5, 2.5])
async def test_a_cancel_leaves_what_was_there(stream: Streams, path: Path, after: float) -> None:
    """Before the first page, and behind it."""
    put(path, b"earlier")
    writing = asyncio.create_task(write(stream(), path))
    await asyncio.sleep(after)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert held(path) == b"earlier"
    assert listed(path.parent) == {path.name}


async def test_a_cancel_while_it_takes_its_place_waits_until_it_has(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often; all of it is there then."""
    fsync, goes_on = os.fsync, threading.Event()

    def slow(file: int) -> None:
        goes_on.wait(60)
        fsync(file)

    monkeypatch.setattr(os, "fsync", slow)
    sink = sink_at(path)
    await sink.write(page(1, 2))
    committing = asyncio.create_task(sink.commit())
    for _ in range(3):
        await asyncio.sleep(0)
        committing.cancel()
    await asyncio.sleep(0)
    assert not committing.done()
    goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await committing
    await sink.close()
    assert ids_in(path) == numbered(1, 2)


@pytest.mark.parametrize("failing", range(1, 6))
async def test_a_step_that_fails_leaves_the_one_or_the_other(
    stream: Streams, path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """Whole; the error says what the system said, and the next run is well."""
    await write(stream(), path)
    with monkeypatch.context() as patched:
        steps = fail(patched, failing)
        try:
            await write(stream(), path)
        except ExportError as error:
            assert str(error) == f"cannot write {path}: No space left on device"  # noqa: PT017  (steps say that it is)
        else:
            assert steps() < failing
    assert ids_in(path) == IDS
    assert listed(path.parent) <= {path.name, f".{path.name}.new"}
    assert await write(stream(), path) == len(RAW)
    assert listed(path.parent) == {path.name}


async def test_a_full_disk_leaves_what_was_there(stream: Streams, path: Path) -> None:
    """The new file is gone, so that there is room again."""
    put(path, b"earlier")
    with no_file_above(1000), pytest.raises(ExportError, match=r"cannot write .*: File too large$"):
        await write(stream(), path)
    assert held(path) == b"earlier"
    assert listed(path.parent) == {path.name}


async def test_what_a_killed_run_has_left_is_written_over(stream: Streams, path: Path) -> None:
    """However long it is; it is the only such file."""
    put(path.with_name(f".{path.name}.new"), b"much" * 1_000_000)
    await write(stream(), path)
    assert ids_in(path) == IDS
    assert listed(path.parent) == {path.name}


async def test_two_streams_at_once_are_refused(stream: Streams, path: Path) -> None:
    """The second; the first goes on."""
    writing = asyncio.create_task(write(stream(), path))
    await asyncio.sleep(1.5)
    with pytest.raises(ExportError) as caught:
        await write(stream(), path)
    assert str(caught.value) == f"{path} is being written by another run: wait for it, or give another file"
    assert await writing == len(RAW)
    assert ids_in(path) == IDS


async def test_what_a_backfill_adds_to_is_not_replaced(stream: Streams, path: Path) -> None:
    """Neither what it has written nor what it has open and has written nothing to yet; nor what it has begun since."""
    job = sink_at(path)
    await job.load()
    with pytest.raises(ExportError, match="is being written by another run"):
        await write(stream(), path)
    await job.close()
    writing = asyncio.create_task(write(stream(), path))
    await asyncio.sleep(2.5)
    await job.load()
    with pytest.raises(ExportError, match="is being written by another run"):
        await writing
    await job.close()
    await grow(path, 1, state="one")
    with pytest.raises(ExportError) as caught:
        await write(stream(), path)
    assert str(caught.value) == (
        f"{path} is what a backfill has written, with a checkpoint beside it: give another file"
    )
    assert listed(path.parent) == {path.name, checkpoint_of(path).name}


async def test_what_a_backfill_adds_to_is_not_replaced_by_way_of_a_link(stream: Streams, tmp_path: Path) -> None:
    """Which has no checkpoint beside it."""
    path, link = tmp_path / "clips.jsonl", tmp_path / "link.jsonl"
    await grow(path, 1, state="one")
    link.symlink_to(path)
    with pytest.raises(ExportError, match=r"link\.jsonl is what a backfill has written"):
        await write(stream(), link)
    assert ids_in(path) == numbered(1)


async def test_a_sink_can_be_used_again(stream: Streams, path: Path) -> None:
    """For a stream after a stream; and what a backfill had is not replaced by it."""
    sink = sink_at(path)
    for _ in range(2):
        assert await write(stream(), sink) == len(RAW)
        assert ids_in(path) == IDS
    remove(path)
    await sink.load()
    await sink.save("none")
    await sink.close()
    with pytest.raises(ExportError, match="is what a backfill has written"):
        await write(stream(), sink)


async def test_the_files_mode_and_links_stay(stream: Streams, tmp_path: Path) -> None:
    """Who may read it is its owner's affair, and where it is, too."""
    real, path = tmp_path / "real", tmp_path / "clips.jsonl"
    put(real)
    real.chmod(0o640)
    path.symlink_to(real)
    await write(stream(), path)
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert ids_in(path) == IDS


def test_its_path_is_how_it_is_told() -> None:
    """As text."""
    assert str(JsonLines("clips.jsonl")) == "clips.jsonl"
    assert JsonLines("clips.jsonl").path == Path("clips.jsonl")


async def test_a_suffix_in_capitals_is_compressed_too(tmp_path: Path) -> None:
    """As its name says."""
    path = tmp_path / "CLIPS.JSONL.GZ"
    sink = JsonLines(path)
    await sink.write(page(1))
    await sink.commit()
    await sink.close()
    assert held(path).startswith(b"\x1f\x8b")
