"""The typing tests leave nothing out. What they say is held by mypy and pyright, which read them."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

FOLDER = Path(__file__).parent / "typing"
MODULES = [
    import_module(f"twitch_clips{name}") for name in ("", ".events", ".export", ".prometheus", ".redis", ".testing")
]
NODES = [
    node for path in FOLDER.glob("*.py") if path.stem != "misuse" for node in ast.walk(ast.parse(path.read_bytes()))
]
NAMES = {node.id for node in NODES if isinstance(node, ast.Name)}
MEMBERS = {node.attr for node in NODES if isinstance(node, ast.Attribute)}
SETTINGS = {node.arg for node in NODES if isinstance(node, ast.keyword)}


def _members(thing: Any) -> Iterator[str]:
    """Those of a class that are our own, and those that attrs makes."""
    for kind in inspect.getmro(thing):
        if kind.__module__.startswith("twitch_clips"):
            yield from (name for name in vars(kind) if name[0] != "_")
            yield from (field.name for field in (attrs.fields(kind) if attrs.has(kind) else ()))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_name_is_in_the_typing_tests(module: ModuleType) -> None:
    """And every public member of each class."""
    assert set(module.__all__) - NAMES == set()
    classes = [thing for name in module.__all__ if inspect.isclass(thing := getattr(module, name))]
    assert [(kind, name) for kind in classes for name in _members(kind) if name not in MEMBERS | SETTINGS] == []


def test_the_package_says_that_it_is_typed() -> None:
    """Without that file everything in it would be `Any` to its users (PEP 561)."""
    assert (files("twitch_clips") / "py.typed").is_file()
