"""Which request meets which fault."""

from typing import Literal, get_args

import attrs

from .faults import Fault

Endpoint = Literal["clips", "users", "games", "token", "validate"]


@attrs.define
class _Planned:
    fault: Fault
    skip: int
    times: int | None


class Plan:
    """Faults to come, endpoint by endpoint."""

    def __init__(self) -> None:
        """None yet."""
        self._planned: dict[Endpoint, list[_Planned]] = {endpoint: [] for endpoint in get_args(Endpoint)}

    def add(self, fault: Fault, on: Endpoint, skip: int, times: int | None) -> None:
        """After `skip` more requests to `on`, give the next `times` the fault; None: for ever."""
        self._planned[on].append(_Planned(fault, skip, times))

    def clear(self) -> None:
        """No faults any more."""
        for planned in self._planned.values():
            planned.clear()

    def next(self, endpoint: Endpoint) -> Fault | None:
        """The fault of this request: the first made of those whose turn it is; the others keep theirs."""
        chosen: _Planned | None = None
        for planned in self._planned[endpoint]:
            if planned.skip:
                planned.skip -= 1
            elif chosen is None and planned.times != 0:
                chosen = planned
        if chosen is None:
            return None
        if chosen.times is not None:
            chosen.times -= 1
        return chosen.fault
