"""The checkpoint of a watch: what one run leaves to the next, and one that is none."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.backfill.conftest import CHANNEL, DAY, MINUTE, MemoryStore, at, drain, sandbox, spread
from tests.conftest import NOW, client
from twitch_clips import CheckpointError
from twitch_clips.testing import FakeHelix

from .conftest import OTHER, after, clip, follow, ids, lists

NEW = [clip(after(minutes=minutes), minutes) for minutes in (1, 2, 3, 100)]


class SlowStore(MemoryStore):
    """One whose methods are asynchronous, and take a while."""

    async def load(self) -> str | None:  # type: ignore[override]
        """What was saved last."""
        await asyncio.sleep(3)
        return super().load()

    async def save(self, text: str, /) -> None:  # type: ignore[override]
        """Keep it."""
        await asyncio.sleep(3)
        super().save(text)


class FillingStore(MemoryStore):
    """One that cannot be written once it is full."""

    def __init__(self, *, is_full: bool = False, error: type[Exception] = CheckpointError) -> None:
        """Hold nothing."""
        super().__init__()
        self.is_full: bool = is_full
        self.error: type[Exception] = error

    def save(self, text: str, /) -> None:
        """Keep it, or refuse."""
        if self.is_full:
            raise self.error(f"no room for {len(text)} characters")
        super().save(text)


class ChatIsAwayError(Exception):
    """Something of the bot's own fails."""


async def test_the_next_run_gives_what_was_made_meanwhile(tmp_path: Path) -> None:
    """However long it was away; what was done is not given again."""
    path = tmp_path / "seen.json"
    async with sandbox([*NEW, *at([after(minutes=-5)], first=500)]) as box:
        async with box.clips.watch(broadcaster_id=CHANNEL, checkpoint=str(path)) as watch:
            assert ids([await anext(watch), await anext(watch)]) == ids(NEW[:2])
        await asyncio.sleep(5 * 3600)
        async with box.clips.watch(broadcaster_id=CHANNEL, checkpoint=path) as watch:
            assert ids(await follow(watch, 30)) == ids(NEW[2:])
        async with box.clips.watch(broadcaster_id=CHANNEL, checkpoint=path) as watch:
            assert await follow(watch, 300) == []


async def test_a_clip_in_hand_when_an_error_leaves_the_block_is_given_again() -> None:
    """It was not dealt with; the one before it was."""
    store = MemoryStore()
    async with sandbox(NEW) as box:
        with contextlib.suppress(ChatIsAwayError):
            async with box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store) as watch:
                for _ in range(2):
                    await anext(watch)
                raise ChatIsAwayError
        async with box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store) as watch:
            assert ids(await follow(watch, 100)) == ids(NEW[1:3])


async def test_a_cancel_while_it_waits_repeats_nothing() -> None:
    """The usual end of a bot: whatever was given is written down before it waits."""
    store = MemoryStore()
    async with sandbox(NEW) as box:
        assert len(await follow(box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store), 600)) == 3
        assert await follow(box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store), 600) == []


async def test_a_store_may_be_slow() -> None:
    """And closed while it is read or written: no poll is begun then, and what is done is kept."""
    async with sandbox(NEW) as box:
        for seconds in (1, 5):
            store = SlowStore()
            watch = box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store)
            reading = asyncio.create_task(follow(watch, 600))
            await asyncio.sleep(seconds)
            await watch.aclose()
            with pytest.raises(StopAsyncIteration):
                await anext(watch)
            with pytest.raises(StopAsyncIteration):
                await reading
            assert lists(box.helix) == []
        async with box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store) as watch:
            assert ids([await anext(watch) for _ in range(3)]) == ids(NEW[:3])
        assert await follow(box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store), 600) == []


@pytest.mark.parametrize("is_closed", [False, True])
async def test_what_is_discarded_or_closed_while_the_store_is_written_is_not_given(*, is_closed: bool) -> None:
    """A clip lay ready; the next one is of another target, or there is none."""
    other = clip(after(minutes=9), 9, channel=OTHER)
    async with sandbox([*at([after(minutes=1)] * 3, first=50), other]) as box:
        watch = box.clips.watch(broadcaster_id=[CHANNEL, OTHER], checkpoint=SlowStore())
        await anext(watch)
        await asyncio.sleep(2)
        asked = asyncio.create_task(anext(watch, None))
        await asyncio.sleep(1)
        if is_closed:
            await watch.aclose()
            assert await asked is None
        else:
            watch.discard(broadcaster_id=CHANNEL)
            assert ids([found for found in [await asked] if found]) == ids([other])
            await watch.aclose()


async def test_a_checkpoint_that_cannot_be_written_raises_before_anything_is_asked(tmp_path: Path) -> None:
    """Of a store, or of a folder that does not exist."""
    async with sandbox(NEW) as box:
        for store, words in (
            (FillingStore(is_full=True), "no room"),
            (tmp_path / "none" / "seen.json", "cannot be read"),
        ):
            watch = box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store)
            for _ in range(2):
                with pytest.raises(CheckpointError, match=words):
                    await anext(watch)
        assert box.helix.targets == []


