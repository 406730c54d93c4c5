"""The last run of the benchmarks, as `last.json` keeps it: what `run.py` writes, and tables and the picture show."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import attrs
import cattrs
from beside_others import Results
from figures import Result
from others import OURS
from others_cost import BAR, ratio

FILE = Path(__file__).with_name("last.json")
BESIDE = "beside_others"
# In the order in which they run: those that gate, ours beside the others, those that are timed.
SCRIPTS: Mapping[str, str] = MappingProxyType(
    {
        "rate": "how much of the rate limit is used, at how many 429s",
        "backfill": "what a backfill costs in requests, and whether anything is missing and unreported",
        "kills": "outputs killed at every step and at any moment: every clip has to be there once",
        BESIDE: "ours, twitchAPI and TwitchIO on one server in one run",
        "page_cpu": "CPU a page, to the least that aiohttp and msgspec can do",
        "decode": "decoding a page, to msgspec's own Struct",
        "import_time": "`import twitch_clips`, to `import aiohttp`",
        "memory": "memory of a listing of 1,000,000 clips",
        "backfill_memory": "memory of a backfill of 600,000 clips",
        "exports": "what writing 100,000 clips costs, to the same clips written nowhere",
        "turn_cpu": "CPU of a turn, with few and with many waiting",
        "processes": "eight processes on one client id, over one Redis and without",
    }
)


def beside(others: Results) -> list[Result]:
    """What `beside_others.py` finds that has a bar."""
    faults = [row.case for row in others.faults if row.clients[OURS].verdict not in {"complete", "says so"}]
    lost = faults + ["a small bucket"] * bool(others.bucket.clients[OURS].silent)
    return [
        Result(
            name=f"clips lost without a word: {len(others.faults)} ways of the server, and a small bucket",
            measured="; ".join(lost) or "none",
            bar="none",
            exact=True,
            met=not lost,
            main=True,
        ),
        Result(
            name="CPU a page, to the better of twitchAPI and TwitchIO",
            measured=f"{ratio(others.cost):.2f}",
            bar=f"<= {BAR}",
            met=ratio(others.cost) <= BAR,
            main=True,
        ),
    ]


@attrs.frozen(kw_only=True)
class Ran:
    """One benchmark's last run.

    Attributes:
        date: Its day (UTC), as ISO 8601 has it.
        where: On which interpreter and how many cores.
        seconds: How long it took.
        results: What came out.
    """

    date: str
    where: str
    seconds: int
    results: list[Result]


@attrs.frozen(kw_only=True)
class Last:
    """The last run of each benchmark, by its script's name."""

    benchmarks: dict[str, Ran] = attrs.field(factory=dict[str, Ran])
    others: Results | None = None

    @classmethod
    def read(cls, path: Path = FILE) -> "Last":
        """From the file; empty where there is none."""
        return cattrs.structure(json.loads(path.read_text(encoding="utf-8")), cls) if path.exists() else cls()

    def write(self, path: Path = FILE) -> None:
        """Into the file."""
        path.write_text(json.dumps(cattrs.unstructure(self), indent=1) + "\n", encoding="utf-8")

    def including(self, name: str, ran: Ran, others: Results | None) -> "Last":
        """With a newer run of one benchmark; what is said of the others stays where it has nothing to say of them."""
        return Last(benchmarks=self.benchmarks | {name: ran}, others=others or self.others)

    def in_order(self) -> list[tuple[str, Ran]]:
        """The benchmarks in the order in which they run."""
        return [(name, self.benchmarks[name]) for name in SCRIPTS if name in self.benchmarks]
