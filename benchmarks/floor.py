"""The floor: the least CPU that a page of 100 clips costs over aiohttp, to measure every client against.

One session, one prebuilt URL, `read()`, a msgspec decode into the attrs class that users get, on to the next page
while the answer has a cursor. Run it alone (`python benchmarks/floor.py`) for the floor in microseconds; `page_cpu.py`
runs it beside `AsyncClips`. The server is a process of its own and serves bodies encoded beforehand, each page with
ids of its own; each measurement is a process of its own too, so neither warms or litters the other.

asyncio receives into 256 KiB, which lies just above the size from which glibc maps fresh memory: it depends on what
happens to lie on the heap whether a page pays some 20 us of page faults for it, every time, now and then or never.
That lottery is switched off for whoever is measured.
"""

import asyncio
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import aiohttp
import attrs
import msgspec

from twitch_clips import Clip

PAGES = 200  # a listing
LISTINGS = 10  # a measurement
NO_LOTTERY = {"MALLOC_MMAP_THRESHOLD_": "16777216", "MALLOC_TRIM_THRESHOLD_": "67108864"}
Client = Callable[[str, int], Awaitable[float]]


@attrs.frozen
class Pagination:
    """The cursor, under Helix's name."""

    cursor: str | None = None


@attrs.frozen
class Page:
    """The whole answer."""

    data: list[Clip]
    pagination: Pagination


def clip(number: int) -> dict[str, object]:
    """One clip of common size (some 700 bytes of JSON)."""
    slug = f"ExampleInventedClipOfTheBench-{number:016d}"
    return {
        "id": slug,
        "url": f"https://clips.twitch.tv/{slug}",
        "embed_url": f"https://clips.twitch.tv/embed?clip={slug}",
        "broadcaster_id": "1000001",
        "broadcaster_name": "Example_Streamer",
        "creator_id": str(2_000_000 + number % 977),
        "creator_name": f"viewer_{number % 977}",
        "video_id": str(3_000_000_000 + number),
        "game_id": "509658",
        "language": "en",
        "title": f"that was clip number {number} of the evening",
        "view_count": 1_000_000 - number,
        "created_at": f"2026-01-{number % 28 + 1:02d}T12:{number % 60:02d}:07Z",
        "thumbnail_url": f"https://static-cdn.jtvnw.net/twitch-clips-thumbnails-prod/{slug}/preview-480x272.jpg",
        "duration": 28.7,
        "vod_offset": number % 36_000,
        "is_featured": False,
    }


def bodies() -> Iterator[bytes]:
    """The listing's pages, the last one without a cursor."""
    for page in range(PAGES):
        pagination = {"cursor": f"eyJwYWdlIjp{page}"} if page + 1 < PAGES else {}
        yield json.dumps({"data": [clip(page * 100 + i) for i in range(100)], "pagination": pagination}).encode()


def answers() -> list[bytes]:
    """The pages as they go over the wire; the rate headers leave room for any speed."""
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
        "Ratelimit-Limit: 6000000\r\nRatelimit-Remaining: 5999990\r\nRatelimit-Reset: 1767225601\r\n"
        "Content-Length: {}\r\n\r\n"
    )
    return [head.format(len(body)).encode() + body for body in bodies()]


async def serve(pipe: Connection) -> None:
    """Answer each request on a connection with the next page of the listing, whatever it asks."""
    pages = answers()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turn = 0
        while True:
            try:
                await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                writer.close()
                return
            writer.write(pages[turn % PAGES])
            await writer.drain()
            turn += 1

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def run_server(pipe: Connection) -> None:
    """Be the server process."""
    asyncio.run(serve(pipe))


async def timed(walk: Callable[[], Awaitable[int]], listings: int) -> float:
    """CPU microseconds a page in the cheapest of so many listings, after one to warm up: noise only ever adds."""
    figures: list[float] = []
    for _ in range(listings + 1):
        start = time.process_time()
        pages = await walk()
        figures.append((time.process_time() - start) / PAGES * 1e6)
        if pages != PAGES:
            raise SystemExit(f"{pages} pages came instead of {PAGES}")
    return min(figures[1:])


async def floor(origin: str, listings: int) -> float:
    """Measure the floor."""
    decoder = msgspec.json.Decoder(Page)
    url = f"{origin}/helix/clips?game_id=509658&first=100"
    headers = {"Client-Id": "example", "Authorization": "Bearer example"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def walk() -> int:
            pages = 0
            cursor: str | None = ""
            while cursor is not None:
                async with session.get(url) as response:
                    page = decoder.decode(await response.read())
                cursor = page.pagination.cursor
                pages += 1
            return pages

        return await timed(walk, listings)


def run_client(client: Client, origin: str, listings: int, pipe: Connection) -> None:
    """Be a client process."""

    async def main() -> float:
        return await client(origin, listings)

    pipe.send(asyncio.run(main()))


@contextmanager
def server() -> Generator[str]:
    """The server process, by its origin."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=run_server, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


def measure(client: Client, origin: str, listings: int = LISTINGS) -> float:
    """CPU microseconds a page of one client in a process of its own."""
    os.environ.update(NO_LOTTERY)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=run_client, args=(client, origin, listings, theirs))
    process.start()
    theirs.close()
    figure: float = ours.recv()
    process.join()
    return figure


if __name__ == "__main__":
    with server() as origin_:
        print(f"floor: {statistics.median(measure(floor, origin_) for _ in range(5)):.0f} us a page of 100 clips")
