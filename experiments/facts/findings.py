"""What came out of measuring facts: plain data, written as JSON and read again."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from experiments.facts.declared import Pooling, Unit, Use

__all__ = ["FactFound", "Facts", "RealValue", "StatisticFound", "packaged", "packaged_path"]

Number = Annotated[
    float,
    BeforeValidator(lambda value: math.nan if value is None else value),
    PlainSerializer(lambda value: value if math.isfinite(value) else None, when_used="json"),
]
"""A number that may be undefined, in JSON null."""


class Plain(BaseModel):
    """A part of the results."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RealValue(Plain):
    """A statistic of a real panel with its 95 % interval, and whether it lies in the band."""

    panel: str
    value: Number
    low: Number
    high: Number
    inside: bool | None


class StatisticFound(Plain):
    """One statistic.

    Attributes
    ----------
    key, market, unit, digits, pooled
        As declared in the registry.
    band_low, band_high
        The band; None where it has no end.
    value, low, high
        Pooled over replicates, with a 95 % interval; undefined with fewer than five of them.
    replicates
        How many gave a number.
    inside
        Whether the value is in the band; None where there is no value.
    real
        The same statistic of real panels.
    """

    key: str
    market: str
    unit: Unit
    digits: int
    pooled: Pooling
    band_low: float | None
    band_high: float | None
    value: Number
    low: Number
    high: Number
    replicates: int
    inside: bool | None
    real: list[RealValue]


class FactFound(Plain):
    """One fact: inside if all of its statistics are; None where one of them has no value."""

    key: str
    number: int
    use: Use
    source: str
    inside: bool | None
    statistics: list[StatisticFound]


class Facts(Plain):
    """Everything that was measured.

    Attributes
    ----------
    scenario
        Whose traits, network and mechanisms were used; None for the defaults.
    curves
        Mean curves of the markets, for charts, by market and name.
    """

    kind: Literal["userisation facts"] = "userisation facts"
    format: Literal[1] = 1
    interrupted: bool = False
    scenario: str | None
    seed: int
    replicates: int
    facts: list[FactFound]
    panels: list[str]
    curves: dict[str, dict[str, list[Number]]]

    @property
    def met(self) -> int:
        """How many facts are inside."""
        return sum(fact.inside is True for fact in self.facts)

    def text(self) -> str:
        """Give it as JSON."""
        return self.model_dump_json(indent=1) + "\n"


def packaged_path() -> Path:
    """Give the file with what was measured of the facts at the defaults, which comes with the program."""
    return Path(__file__).with_name("measured.json")


def packaged() -> Facts:
    """Read what was measured of the facts at the defaults."""
    return Facts.model_validate_json(packaged_path().read_text(encoding="utf-8"))
