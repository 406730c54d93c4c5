"""What a benchmark finds out: results in words, printed as they come and, with `--json FILE`, handed over as data."""

import argparse
import json
from pathlib import Path

import attrs


@attrs.frozen(kw_only=True)
class Result:
    """A figure and its bar.

    Attributes:
        name: What is measured, in words.
        measured: What came out, with its unit.
        bar: What it is to come to; `""`: nothing.
        exact: Whether it is the same on every machine, so that its bar gates.
        met: Whether the bar is reached.
        main: Whether the README of the project shows it, and not that of the benchmarks alone.
        number: What came out, where a picture draws it.
    """

    name: str
    measured: str
    bar: str = ""
    exact: bool = False
    met: bool = True
    main: bool = False
    number: float | None = None

    def __str__(self) -> str:
        """A line for a terminal."""
        line = f"{self.name:78}  {self.measured}" + (f"  (bar: {self.bar})" if self.bar else "")
        return line if self.met else f"{line}  MISSED"


@attrs.frozen
class Report:
    """The results of one benchmark."""

    results: list[Result] = attrs.field(factory=list[Result])

    def add(self, result: Result) -> None:
        """Print a result, and keep it."""
        print(result, flush=True)
        self.results.append(result)

    def missed(self) -> str:
        """The names of those that miss their bars; `""`: all are met."""
        return "; ".join(result.name for result in self.results if not result.met)

    def hand_over(self, path: Path | None) -> None:
        """Write them to a file, where one was asked for."""
        if path is not None:
            path.write_text(json.dumps([attrs.asdict(result) for result in self.results]), encoding="utf-8")


def arguments(doc: str | None) -> argparse.ArgumentParser:
    """The command line that all benchmarks share.

    Args:
        doc: The script's docstring, whose first line is the help's.
    """
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="as little as shows that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    return parser
