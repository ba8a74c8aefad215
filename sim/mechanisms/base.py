"""What every mechanism declares: its parameters, the columns it owns, and what it counts."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, Field

from sim.quantities import Strict

__all__ = ["MAX_CAUSES", "MechanismParameters", "at_hand", "settings_dtype", "settings_values"]

MAX_CAUSES = 6
"""Causes that a market can have: the compiled rules keep them in arrays of this length."""


class MechanismParameters(Strict):
    """Parameters of one mechanism; switched off, it costs nothing and changes nothing else."""

    enabled: bool = Field(
        True,
        description="Whether the mechanism is at work",
        json_schema_extra={
            "unit": "switch",
            "symbol": "",
            "description_fr": "Si le mécanisme est à l'œuvre",
            "source": "",
        },
    )


_Tables = TypeVar("_Tables", bound=BaseModel)


class _AtHand:
    """Plain attributes."""


def at_hand(tables: _Tables) -> _Tables:
    """Return the same parameters, to read and nothing else, as objects of plain attributes.

    The weekly rules of firms read some hundred parameters for each firm, and pydantic takes six times as long to give
    one.
    """
    copied: Any = _AtHand()
    fields = vars(tables).items()
    vars(copied).update({name: at_hand(value) if isinstance(value, BaseModel) else value for name, value in fields})
    return copied


_CODES = {bool: "?", int: "i4", float: "f4"}


_DTYPES: dict[type[BaseModel], np.dtype[Any]] = {}


def settings_dtype(model: type[BaseModel]) -> np.dtype[Any]:
    """Return the record type in which the compiled rules read a mechanism's numbers."""
    if model not in _DTYPES:
        fields = model.model_fields.items()
        kinds = [(name, _CODES[field.annotation]) for name, field in fields if field.annotation in _CODES]
        _DTYPES[model] = np.dtype(kinds, align=True)
    return _DTYPES[model]


def settings_values(parameters: BaseModel) -> tuple[Any, ...]:
    """Return a mechanism's numbers in the order of `settings_dtype`."""
    names = settings_dtype(type(parameters)).names or ()
    return tuple(getattr(parameters, name) for name in names)
