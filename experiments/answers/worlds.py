"""What an experiment does not know, as worlds: settings, coordinates in factors' units, and their place in a cube."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.answers.evidence import Coordinate
from experiments.batch.factors import Draws, Levels
from experiments.settable import present_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.batch.factors import Factor
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

__all__ = ["Worlds", "worlds_of"]


@dataclass(frozen=True)
class Worlds:
    """Sampled worlds.

    Attributes
    ----------
    settings
        What each sets.
    coordinates
        What the columns of `points` are.
    points
        (W, D), in the factors' units; categories as codes.
    cube
        (W, D), each from 0 to 1 over the factor's range; a category is 0 where it is as in the scenario, otherwise 1.
    best
        (D,), the scenario as it is in that cube; NaN where it has no such value, or one beyond the range.
    """

    settings: tuple[Mapping[str, Any], ...]
    coordinates: tuple[Coordinate, ...]
    points: Floats
    cube: Floats
    best: Floats

    @property
    def categories(self) -> list[int]:
        """Number of categories of each coordinate, 0 for a number."""
        return [len(one.labels) for one in self.coordinates]


def worlds_of(factors: Sequence[Factor], scenario: Scenario, count: int, seed: int) -> Worlds:
    """Sample worlds evenly from what is not known (scrambled Sobol' points).

    Parameters
    ----------
    factors
        The uncertainties; none give worlds that differ in their luck alone.
    scenario
        The market as it is.
    count
        How many.
    seed
        Of the points.
    """
    from experiments.analysis.levers import sampled

    levels = sampled(count, len(factors), seed) if factors else np.empty((count, 0))
    values = [[factor.value(level) for factor, level in zip(factors, row, strict=True)] for row in levels.tolist()]
    settings = []
    for row in values:
        own: dict[str, Any] = {}
        for factor, value in zip(factors, row, strict=True):
            own |= factor.settings(value)
        settings.append(own)
    columns: list[tuple[Coordinate, Floats, Floats, float]] = []
    for place, factor in enumerate(factors):
        columns += _columns(place, factor, scenario, [row[place] for row in values], levels[:, place])
    return Worlds(
        settings=tuple(settings),
        coordinates=tuple(one[0] for one in columns),
        points=np.stack([one[1] for one in columns], axis=1) if columns else np.empty((count, 0)),
        cube=np.stack([one[2] for one in columns], axis=1) if columns else np.empty((count, 0)),
        best=np.array([one[3] for one in columns]),
    )


def _columns(
    number: int, factor: Factor, scenario: Scenario, values: Sequence[Any], levels: Floats
) -> list[tuple[Coordinate, Floats, Floats, float]]:
    if isinstance(factor.domain, Draws):
        return _drawn(number, factor, factor.domain, scenario, values)
    now = present_value(scenario, factor.keys[0])
    domain = factor.domain
    if isinstance(domain, Levels) and not all(_is_number(value) for value in domain.values):
        labels = tuple(str(value) for value in domain.values)
        codes = np.array([float(domain.values.index(value)) for value in values])
        own = domain.values.index(now) if now in domain.values else -1
        away = (codes != own).astype(float)
        return [(Coordinate(factor.name, number, factor.role, labels), codes, away, 0.0 if own >= 0 else float("nan"))]
    points = np.array([float(value) for value in values])
    return [(Coordinate(factor.name, number, factor.role), points, levels, _level_of(factor, now))]


def _level_of(factor: Factor, now: Any) -> float:
    """Give the level whose value is nearest to the present one; NaN where that lies beyond the range."""
    if not _is_number(now):
        return float("nan")
    ends = [float(end) for end in factor.domain.ends]
    if not min(ends) <= now <= max(ends):
        return float("nan")
    levels = np.linspace(0.0, 1.0, 1001)
    values = np.array([float(factor.value(level)) for level in levels.tolist()])
    return float(levels[np.abs(values - now) == np.abs(values - now).min()].mean())


def _drawn(
    number: int, factor: Factor, draws: Draws, scenario: Scenario, rows: Sequence[int]
) -> list[tuple[Coordinate, Floats, Floats, float]]:
    table = np.array(draws.ensemble.values, dtype=float)
    found = []
    for place, column in enumerate(draws.ensemble.columns):
        low, span = table[:, place].min(), np.ptp(table[:, place])
        if span == 0:
            continue
        points = table[list(rows), place]
        now = present_value(scenario, column.keys[0])
        best = (now - low) / span if _is_number(now) else float("nan")
        best = best if 0 <= best <= 1 else float("nan")
        found.append((Coordinate(column.name, number, factor.role), points, (points - low) / span, float(best)))
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
