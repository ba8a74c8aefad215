"""What the replicates of a scenario say together: start, mean and end of every figure, with their ranges.

*Start* and *end* are means over the first and the last four weeks: one week's sales are noisy. The middle is
the median over replicates, the range holds eight replicates in ten (from the first to the ninth decile). With
fewer than five replicates deciles mean nothing, and the range goes from the lowest to the highest. What means
nothing of a firm outside the market, such as its price, is not defined there (`standing.ONLY_INSIDE`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from experiments.standing import ONLY_INSIDE, Presence, Standing, presence, standings

if TYPE_CHECKING:
    import numpy as np

    from experiments.store import Results

__all__ = ["ENDS", "ENOUGH_FOR_DECILES", "Line", "Spread", "Summary", "band", "spread", "summarise", "telling_lines"]

ENDS = 4
"""Weeks that make the start and the end."""
ENOUGH_FOR_DECILES = 5
"""Replicates from which a range of eight in ten is given."""


class Spread(NamedTuple):
    """Median over replicates and the range around it; NaN where the figure is not defined."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """One figure of one firm, sector, cause or cohort, or of the market."""

    key: str
    scope: str
    item: str
    start: Spread
    mean: Spread
    end: Spread

    @property
    def is_defined(self) -> bool:
        """Whether the figure has a value in any week of any run."""
        return self.mean.middle == self.mean.middle

    @property
    def is_zero(self) -> bool:
        """Whether the figure is nothing but zero, as far as start, mean and end tell."""
        return self.is_defined and not any(n for part in (self.start, self.mean, self.end) for n in part if n == n)


@dataclass(frozen=True)
class Summary:
    """All lines of a point of an experiment.

    Attributes
    ----------
    replicates
        Runs that the lines are made of.
    weeks
        Weeks that all of them reached.
    lines
        By key of the figure, then by name of the item (the empty name for the market).
    presence, standings
        Where firms are week by week (None where the results do not tell), and what became of each, by its name.
    """

    replicates: int
    weeks: int
    lines: Mapping[str, Mapping[str, Line]]
    presence: Presence | None
    standings: Mapping[str, Standing]

    def line(self, key: str, item: str = "") -> Line | None:
        """Find one line; None when there is none."""
        return self.lines.get(key, {}).get(item)

    def came(self, firm: str) -> bool:
        """Whether a firm was ever in the market: it may wait outside in all runs."""
        return firm not in self.standings or self.standings[firm].entered > 0

    def is_blank(self, key: str) -> bool:
        """Whether a figure is nowhere defined, or nothing but zero, for all that it is about."""
        return all(line.is_zero or not line.is_defined for line in self.lines.get(key, {}).values())

    @property
    def has_deciles(self) -> bool:
        """Whether ranges hold eight replicates in ten (otherwise all of them)."""
        return self.replicates >= ENOUGH_FOR_DECILES


def spread(values: np.ndarray) -> Spread:
    """Give median and range of one number over replicates, leaving out undefined ones."""
    middle, low, high = band(values.reshape(-1, 1))
    return Spread(float(middle[0]), float(low[0]), float(high[0]))


def band(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give median, low and high end over replicates (the first axis); NaN where no replicate has a value."""
    import numpy as np

    # Sorting puts what is not defined last; numpy's own way around NaN goes through the columns one by one.
    ordered = np.sort(np.where(np.isfinite(values), values, np.nan), axis=0)
    known = np.isfinite(ordered).sum(axis=0)
    low, high = (0.1, 0.9) if len(values) >= ENOUGH_FOR_DECILES else (0.0, 1.0)
    return _quantile(ordered, known, 0.5), _quantile(ordered, known, low), _quantile(ordered, known, high)


def _quantile(ordered: np.ndarray, known: np.ndarray, fraction: float) -> np.ndarray:
    """Give a quantile along the first axis of sorted values, of which only the first `known` count."""
    import numpy as np

    position = fraction * np.maximum(known - 1, 0)
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    first, second = (np.take_along_axis(ordered, place[None], axis=0)[0] for place in (below, above))
    return first + (position - below) * (second - first)


def summarise(results: Results, point: int = 1) -> Summary:
    """Summarise every figure of a point over its replicates."""
    import numpy as np

    reached = [run.weeks for run in results.runs(point) if run.weeks]
    weeks = min(reached, default=0)
    lines: dict[str, dict[str, Line]] = {}
    where = presence(results, point)
    for figure in results.figures(point).values():
        values = results.series(figure.key, point)[:, :weeks]
        if where is not None and figure.key in ONLY_INSIDE:
            values = np.where(where.inside, values, np.nan)
        parts = (values[:, :ENDS], values, values[:, -ENDS:])
        bands = [band(_mean(part)) for part in parts]
        lines[figure.key] = {
            item: Line(
                figure.key,
                figure.scope,
                item,
                *(Spread(*(float(end[place]) for end in ends)) for ends in bands),
            )
            for place, item in enumerate(figure.items)
        }
    return Summary(len(reached), weeks, lines, where, standings(where))


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean over weeks (the second axis) of the values that are defined."""
    import numpy as np

    known = np.isfinite(values)
    number = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def telling_lines(summary: Summary, scope: str) -> list[Line]:
    """Give the lines of a scope that say something, in the order of the figures.

    What is nowhere defined is left out; of sectors and cohorts, and of what comes without firms, also what is zero
    throughout: there is no such thing in the market.
    """
    lines = [line for lines in summary.lines.values() for line in lines.values() if line.scope == scope]
    can_be_absent = scope in ("sector", "cohort")
    return [
        line
        for line in lines
        if line.is_defined and not (line.is_zero and (can_be_absent or line.key == "alternatives"))
    ]
