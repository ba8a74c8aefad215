"""How a fact and its statistics are declared."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from experiments.facts.sampling import PanelFigures, Sample

__all__ = ["Fact", "Kind", "Pooling", "Statistic", "Unit", "Use", "of_choice", "of_counts", "of_mixed"]

Use = Literal["CAL", "VAL"]
Unit = Literal["number", "share", "days", "weeks", "yes"]
Pooling = Literal["mean", "median"]
Kind = Literal["choice", "counts", "mixed"]
"""How a statistic of a panel gets its interval: by resampling households, their counts, or from standard errors."""


@dataclass(frozen=True)
class Statistic:
    """One number that a fact is about.

    Attributes
    ----------
    key : its name, stable.
    market : of `markets.toml` on which it is measured.
    low, high : the band; infinite where it has no end.
    measure : gives it for one replicate of the market; NaN where it has none.
    pooled : how replicates make one value.
    unit, digits : how it is shown.
    kind, on_panel : where real panels have it too: how its interval is found, and its value on a panel.
    most : replicates that it is worked out of at most, where it takes long; 0 for all.
    of_choice : its name among the statistics of choice, where it is one.
    """

    key: str
    market: str
    low: float
    high: float
    measure: Callable[[Sample], float]
    pooled: Pooling = "mean"
    unit: Unit = "number"
    digits: int = 2
    kind: Kind | None = None
    on_panel: Callable[[PanelFigures], float] | None = None
    most: int = 0
    of_choice: str = ""

    def is_inside(self, value: float) -> bool | None:
        """Tell whether a value lies in the band; None where it is not defined."""
        return None if math.isnan(value) else self.low <= value <= self.high


@dataclass(frozen=True)
class Fact:
    """One regularity.

    Attributes
    ----------
    key : its name, stable.
    number : its place in the list.
    use : CAL, the defaults of the model are calibrated on it; VAL, it is only tested.
    source : where it is documented.
    statistics : what is measured.
    """

    key: str
    number: int
    use: Use
    source: str
    statistics: tuple[Statistic, ...]


def of_choice(key: str, name: str, low: float, high: float, digits: int = 2, unit: Unit = "number") -> Statistic:
    """Declare a statistic of which brands households buy, `name` being its name among the statistics of choice."""

    def on_panel(figures: PanelFigures) -> float:
        return figures.choice[name]

    def measure(sample: Sample) -> float:
        return sample.figures.choice[name]

    return Statistic(key, "categories", low, high, measure, "median", unit, digits, "choice", on_panel, of_choice=name)


def of_counts(
    key: str, on_panel: Callable[[PanelFigures], float], low: float, high: float, digits: int = 2, unit: Unit = "number"
) -> Statistic:
    """Declare a statistic of how often households buy."""

    def measure(sample: Sample) -> float:
        return on_panel(sample.figures)

    return Statistic(key, "categories", low, high, measure, "median", unit, digits, "counts", on_panel)


def of_mixed(key: str, on_panel: Callable[[PanelFigures], float], low: float, high: float) -> Statistic:
    """Declare a statistic of a mixed logit fitted to a panel as small as real ones, of few replicates."""

    def measure(sample: Sample) -> float:
        return on_panel(sample.small)

    return Statistic(key, "categories", low, high, measure, "median", kind="mixed", on_panel=on_panel, most=6)
