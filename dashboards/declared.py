"""Everything that can be set in a scenario, read from its declarations: so that no lever is forgotten.

A setting is one number, choice or switch at one place of a scenario: the key that ``--set`` takes, its declaration
(`sim.quantities.Quantity`) where it is a quantity, and what values may stand there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from sim.keys import join_key
from sim.levers import LEVERS, Change
from sim.quantities import Quantity, quantities

__all__ = ["Kind", "Setting", "settings_of", "value_at"]

Kind = Literal["number", "integer", "choice", "switch", "reference", "shape", "table"]
"""What a setting is: a number, a whole number, one of some words, on or off, the name of something else in the
scenario, the kind of a distribution, or a table that can be there or not."""

_NOT_SETTINGS = {"schema_version", "name", "extends", "title", "story", "source", "claim"}
"""What names and tells of a market is no lever of it."""
_REFERENCES = {"firm": "firm", "parent": "firm", "cause": "cause", "cohort": "cohort", "sector": "sector"}
"""Keys whose value is the name of something else, and the array it stands in."""

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Setting:
    """One thing that can be set.

    Attributes
    ----------
    path
        Where it stands in the data of a scenario file.
    key
        The same as a dotted key, with elements by their names.
    kind
        What sort of value it takes.
    quantity
        Its declaration; None for references and tables.
    is_optional
        Whether it can be absent.
    options
        The words or names it can be, where it is one of some.
    declared
        The explanation of its declaration.
    of
        Of a number of a distribution: the declaration of what is distributed.
    """

    path: Path
    key: str
    kind: Kind
    quantity: Quantity | None = dataclasses.field(default=None, compare=False)
    is_optional: bool = False
    options: tuple[str, ...] = ()
    declared: str = ""
    of: Quantity | None = dataclasses.field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Let two settings differ where their declarations do."""
        if self.quantity is not None:
            object.__setattr__(self, "declared", self.quantity.meaning["en"])


def settings_of(data: Mapping[str, Any]) -> Iterator[Setting]:
    """Go over all that can be set in a scenario, in the order of its declarations.

    Parameters
    ----------
    data
        The whole scenario with the keys of a scenario file (`Scenario.as_file`).
    """
    from sim.scenario import Scenario

    names = {table: tuple(item["name"] for item in data.get(table, ())) for table in set(_REFERENCES.values())}
    yield from _of_model(Scenario, data, (), (), names)


