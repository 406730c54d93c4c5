"""CPU a page of 100 clips through `AsyncClips`, as a ratio to the floor measured in the same run.

The bar is 1.25. Rounds alternate, each in processes of its own: what a process costs varies by a third with where
its memory comes to lie and with its neighbours, so there are many rounds and their medians are compared.
"""

import statistics

from figures import Report, Result, arguments
from floor import Client, floor, measure, server, timed

from twitch_clips import AsyncClips, StaticAuth

ROUNDS = 15
BAR = 1.25


async def ours(origin: str, listings: int) -> float:
    """Measure a stream of clips, taken one by one."""
    async with AsyncClips(StaticAuth("example", "example"), api_url=f"{origin}/helix") as clips:

        async def walk() -> int:
            count = 0
            async for _ in clips.by_game("509658", on_cap="ignore"):
                count += 1
            return count // 100

        return await timed(walk, listings)


def main(report: Report, rounds: int) -> None:
    """Print each round, and report the ratio."""
    figures: dict[Client, list[float]] = {floor: [], ours: []}
    with server() as origin:
        for _ in range(rounds):
            for client, measured in figures.items():
                measured.append(measure(client, origin))
            print("floor {:4.0f} us a page   AsyncClips {:4.0f} us a page".format(*(m[-1] for m in figures.values())))
    least, our = (statistics.median(measured) for measured in figures.values())
    report.add(
        Result(
            name="CPU a page, to the floor",
            measured=f"{our / least:.2f} ({our:.0f} us to {least:.0f} us)",
            bar=f"<= {BAR}",
            met=our / least <= BAR,
            main=True,
        )
    )


if __name__ == "__main__":
    options = arguments(__doc__).parse_args()
    report_ = Report()
    main(report_, 1 if options.quick else ROUNDS)
    report_.hand_over(options.json)
