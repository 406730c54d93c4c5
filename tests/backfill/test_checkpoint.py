"""A run that is killed, or simply over: what the next one asks for, and what it says of a checkpoint that is none."""

import asyncio
import errno
import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import NOW
from twitch_clips import Batch, CheckpointError, Proof, QueryError, Window
from twitch_clips.testing import FakeHelix, VirtualLoop

from .conftest import DAY, END, HOUR, MINUTE, START, MemoryStore, at, drain, found, ids_of, proofs, sandbox, spread

RAW = spread(2600)
ROOT = Path(__file__).parents[2]


class AsyncStore(MemoryStore):
    """One whose methods are asynchronous."""

    async def load(self) -> str | None:  # type: ignore[override]
        """What was saved last."""
        await asyncio.sleep(1)
        return super().load()

    async def save(self, text: str, /) -> None:  # type: ignore[override]
        """Keep it."""
        await asyncio.sleep(1)
        super().save(text)


@settings(max_examples=6)
@given(
    seed=st.integers(0, 1000),
    stops=st.lists(st.integers(0, 6), max_size=4),
    manners=st.sampled_from([{}, {"cap_ending": "cycles"}, {"lossy_over": 10 * DAY}, {"edges": "both", "grid": None}]),
    concurrency=st.sampled_from([1, 4]),
)
def test_a_run_that_is_killed_loses_nothing(**case: Any) -> None:
    """At any batch, with any of those before it not committed: what was committed comes once and is the truth."""
    with asyncio.Runner(loop_factory=partial(VirtualLoop, NOW)) as runner:
        runner.run(_killed(**case))


async def _killed(seed: int, stops: list[int], manners: dict[str, Any], concurrency: int) -> None:
    chance, store, stored = Random(seed), MemoryStore(), list[Batch]()  # noqa: S311
    raw = spread(1000, seed=seed)
    async with sandbox(raw, **manners) as box:
        for stop in stops:
            job, taken = box.job(checkpoint=store, concurrency=concurrency, audit=1.0), 0
            async for batch in job.batches():
                taken += 1
                if taken > stop:
                    break
                if chance.random() < 0.7:
                    stored.append(batch)
                    await job.commit(batch)
            await job.aclose()
        stored += await drain(job := box.job(checkpoint=store, concurrency=concurrency, audit=1.0))
        assert job.report.complete
        before = len(box.helix.targets)
        assert await drain(box.job(checkpoint=store)) == []
        assert len(box.helix.targets) == before
    assert found(stored) == ids_of(raw)


SCRIPT = """
import asyncio, sys
from twitch_clips import AppAuth, AsyncClips

async def main():
    api_url, auth_url, client_id, secret, folder, stop = sys.argv[1:]
    async with AsyncClips(AppAuth(client_id, secret, auth_url=auth_url), api_url=api_url) as clips:
        job = clips.backfill(
            broadcaster_id="1000001", started_at="2026-01-01T00:00:00Z", ended_at="2026-03-01T00:00:00Z",
            checkpoint=folder + "/done.json", audit=0.0,
        )
        async with job:
            async for batch in job.batches():
                with open(folder + "/clips", "a") as file:
                    file.write("".join(clip.id + "\\n" for clip in batch.clips))
                stop = int(stop) - 1
                if stop == 0:
                    print("killed here", flush=True)
                    sys.stdin.read()
                await job.commit(batch)

asyncio.run(main())
"""


async def test_a_process_that_is_killed_is_gone_on_from(tmp_path: Path) -> None:
    """Between a write and its commit: that window is repeated, so a union by id is the truth."""
    script, listed = tmp_path / "run.py", tmp_path / "clips"
    script.write_text(SCRIPT, encoding="utf-8")
    async with FakeHelix(RAW, now=NOW) as helix:
        urls = [helix.api_url, helix.auth_url, helix.client_id, helix.client_secret, str(tmp_path)]

        def run(stop: int) -> int:
            command = [sys.executable, str(script), *urls, str(stop)]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:  # noqa: S603  (ours)
                assert process.stdout is not None
                if process.stdout.readline():
                    process.send_signal(signal.SIGKILL)
                return process.wait()

        assert await asyncio.to_thread(run, 3) == -signal.SIGKILL
        assert json.loads((tmp_path / "done.json").read_text(encoding="utf-8"))["done"]
        before = len(helix.targets)
        assert await asyncio.to_thread(run, 0) == 0
        assert len(helix.targets) - before < 40
    lines = listed.read_text(encoding="utf-8").split()
    assert sorted(set(lines)) == ids_of(RAW)
    assert 0 < len(lines) - len(set(lines)) < 1000


