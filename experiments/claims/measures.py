"""From the record of a run to the one number that a claim is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.recording import figures_of

if TYPE_CHECKING:
    import numpy as np

    from sim.claims import ClaimFigure
    from sim.figures import Record

__all__ = ["END", "Measure", "measure_of", "numbers"]

END = 13
"""Weeks that make the end: a quarter of a year, because a few weeks' sales are noisy."""


@dataclass(frozen=True)
class Measure:
    """Which number of a run is wanted.

    Attributes
    ----------
    key, item
        A key figure, and what it is about; the empty name for the market.
    over
        ``end``, ``mean``, ``peak``, ``trough`` or ``sum``.
    weeks
        First and last week that count, from 1; None for all.
    """

    key: str
    item: str
    over: str
    weeks: tuple[int, int] | None = None

    def of(self, values: np.ndarray) -> float:
        """Reduce a series of weeks to the number; weeks without a value are left out, NaN if there is none."""
        import numpy as np

        if self.weeks is not None:
            values = values[self.weeks[0] - 1 : self.weeks[1]]
        if self.over == "end":
            values = values[-END:]
        known = values[np.isfinite(values)]
        if not len(known):
            return float("nan")
        match self.over:
            case "peak":
                return float(known.max())
            case "trough":
                return float(known.min())
            case "sum":
                return float(known.sum())
        return float(known.mean())


def measure_of(figure: ClaimFigure) -> Measure:
    """Give the number that a claim's figure stands for."""
    weeks = None if figure.weeks is None else (figure.weeks[0], figure.weeks[1])
    return Measure(figure.key, figure.of or "", figure.window, weeks)


def numbers(record: Record, measures: tuple[Measure, ...]) -> list[float]:
    """Give the wanted numbers of a run."""
    figures = figures_of(record)
    found = []
    for measure in measures:
        _, items, values = figures[measure.key]
        found.append(measure.of(values[:, items.index(measure.item)]))
    return found
