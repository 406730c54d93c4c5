"""The tables of both READMEs, written between markers from the last run.

The project's README (`README.md` beside `pyproject.toml`) shows the main results, that of the benchmarks shows all. A
README without a marker stays as it is.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from beside_others import Results
from figures import Result
from last import SCRIPTS, Last
from others_bucket import Outcome
from others_cost import Cost

HERE = Path(__file__).parent
SHORT, FULL = HERE.parent / "README.md", HERE / "README.md"
VERDICTS = {
    "complete": "every clip came",
    "says so": "fewer, and an error or a warning said so",
    "loss": "fewer, and no word",
    "endless": "the same for ever",
}
COSTS: dict[str, Callable[[Cost], str]] = {
    "CPU a page of 100 clips": lambda cost: f"{cost.cpu_us:,.0f} us",
    "wall time a page": lambda cost: f"{cost.wall_us:,.0f} us",
    "requests of that listing": lambda cost: f"{cost.requests:,}",
    "memory grown by": lambda cost: f"{cost.memory_mib:.1f} MiB",
}
CROWDS: dict[str, Callable[[Outcome], str]] = {
    "complete": lambda crowd: str(crowd.complete),
    "cut short without a word": lambda crowd: str(crowd.silent),
    "ended by an error": lambda crowd: str(crowd.errors),
    "not at their end when stopped": lambda crowd: str(crowd.unfinished),
    "requests, and 429s of them": lambda crowd: f"{crowd.requests:,}, {crowd.refused:,}",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def results(found: Iterable[Result]) -> str:
    """A row for each result."""
    rows = (
        (
            one.name,
            one.measured if one.met else f"{one.measured} (missed)",
            one.bar.replace("<=", "≤").replace(">=", "≥"),
        )
        for one in found
    )
    return table(("", "measured", "bar"), rows)


def short(last: Last) -> str:
    """The main results of all benchmarks."""
    ran = [ran for _, ran in last.in_order()]
    dates, places = (sorted({getattr(one, what) for one in ran}) for what in ("date", "where"))
    made = f"{' to '.join(dict.fromkeys((dates[0], dates[-1])))}, {'; '.join(places)}" if ran else "not yet"
    return f"{made}:\n\n{results(result for one in ran for result in one.results if result.main)}"


def full(last: Last) -> str:
    """All results, by benchmark."""
    return "\n".join(
        f"### {name}.py: {SCRIPTS[name]}\n\n{ran.date}, {ran.where}, {ran.seconds} s.\n\n{results(ran.results)}"
        for name, ran in last.in_order()
    )


def beside(others: Results) -> str:
    """The clients side by side."""
    clients = list(others.versions)
    faults = [
        (
            f"a listing, {len(others.faults)} ways of the server: {words}",
            *(str(sum(fault.clients[client].verdict == verdict for fault in others.faults)) for client in clients),
        )
        for verdict, words in VERDICTS.items()
    ]
    many, least = f"{others.bucket.listings} listings at once, a small bucket", others.bucket.least_seconds
    rows = [
        *faults,
        *((words, *(show(others.cost[client]) for client in clients)) for words, show in COSTS.items()),
        *(
            (f"{many}: {words}", *(show(others.bucket.clients[client]) for client in clients))
            for words, show in CROWDS.items()
        ),
        (f"{many}: seconds, at least {least:.1f}", *(f"{others.bucket.clients[name].seconds:.1f}" for name in clients)),
    ]
    return table(("", *(f"{client} {version}" for client, version in others.versions.items())), rows)


def by_fault(others: Results) -> str:
    """What each client made of each fault."""
    rows: list[list[str]] = []
    for fault in others.faults:
        row = [fault.case]
        for client in others.versions:
            outcome = fault.clients[client]
            came = f"{outcome.clips:,} of {fault.of:,}" + (f", {outcome.said}" if outcome.said else "")
            row.append(f"{outcome.verdict}: {came}" if outcome.verdict != "loss" else f"**loss**: {came}")
        rows.append(row)
    return table(("the server's way", *others.versions), rows)


def written(text: str, tables: dict[str, str]) -> str:
    """A README with each table between the markers of its name, where it has them."""
    for name, rows in tables.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        before, marker, rest = text.partition(begin)
        if marker:
            text = f"{before}{begin}\n{rows}\n{end}{rest.partition(end)[2]}"
    return text


def readmes(last: Last) -> dict[Path, str]:
    """What each README has to be."""
    aside = beside(last.others) if last.others else ""
    every = f"{aside}\n{by_fault(last.others)}" if last.others else ""
    return {
        SHORT: written(SHORT.read_text(encoding="utf-8"), {"benchmarks": short(last), "others": aside}),
        FULL: written(FULL.read_text(encoding="utf-8"), {"benchmarks": full(last), "others": every}),
    }
