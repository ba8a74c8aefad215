"""Dotted keys, in which an element of an array of tables goes by its name: ``firm.Nova.levers.price``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sim.toml_lines import KeyPath

_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^."'=]*[^."'=\s]))\s*""")
_PLAIN = re.compile(r"[\w-]+")


class KeyFormError(ValueError):
    """The text is not a dotted key."""


def split_key(text: str) -> tuple[tuple[str, ...], str]:
    """Split a dotted key from what follows it.

    A part with dots or equals signs stands in quotes; other characters, spaces within included, need none,
    because a shell takes quotes away.

    Returns
    -------
    tuple
        The parts of the key, and the rest of the text: empty, or beginning with ``=``.

    Raises
    ------
    KeyFormError
        The text does not begin with a dotted key.
    """
    parts: list[str] = []
    position = 0
    while True:
        found = _PART.match(text, position)
        if not found:
            raise KeyFormError(text)
        parts.append(next(group for group in found.groups() if group is not None))
        position = found.end()
        rest = text[position:]
        if not rest or rest.startswith("="):
            return tuple(parts), rest
        if not rest.startswith("."):
            raise KeyFormError(text)
        position += 1


def join_key(parts: tuple[str | int, ...]) -> str:
    """Write a dotted key, with quotes where they are needed."""
    return ".".join(_quoted(str(part)) for part in parts)


def dotted(data: Any, path: KeyPath) -> str:
    """Write a path in `data` as a dotted key; elements without a name go by their position from 0."""
    parts: list[str | int] = []
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            data = None
        name = element_name(data) if isinstance(part, int) else None
        parts.append(part if name is None else name)
    return join_key(tuple(parts))


def element_name(element: object) -> str | None:
    """Give the name of an element of an array of tables, None if it has none."""
    name = element.get("name") if isinstance(element, dict) else None
    return name if isinstance(name, str) else None


def element_position(array: list[Any], part: str) -> int | None:
    """Find an element by its name, otherwise by its position from 0; None if there is none."""
    for position, element in enumerate(array):
        if element_name(element) == part:
            return position
    # A short run of plain digits: int() would also take signs, spaces and digits of other scripts.
    if re.fullmatch(r"[0-9]{1,9}", part) and int(part) < len(array):
        return int(part)
    return None


def found_at(data: Any, parts: Iterable[str]) -> Any:
    """Give what the parts of a key lead to in the data of a scenario; None where they lead nowhere."""
    for part in parts:
        if isinstance(data, list):
            position = element_position(data, part)
            data = None if position is None else data[position]
        else:
            data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _quoted(part: str) -> str:
    """Put a part in quotes if it cannot stand without."""
    if _PLAIN.fullmatch(part):
        return part
    return f"'{part}'" if '"' in part else f'"{part}"'
