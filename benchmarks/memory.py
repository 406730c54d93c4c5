"""Memory of a client process after 100,000 and after 1,000,000 clips of one listing. The bar: within 5 MiB.

Each length is a process of its own that streams `AsyncClips.by_game` to its end and keeps no clip. The peak and the
resident memory at the end are its own `VmHWM` and `VmRSS`; `getrusage` is not asked, because its peak survives `exec`:
a child starts with its parent's. The server is another process; no id and no cursor comes twice.

What the allocator keeps differs by some 100 KiB from one process to the next, so the lengths take turns, three times,
and medians are compared. `--quick` streams 10,000 and 100,000, once.
"""

import asyncio
import json
import multiprocessing
import re
import statistics
from pathlib import Path

from canned import Answering, serving, wire
from figures import Report, Result, arguments
from floor import clip

from twitch_clips import AsyncClips, StaticAuth

LENGTHS = (100_000, 1_000_000)
ROUNDS = 3
BAR = 5.0
MARK = b"@@@@@@@@"  # stands for the page's number
_AFTER = re.compile(r"[?&]after=page(\d+)")
_LENGTH = re.compile(r"[?&]game_id=(\d+)")


def listing() -> Answering:
    """Listings as long as the game's id says: pages of 100 from one template, so the server costs next to nothing."""
    clips = [clip(i) | {"view_count": 7} for i in range(100)]
    # 16 digits number a clip in its id and its addresses: the first eight become the page's.
    page = json.dumps(clips).encode().replace(b"Bench-00000000", b"Bench-" + MARK)

    def answer(target: str) -> bytes:
        after, length = _AFTER.search(target), _LENGTH.search(target)
        number = int(after[1]) if after else 0
        is_last = length is None or (number + 1) * 100 >= int(length[1])
        pagination = json.dumps({} if is_last else {"cursor": f"page{number + 1}"}).encode()
        return wire(b'{"data":%b,"pagination":%b}' % (page.replace(MARK, b"%08d" % number), pagination))

    return answer


def status(name: str) -> float:
    """A figure of this process's memory in MiB."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    if found is None:
        raise SystemExit(f"the kernel does not tell {name}")
    return int(found[1]) / 1024


async def stream(origin: str, length: int) -> None:
    """Read a whole listing, clip by clip."""
    count = 0
    async with AsyncClips(StaticAuth("example", "example"), api_url=f"{origin}/helix") as clips:
        async for _ in clips.by_game(str(length), on_cap="ignore"):
            count += 1
    if count != length:
        raise SystemExit(f"{count} clips came instead of {length}")


def figures(origin: str, length: int) -> tuple[float, float]:
    """Peak and resident MiB of this process after a listing."""
    asyncio.run(stream(origin, length))
    return status("VmHWM"), status("VmRSS")


def main(report: Report, lengths: tuple[int, int], rounds: int) -> None:
    """Print each process, and report the differences."""
    measured: dict[int, list[tuple[float, float]]] = {length: [] for length in lengths}
    with serving(listing) as origin, multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for _ in range(rounds):
            for length, rows in measured.items():
                rows.append(pool.apply(figures, (origin, length)))
                print("{:9,} clips: peak {:6.2f} MiB, at the end {:6.2f} MiB".format(length, *rows[-1]))
    for index, name in enumerate(("peak", "at the end")):
        short, long = (statistics.median(row[index] for row in rows) for rows in measured.values())
        report.add(
            Result(
                name=f"memory from {lengths[0]:,} to {lengths[1]:,} clips: {name}",
                measured=f"{long - short:+.2f} MiB",
                bar=f"within {BAR:.0f} MiB",
                met=long - short <= BAR,
                main=True,
            )
        )


if __name__ == "__main__":
    options = arguments(__doc__).parse_args()
    report_ = Report()
    main(report_, *(((10_000, 100_000), 1) if options.quick else (LENGTHS, ROUNDS)))
    report_.hand_over(options.json)
