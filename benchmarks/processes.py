"""Eight processes on one client id: how much of Helix's rate limit they use, at how many 429s, how evenly.

Real time and real processes: a `FakeHelix` that answers after 60 to 180 ms, eight clients with 20 tasks each that ask
as fast as they may for a minute, once over one Redis (a `redis-server` of the benchmark's own) and once each with a
bucket of its own. Three runs of each; the worst counts. What may be used is a full bucket and its refill: 800 points
and 13.33 a second.

`--quick` makes one run of each of fifteen seconds, which says little of the shares.
"""

import asyncio
import contextlib
import multiprocessing
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from multiprocessing.synchronize import Barrier, Event

import attrs
from figures import Report, Result, arguments

from twitch_clips import AppAuth, AsyncClips, Bucket, TokenBucket
from twitch_clips import Event as ClipsEvent
from twitch_clips.events import Requested
from twitch_clips.testing import FakeHelix, Manners

PROCESSES = 8
TASKS = 20
LIMIT = 800
RUNS = 3
SECONDS = 60.0
Credentials = tuple[str, str, str, str]  # client id, secret, address of tokens, of the API
Counts = tuple[int, int]  # requests answered well, 429s


@attrs.frozen(kw_only=True)
class Bars:
    """What a way of sharing is to come to, each as a share: of the allowance, of the requests, of the mean.

    Attributes:
        use: At least so much of what there is.
        refused: At most so many 429s.
        off: No client further from the mean.
    """

    use: float
    refused: float
    off: float | None


async def serve(tell: Callable[[Credentials], None], done: Event) -> None:
    """Be Helix until the end."""
    async with FakeHelix([], limit=LIMIT, manners=Manners(round_trip=(0.06, 0.18))) as helix:
        tell((helix.client_id, helix.client_secret, helix.auth_url, helix.api_url))
        await asyncio.to_thread(done.wait)


def server(credentials: "multiprocessing.Queue[Credentials]", done: Event) -> None:
    """The server's process."""
    asyncio.run(serve(credentials.put, done))


def make_bucket(redis_url: str | None) -> Bucket:
    """The bucket of one process."""
    if redis_url is None:
        return TokenBucket()
    from twitch_clips.redis import RedisTokenBucket  # noqa: PLC0415  (an extra)

    return RedisTokenBucket(redis_url)


async def ask(credentials: Credentials, bucket: Bucket, seconds: float, start: Callable[[], object]) -> Counts:
    """What one client gets within so many seconds."""
    client_id, secret, auth_url, api_url = credentials
    answered, refused = 0, 0

    def note(event: ClipsEvent) -> None:
        nonlocal answered, refused
        if isinstance(event, Requested) and event.status is not None:
            answered += event.status == 200  # noqa: PLR2004
            refused += event.status == 429  # noqa: PLR2004

    async def on_and_on(clips: AsyncClips) -> None:
        while True:
            await clips.get("NoSuchOtter")

    auth = AppAuth(client_id, secret, auth_url=auth_url)
    await auth.token()
    async with AsyncClips(auth, api_url=api_url, bucket=bucket, hooks=[note]) as clips:
        await asyncio.to_thread(start)
        tasks = [asyncio.create_task(on_and_on(clips)) for _ in range(TASKS)]
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        counts = answered, refused
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
    return counts


def client(
    credentials: Credentials,
    redis_url: str | None,
    seconds: float,
    start: Barrier,
    told: "multiprocessing.Queue[Counts]",
) -> None:
    """A client's process."""
    told.put(asyncio.run(ask(credentials, make_bucket(redis_url), seconds, start.wait)))


def run(redis_url: str | None, seconds: float) -> list[Counts]:
    """What each of the clients got."""
    spawn = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[Counts] = spawn.Queue()
    address: multiprocessing.Queue[Credentials] = spawn.Queue()
    start, done = spawn.Barrier(PROCESSES), spawn.Event()
    helix = spawn.Process(target=server, args=(address, done))
    helix.start()
    credentials = address.get()
    clients = [
        spawn.Process(target=client, args=(credentials, redis_url, seconds, start, told)) for _ in range(PROCESSES)
    ]
    for process in clients:
        process.start()
    counts = [told.get() for _ in clients]
    done.set()
    for process in (*clients, helix):
        process.join()
    return counts


@contextlib.contextmanager
def redis_server() -> Generator[str]:
    """A Redis of our own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
        try:
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


@attrs.frozen(kw_only=True)
class Shared:
    """How a run came out.

    Attributes:
        use: Of what Helix gave.
        refused: 429s.
        requests: In all.
        off: How far a client was from the mean, at most.
    """

    use: float
    refused: int
    requests: int
    off: float

    @classmethod
    def of(cls, counts: list[Counts], seconds: float) -> "Shared":
        """From what each client got."""
        shares = [answered for answered, _ in counts]
        total, refused, mean = sum(shares), sum(refusals for _, refusals in counts), sum(shares) / len(shares)
        return cls(
            use=total / (LIMIT + LIMIT / 60 * seconds),
            refused=refused,
            requests=total + refused,
            off=max(abs(share - mean) for share in shares) / mean,
        )

    def __str__(self) -> str:
        """In words."""
        return f"{self.use:.1%}, 429s: {self.refused} of {self.requests:,} requests, shares within {self.off:.1%}"


def judged(name: str, runs: list[list[Counts]], seconds: float, bars: Bars) -> Result:
    """Print each run; the worst of them in each respect."""
    done = [Shared.of(counts, seconds) for counts in runs]
    for one in done:
        print(f"{name}: {one}", flush=True)
    worst = Shared(
        use=min(one.use for one in done),
        refused=max(one.refused for one in done),
        requests=min(one.requests for one in done),
        off=max(one.off for one in done),
    )
    refused = f"<= {bars.refused:.0%} 429s" if bars.refused else "no 429"
    wanted = f">= {bars.use:.0%}, {refused}" + ("" if bars.off is None else f", within {bars.off:.0%}")
    met = worst.use >= bars.use and worst.refused <= bars.refused * worst.requests
    met = met and (bars.off is None or worst.off <= bars.off)
    return Result(name=f"8 processes, {name}: the worst minute", measured=str(worst), bar=wanted, met=met, main=True)


def main(report: Report, runs: int, seconds: float) -> None:
    """Both ways."""
    if shutil.which("redis-server"):
        with redis_server() as url:
            of_redis = [run(f"{url}/{number}", seconds) for number in range(runs)]
        report.add(judged("one Redis", of_redis, seconds, Bars(use=0.97, refused=0.0, off=0.05)))
    else:
        print("no redis-server here: the shared bucket was not measured (on Debian: apt-get install redis-server)")
    alone = [run(None, seconds) for _ in range(runs)]
    report.add(judged("each its own bucket", alone, seconds, Bars(use=0.90, refused=0.05, off=None)))


if __name__ == "__main__":
    options = arguments(__doc__).parse_args()
    report_ = Report()
    main(report_, *((1, 15.0) if options.quick else (RUNS, SECONDS)))
    report_.hand_over(options.json)
