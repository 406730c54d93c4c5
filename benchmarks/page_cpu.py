"""CPU a page of 100 clips through `AsyncClips`, as a ratio to the floor measured in the same run.

The bar is 1.25. Rounds alternate, each in processes of its own: what a process costs varies by a third with where
its memory comes to lie and with its neighbours, so there are many rounds and their medians are compared.
"""

import statistics
import sys

from floor import Client, floor, measure, server, timed

from twitch_clips import AsyncClips, StaticAuth

ROUNDS = 15


async def ours(origin: str, listings: int) -> float:
    """Measure a stream of clips, taken one by one."""
    async with AsyncClips(StaticAuth("example", "example"), api_url=f"{origin}/helix") as clips:

        async def walk() -> int:
            count = 0
            async for _ in clips.by_game("509658", on_cap="ignore"):
                count += 1
            return count // 100

        return await timed(walk, listings)


def main(rounds: int) -> None:
    """Print each round and the ratio."""
    figures: dict[Client, list[float]] = {floor: [], ours: []}
    with server() as origin:
        for _ in range(rounds):
            for client, measured in figures.items():
                measured.append(measure(client, origin))
            print("floor {:4.0f} us a page   AsyncClips {:4.0f} us a page".format(*(m[-1] for m in figures.values())))
    least, our = (statistics.median(measured) for measured in figures.values())
    print(f"medians {least:.0f} and {our:.0f} us a page: ratio {our / least:.2f} (bar: 1.25)")


if __name__ == "__main__":
    main(1 if "--quick" in sys.argv else ROUNDS)