async def test_a_wider_range_adds_what_is_new() -> None:
    """On either side; what was done is not asked for again."""
    store = MemoryStore()
    inner = {"started_at": START + 20 * DAY + 7 * MINUTE, "ended_at": START + 25 * DAY + 3 * MINUTE}
    async with sandbox(RAW) as box:
        first = await drain(box.job(checkpoint=store, **inner))
        plan = await box.job(checkpoint=store).plan()
        assert plan.done == (Window(**inner),)
        second = await drain(job := box.job(checkpoint=store))
    assert found([*first, *second]) == ids_of(RAW)
    assert all(
        batch.window.ended_at <= inner["started_at"] or batch.window.started_at >= inner["ended_at"] for batch in second
    )
    assert job.report.complete


async def test_the_tail_is_unsettled_and_comes_again_with_new_clips_only() -> None:
    """Its end lies beyond now: not done, and no gap."""
    store, start = MemoryStore(), NOW - 2 * DAY
    raw = spread(500, start=start, end=NOW)
    late = at([NOW - 30 * MINUTE, NOW - 5 * MINUTE + timedelta(seconds=1)], first=5000)
    async with sandbox(raw, late=20 * MINUTE) as box:
        options = {"checkpoint": store, "started_at": start, "ended_at": NOW + 30 * DAY}
        first = await drain(job := box.job(**options))
        assert job.report.complete
        assert [batch.window.ended_at for batch in first if batch.proof is Proof.UNSETTLED] == [NOW]
        assert job.report.unsettled == (Window(started_at=NOW - HOUR, ended_at=NOW + 30 * DAY),)
        box.helix.add(*late)
        await asyncio.sleep(3 * 3600)
        second = await drain(job := box.job(**options))
        assert all(batch.window.started_at >= NOW - HOUR for batch in second)
        third = await drain(job := box.job(**options))
    assert found([*first, *second]) == ids_of([*raw, *late], start, NOW)
    assert found(third) == []
    assert proofs(third) == {Proof.UNSETTLED}


async def test_another_querys_checkpoint_is_refused() -> None:
    """Nothing is asked; the error names both."""
    store = MemoryStore()
    async with sandbox(RAW[:50]) as box:
        await drain(box.job(checkpoint=store))
        before = len(box.helix.targets)
        with pytest.raises(CheckpointError, match=r"is of broadcaster_id=1000001, and this is of broadcaster_id=7"):
            await anext(box.job(checkpoint=store, broadcaster_id="7"))
        assert len(box.helix.targets) == before
        login = box.job(checkpoint=store, login="Example_Streamer")
        assert await drain(login) == []


@pytest.mark.parametrize("make", [MemoryStore, AsyncStore])
async def test_a_store_of_ones_own_may_be_asynchronous(make: Callable[[], MemoryStore]) -> None:
    """Or not."""
    store = make()
    async with sandbox(RAW) as box:
        batches = await drain(box.job(checkpoint=store))
        assert await drain(box.job(checkpoint=store)) == []
    assert found(batches) == ids_of(RAW)
    assert store.saves >= len(batches)


async def test_a_store_that_gives_no_text_is_refused() -> None:
    """Before anything is asked."""
    store: Any = MemoryStore()
    store.text = b"{}"
    async with sandbox([]) as box:
        with pytest.raises(CheckpointError, match=r"gave b'{}' and not a text"):
            await anext(box.job(checkpoint=store))
        assert box.helix.targets == []