@pytest.mark.parametrize("kind", [CheckpointError, OSError])
async def test_closing_by_an_error_lets_that_error_through(
    kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """A checkpoint that cannot be written then is a line of the log, whatever its store raises; closing raises it."""
    store = FillingStore(error=kind)
    async with sandbox(at([after(minutes=1)] * 3)) as box:
        watch = box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store)
        with contextlib.suppress(ChatIsAwayError):
            async with watch:
                await anext(watch)
                await anext(watch)
                store.is_full = True
                raise ChatIsAwayError
        assert "no room" in caplog.text
        with pytest.raises(kind, match="no room"):
            await watch.aclose()


async def test_one_that_was_never_asked_leaves_no_trace() -> None:
    """Nothing was watched."""
    store = MemoryStore()
    async with sandbox(NEW) as box, box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store):
        pass
    assert store.text is None
    assert box.helix.targets == []


async def test_targets_that_are_not_watched_any_more_are_kept_for_thirty_days() -> None:
    """So a run with others, or one that adds its channels later, forgets none; discarding one does."""
    store = MemoryStore()
    new = [clip(after(days=days), days, channel=OTHER) for days in (1, 20, 60)]
    async with sandbox(new) as box:
        for watched, days, given in (([CHANNEL, OTHER], 2, 1), ([CHANNEL], 21, 0), ([OTHER], 1, 1), ([CHANNEL], 40, 0)):
            watch = box.clips.watch(broadcaster_id=watched, checkpoint=store, every=86_400)
            assert len(await follow(watch, days * 86_400)) == given
            assert OTHER in (store.text or "") or days == 40
        assert OTHER not in (store.text or "")
        watch.add(broadcaster_id=OTHER)
        assert await follow(watch, 86_400) == []
        watch = box.clips.watch(broadcaster_id=[], checkpoint=store)
        watch.discard(broadcaster_id=CHANNEL)
        await follow(watch, 86_400)
        watch.discard(broadcaster_id=CHANNEL)
        await watch.aclose()
        assert CHANNEL not in (store.text or "")


async def test_a_machine_whose_clock_is_ahead_forgets_no_target() -> None:
    """How long one was not watched is by Helix's time: one that is added later goes on where it stopped."""
    store, true = MemoryStore(), NOW - 40 * DAY
    new = clip(true + 10 * MINUTE, 10, channel=OTHER)
    async with FakeHelix([new], now=true) as helix, client(helix) as clips:
        assert await follow(clips.watch(broadcaster_id=[CHANNEL, OTHER], checkpoint=store), 100) == []
        await asyncio.sleep(3600)
        watch = clips.watch(broadcaster_id=CHANNEL, checkpoint=store)
        assert await follow(watch, 100) == []
        watch.add(broadcaster_id=OTHER)
        assert ids(await follow(watch, 100)) == ids([new])


async def saved() -> str:
    """What a watch of two targets saves."""
    store = MemoryStore()
    async with sandbox(NEW) as box, box.clips.watch(login="example_streamer", game_id="1", checkpoint=store) as watch:
        await follow(watch, 600)
    return store.text or ""


async def refusal(text: str, path: Path) -> str:
    """What is said of a checkpoint with that text, before anything is asked."""
    await asyncio.to_thread(path.write_text, text, encoding="utf-8")
    async with sandbox(NEW) as box:
        with pytest.raises(CheckpointError) as error:
            await anext(box.clips.watch(broadcaster_id=CHANNEL, checkpoint=path))
        assert box.helix.targets == []
        (store := MemoryStore()).save(text)
        with pytest.raises(CheckpointError) as bare:
            await anext(box.clips.watch(broadcaster_id=CHANNEL, checkpoint=store))
        assert str(error.value) == f"{path}: {bare.value}"
    return str(bare.value)


async def test_what_is_no_checkpoint_of_a_watch_is_refused(tmp_path: Path) -> None:
    """With what to do about it."""
    path, store, text = tmp_path / "seen.json", MemoryStore(), await saved()
    async with sandbox(spread(10)) as box:
        await drain(box.job(checkpoint=store))
    way_out = "give the watch a checkpoint of its own"
    for other in (store.text or "", "", "[]", "[" * 10**5, text[:-5], '{"form": 7}'):
        assert (
            await refusal(other, path)
            == f"not the checkpoint of a watch: {other[:40]!r}…; {way_out}, or delete this one"
        )
    newer = text.replace("twitch-clips watch 1", "twitch-clips watch 2")
    told = "the checkpoint is of another version ('twitch-clips watch 2' and not 'twitch-clips watch 1')"
    assert await refusal(newer, path) == f"{told}: {way_out}"


@pytest.mark.parametrize(
    "damage",
    [
        {"selector": "color"},
        {"selector": None},
        {"value": ""},
        {"id": "abc"},
        {"id": 7},
        {"began_at": "yesterday"},
        {"floor": None},
        {"read_until": "2026-06-01T12:00:00"},
        {"known": "AAAA"},
        {"known": "?"},
        {"known": 7},
        {"made": ""},
        {"made": "//////////8="},
    ],
)
async def test_a_damaged_checkpoint_is_refused(damage: dict[str, Any], tmp_path: Path) -> None:
    """Whatever is wrong with it."""
    state = json.loads(await saved())
    state["targets"][0] |= {"known": "AAAAAAAAAAA=", "made": "AAAAAAAAAAA="} | damage
    told = await refusal(json.dumps(state), tmp_path / "seen.json")
    assert told == "the checkpoint is damaged: delete it to begin anew, or bring back a copy"
