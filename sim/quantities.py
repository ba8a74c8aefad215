"""Declare a number once: its default, unit, bounds, symbol, meaning in English and French, and source.

The check of a scenario, its JSON Schema, `--set`, the reference tables and every slider are made from this.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

__all__ = ["UNITS", "Quantity", "Strict", "quantities", "quantity", "words"]

UNITS = {
    "share": {"en": "share, 0 to 1", "fr": "part, de 0 à 1"},
    "score": {"en": "score, 0 to 1", "fr": "note, de 0 à 1"},
    "stance": {"en": "−1 (against) to 1 (for)", "fr": "de −1 (contre) à 1 (pour)"},
    "probability": {"en": "probability", "fr": "probabilité"},
    "rate": {"en": "share a week", "fr": "part par semaine"},
    "utility": {"en": "utility", "fr": "utilité"},
    "currency": {"en": "currency", "fr": "monnaie"},
    "currency_per_week": {"en": "currency a week", "fr": "monnaie par semaine"},
    "currency_per_head": {"en": "currency a head and week", "fr": "monnaie par tête et par semaine"},
    "people": {"en": "people", "fr": "personnes"},
    "units": {"en": "units", "fr": "unités"},
    "weeks": {"en": "weeks", "fr": "semaines"},
    "per_week": {"en": "a week", "fr": "par semaine"},
    "per_year": {"en": "a year", "fr": "par an"},
    "count": {"en": "number", "fr": "nombre"},
    "ratio": {"en": "ratio", "fr": "rapport"},
    "index": {"en": "index", "fr": "indice"},
    "switch": {"en": "on or off", "fr": "actif ou non"},
    "choice": {"en": "one of", "fr": "au choix"},
}


class Strict(BaseModel):
    """A table of a scenario file: unknown keys, wrong types and non-finite numbers are refused; frozen once read."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        populate_by_name=True,
        serialize_by_alias=True,
    )


def words(en: str, fr: str) -> dict[str, str]:
    """Pair an English text with its French one."""
    return {"en": en, "fr": fr}


def quantity(
    default: Any,
    unit: str,
    low: float | None,
    high: float | None,
    en: str,
    fr: str,
    *,
    symbol: str = "",
    source: str = "",
    exclusive_low: bool = False,
    **more: Any,
) -> Any:
    """Declare one number of a scenario as a pydantic field.

    Parameters
    ----------
    default
        Value when the scenario says nothing; `...` makes the number required.
    unit
        A key of `UNITS`.
    low, high
        Bounds, included unless `exclusive_low`; None for none.
    en, fr
        What it means, in one line.
    symbol
        Its letter in `docs/model.md`.
    source
        Where the default or the equation comes from.
    more
        Further `pydantic.Field` arguments, such as `alias`.
    """
    if unit not in UNITS:
        raise KeyError(unit)
    bounds: dict[str, Any] = {"gt" if exclusive_low else "ge": low, "le": high}
    given = more | {name: bound for name, bound in bounds.items() if bound is not None}
    return Field(
        default,
        description=en,
        json_schema_extra={"unit": unit, "symbol": symbol, "description_fr": fr, "source": source},
        **given,
    )


@dataclass(frozen=True)
class Quantity:
    """A declared number, read back for reference tables, sliders and designs."""

    key: str
    unit: str
    default: Any
    low: float | None
    high: float | None
    meaning: dict[str, str]
    symbol: str
    source: str
    excludes_low: bool = False
    options: tuple[str, ...] = ()

    @property
    def least(self) -> float:
        """The least value allowed; just above the lower bound where that is excluded."""
        if self.low is None:
            return -math.inf
        return math.nextafter(self.low, math.inf) + 1e-9 if self.excludes_low else self.low

    @property
    def most(self) -> float:
        """The largest value allowed."""
        return math.inf if self.high is None else self.high


def quantities(model: type[BaseModel]) -> dict[str, Quantity]:
    """Return the quantities that a table declares, in order, by their key in a scenario file."""
    found = {}
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and "unit" in extra:
            key = field.alias or name
            found[key] = Quantity(
                key=key,
                unit=str(extra["unit"]),
                default=None if field.is_required() else field.get_default(),
                low=_bound(field, "ge", "gt"),
                high=_bound(field, "le", "lt"),
                meaning=words(field.description or "", str(extra["description_fr"])),
                symbol=str(extra["symbol"]),
                source=str(extra["source"]),
                excludes_low=_bound(field, "gt") is not None,
                options=_options(field),
            )
    return found


def _bound(field: FieldInfo, *names: str) -> float | None:
    """Return a bound of a number, or of the numbers of an array."""
    inside = [rule for item in get_args(field.annotation) for rule in getattr(item, "__metadata__", ())]
    for rule in (*field.metadata, *(rule for of_item in inside for rule in getattr(of_item, "metadata", ()))):
        for name in names:
            if (value := getattr(rule, name, None)) is not None:
                return value
    return None


def _options(field: FieldInfo) -> tuple[str, ...]:
    """Return the words of which a choice is one; none for a number."""
    options = [option for kind in (field.annotation, *get_args(field.annotation)) for option in get_args(kind)]
    return tuple(option for option in options if isinstance(option, str))
