"""The line that a warning points at is the user's, however deep in this package it is asked for."""

import runpy
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from twitch_clips import CappedWarning, _caller
from twitch_clips._caller import Line, line_outside

PACKAGE = Path(_caller.__file__).parent


def _here() -> int:
    """The number of the line that asks."""
    return sys._getframe(1).f_lineno  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _function_in(path: Path) -> Callable[[Callable[[], Line]], Line]:
    """A function of a file of that path, which calls another one in its second line."""
    code = compile("def call(function):\n    return function()\n", str(path), "exec")
    names: dict[str, Any] = {"__name__": "between"}
    exec(code, names)  # noqa: S102  (our own line)
    call: Callable[[Callable[[], Line]], Line] = names["call"]
    return call


def test_the_line_is_the_one_that_asks() -> None:
    """With its file, its module and where that keeps which warnings it showed."""
    line, number = line_outside(), _here()
    assert (line.filename, line.number, line.module) == (__file__, number, __name__)
    assert line.registry is globals()["__warningregistry__"]


def test_lines_of_this_package_are_passed_over() -> None:
    """Folders in it included."""
    for path in (PACKAGE / "stream.py", PACKAGE / "_helix" / "query.py"):
        line, number = _function_in(path)(line_outside), _here()
        assert (line.filename, line.number) == (__file__, number)


def test_a_neighbour_of_like_name_is_the_users() -> None:
    """A script beside the package may begin as the package does."""
    for path in (PACKAGE.with_name("twitch_clips_bot.py"), PACKAGE.with_name("twitch_clips_bot") / "main.py"):
        line = _function_in(path)(line_outside)
        assert (line.filename, line.number, line.module) == (str(path), 2, "between")


def test_a_script_of_no_name_has_a_line(tmp_path: Path) -> None:
    """Its module is whatever it is run as."""
    script = tmp_path / "bot.py"
    script.write_text("from twitch_clips._caller import line_outside\n\nline = line_outside()\n", encoding="utf-8")
    line = runpy.run_path(str(script))["line"]
    assert (line.filename, line.number) == (str(script), 3)
    names: dict[str, Any] = {"line_outside": line_outside}
    exec("line = line_outside()", names)  # noqa: S102  (our own line)
    assert names["line"].filename == "<string>"


def test_a_warning_points_at_the_line() -> None:
    """Whoever warns: the line may have been left long ago."""
    line = Line("bot.py", 12, "bot", {})
    with pytest.warns(CappedWarning, match="the listing ended") as caught:
        line.warn("the listing ended", CappedWarning)
    assert [(one.filename, one.lineno) for one in caught] == [("bot.py", 12)]


def test_a_warning_is_shown_once_a_line() -> None:
    """As Python's own rules have it, with the registry of the module."""
    line, other = line_outside(), line_outside()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for one in (line, line, other):
            one.warn("the listing ended", CappedWarning)
    assert len(caught) == 1
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for one in (line, Line(line.filename, line.number + 1, line.module, line.registry)):
            one.warn("another listing ended", CappedWarning)
    assert len(caught) == 2
