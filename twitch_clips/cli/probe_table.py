"""The probe's findings as a table for people."""

from collections.abc import Sequence

from rich.style import Style
from rich.table import Table
from rich.text import Text

from .probe_questions import QUESTIONS, Finding
from .probe_verdicts import Verdict

_STYLES = {
    Verdict.AS_ASSUMED: Style(color="green"),
    Verdict.NOT_AS_ASSUMED: Style(color="red", bold=True),
    Verdict.UNTOLD: Style(color="yellow"),
    Verdict.SKIPPED: Style(dim=True),
}


def findings_table(findings: Sequence[Finding]) -> Table:
    """A row for each finding: what was asked, what came, what it means for the client."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), expand=True)
    for head, share in (("Asked", 4), ("What came", 3), ("For the client", 3)):
        table.add_column(head, ratio=share, header_style=Style(bold=True), overflow="fold")
    for finding in findings:
        meaning = finding.meaning
        verdict = Text(meaning.verdict.value, _STYLES[meaning.verdict])
        why = Text(f": {meaning.why}" if meaning.why else "")
        asked = Text.assemble((finding.question, Style(bold=True)), f": {QUESTIONS[finding.question]}")
        table.add_row(asked, Text(meaning.came), Text.assemble(verdict, why))
    return table
