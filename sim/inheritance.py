"""Scenarios that extend others: ``extends = "baseline"``.

A child says only what it changes. Tables merge key by key; elements of arrays of tables merge by ``name``,
and those without a name, or with a new one, are added after the parent's; anything else replaces the
parent's. What a child lists under ``clear`` it does not inherit at all, nor the parent's ``claim``.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sim.keys import KeyFormError, element_name, element_position, split_key
from sim.problems import Place, Problem, ScenarioError, advice, shown
from sim.text import say
from sim.toml_files import Document, file_name, read, refusal
from sim.toml_lines import KeyPath

LONGEST_CHAIN = 16
"""Files: how many may extend one another."""

CHOOSERS = ("distribution",)
"""Keys that say, by a word, which other keys their table has: where they change, the table is replaced as a whole.

A table of that name is none: there is a mechanism called distribution.
"""

_OWN_KEYS = ("extends", "clear")
_CLAIM = "claim"


def resolve(name_or_path: str | Path, library: Path) -> Document:
    """Read a scenario together with those it extends.

    Parameters
    ----------
    name_or_path
        The name of a scenario of the library, or the path of a file: something that ends in ``.toml`` or has
        a separator of folders in it.
    library
        The folder of the scenarios that go by name.

    Returns
    -------
    Document
        The merged data, without ``extends`` and ``clear``.

    Raises
    ------
    ScenarioError
        A file is missing or not valid, or the files extend one another in a circle.
    """
    path = _find(str(name_or_path), library, Path())
    if path is None:
        raise refusal(Place(str(name_or_path)), "document.no_scenario", advice=_advice(name_or_path, library))
    chain: list[tuple[Path, Document]] = []
    while path is not None:
        chain.append((path, read(path)))
        path = _parent(chain, library)
    merged = _without(chain[-1][1], _cleared(None, chain[-1][1]) | {(key,) for key in _OWN_KEYS})
    for _, child in reversed(chain[:-1]):
        merged = merge(merged, child)
    return merged


def merge(parent: Document, child: Document) -> Document:
    """Put the changes that a child makes into its parent.

    Raises
    ------
    ScenarioError
        The child's ``clear`` names something that the parent does not have.
    """
    kept = _without(parent, _cleared(parent, child) | {(_CLAIM,)})
    own = _without(child, {(key,) for key in _OWN_KEYS})
    places: dict[KeyPath, Place] = {}
    data = _join(kept, own, kept.data, own.data, (), (), (), places)
    return Document(data, MappingProxyType(places))


def without_claim(document: Document) -> Document:
    """Give a document without its claim, which is about the file as it was written."""
    return _without(document, {(_CLAIM,)})


def graft(
    source: Document,
    value: Any,
    at: KeyPath,
    to: KeyPath,
    places: dict[KeyPath, Place],
    skip: Collection[KeyPath] = (),
) -> Any:
    """Copy a value of a document, and note its places under a new path.

    Parameters
    ----------
    source, value, at
        The document, and the value that it has at the path `at`.
    to
        The new path.
    places
        Where the places are noted.
    skip
        Paths in `source` that are left out.
    """
    if at in source.places:
        places[to] = source.places[at]
    if isinstance(value, dict):
        return {
            key: graft(source, inner, (*at, key), (*to, key), places, skip)
            for key, inner in value.items()
            if (*at, key) not in skip
        }
    if isinstance(value, list):
        kept = [position for position in range(len(value)) if (*at, position) not in skip]
        return [graft(source, value[old], (*at, old), (*to, new), places, skip) for new, old in enumerate(kept)]
    return value


def _join(
    parent: Document,
    child: Document,
    old: Any,
    new: Any,
    at_old: KeyPath,
    at_new: KeyPath,
    to: KeyPath,
    places: dict[KeyPath, Place],
) -> Any:
    """Join a value of the parent with the child's of the same key."""
    if isinstance(old, dict) and isinstance(new, dict) and not _changes_kind(old, new):
        if at_new in child.places:
            places[to] = child.places[at_new]
        joined: dict[str, Any] = {}
        for key, value in old.items():
            inside = ((*at_old, key), (*at_new, key), (*to, key))
            if key in new:
                joined[key] = _join(parent, child, value, new[key], *inside, places)
            else:
                joined[key] = graft(parent, value, inside[0], inside[2], places)
        for key, value in new.items():
            if key not in old:
                joined[key] = graft(child, value, (*at_new, key), (*to, key), places)
        return joined
    if not (_is_table_array(old) and _is_table_array(new)):
        return graft(child, new, at_new, to, places)
    places[to] = child.place(at_new)
    positions = {element_name(element): i for i, element in enumerate(new)}
    positions.pop(None, None)
    elements: list[Any] = []
    for i, element in enumerate(old):
        goes_to = (*to, len(elements))
        j = positions.pop(element_name(element), None)
        if j is None:
            elements.append(graft(parent, element, (*at_old, i), goes_to, places))
        else:
            both = _join(parent, child, element, new[j], (*at_old, i), (*at_new, j), goes_to, places)
            elements.append(both)
    for j, element in enumerate(new):
        name = element_name(element)
        if name is None or name in positions:
            elements.append(graft(child, element, (*at_new, j), (*to, len(elements)), places))
    return elements


