"""Factors: what an experiment varies, which values it can have, and the keys of scenarios that take them.

A factor's values are reached by *levels* from 0 to 1, whatever kind of values they are, so that a design need not know:
the quantile of a range, one of listed values, one row of an ensemble's draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from experiments.batch.prices import Cost
    from experiments.batch.ranges import Range
    from experiments.ensembles import Ensemble

__all__ = ["Domain", "Draws", "Factor", "Free", "Levels", "Ranged", "Role"]

Role = Literal["lever", "uncertainty"]
"""What a factor is to the strategist: something to choose, or something that is not known."""


class Domain(Protocol):
    """The values that a factor can have."""

    @property
    def grid(self) -> Sequence[float]:
        """Levels of the values that a grid goes through."""

    @property
    def ends(self) -> Sequence[Any]:
        """Values that stand for all of them when it is checked that scenarios take them."""

    def value(self, level: float) -> Any:
        """Give the value at a level from 0 to 1."""

    def describe(self) -> dict[str, Any]:
        """Say what it is, as data that JSON can hold."""


@dataclass(frozen=True)
class Levels:
    """Listed values: numbers, words, switches, or whole tables such as a distribution."""

    values: tuple[Any, ...]

    @property
    def grid(self) -> Sequence[float]:
        """The middle of each value's share of 0 to 1."""
        return [(place + 0.5) / len(self.values) for place in range(len(self.values))]

    @property
    def ends(self) -> Sequence[Any]:
        """All of them."""
        return self.values

    def value(self, level: float) -> Any:
        """Give one of the values: each has the same share of 0 to 1."""
        return self.values[min(int(level * len(self.values)), len(self.values) - 1)]

    def describe(self) -> dict[str, Any]:
        """Give the values."""
        return {"levels": list(self.values)}


@dataclass(frozen=True)
class Ranged:
    """A range with a distribution.

    Attributes
    ----------
    range
        The distribution.
    steps
        Values that a grid goes through.
    whole
        Whether values are whole numbers.
    """

    range: Range
    steps: int
    whole: bool

    @property
    def grid(self) -> Sequence[float]:
        """Levels at even distances: with both ends where the range has natural ones, otherwise the middles of parts."""
        if self.range.distribution in {"normal", "lognormal"} or self.steps == 1:
            return [(place + 0.5) / self.steps for place in range(self.steps)]
        return [place / (self.steps - 1) for place in range(self.steps)]

    @property
    def ends(self) -> Sequence[float | int]:
        """The least and the largest value."""
        return [self._rounded(end) for end in self.range.ends()]

    def value(self, level: float) -> float | int:
        """Give the quantile at a level."""
        import numpy as np

        return self._rounded(float(self.range.value(np.array(level))))

    def describe(self) -> dict[str, Any]:
        """Give the distribution."""
        return {"range": self.range.model_dump(exclude_none=True), "whole": self.whole, "steps": self.steps}

    def _rounded(self, value: float) -> float | int:
        return round(value) if self.whole else value


@dataclass(frozen=True)
class Draws:
    """Rows of an ensemble, such as the posterior of a calibration: the value is the number of a row, from 0."""

    ensemble: Ensemble
    file: str
    steps: int

    @property
    def grid(self) -> Sequence[float]:
        """Levels of as many rows as asked for, by their weights."""
        return [(place + 0.5) / self.steps for place in range(self.steps)]

    @property
    def ends(self) -> Sequence[int]:
        """The first and the last row."""
        return sorted({0, len(self.ensemble) - 1})

    def value(self, level: float) -> int:
        """Give the row at a level: each has a share of 0 to 1 as large as its weight."""
        weights = self.ensemble.weights or (1.0,) * len(self.ensemble)
        left = level * sum(weights)
        for row, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return row
        return max(row for row, weight in enumerate(weights) if weight > 0)

    def describe(self) -> dict[str, Any]:
        """Name what is drawn."""
        return {"draws": self.file, "fingerprint": self.ensemble.fingerprint, "rows": len(self.ensemble)}


@dataclass(frozen=True)
class Free:
    """Whatever a table of rows says."""

    @property
    def grid(self) -> Sequence[float]:
        """No levels: nothing is known of the values."""
        return []

    @property
    def ends(self) -> Sequence[Any]:
        """No values."""
        return []

    def value(self, level: float) -> Any:
        """There are none to choose from."""
        raise NotImplementedError("only a table gives the values of such a factor")

    def describe(self) -> dict[str, Any]:
        """Nothing is known of them."""
        return {}


@dataclass(frozen=True)
class Factor:
    """What is varied: its name, its role, the keys that take its value, the values it can have, and what they cost.

    Runs know nothing of costs: an experiment with other costs is the same experiment.
    """

    name: str
    role: Role
    keys: tuple[str, ...]
    domain: Domain
    cost: Cost | None = None

    @property
    def grid(self) -> Sequence[float]:
        """Levels of the values that a grid goes through."""
        return self.domain.grid

    def value(self, level: float) -> Any:
        """Give the value at a level from 0 to 1."""
        return self.domain.value(level)

    def settings(self, value: Any) -> Mapping[str, Any]:
        """Give what a value sets, by keys of the scenario."""
        if isinstance(self.domain, Draws):
            return self.domain.ensemble.settings(value)
        return dict.fromkeys(self.keys, value)

    def describe(self) -> dict[str, Any]:
        """Say what it is, as data that JSON can hold."""
        return {"name": self.name, "role": self.role, "keys": list(self.keys), **self.domain.describe()}
