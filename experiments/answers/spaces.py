"""What an emulator sees of points, and how independent levels of factors become such points.

The columns of a factor's draws belong together: rows of the ensemble are drawn whole, as often as the experiment did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.levers import Choice, Lever, Number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.answers.evidence import Evidence

    Floats = NDArray[np.float64]

__all__ = ["Space", "space_of"]


@dataclass(frozen=True)
class _Block:
    """One factor: its columns among the coordinates, and the values that it had, sorted by its level or by row."""

    columns: tuple[int, ...]
    rows: Floats


@dataclass(frozen=True)
class Space:
    """The factors that vary.

    Attributes
    ----------
    names, roles
        Of each factor.
    levers
        What each coordinate is to an emulator.
    blocks
        What each factor's levels stand for.
    """

    names: tuple[str, ...]
    roles: tuple[str, ...]
    levers: tuple[Lever, ...]
    blocks: tuple[_Block, ...]

    @property
    def dimensions(self) -> int:
        """Number of factors."""
        return len(self.blocks)

    def features(self, points: Floats) -> Floats:
        """Give points (n, D) as the emulator takes them: they are the coordinates."""
        return points

    def drawn(self, cube: Floats) -> Floats:
        """Give points (n, D) whose factors have these levels (n, F): quantiles of the values that the runs had."""
        found = np.empty((len(cube), len(self.levers)))
        for place, block in enumerate(self.blocks):
            count = len(block.rows)
            if len(block.columns) == 1 and isinstance(self.levers[block.columns[0]], Number):
                at = cube[:, place] * count - 0.5
                found[:, block.columns[0]] = np.interp(at, np.arange(count), block.rows[:, 0])
            else:
                chosen = np.minimum((cube[:, place] * count).astype(np.int64), count - 1)
                found[:, block.columns] = block.rows[chosen]
        return found


def space_of(evidence: Evidence) -> Space:
    """Make the space of an arm's factors; those that never vary are left out."""
    points = evidence.points
    levers: list[Lever] = [
        Choice(len(one.labels)) if one.labels else Number(float(column.min()), float(column.max()))
        for one, column in zip(evidence.coordinates, points.T, strict=True)
    ]
    names, roles, blocks = [], [], []
    for factor in dict.fromkeys(one.factor for one in evidence.coordinates):
        columns = tuple(place for place, one in enumerate(evidence.coordinates) if one.factor == factor)
        rows = points[:, columns]
        names.append(evidence.factors[factor])
        roles.append(evidence.roles[factor])
        blocks.append(_Block(columns, rows[np.lexsort(rows.T[::-1])]))
    return Space(tuple(names), tuple(roles), tuple(levers), tuple(blocks))
