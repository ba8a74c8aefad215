"""Scenarios as plain data, cut to fewer weeks, and compared with their parents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["Difference", "cut_to", "differences", "document_of"]

_NOT_COMPARED = ("name", "title", "story", "source", "schema_version", "claim")


def document_of(scenario: Scenario) -> dict[str, Any]:
    """Give a merged scenario as plain data, in the order and with the keys of a scenario file."""
    return scenario.as_file()


def cut_to(scenario: Scenario, weeks: int) -> tuple[Scenario, int]:
    """Give a scenario with another horizon, without what would happen after it.

    Returns
    -------
    tuple
        The scenario, and how many events and lever changes were left out.
    """
    from sim.scenario import with_horizon

    cut = with_horizon(scenario, weeks)
    before, after = (len(market.events) + len(market.schedule) for market in (scenario, cut))
    return cut, before - after


@dataclass(frozen=True)
class Difference:
    """A value that a scenario changes; None where there is none."""

    key: str
    before: Any
    after: Any


def differences(name_or_path: str) -> tuple[str, list[Difference]]:
    """Give the parent of a scenario and what differs from it; an empty name and list when it has no parent.

    Raises
    ------
    ScenarioError
        One of the files is missing or wrong.
    """
    from sim.documents import read, resolve
    from sim.scenario import library, library_folder

    folder = library_folder()
    path = folder / f"{name_or_path}.toml" if name_or_path in library() else Path(name_or_path)
    parent = read(path).data.get("extends")
    if parent is None:
        return "", []
    above = resolve(parent if parent in library() else path.parent / parent, folder)
    before, after = _flat(above.data), _flat(resolve(name_or_path, folder).data)
    keys = [*after, *(key for key in before if key not in after)]
    return str(parent), [
        Difference(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)
    ]


def _flat(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give every value by the key that ``--set`` would take."""
    flat: dict[str, Any] = {}

    def walk(value: Any, parts: tuple[str, ...]) -> None:
        from sim.keys import element_name, join_key

        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, (*parts, key))
        elif isinstance(value, list) and value and all(isinstance(element, dict) for element in value):
            for position, element in enumerate(value):
                walk(element, (*parts, element_name(element) or str(position)))
        else:
            flat[join_key(parts)] = value

    walk({key: value for key, value in data.items() if key not in _NOT_COMPARED}, ())
    return flat
