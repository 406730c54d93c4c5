"""Decoding a page of 100 clips into our records, as a ratio to msgspec's own `Struct` of the same 17 fields.

`Struct` is what msgspec builds fastest. Ours are attrs classes, built by the same decoder, and `decode.page` adds the
check that every time is UTC, and the page around the clips. The bar is 1.6 on Python 3.11 and 1.75 from 3.12 on.

Rounds alternate within a process, so that both meet the same memory and the same neighbours; of each, the cheapest
round counts, because noise only ever adds. Where a process's memory comes to lie shifts the ratio by some per cent for
its whole life: so there are several processes, and the median of their ratios counts. The garbage collector stays on,
as it is for users, and each page is dropped before the next, so its deallocation is counted too.
"""

import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime

import attrs
import msgspec
from figures import Report, Result, arguments
from floor import clip

from twitch_clips import Clip
from twitch_clips._helix.decode import page

PROCESSES = 9
ROUNDS = 100
DECODES = 50  # a round
BAR = 1.6 if sys.version_info < (3, 12) else 1.75


class StructClip(msgspec.Struct):
    """The 17 fields as msgspec would have them."""

    id: str
    url: str
    broadcaster_id: str
    title: str
    view_count: int
    created_at: datetime
    embed_url: str = ""
    broadcaster_name: str = ""
    creator_id: str = ""
    creator_name: str = ""
    video_id: str = ""
    game_id: str = ""
    language: str = ""
    thumbnail_url: str = ""
    duration: float = 0.0
    vod_offset: int | None = None
    is_featured: bool = False


class StructPagination(msgspec.Struct):
    """The cursor, under Helix's name."""

    cursor: str | None = None


class StructBody(msgspec.Struct):
    """The whole answer."""

    data: list[StructClip]
    pagination: StructPagination


def body() -> bytes:
    """A page as Helix sends it, in the size that is common."""
    return json.dumps({"data": [clip(i) for i in range(100)], "pagination": {"cursor": "eyJwYWdlIjp1"}}).encode()


def spent(decode: Callable[[bytes], object], text: bytes) -> float:
    """CPU microseconds a page in one round."""
    start = time.process_time()
    for _ in range(DECODES):
        decode(text)
    return (time.process_time() - start) / DECODES * 1e6


def figures(rounds: int) -> tuple[float, float]:
    """CPU microseconds a page of `Struct` and of ours, in this process."""
    text = body()
    struct = msgspec.json.Decoder(StructBody).decode
    pairs = [(spent(struct, text), spent(page, text)) for _ in range(rounds + 1)]
    least, our = zip(*pairs[1:], strict=True)  # the first warmed up
    return min(least), min(our)


def check() -> None:
    """Make sure that both hold the same 17 fields in the same types."""
    ours = [(field.name, field.type) for field in attrs.fields(Clip)]
    if ours != [(field.name, field.type) for field in msgspec.structs.fields(StructClip)]:
        raise SystemExit("the Struct has other fields than the record")


def main(report: Report, processes: int, rounds: int) -> None:
    """Print each process's figures, and report the ratio."""
    check()
    ratios: list[float] = []
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for _ in range(processes):
            least, our = pool.apply(figures, (rounds,))
            ratios.append(our / least)
            print(f"Struct {least:5.1f} us a page   decode.page {our:5.1f} us a page   ratio {ratios[-1]:.2f}")
    ratio = statistics.median(ratios)
    report.add(
        Result(
            name="decoding a page, to a Struct",
            measured=f"{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
            bar=f"<= {BAR}",
            met=ratio <= BAR,
            main=True,
        )
    )


if __name__ == "__main__":
    options = arguments(__doc__).parse_args()
    report_ = Report()
    main(report_, *((1, 20) if options.quick else (PROCESSES, ROUNDS)))
    report_.hand_over(options.json)
