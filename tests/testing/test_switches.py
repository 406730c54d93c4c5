"""The table of the sandbox's switches: none is without a word, and each default is what it says."""

import inspect
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from twitch_clips import testing
from twitch_clips.testing import FakeHelix, Manners, faults

DOCUMENTATION = inspect.getdoc(testing) or ""


def rows(heading: str) -> list[list[list[str]]]:
    """The cells of a table, each as what stands in backticks there."""
    table = DOCUMENTATION.partition(f"**{heading}**")[2].partition("\n**")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return [[re.findall("`([^`]*)`", cell) for cell in line.split(" | ")] for line in lines]


def shown(default: object) -> str:
    """As a table has it."""
    return str(default) if isinstance(default, timedelta) else repr(default)


def called(name: str, function: Callable[..., Any]) -> str:
    """How a function is called: its signature without types."""
    signature = inspect.signature(function)
    parameters = [
        parameter.replace(annotation=parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name != "self"
    ]
    return f"{name}{signature.replace(parameters=parameters, return_annotation=signature.empty)}"


def public(owner: object, kind: Callable[[object], bool]) -> dict[str, Any]:
    """What is public of a class or a module, by name."""
    return {name: member for name, member in vars(owner).items() if name[0] != "_" and kind(member)}


def test_every_way_to_make_it_is_in_the_table() -> None:
    """With its default."""
    told = [(name, default) for [name], [default], *_ in rows("How it is made")]
    parameters = inspect.signature(FakeHelix).parameters
    assert told == [
        (name, "Manners()" if one.default == Manners() else shown(one.default)) for name, one in parameters.items()
    ]


def test_every_method_is_in_the_table() -> None:
    """As it is called."""
    told = [name for [name], *_ in rows("What happens while it runs")]
    methods = public(FakeHelix, inspect.isfunction)
    assert sorted(told) == sorted(called(name, method) for name, method in methods.items())


def test_every_attribute_is_in_the_table() -> None:
    """Those of the class, and the port."""
    told = [name for names, *_ in rows("What it tells") for name in names]
    assert sorted(told) == sorted(public(FakeHelix, lambda member: not inspect.isfunction(member)).keys() | {"port"})


def test_every_manner_is_in_the_table() -> None:
    """With its default, in the order of the fields."""
    told = [(name, default) for [name], [default], *_ in rows("How it behaves")]
    assert told == [(field.name, shown(field.default)) for field in attrs.fields(Manners)]


def test_every_fault_is_in_the_table() -> None:
    """As it is called."""
    told = [name for [name], *_ in rows("What goes wrong")]
    made = public(faults, lambda member: inspect.isfunction(member) and member.__module__ == faults.__name__)
    assert told == [called(name, fault) for name, fault in made.items()]


@pytest.mark.parametrize("field", attrs.fields(Manners), ids=lambda field: str(field.name))
def test_every_manner_has_its_longer_word(field: "attrs.Attribute[Any]") -> None:
    """In the class' own docstring."""
    assert f"\n    {field.name}: " in (inspect.getdoc(Manners) or "")
