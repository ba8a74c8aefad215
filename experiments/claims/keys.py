"""What a dotted key leads to in the data of a scenario: whether it is there, and whether files state it."""

from __future__ import annotations

from typing import Any

__all__ = ["can_take", "is_there", "states"]


def can_take(data: Any, key: str) -> bool:
    """Tell whether all the elements of arrays that a dotted key names are in some data."""
    from sim.keys import element_position, split_key

    for part in split_key(key)[0]:
        if isinstance(data, list):
            position = element_position(data, part)
            if position is None:
                return False
            data = data[position]
        elif isinstance(data, dict) and part in data:
            data = data[part]
        else:
            return True
    return True


def is_there(data: Any, key: str) -> bool:
    """Tell whether some data have a value at a dotted key."""
    return _walk(data, key)[0]


def states(data: Any, key: str) -> bool:
    """Tell whether data, in which defaults are left out, say what a dotted key is.

    A distribution is said as a whole: what it leaves out, or does not have, is not open either.
    """
    from sim.inheritance import CHOOSERS

    found, last = _walk(data, key)
    return found or (isinstance(last, dict) and any(isinstance(last.get(key), str) for key in CHOOSERS))


def _walk(data: Any, key: str) -> tuple[bool, Any]:
    """Follow a key; give whether it leads somewhere, and the last value on the way."""
    from sim.keys import element_position, split_key

    for part in split_key(key)[0]:
        step: str | int | None = None
        if isinstance(data, list):
            step = element_position(data, part)
        elif isinstance(data, dict) and part in data:
            step = part
        if step is None:
            return False, data
        data = data[step]
    return True, data
