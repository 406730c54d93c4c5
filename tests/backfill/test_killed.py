"""A run that is killed is gone on from: nothing is lost, and nothing that was committed comes twice."""

import asyncio
import json
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import NOW
from twitch_clips import Batch
from twitch_clips.testing import FakeHelix, VirtualLoop

from .conftest import DAY, MemoryStore, drain, found, ids_of, sandbox, spread

RAW = spread(2600)


ROOT = Path(__file__).parents[2]


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
