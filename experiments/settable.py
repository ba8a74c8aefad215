"""Keys of a scenario that experiments vary: what they lead to, their short names, and which must stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["FIXED", "is_fixed", "present_value", "short_name"]

FIXED = ("seed", "horizon", "population.size", "population.represents")
"""What all runs of an experiment have in common, so that they can be compared week by week."""

_OF_DISTRIBUTIONS = {
    "value",
    "low",
    "high",
    "mean",
    "sd",
    "median",
    "sigma",
    "shape",
    "concentration",
    "minimum",
    "exponent",
}


def is_fixed(key: str) -> bool:
    """Tell whether a key, however it is written, is one of `FIXED`."""
    from sim.keys import KeyFormError, join_key, split_key

    try:
        return join_key(split_key(key)[0]) in FIXED
    except KeyFormError:
        return False


def present_value(scenario: Scenario, key: str) -> Any:
    """Give the value that a key has now, None if it has none or leads nowhere."""
    from sim.keys import KeyFormError, found_at, split_key

    try:
        parts = split_key(key)[0]
    except KeyFormError:
        return None
    return found_at(scenario.as_file(), parts)


def short_name(key: str) -> str:
    """Name a key by its end; by two parts where the last says only which number of a distribution."""
    parts = key.split(".")
    return ".".join(parts[-2:]) if parts[-1] in _OF_DISTRIBUTIONS else parts[-1]
