"""Documents: every block of code is known to a test, links lead somewhere, the map of the layers is the contract."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import twitch_clips

from .documents import BLOCKS, DOCUMENTS, ROOT, Block, commands
from .readme import EXAMPLES

PACKAGE = Path(twitch_clips.__file__).parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHELL = [block for block in BLOCKS if block.language == "sh"]
# Commands of the tests' environment, each run as it stands by `.ci/run` or by what is named here.
IN_VENV = frozenset({"lint-imports", "mypy", "pip", "pyright", "pytest", "python", "ruff", "twitch-clips"})


def _id(value: Block | Path) -> str:
    file = value.file if isinstance(value, Block) else value
    return f"{file.relative_to(ROOT)}{f': {value.heading}' if isinstance(value, Block) else ''}"


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    """Python is the README's, which runs all of it; the rest is for a shell."""
    assert {block.language for block in BLOCKS} == {"python", "sh"}
    assert [block.text for block in BLOCKS if block.language == "python"] == EXAMPLES


@pytest.mark.parametrize("block", SHELL, ids=_id)
def test_what_a_block_for_a_shell_calls_is_there(block: Block) -> None:
    """Each command is one of this project's or of its environment, and the files and groups that it names exist."""
    for command, *arguments in commands(block):
        program = command.removeprefix(".venv/bin/")
        assert (
            command in {"twitch-clips", "python3", "jq"}
            or (command != program and program in IN_VENV)
            or (ROOT / command).is_file()
        ), command
        for word in arguments:
            assert not word.startswith(("benchmarks/", "tests/")) or (ROOT / word).exists(), word
        groups = {group for option, group in pairwise(arguments) if option == "--group"}
        assert groups <= PROJECT["dependency-groups"].keys()


def test_ci_runs_the_lines_that_a_newcomer_pastes() -> None:
    """By their headings in the README; CONTRIBUTING shows the second one again."""
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pasted = [block for block in SHELL if block.text.startswith("python3 -m venv .venv && ")]
    assert {block.heading for block in pasted if block.file.name == "README.md"} == {"Try it", "Run the tests"}
    assert '"Try it" "Run the tests"' in ci
    assert len({block.text for block in pasted}) == 2


@pytest.mark.parametrize("file", DOCUMENTS, ids=_id)
def test_links_lead_to_what_is_there(file: Path) -> None:
    """To files and to headings; those that lead out of the project are not asked for."""
    for link in re.findall(r"\]\((?!https?://)([^)]+)\)", file.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        if target.is_relative_to(ROOT / "twitch_clips"):
            target = PACKAGE / target.relative_to(ROOT / "twitch_clips")  # tests may run beside an installed package
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


def _anchors(file: Path) -> set[str]:
    headings: list[str] = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("file", DOCUMENTS, ids=_id)
def test_extras_that_are_named_can_be_installed(file: Path) -> None:
    """`pip install 'twitch-clips[…]'`."""
    named: list[str] = re.findall(r"twitch-clips\[([\w,]+)\]", file.read_text(encoding="utf-8"))
    assert {extra for names in named for extra in names.split(",")} <= PROJECT["project"][
        "optional-dependencies"
    ].keys()


def test_the_map_of_the_layers_is_the_contract() -> None:
    """Module by module, from the top down, and nothing of the package is left out."""
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    mapped: list[str] = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    layers: list[str] = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    assert mapped == [module for layer in layers for module in re.split(" [|:] ", layer)]
    modules = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert modules - {"__init__"} == set(mapped)
