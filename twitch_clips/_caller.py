"""The user's line that asked for something, for warnings to point at."""

import os
import sys
import warnings
from pathlib import Path
from typing import Any

import attrs

_PACKAGE = str(Path(__file__).parent) + os.sep


@attrs.frozen
class Line:
    """A line outside of this package."""

    filename: str
    number: int
    module: str
    registry: dict[Any, Any]

    def warn(self, message: str, category: type[Warning]) -> None:
        """Warn as if by `warnings.warn` on that line, whichever task is running now."""
        warnings.warn_explicit(
            message, category, self.filename, self.number, module=self.module, registry=self.registry
        )


def line_outside() -> Line:
    """The innermost line on the stack that is not in this package.

    `warnings.warn` finds it by itself (`skip_file_prefixes`) since Python 3.12 only, and only while it is on the stack.
    """
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    known = frame.f_globals
    registry: dict[Any, Any] = known.setdefault("__warningregistry__", {})
    return Line(frame.f_code.co_filename, frame.f_lineno, known.get("__name__", "<unknown>"), registry)
