"""A question to Get Clips, checked, and the query parameters that ask it."""

from typing import Literal, TypeGuard

import attrs

from twitch_clips.errors import QueryError

MAX_PAGE_SIZE = 100


def _check_id(query: "ClipsQuery", _attribute: object, value: object) -> None:
    # Given a login in place of an id, Helix may answer an empty list: a loss without a word.
    if not (isinstance(value, str) and value.isascii() and value.isdigit()):
        raise QueryError(f"{query.selector} must be a string of digits, not {value!r}: Helix knows no other ids")


def _check_page_size(_query: "ClipsQuery", _attribute: object, value: object) -> None:
    if not is_whole(value) or not 1 <= value <= MAX_PAGE_SIZE:
        raise QueryError(f"page_size must be a whole number from 1 to {MAX_PAGE_SIZE}, not {value!r}")


def is_whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number; `True` and `False` are none."""
    return isinstance(value, int) and not isinstance(value, bool)


@attrs.frozen(kw_only=True)
class ClipsQuery:
    """Which clips: one selector, and how many records every page asks for.

    Raises:
        QueryError: The id is not made of digits, or `page_size` is not 1..100.
    """

    selector: Literal["game_id", "broadcaster_id"]
    id: str = attrs.field(validator=_check_id)
    page_size: int = attrs.field(default=MAX_PAGE_SIZE, validator=_check_page_size)

    def parameters(self, after: str | None) -> dict[str, str]:
        """The query parameters of the page that the cursor `after` leads to; `None` is the first page."""
        parameters: dict[str, str] = {self.selector: self.id, "first": str(self.page_size)}
        if after is not None:
            parameters["after"] = after
        return parameters
