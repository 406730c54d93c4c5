"""The fields of a clip, which every format has in this order, with `fetched_at` behind them."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import attrs

from twitch_clips import Clip

FIELDS: tuple[str, ...] = tuple(field.name for field in attrs.fields(Clip))
values_of: Callable[[Clip], tuple[Any, ...]] = attrgetter(*FIELDS)
"""A clip's values."""
