"""A public surface as a flat table, of what `api.pyi` promises and of what the package has, read in the same way.

`Owner.name` is a class, an attribute or a method, `Owner.name(parameter)` a parameter and `Owner.name()` what is
returned; overloads are numbered, `by_game#1(game_id)`. Types are objects, so aliases and the order of a union make no
difference.
"""

import __future__

import ast
import collections.abc
import inspect
import re
import sys
import textwrap
import typing
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any, Generic, Unpack, cast, get_args, get_origin, get_overloads, get_type_hints

import aiohttp
import attrs
import cattrs
import pyarrow as pa

import twitch_clips
from twitch_clips import export

Table = dict[str, object]
API = Path(__file__).parents[2] / "shared" / "api.pyi"
_NAME = "promised"
_KNOWN = {
    **vars(typing),
    **vars(collections.abc),
    **{name: getattr(module, name) for module in (export, twitch_clips) for name in module.__all__},
    "aiohttp": aiohttp,
    "cattrs": cattrs,
    "pa": pa,
}
_SECTION = re.compile(r"^# twitch_clips\.(\w+) -+$", re.MULTILINE)
_UNTYPED = {"__eq__", "__hash__"}  # attrs makes them, and says no types


def promised() -> Table:
    """What `api.pyi` has: run as a module, with the types of the package wherever it names one."""
    first, *others = _SECTION.split(API.read_text(encoding="utf-8"))
    namespace: dict[str, Any] = {**_KNOWN, "__name__": _NAME}
    table: Table = {}
    for section, source in [("", first), *zip(others[::2], others[1::2], strict=True)]:
        code = compile(source, API, "exec", flags=__future__.annotations.compiler_flag, dont_inherit=True)
        exec(code, namespace)  # noqa: S102  (the project's own file)
        for name in _bound(ast.parse(source).body):
            table |= _described(f"{section}.{name}".lstrip("."), namespace[name], namespace)
    return table


def ours(section: str, wanted: Iterable[str]) -> Table:
    """What a public module of the package has; of special methods those that are wanted."""
    module = import_module(f"twitch_clips.{section}".rstrip("."))
    table: Table = {}
    for name in module.__all__:
        path = f"{section}.{name}".lstrip(".")
        table |= _described(path, getattr(module, name), {}, frozenset(wanted))
    return table


