"""What the fields of a pydantic model are at a place in the data: which keys, which choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel

from sim.toml_lines import KeyPath


def walk(
    model: type[BaseModel], data: Any, location: tuple[str | int, ...], *, keep_last: bool = False
) -> tuple[KeyPath, list[Any]]:
    """Follow the location of a pydantic error through the data.

    pydantic puts the members of unions between the keys (``("traits", "gamma", "shape")``); these are
    left out.

    Parameters
    ----------
    model
        The model that was made.
    data
        The data it was made of.
    location
        The location that pydantic gives.
    keep_last
        Whether the last part is a key even though the model does not know it.

    Returns
    -------
    tuple
        The path in the data, and the types that may stand there; with `keep_last` the types of the table
        around the last key.
    """
    path: KeyPath = ()
    types = _members(model, data)
    for i, part in enumerate(location):
        if keep_last and i == len(location) - 1:
            return (*path, part), types
        inner = [annotation for type_ in types for annotation in _inside(type_, part, data)]
        if not inner and (types or not _has(data, part)):
            continue
        path = (*path, part)
        data = data[part] if _has(data, part) else None
        types = [member for annotation in inner for member in _members(annotation, data)]
    return path, types


def known_keys(types: list[Any], table: Any) -> list[str]:
    """List the keys that a table may have, if one of `types` is a model."""
    keys: dict[str, None] = {}
    for model in _meant(types, table):
        keys |= dict.fromkeys(_fields(model))
    return list(keys)


def choices(types: list[Any], key: str | None = None) -> list[Any]:
    """List the values that are allowed, by literals in `types`, or in the field `key` of models in it."""
    if key is not None:
        models = [type_ for type_ in types if _is_model(type_)]
        types = [
            member
            for model in models
            for name, annotation in _fields(model).items()
            if name == key
            for member in _members(annotation, None)
        ]
    literals = [type_ for type_ in types if get_origin(type_) is Literal]
    return list(dict.fromkeys(value for literal in literals for value in get_args(literal)))


def _members(annotation: Any, data: Any) -> list[Any]:
    """Take a type apart into the members of its unions, those only that `data` can have meant."""
    members = list(_flat(annotation))
    models = [member for member in members if _is_model(member)]
    meant = _meant(models, data)
    return [member for member in members if member in meant or member not in models]


def _flat(annotation: Any) -> Iterator[Any]:
    """Go over the members of a type, without names for types and notes on them."""
    annotation = getattr(annotation, "__value__", annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _flat(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _flat(member)
    elif isinstance(annotation, type) and issubclass(annotation, RootModel):
        yield from _flat(annotation.model_fields["root"].annotation)
    elif annotation is not NoneType:
        yield annotation


def _meant(models: list[Any], data: Any) -> list[type[BaseModel]]:
    """Give the models whose fixed values agree with the data, all if none agrees."""
    models = [model for model in models if _is_model(model)]
    if not isinstance(data, dict):
        return models
    return [model for model in models if _agrees(model, data)] or models


def _agrees(model: type[BaseModel], data: dict[str, Any]) -> bool:
    """Tell whether all fields with a fixed choice of values have one of them."""
    for key, annotation in _fields(model).items():
        allowed = choices(list(_flat(annotation)))
        if allowed and key in data and data[key] not in allowed:
            return False
    return True


def _inside(type_: Any, part: str | int, data: Any) -> list[Any]:
    """Give the type of what is under a key or at a position, if the type has such a thing."""
    if _is_model(type_):
        fields = _fields(type_)
        return [fields[part]] if part in fields else []
    origin, arguments = get_origin(type_), get_args(type_)
    if not isinstance(origin, type) or not arguments or not _has(data, part):
        return []
    if issubclass(origin, Mapping):
        return [arguments[1]]
    if issubclass(origin, tuple) and Ellipsis not in arguments:
        return [arguments[part]] if isinstance(part, int) and part < len(arguments) else []
    if issubclass(origin, Sequence | set | frozenset):
        return [arguments[0]]
    return []


def _fields(model: type[BaseModel]) -> dict[Any, Any]:
    """Give the types of a model's fields by the key that stands for them in the data."""
    fields = {}
    for name, field in model.model_fields.items():
        alias = field.validation_alias if field.validation_alias is not None else field.alias
        fields[alias if isinstance(alias, str) else name] = field.annotation
    return fields


def _is_model(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, BaseModel)


def _has(data: Any, part: str | int) -> bool:
    """Tell whether there is something under a key or at a position."""
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data)
