"""What is public of the package, and what its docstrings say."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Any

import attrs

import twitch_clips

from .documents import ROOT

_REFERENCE = (ROOT / ".ci" / "reference").read_text(encoding="utf-8")
MODULES = [import_module(name) for name in re.findall(r'^    "(twitch_clips[\w.]*)",$', _REFERENCE, re.MULTILINE)]
"""The public ones: those of the reference."""
_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns):\n((?:(?: {4}.*)?\n)*)", re.MULTILINE)


@attrs.frozen
class Documented:
    """Something public.

    Attributes:
        name: Its full name, as a user writes it.
        thing: Itself.
        holder: The class that it is in, if it is in one.
    """

    name: str
    thing: Any
    holder: type | None = None

    @property
    def text(self) -> str:
        """Its docstring; of a constructor that of its class, where its arguments are told."""
        told = self.holder if self.name.endswith(".__init__") and self.holder is not None else self.thing
        return f"{inspect.getdoc(told) or ''}\n"

    @property
    def sections(self) -> dict[str, dict[str, str]]:
        """The entries of each section, by their names."""
        return {
            name: dict(re.findall(r"^    (\**\w+): ((?:.*\n(?:(?: {8}.*)?\n)*))", body, re.MULTILINE))
            for name, body in _SECTION.findall(self.text)
        }


def _names(module: ModuleType) -> list[str]:
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    names: list[str] = getattr(module, "__all__", [name for name in own if name[0] != "_"])
    return names


def _of_class(name: str, kind: type) -> Iterator[Documented]:
    yield Documented(name, kind)
    for attribute, member in vars(kind).items():
        function = getattr(member, "__func__", getattr(member, "fget", member))
        if isinstance(function, FunctionType) and (attribute == "__init__" or attribute[0] != "_"):
            yield Documented(f"{name}.{attribute}", function, kind)


def everything() -> Iterator[Documented]:
    """Every public class, method, property and function."""
    for module in MODULES:
        for name in _names(module):
            thing = getattr(module, name)
            full_name = f"{module.__name__}.{name}"
            if isinstance(thing, type):
                yield from _of_class(full_name, thing)
            elif isinstance(thing, FunctionType):
                yield Documented(full_name, thing)


def examples() -> list[str]:
    """The indented blocks of every docstring of the package, before its sections."""
    folder = Path(twitch_clips.__file__).parent
    found: list[str] = []
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                told = _SECTION.sub("", f"{ast.get_docstring(node) or ''}\n")
                found += [dedent(block) for block in re.findall(r"(?<=\n\n)(?: {4}.*\n|\n(?= {4}))+", told)]
    return found
