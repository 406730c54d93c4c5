"""The main results as a picture, `results.svg`, drawn from the last run with the standard library alone.

The same results give the same bytes. The card brings a background of its own, so that it reads well on a light and on
a dark page.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import attrs
from beside_others import Results
from last import Last
from others import OURS
from others_faults import Row

FILE = Path(__file__).with_name("results.svg")
WIDTH, PAD = 860, 24
TALL = 21  # a row
CELLS, CELL, GAP = 286, 90, 4  # where those of the clients begin, their width and what is between them
SIDE, LABEL, BAR = 606, 84, 92  # where the bars' column begins, its labels' and its bars' width
INK, PALE, LINE, PURPLE, GREY, GREEN, AMBER, RED = (
    "#1f2328",
    "#59636e",
    "#d1d9e0",
    "#8250df",
    "#9ea7b1",
    "#2da44e",
    "#d4a72c",
    "#cf222e",
)
# Of a verdict: the cell, its words, and how its legend has it.
VERDICTS = {
    "complete": ("#dafbe1", "#116329", "every clip came"),
    "says so": ("#ddf4ff", "#0550ae", "fewer, and said so"),
    "loss": (RED, "#ffffff", "fewer, and no word"),
    "endless": ("#24292f", "#ffffff", "the same for ever"),
}
STYLE = (
    'text{font:12px -apple-system,BlinkMacSystemFont,"Segoe UI",Helvetica,Arial,sans-serif;'
    f"fill:{INK}}}.title{{font-size:19px;font-weight:600}}.head{{font-size:13px;font-weight:600}}"
    f".pale{{font-size:11px;fill:{PALE}}}.cell{{font-size:11px;text-anchor:middle}}.name{{text-anchor:middle}}"
    ".ours{font-weight:600}"
)


@attrs.frozen(kw_only=True)
class Bar:
    """A bar: parts of a width (their lengths, each with its colour) and words at both ends."""

    label: str
    parts: Sequence[tuple[float, str]]
    words: str


def text(x: float, y: float, words: str, kind: str = "", fill: str = "") -> str:
    """Words."""
    named = f' class="{kind}"' if kind else ""
    # A style, as the sheet's own fill goes before an attribute.
    filled = f' style="fill:{fill}"' if fill else ""
    return f'<text x="{x:g}" y="{y:g}"{named}{filled}>{escape(words)}</text>'


def box(x: float, y: float, size: tuple[float, float], fill: str) -> str:
    """A rectangle."""
    width, height = size
    return f'<rect x="{x:g}" y="{y:g}" width="{width:.4g}" height="{height:g}" rx="3" fill="{fill}"/>'


def weight(client: str) -> str:
    """Ours stands out."""
    return " ours" if client == OURS else ""


def verdict(x: float, y: float, fault: Row, client: str) -> list[str]:
    """The cell of a client and a fault."""
    outcome = fault.clients[client]
    fill, ink, _ = VERDICTS[outcome.verdict]
    words = f"{fault.of - outcome.clips:,} lost" if outcome.verdict == "loss" else outcome.verdict
    return [box(x, y, (CELL, TALL - 4), fill), text(x + CELL / 2, y + 13, words, "cell", ink)]


def matrix(others: Results, top: float) -> tuple[list[str], float]:
    """What each client made of each fault, and where that ends."""
    drawn = [text(PAD, top, f"What becomes of a listing: {len(others.faults)} ways of the server", "head")]
    y = top + 24
    columns = {client: CELLS + (CELL + GAP) * place for place, client in enumerate(others.versions)}
    drawn += [text(x + CELL / 2, y, client, f"name{weight(client)}") for client, x in columns.items()]
    y += 8
    for fault in others.faults:
        drawn.append(text(PAD, y + 13, fault.case))
        for client, x in columns.items():
            drawn += verdict(x, y, fault, client)
        y += TALL
    x = PAD
    for fill, _, words in VERDICTS.values():
        drawn += [box(x, y + 12, (12, 12), fill), text(x + 17, y + 22, words, "pale")]
        x += 140
    return drawn, y + 24


def bars(head: str, note: str, rows: Sequence[Bar], top: float) -> tuple[list[str], float]:
    """Bars under a headline, and where they end; the longest takes the whole width."""
    drawn = [text(SIDE, top, head, "head"), text(SIDE, top + 16, note, "pale")]
    y = top + 26
    longest = max(1e-9, *(sum(length for length, _ in row.parts) for row in rows))
    for row in rows:
        drawn.append(text(SIDE, y + 13, row.label, weight(row.label).strip()))
        x = float(SIDE + LABEL)
        for length, fill in row.parts:
            width = BAR * length / longest
            drawn += [box(x, y + 2, (width, TALL - 8), fill)] if length else []
            x += width
        drawn.append(text(x + 6, y + 13, row.words))
        y += TALL
    return drawn, y


def lost(others: Results, top: float) -> tuple[list[str], float]:
    """How many listings ended in silence or not at all."""
    counts = {
        client: sum(fault.clients[client].verdict in {"loss", "endless"} for fault in others.faults)
        for client in others.versions
    }
    rows = [Bar(label=client, parts=[(count, RED)], words=str(count)) for client, count in counts.items()]
    return bars("Lost without a word, or endless", f"of {len(others.faults)}; less is better", rows, top)


def cost(others: Results, top: float) -> tuple[list[str], float]:
    """CPU a page."""
    rows = [
        Bar(
            label=client,
            parts=[(others.cost[client].cpu_us, PURPLE if client == OURS else GREY)],
            words=f"{others.cost[client].cpu_us:,.0f} us",
        )
        for client in others.versions
    ]
    return bars("CPU a page", "of 100 clips; less is better", rows, top)


def crowd(others: Results, top: float) -> tuple[list[str], float]:
    """Many listings over a small bucket."""
    rows: list[Bar] = []
    for client in others.versions:
        one = others.bucket.clients[client]
        counts = {GREEN: one.complete, AMBER: one.errors, RED: one.silent, LINE: one.unfinished}
        parts = [(float(count), fill) for fill, count in counts.items()]
        rows.append(Bar(label=client, parts=parts, words=f"{one.complete} of {others.bucket.listings}"))
    head = f"{others.bucket.listings} listings at once, small bucket"
    return bars(head, "complete; yellow: error; red: cut short", rows, top)


def requests(last: Last, top: float) -> tuple[list[str], float]:
    """What a backfill costs."""
    found = last.benchmarks["backfill"].results if "backfill" in last.benchmarks else []
    rows = [
        Bar(label=label.partition(" (")[0].partition(",")[0], parts=[(number, PURPLE)], words=f"{number:.2f}")
        for result in found
        if result.main and (number := result.number) is not None
        for label in [result.name.rpartition(": ")[2]]
    ]
    if not rows:
        return [], top
    return bars("Requests of a whole backfill", "to the least possible (1.00), by channel", rows, top)


def draw(last: Last) -> str:
    """The picture as SVG."""
    drawn: list[str] = []
    top, bottom = 98.0, 98.0
    if last.others is not None:
        cells, bottom = matrix(last.others, top)
        drawn += cells
        for panel in (lost, cost, crowd):
            shown, top = panel(last.others, top)
            drawn += shown
            top += 26
    backfills, top = requests(last, top)
    height = max(top, bottom) + PAD
    others = (
        [f"{name} {version}" for name, version in last.others.versions.items() if name != OURS] if last.others else []
    )
    title = f"{OURS} beside {' and '.join(others)}" if others else OURS
    days = sorted({ran.date for ran in last.benchmarks.values()})
    note = f"{days[-1] if days else 'not yet run'}: one local server, one run of benchmarks/run.py"
    size = f'width="{WIDTH}" height="{height:g}" viewBox="0 0 {WIDTH} {height:g}"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">',
            f"<style>{STYLE}</style>",
            f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1:g}" rx="8" fill="#ffffff" stroke="{LINE}"/>',
            text(PAD, 40, title, "title"),
            text(PAD, 60, note, "pale"),
            *drawn,
            *backfills,
            "</svg>\n",
        )
    )
