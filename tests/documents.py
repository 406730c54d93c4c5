"""What the project's documents show: their blocks of code, line by line."""

import re
import shlex
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / ".github").glob("*.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
)


@attrs.frozen
class Block:
    """A block of code.

    Attributes:
        file: The document that it stands in.
        heading: The one that it stands under, without its `#`.
        language: What it says that it is.
        text: All of it.
    """

    file: Path
    heading: str
    language: str
    text: str


def blocks(file: Path) -> list[Block]:
    """Those of a document, in their order."""
    found: list[Block] = []
    heading = ""
    for part in re.finditer(r"^#+ (.+)$|^```(\w*)\n((?s:.*?))^```$", file.read_text(encoding="utf-8"), re.MULTILINE):
        heading = part[1] or heading
        if part[1] is None:
            found.append(Block(file, heading, part[2], part[3]))
    return found


BLOCKS = [block for file in DOCUMENTS for block in blocks(file)]


def commands(block: Block) -> list[list[str]]:
    """The words of each command of a block for a shell; of several in a pipe, each by itself."""
    found: list[list[str]] = []
    for line in block.text.splitlines():
        words = shlex.split(line, comments=True)
        found.append([])
        for word in words:
            if word in {"&&", "|"}:
                found.append([])
            else:
                found[-1].append(word)
    return [command for command in found if command]


def typed(program: str) -> list[list[str]]:
    """The arguments of every call of a program that a document shows; what leads its output into a file is left out."""
    calls = [command for block in BLOCKS if block.language == "sh" for command in commands(block)]
    return [call[1 : call.index(">>") if ">>" in call else None] for call in calls if call[0] == program]
