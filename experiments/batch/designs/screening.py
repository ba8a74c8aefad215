"""Designs made for sensitivity analysis: Morris' trajectories and Saltelli's crossed samples.

Both are a few lines over numpy and `scipy.stats.qmc`. SALib has them too; its sampling sets the seed of numpy's global
generator, takes the seed 0 for none, and costs an import of seconds. The order of rows is SALib's, so that its analyses
take the runs as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from experiments.batch.designs.base import DesignError, RandomDesign
from experiments.batch.designs.sampling import power_of_two, sobol_points
from experiments.text import say

if TYPE_CHECKING:
    from experiments.batch.designs.base import Floats
    from experiments.batch.factors import Factor

__all__ = ["Morris", "Saltelli"]


class Morris(RandomDesign):
    """Trajectories in which each factor takes one step, one after the other (Morris 1991)."""

    kind: Literal["morris"]
    trajectories: int = Field(20, ge=2, le=10_000, description="Trajectories, each of one row more than factors")
    grid_levels: int = Field(4, ge=2, le=100, description="Levels of a factor's range, an even number")

    def row_count(self, factors: Sequence[Factor]) -> int:
        """Count the rows: each trajectory has one more than there are factors."""
        return self.trajectories * (len(factors) + 1)

    def problems(self, factors: Sequence[Factor]) -> Iterator[DesignError]:
        """Refuse an odd number of levels, with which some would be drawn more often than others."""
        if self.grid_levels % 2:
            yield DesignError(say("batch.file.even_levels"), "grid_levels")

    @property
    def step(self) -> float:
        """How far a factor steps: a little more than half its range, so that every level is as likely."""
        return self.grid_levels / (2 * (self.grid_levels - 1))

    def levels(self, factors: Sequence[Factor]) -> Floats:
        """Give levels, (trajectories · (D + 1), D): one trajectory after the other."""
        random, dimensions = self.random, len(factors)
        levels = np.empty((self.trajectories, dimensions + 1, dimensions))
        for trajectory in levels:
            up = random.random(dimensions) < 0.5
            low = random.integers(0, self.grid_levels // 2, dimensions) / (self.grid_levels - 1)
            start, end = np.where(up, low, low + self.step), np.where(up, low + self.step, low)
            trajectory[:] = start
            for row, factor in enumerate(random.permutation(dimensions), start=1):
                trajectory[row:, factor] = end[factor]
        return np.clip(levels.reshape(-1, dimensions), 0.0, 1.0)


class Saltelli(RandomDesign):
    """Two Sobol' samples A and B, and A with one column of B (and B with one of A) after the other (Saltelli 2002)."""

    kind: Literal["saltelli"]
    size: int = Field(ge=2, le=1 << 20, description="Rows of A and of B, a power of two")
    second_order: bool = Field(False, description="Whether interactions of pairs can be estimated: B with A's columns")

    def row_count(self, factors: Sequence[Factor]) -> int:
        """Count the rows: D + 2 blocks, or 2 D + 2 with second order."""
        return self.size * self._blocks(len(factors))

    def problems(self, factors: Sequence[Factor]) -> Iterator[DesignError]:
        """Refuse sizes at which the points are not even."""
        yield from power_of_two(self.size)

    def levels(self, factors: Sequence[Factor]) -> Floats:
        """Give levels, (rows, D): of each base point A, AB_1 … AB_D, with second order BA_1 … BA_D, and B."""
        dimensions = len(factors)
        both = sobol_points(2 * dimensions, self.size, self)
        a, b = both[:, :dimensions], both[:, dimensions:]
        levels = np.empty((self.size, self._blocks(dimensions), dimensions))
        levels[:, : dimensions + 1] = a[:, None]
        levels[:, dimensions + 1 :] = b[:, None]
        for factor in range(dimensions):
            levels[:, 1 + factor, factor] = b[:, factor]
            if self.second_order:
                levels[:, 1 + dimensions + factor, factor] = a[:, factor]
        return levels.reshape(-1, dimensions)

    def _blocks(self, dimensions: int) -> int:
        return (2 if self.second_order else 1) * dimensions + 2