def value_at(data: Any, path: Path) -> Any:
    """Give the value at a path, None where there is nothing."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


@dataclass(frozen=True)
class _Field:
    """A field of a model, taken apart once."""

    name: str
    models: tuple[type[BaseModel], ...]
    is_list: bool
    is_map: bool
    is_optional: bool
    kind: Kind | None
    quantity: Quantity | None
    words: tuple[str, ...] = ()
    numbers: int = 0


@cache
def _fields(model: type[BaseModel]) -> tuple[_Field, ...]:
    declared = quantities(model)
    found = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in _NOT_SETTINGS:
            continue
        members = tuple(_members(field.annotation))
        inner, is_list, is_map = members, False, False
        for member in members:
            origin, arguments = get_origin(member), get_args(member)
            if origin is list:
                inner, is_list = tuple(_members(arguments[0])), True
            elif origin is dict:
                inner, is_map = tuple(_members(arguments[1])), True
        models = tuple(x for x in inner if isinstance(x, type) and issubclass(x, BaseModel))
        quantity = declared.get(key)
        if quantity is not None and issubclass(model, Change) and key in LEVERS:
            quantity = replace(LEVERS[key], default=None)  # with the bounds of the lever itself
        numbers = 0
        if is_list and not models:
            numbers = next((int(x.max_length) for x in field.metadata if getattr(x, "max_length", None)), 0)
        kind = None if models else _kind(key, quantity, inner)
        is_optional = NoneType in _all_members(field.annotation)
        found.append(_Field(key, models, is_list, is_map, is_optional, kind, quantity, _words(inner), numbers))
    return tuple(found)


def _kind(key: str, quantity: Quantity | None, members: tuple[Any, ...]) -> Kind | None:
    if key in _REFERENCES:
        return "reference"
    if bool in members:
        return "switch"
    if any(get_origin(member) is Literal for member in members):
        # The only word that can stand there tells what table this is: that is said where the table stands.
        return "choice" if len(_words(members)) > 1 else None
    if quantity is None:
        return None
    return "number" if float in members else "integer"


def _of_model(
    model: type[BaseModel], data: Mapping[str, Any], path: Path, names: tuple[str, ...], known: Mapping[str, Any]
) -> Iterator[Setting]:
    for field in _fields(model):
        here, key = (*path, field.name), (*names, field.name)
        value = data.get(field.name)
        if field.is_map:
            for cause in known["cause"]:
                inside = (value or {}).get(cause, {})
                yield from _of_model(field.models[0], inside, (*here, cause), (*key, cause), known)
        elif field.is_list and field.models:
            for place, element in enumerate(value or ()):
                name = element.get("name") or str(place)
                yield from _of_model(_meant(field.models, element), element, (*here, place), (*key, name), known)
        elif field.models:
            yield from _of_table(field, value, here, key, known)
        elif field.numbers:
            for place in range(field.numbers):
                yield Setting((*here, place), join_key((*key, str(place))), "number", field.quantity)
        elif field.kind is not None:
            yield _single(field, here, key, data, known)


def _of_table(
    field: _Field, value: Any, path: Path, names: tuple[str, ...], known: Mapping[str, Any]
) -> Iterator[Setting]:
    """Go over a table inside of another: one of declared keys, or a distribution."""
    if field.is_optional:
        yield Setting(path, join_key(names), "table", field.quantity, True)
    if value is None:
        return
    chosen = _meant(field.models, value)
    shapes = _shapes(field.models)
    if shapes:
        yield Setting(
            (*path, "distribution"), join_key((*names, "distribution")), "shape", field.quantity, False, shapes
        )
    for setting in _of_model(chosen, value, path, names, known):
        yield replace(setting, of=field.quantity) if shapes else setting


def _single(
    field: _Field, path: Path, names: tuple[str, ...], data: Mapping[str, Any], known: Mapping[str, Any]
) -> Setting:
    options = field.words
    if field.kind == "reference":
        options = tuple(name for name in known[_REFERENCES[field.name]] if name != data.get("name"))
    assert field.kind is not None
    return Setting(path, join_key(names), field.kind, field.quantity, field.is_optional, options)


def _words(members: tuple[Any, ...]) -> tuple[str, ...]:
    """Give the words of a choice."""
    return tuple(str(x) for member in members if get_origin(member) is Literal for x in get_args(member))


def _meant(models: tuple[type[BaseModel], ...], element: Mapping[str, Any]) -> type[BaseModel]:
    """Find the model that a table is of, by the word that tells them apart."""
    for model in models:
        for word in ("kind", "distribution"):
            field = model.model_fields.get(word)
            if len(models) > 1 and field is not None and element.get(word) in _literals(field.annotation):
                return model
    return models[0]


@cache
def _shapes(models: tuple[type[BaseModel], ...]) -> tuple[str, ...]:
    """Give the kinds of distribution that a table can be; none where it is no distribution."""
    words = [
        _literals(model.model_fields["distribution"].annotation)
        for model in models
        if "distribution" in model.model_fields
    ]
    return tuple(str(word[0]) for word in words if word)


def _literals(annotation: Any) -> tuple[Any, ...]:
    return tuple(
        value for member in _members(annotation) if get_origin(member) is Literal for value in get_args(member)
    )


def _members(annotation: Any) -> Iterator[Any]:
    return (member for member in _all_members(annotation) if member is not NoneType)


def _all_members(annotation: Any) -> list[Any]:
    annotation = getattr(annotation, "__value__", annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        return _all_members(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [inner for member in get_args(annotation) for inner in _all_members(member)]
    return [annotation]