def _is_table_array(value: object) -> bool:
    """Tell whether a value is an array of tables with something in it."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _changes_kind(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Tell whether a child's table is of another kind than its parent's, and so shares no keys with it."""
    kinds = [(old.get(key), new.get(key)) for key in CHOOSERS]
    return any(isinstance(was, str) and isinstance(now, str) and was != now for was, now in kinds)


def _without(document: Document, skip: Collection[KeyPath]) -> Document:
    """Copy a document, leaving out some paths."""
    places: dict[KeyPath, Place] = {}
    data = graft(document, document.data, (), (), places, skip)
    return Document(data, MappingProxyType(places))


def _cleared(parent: Document | None, child: Document) -> set[KeyPath]:
    """Give the paths in the parent that a child's ``clear`` names."""
    entries = child.data.get("clear")
    if entries is None:
        return set()
    if parent is None:
        raise refusal(child.place(("clear",)), "document.clear_alone", key="clear")
    if not isinstance(entries, list):
        raise refusal(child.place(("clear",)), "document.clear_form", key="clear")
    cleared: set[KeyPath] = set()
    problems: list[Problem] = []
    for position, entry in enumerate(entries):
        place = child.place(("clear", position))
        try:
            parts, rest = split_key(entry)
        except (KeyFormError, TypeError):
            parts, rest = (), "="
        if rest:
            problems.append(Problem(place, "clear", say("document.clear_form"), entry))
            continue
        path, options = _path_of(parent.data, parts)
        if path is None:
            message = say("document.clear_unknown", entry=shown(entry), advice=advice(parts[-1], options))
            problems.append(Problem(place, "clear", message, entry))
        else:
            cleared.add(path)
    if problems:
        raise ScenarioError(problems)
    return cleared


def _path_of(data: Any, parts: tuple[str, ...]) -> tuple[KeyPath | None, list[str]]:
    """Find a dotted key; where it is not there, give None and what there is at that level."""
    path: KeyPath = ()
    for part in parts:
        step: str | int | None = None
        options: list[str] = []
        if isinstance(data, dict):
            step, options = (part if part in data else None), list(data)
        elif isinstance(data, list):
            step = element_position(data, part)
            options = [name for element in data if (name := element_name(element)) is not None]
        if step is None:
            return None, options
        data = data[step]
        path = (*path, step)
    return path, []


def _parent(chain: list[tuple[Path, Document]], library: Path) -> Path | None:
    """Give the file that the last one of a chain extends, None if it extends none."""
    path, document = chain[-1]
    wanted = document.data.get("extends")
    if wanted is None:
        return None

    def refused(message_key: str, **values: object) -> ScenarioError:
        message = say(message_key, **values)
        return ScenarioError([Problem(document.place(("extends",)), "extends", message, wanted)])

    if not isinstance(wanted, str) or not wanted:
        raise refused("document.extends_form")
    parent = _find(wanted, library, path.parent)
    if parent is None:
        raise refused("document.no_scenario", advice=_advice(wanted, library))
    if not parent.is_file():
        raise refused("document.extends_missing", file=file_name(parent))
    files = [file.resolve() for file, _ in chain]
    if parent.resolve() in files:
        start = files.index(parent.resolve())
        circle = [file_name(file) for file, _ in [*chain[start:], chain[start]]]
        raise refused("document.extends_circle", circle=" -> ".join(circle))
    if len(chain) >= LONGEST_CHAIN:
        raise refused("document.extends_depth", limit=LONGEST_CHAIN)
    return parent


def _find(wanted: str, library: Path, folder: Path) -> Path | None:
    """Give the file that a name or a path stands for, None if it is a name that is not in the library."""
    if wanted.endswith(".toml") or "/" in wanted or "\\" in wanted:
        return folder / wanted
    return library / f"{wanted}.toml" if wanted in _names(library) else None


def _names(library: Path) -> list[str]:
    """List the scenarios of a library."""
    return sorted(path.stem for path in library.glob("*.toml"))


def _advice(name: str | Path, library: Path) -> str:
    """Say which scenario of the library could have been meant."""
    return advice(name, _names(library))