def _bound(nodes: Iterable[ast.stmt]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            yield cast("ast.Name", node.targets[0]).id
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def _described(path: str, thing: Any, namespace: dict[str, Any], wanted: Container[str] = ()) -> Table:
    if inspect.isclass(thing):
        return _Class(path, thing, namespace, wanted).table()
    if inspect.isfunction(thing):
        return {path: "function", **_function(path, thing, namespace)}
    return {path: re.sub(r"[\w.]+\.(?=\w)", "", str(thing))}


def _function(path: str, function: Callable[..., Any], namespace: dict[str, Any]) -> Table:
    """A row for what is returned, and one for each parameter."""
    if path.rpartition(".")[2] in _UNTYPED:
        return {f"{path}()": None}
    hints = get_type_hints(function, {**vars(sys.modules.get(function.__module__, typing)), **namespace}, _KNOWN)
    table: Table = {f"{path}()": (inspect.iscoroutinefunction(function), hints["return"])}
    for name, parameter in inspect.signature(function).parameters.items():
        if name in {"self", "cls"}:
            continue
        if get_origin(hints[name]) is Unpack:
            fields = get_type_hints(get_args(hints[name])[0], None, _KNOWN)
            table |= {f"{path}({key})": ("parameter", "keyword-only", "optional", hint) for key, hint in fields.items()}
        else:
            need = "required" if parameter.default is parameter.empty else "optional"
            table[f"{path}({name})"] = ("parameter", parameter.kind.description, need, hints[name])
    return table


@attrs.frozen
class _Class:
    """A class: its rows."""

    path: str
    kind: type[Any]
    namespace: dict[str, Any]
    wanted: Container[str]

    def table(self) -> Table:
        """What it is, then its members, those of the bases that are described too among them."""
        kind, is_record = self.kind, attrs.has(self.kind)
        bases = [base.__name__ for base in kind.__bases__ if not _is_protocol(base) and base not in {object, Generic}]
        is_frozen = is_record and "__setattr__" in vars(kind)
        rows: Table = {self.path: ("class", tuple(bases), _is_protocol(kind), is_frozen)}
        if issubclass(kind, Enum):
            return rows | {f"{self.path}.{name}": ("member",) for name in kind.__members__}
        if is_record:
            hints = get_type_hints(kind, self.namespace or None, _KNOWN)
            for field in attrs.fields(kind):
                need = "required" if field.default is attrs.NOTHING else "optional"
                rows[f"{self.path}.{field.name}"] = ("field", need, field.kw_only, hints[field.name])
        for base in reversed(kind.__mro__):
            if base.__module__.split(".")[0] in {_NAME, "twitch_clips"}:
                rows |= self._members(base)
        return rows

    def _members(self, base: type[Any]) -> Table:
        rows: Table = {}
        if not attrs.has(base):
            rows |= {f"{self.path}.{name}": hint for name, hint in self._attributes(base).items()}
        for name, member in vars(base).items():
            path = f"{self.path}.{name}"
            if isinstance(member, property) and name[0] != "_":
                rows[path] = get_type_hints(cast("Any", member.fget), self.namespace or None, _KNOWN)["return"]
                continue
            function = getattr(member, "__func__", member)
            if inspect.isfunction(function) and (name[0] != "_" or self._is_wanted(path, function)):
                rows |= {path: type(member).__name__, **self._method(base, path, name, function)}
        return rows

    def _is_wanted(self, path: str, function: FunctionType) -> bool:
        """Whether it is promised, or is a promise itself and not what attrs made of one."""
        return path in self.wanted or function.__code__.co_filename == str(API)

    def _method(self, base: type[Any], path: str, name: str, function: Callable[..., Any]) -> Table:
        place = SimpleNamespace(__module__=base.__module__, __qualname__=f"{base.__qualname__}.{name}")
        rows: Table = {}
        for number, overload in enumerate(get_overloads(cast("Any", place)), 1):
            rows |= _function(f"{path}#{number}", overload, self.namespace)
        return rows or _function(path, function, self.namespace)

    def _attributes(self, base: type[Any]) -> dict[str, object]:
        """Those that the class says, and those that its constructor makes of what it is given."""
        hints = get_type_hints(base, self.namespace or None, _KNOWN)
        said = {name: hints[name] for name in inspect.get_annotations(base) if name[0] != "_"}
        if self.namespace or "__init__" not in vars(base) or _is_protocol(base):
            return said
        hints = get_type_hints(base.__init__, None, _KNOWN)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(base.__init__)))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr[0] != "_":
                said[node.attr] = hints.get(node.attr, "of its own")
        return said


def _is_protocol(kind: type[Any]) -> bool:
    return bool(vars(kind).get("_is_protocol", False))


def differences() -> dict[str, str]:
    """What one has and the other has not, or otherwise, and how; of what is new whole, the first row alone."""
    api = promised()
    table: Table = {}
    for section in ("", "export", "redis"):
        table |= ours(section, api)
    new = table.keys() - api.keys()
    found = {f"-{key}": "not there" for key in api if key not in table}
    found |= {f"+{key}": "not promised" for key in new if not _owners(key) & new}
    found |= {f"~{key}": f"{table[key]}, not {row}" for key, row in api.items() if key in table and table[key] != row}
    here, there = _order(table, api), _order(api, table)
    return found | {f"~{owner}": f"{here[owner]}, not {keys}" for owner, keys in there.items() if here[owner] != keys}


def _owners(key: str) -> set[str]:
    """The class, or the class and its method, that a row is of."""
    return {key[:place] for place, char in enumerate(key) if char in ".(#"}


def _order(table: Table, other: Table) -> dict[str, list[str]]:
    """Fields, members and parameters of each class and method, as far as both have them."""
    order = defaultdict[str, list[str]](list)
    for key, row in table.items():
        if key in other and isinstance(row, tuple) and row[0] in {"field", "member", "parameter"}:
            order[max(_owners(key), key=len)].append(key)
    return order
