"""Docstrings: every public name has one, which tells of each argument, field and error, by names that there are."""

import builtins
import inspect
import re
from functools import reduce
from types import FunctionType
from typing import Any, Protocol

import attrs
import pytest

from twitch_clips.testing import VirtualLoop

from .docstrings import MODULES, Documented, everything

PUBLIC = list(everything())
# An event loop's own methods are described by asyncio.
FUNCTIONS = [one for one in PUBLIC if isinstance(one.thing, FunctionType) and one.holder is not VirtualLoop]
PROTOCOLS = [one.thing for one in PUBLIC if isinstance(one.thing, type) and Protocol in one.thing.__bases__]
FOREIGN = frozenset({"Bearer", "Date", "None"})  # a scheme, a header and a value, that look like classes


def _name(one: Documented) -> str:
    return one.name


def _arguments(one: Documented) -> list[str]:
    """Those that its docstring has to name: not what a protocol has said of them, nor one that is all there is."""
    name = one.name.rpartition(".")[2]
    is_protocol_s = one.holder is not None and any(
        name in vars(protocol) and one.holder is not protocol for protocol in PROTOCOLS
    )
    parameters = [name for name in inspect.signature(one.thing).parameters if name not in {"self", "cls"}]
    return [] if is_protocol_s or len(parameters) == 1 else parameters


def _is_made_here(one: Documented) -> bool:
    """Whether it is a constructor that only the package calls, or that of a protocol."""
    return one.name.endswith(".__init__") and (one.holder in PROTOCOLS or "._" in str(inspect.signature(one.thing)))


def test_everything_public_is_described() -> None:
    """In words of its own, and modules too."""
    assert [one.name for one in PUBLIC if not one.text.strip()] == []
    assert [module.__name__ for module in MODULES if not module.__doc__] == []


def test_every_argument_is_told_of() -> None:
    """By its name."""
    assert [
        (one.name, argument)
        for one in FUNCTIONS
        if not _is_made_here(one)
        for argument in _arguments(one)
        if not re.search(rf"\b{argument}\b", one.text)
    ] == []


def test_every_field_is_told_of() -> None:
    """Under `Attributes`, and none that is not there."""
    kinds = [(one, one.thing) for one in PUBLIC if isinstance(one.thing, type) and attrs.has(one.thing)]
    for one, kind in kinds:
        assert list(one.sections.get("Attributes", {})) == [field.name for field in attrs.fields(kind)], one.name


def test_every_error_that_is_raised_is_told_of() -> None:
    """Where a public function raises it itself."""
    assert [
        (one.name, error)
        for one in FUNCTIONS
        if not _is_made_here(one)
        for error in re.findall(r"^ +raise ([A-Z]\w+)\(", inspect.getsource(one.thing), re.MULTILINE)
        if error not in one.text
    ] == []


@pytest.mark.parametrize("one", PUBLIC + [Documented(module.__name__, module) for module in MODULES], ids=_name)
def test_names_in_backticks_are_there(one: Documented) -> None:
    """Those that look like a class, or begin with the package's name; and what it raises is an error."""
    named: list[str] = re.findall(r"`((?:twitch_clips\.|[A-Z]\w*[a-z])\w*(?:\.\w+)*)(?:\(.*?\))?`", one.text)
    assert [name for name in named if name not in FOREIGN and _found(name) is None] == []
    for error in one.sections.get("Raises", {}):
        kind = _found(error)
        assert isinstance(kind, type), error
        assert issubclass(kind, Exception), error


def _found(name: str) -> Any:
    """What a dotted name stands for in one of the public modules, or in Python."""
    path = name.removeprefix("twitch_clips.").split(".")
    roots: tuple[Any, ...] = (*MODULES, builtins)
    things = (reduce(lambda thing, part: getattr(thing, part, None), path, root) for root in roots)
    return next((thing for thing in things if thing is not None), None)
