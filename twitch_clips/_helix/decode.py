"""A body to records, the fast way where all is as Helix documents it, else the careful way."""

from typing import TYPE_CHECKING, TypeVar

from . import fast

if TYPE_CHECKING:
    import cattrs

    from .page import Page

T = TypeVar("T")


def page(body: bytes) -> "Page":
    """The page of clips that a body holds.

    Raises:
        DecodeError: It holds none; `path` names the place.
    """
    if (read := fast.page(body)) is not None:
        return read
    from . import careful  # noqa: PLC0415  (it loads cattrs)

    return careful.page(body)


def items(body: bytes, kind: type[T]) -> list[T]:
    """The users or games that a body holds.

    Raises:
        DecodeError: It holds none, or one of them is not as it should be.
    """
    from . import careful  # noqa: PLC0415  (the same)

    return careful.items(body, kind)


def make_converter() -> "cattrs.Converter":
    """A fresh cattrs converter for records of this package, to and from what JSON can hold.

    Times are written as RFC 3339 in UTC with `Z`. Nothing is coerced, unknown keys are ignored, and a null stands for a
    field's default where it has one; `structure(unstructure(clip), Clip) == clip`.
    """
    from . import careful  # noqa: PLC0415  (the same)

    return careful.make_converter()
