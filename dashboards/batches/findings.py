"""What an experiment is and has found, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.batch.findings import FactorInfo

    Floats = NDArray[np.float64]

__all__ = ["FAN_LEVELS", "Fan", "FigureChoice", "Grid", "Overview", "trailing_mean"]

FAN_LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
"""8 and 5 in 10 runs lie between the outer and the inner ones."""


@dataclass(frozen=True)
class FigureChoice:
    """A figure that was kept, or a formula: its key, its items (an empty one for the market), and its name."""

    key: str
    items: tuple[str, ...]
    name: str
    unit: str
    digits: int
    is_formula: bool = False


@dataclass(frozen=True)
class Overview:
    """What an experiment is.

    Attributes
    ----------
    title, story
        By the language of the context.
    arms, factors, figures
        Scenarios, what is varied, what is kept.
    design
        Kind of the design.
    points, replicates, consumers, weeks, seed
        Sizes.
    has_weeks
        Whether every week of a run was kept.
    horizon
        Weeks that there are.
    """

    title: str
    story: str
    arms: tuple[str, ...]
    factors: tuple[FactorInfo, ...]
    figures: tuple[FigureChoice, ...]
    design: str
    points: int
    replicates: int
    consumers: int
    weeks: int
    has_weeks: bool
    seed: str
    started: str

    def figure(self, key: str) -> FigureChoice | None:
        """Give a figure by its key."""
        return next((one for one in self.figures if one.key == key), None)


@dataclass(frozen=True)
class Fan:
    """How the runs of an arm spread: quantiles (levels, weeks) at `FAN_LEVELS`, and how many runs there are."""

    arm: str
    quantiles: Floats
    runs: int


@dataclass(frozen=True)
class Grid:
    """A figure over two factors.

    Attributes
    ----------
    across, up
        Labels of the cells along both factors.
    values, counts
        (up, across): mean over the runs in a cell, NaN where there is none; and how many.
    runs
        All that count.
    """

    across: tuple[str, ...]
    up: tuple[str, ...]
    values: Floats
    counts: Floats
    runs: int


def trailing_mean(series: Floats, weeks: int) -> Floats:
    """Give the mean of so many weeks up to each, (runs, weeks); of fewer at the start, and of those that are known."""
    import numpy as np

    if weeks <= 1:
        return series
    known = np.isfinite(series)
    totals = np.cumsum(np.where(known, series, 0.0), axis=1)
    counts = np.cumsum(known, axis=1).astype(float)
    for sums in (totals, counts):
        sums[:, weeks:] -= sums[:, :-weeks].copy()
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(counts > 0, totals / counts, np.nan))
