"""A question to Get Clips, checked, and the query parameters that ask it."""

from typing import Literal, TypeGuard

import attrs

from twitch_clips.errors import QueryError

MAX_PAGE_SIZE = 100


@attrs.frozen(kw_only=True)
class ClipsQuery:
    """Which clips: one selector, and how many records every page asks for.

    Raises:
        QueryError: The id is not made of digits, or `page_size` is not 1..100.
    """

    selector: Literal["game_id", "broadcaster_id"]
    id: str
    page_size: int = MAX_PAGE_SIZE

    def __attrs_post_init__(self) -> None:
        """Refuse what Helix would refuse, and what it would answer with an empty list."""
        _check_id(self.selector, self.id)
        if not is_whole(self.page_size) or not 1 <= self.page_size <= MAX_PAGE_SIZE:
            raise QueryError(f"page_size must be a whole number from 1 to {MAX_PAGE_SIZE}, not {self.page_size!r}")

    def parameters(self, after: str | None) -> dict[str, str]:
        """The query parameters of the page that the cursor `after` leads to; `None` is the first page."""
        parameters: dict[str, str] = {self.selector: self.id, "first": str(self.page_size)}
        if after is not None:
            parameters["after"] = after
        return parameters


def is_whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number; `True` and `False` are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _check_id(selector: str, value: object) -> None:
    # Given a login in place of an id, Helix may answer an empty list: a loss without a word.
    if not (isinstance(value, str) and value.isascii() and value.isdigit()):
        raise QueryError(f"{selector} must be a string of digits, not {value!r}: Helix knows no other ids")