def _written(**changes: Any) -> str:
    state = {
        "form": "twitch-clips backfill 1",
        "question": "broadcaster_id=1000001",
        "max_window": None,
        "done": [["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]],
        "given": [{"window": ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"], "ids": "AAAAAAAAAAA="}],
    }
    return json.dumps({name: value for name, value in (state | changes).items() if value != "gone"})


DAMAGED = [
    "",
    "[]",
    "{",
    "[" * 100_000,
    _written()[:-9],
    _written(form="twitch-clips backfill 2"),
    _written(form="gone"),
    _written(question="gone"),
    _written(done="gone"),
    _written(done=None),
    _written(done=[["2026-01-01T00:00:00Z"]]),
    _written(done=[["2026-01-01T00:00:00", "2026-01-02T00:00:00Z"]]),
    _written(done=[3]),
    _written(done={"a": 1}),
    _written(given=[{}]),
    _written(given=["ab"]),
    _written(given=[{"window": ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"], "ids": "AAAA"}]),
    _written(given=[{"window": ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"], "ids": "é"}]),
    _written(given=[{"window": ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"], "ids": 7}]),
    _written(given=7),
    _written(max_window="1 day"),
    _written(max_window=1e300),
    _written(max_window=[]),
]


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
async def test_a_damaged_checkpoint_is_refused(text: str, tmp_path: Path) -> None:
    """It is left as it is, and nothing is asked."""
    path = tmp_path / "done.json"
    path.write_text(text, encoding="utf-8")
    async with sandbox(RAW[:5]) as box:
        with pytest.raises(CheckpointError) as caught:
            await anext(box.job(checkpoint=path))
        assert box.helix.targets == []
    assert caught.value.__context__ is None
    assert str(caught.value).startswith(f"{path}: ")
    assert path.read_text(encoding="utf-8") == text


async def test_a_damaged_text_of_a_store_of_ones_own_has_no_path() -> None:
    """Nor the words of one."""
    store = MemoryStore()
    store.text = "{}"
    async with sandbox([]) as box:
        with pytest.raises(CheckpointError, match=r"^not the checkpoint of a backfill"):
            await anext(box.job(checkpoint=store))


async def test_a_whole_checkpoint_is_not(tmp_path: Path) -> None:
    """For comparison; its known width is kept to, if it is one."""
    path = tmp_path / "done.json"
    path.write_text(_written(max_window=86400.0), encoding="utf-8")
    async with sandbox(RAW[:50]) as box:
        batches = await drain(job := box.job(checkpoint=path))
        assert all(batch.window.ended_at - batch.window.started_at <= DAY for batch in batches)
        assert job.report.max_window == DAY
        assert (await box.job(checkpoint=path).plan()).requests == 0


async def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    """A directory; bytes that are no text; a folder that is not there, before anything is read for nothing."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    async with sandbox(RAW[:5]) as box:
        for path, problem in [
            (tmp_path, "Is a directory"),
            (tmp_path / "bytes", "utf-8"),
            (tmp_path / "nowhere" / "done.json", "No such"),
        ]:
            with pytest.raises(CheckpointError, match=problem):
                await anext(box.job(checkpoint=path))
        assert box.helix.targets == []


async def test_a_full_disk_fails_the_commit_which_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the file held before stands."""
    path = tmp_path / "done.json"

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with sandbox(RAW) as box:
        job, seen = box.job(checkpoint=path, audit=0.0), list[Batch]()
        async with job:
            batches = job.batches()
            seen.append(await anext(batches))
            await job.commit(seen[0])
            before = path.read_text(encoding="utf-8")
            seen.append(await anext(batches))
            with monkeypatch.context() as patch:
                patch.setattr(os, "fsync", full)
                for _ in range(2):
                    with pytest.raises(CheckpointError, match="No space left on device"):
                        await job.commit(seen[1])
            assert path.read_text(encoding="utf-8") == before
            await job.commit(seen[1])
            await job.commit(seen[1])
        rest = await drain(box.job(checkpoint=path))
    assert found([*seen, *rest]) == ids_of(RAW)
    assert list(tmp_path.glob("*")) == [path]  # noqa: ASYNC240  (nobody waits)


async def test_a_batch_of_another_job_is_not_committed() -> None:
    """Nothing was taken of its window."""
    async with sandbox(RAW) as box:
        [batch, *_] = await drain(box.job(max_window=DAY))
        job = box.job(started_at=START + 9 * DAY)
        with pytest.raises(QueryError, match="no batch of this job has the window 2026-01-01T00:00:00Z to 2026-01-02"):
            await job.commit(batch)


async def test_a_batch_of_another_job_with_the_same_window_is_not_committed() -> None:
    """Whether this job's was taken or waits; its own is, then."""
    async with sandbox(RAW[:80]) as box:
        [other] = await drain(box.job(audit=0.0))
        job = box.job(audit=0.0, checkpoint=(store := MemoryStore()))
        await job.plan()
        with pytest.raises(QueryError, match="was not taken yet"):
            await job.commit(other)
        batch = await anext(job.batches())
        with pytest.raises(QueryError, match="not the batch of this job with the window 2026-01-01"):
            await job.commit(other)
        assert store.text is None
        await job.commit(batch)
        assert await drain(box.job(checkpoint=store)) == []


async def test_without_a_checkpoint_nothing_needs_to_be_committed() -> None:
    """What was taken is done; to commit it changes nothing."""
    async with sandbox(RAW) as box:
        job = box.job(audit=0.0)
        [first, *_] = await drain(job, commit=False)
        await job.commit(first)
        plan = await job.plan()
        assert (plan.requests, plan.done) == (0, (Window(started_at=START, ended_at=END),))


async def test_clips_that_a_loop_is_left_at_are_no_batch_to_warn_of() -> None:
    """The simple form has no batches to commit; beside it, those of `batches()` are warned of."""
    async with sandbox(RAW) as box:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            async with box.job(checkpoint=MemoryStore()) as job:
                await anext(job)
        assert caught == []
        job = box.job(checkpoint=MemoryStore(), audit=0.0)
        await anext(job)
        await anext(job.batches())
        with pytest.warns(UserWarning, match=r"^1 batch of a backfill was taken"):
            await job.__aexit__(None, None, None)


@pytest.mark.parametrize("who", [{"broadcaster_id": "1000001"}, {"login": "example_streamer"}], ids=str)
async def test_closing_it_while_its_store_is_read_asks_nothing(who: dict[str, str]) -> None:
    """Not even for the name."""
    async with sandbox(RAW) as box:
        job = box.job(checkpoint=AsyncStore(), **who)
        waiting = asyncio.create_task(anext(job.batches(), None))
        await asyncio.sleep(0.5)
        await job.aclose()
        assert await waiting is None
        assert box.helix.targets == []


async def test_uncommitted_batches_are_warned_about_on_the_users_line() -> None:
    """Where a checkpoint is kept, and the job ends without an error."""
    async with sandbox(RAW) as box:
        job = box.job(checkpoint=MemoryStore())
        await anext(job.batches())
        with pytest.warns(UserWarning, match="1 batch of a backfill was taken and never committed") as caught:
            await job.__aexit__(None, None, None)
        assert caught[0].filename == str(Path(__file__).with_name("conftest.py"))
        job = box.job(checkpoint=MemoryStore())
        with pytest.warns(UserWarning, match="batches of a backfill were taken and never committed"):
            await drain(job, commit=False)
        await drain(box.job(), commit=False)


async def test_an_error_in_the_loop_needs_no_warning() -> None:
    """It says enough."""

    async def fail() -> None:
        async with box.job(checkpoint=MemoryStore()) as job:
            await anext(job.batches())
            raise ZeroDivisionError

    async with sandbox(RAW) as box:
        with pytest.raises(ZeroDivisionError):
            await fail()


async def test_a_cancelled_taker_leaves_a_usable_checkpoint(tmp_path: Path) -> None:
    """As Ctrl-C does: what was committed is kept."""
    path, seen = tmp_path / "done.json", list[Batch]()

    async with sandbox(RAW, latency=0.2) as box:

        async def take() -> None:
            async with box.job(checkpoint=path, audit=0.0) as job:
                async for batch in job.batches():
                    await job.commit(batch)
                    seen.append(batch)

        task = asyncio.create_task(take())
        await asyncio.sleep(6)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert seen
        seen += await drain(box.job(checkpoint=path, audit=0.0))
    assert found(seen) == ids_of(RAW)
