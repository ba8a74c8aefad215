"""What a future came to, and by how much two markets differ, future by future with the same luck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.charts.shares import SMOOTHED

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dashboards.futures import Ensemble

__all__ = ["ENDS", "LEAD", "Difference", "Outcome", "difference", "item_of", "leads", "outcome"]

ENDS = SMOOTHED
"""Weeks at the end of which the mean is taken: the count of one week is noise."""
LEAD = "lead"
"""Stands for the chance to lead, which is no key figure but a count of futures."""
_STOCKS = {"total_profit", "cash", "total_launches", "customer_launches", "gaffes", "leaks", "alive", "entered"}
"""Figures that add up or stand by themselves: the last week counts."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What each future came to: values, their median, and between which values 8 in 10 of them lie."""

    values: NDArray[np.float64]
    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """By how much futures differ from those of the baseline with the same luck.

    Attributes
    ----------
    middle, low, high
        Median of the differences, and between which values 8 in 10 lie.
    above, futures
        In how many the value is above that of the baseline, of how many.
    """

    middle: float
    low: float
    high: float
    above: int
    futures: int

    @property
    def is_clear(self) -> bool:
        """Whether 8 futures in 10 agree on the direction."""
        return self.low > 0 or self.high < 0


def item_of(ensemble: Ensemble, key: str, you: str, sector: str) -> int | None:
    """Find the place of what a figure is shown of: your firm, your sector, or the market."""
    from sim.figures import FIGURES

    scope = FIGURES[key].scope
    names = ensemble.items[scope]
    wanted = {"firm": you, "sector": sector}.get(scope, names[0] if names else "")
    return names.index(wanted) if wanted in names else None


def outcome(ensemble: Ensemble, key: str, item: int) -> Outcome:
    """Work out what each future came to."""
    import numpy as np

    series = np.nan_to_num(ensemble.figures[key][:, :, item].astype(np.float64))
    values = series[:, -1] if key in _STOCKS else series[:, -ENDS:].mean(axis=1)
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9)).tolist()
    return Outcome(values, middle, low, high)


def difference(now: Ensemble, before: Ensemble, key: str, item: int, item_before: int) -> Difference | None:
    """Compare futures of the same numbers at the end of the weeks that both have; None where there are none."""
    import numpy as np

    common = sorted(set(now.numbers) & set(before.numbers))
    if not common or key not in now.figures or key not in before.figures:
        return None
    weeks = min(now.weeks, before.weeks)
    now, before = now.until(weeks), before.until(weeks)
    here = outcome(now, key, item).values[[now.numbers.index(number) for number in common]]
    there = outcome(before, key, item_before).values[[before.numbers.index(number) for number in common]]
    apart = here - there
    low, middle, high = np.quantile(apart, (0.1, 0.5, 0.9)).tolist()
    return Difference(middle, low, high, int((apart > 0).sum()), len(common))


def leads(ensemble: Ensemble, you: int, sector: list[int]) -> NDArray[np.bool_]:
    """Tell in which futures and weeks your firm has the largest share of its sector: (futures, weeks)."""
    import numpy as np

    shares = np.nan_to_num(ensemble.figures["share"])
    total = np.cumsum(shares, axis=1)
    total[:, ENDS:] = total[:, ENDS:] - total[:, :-ENDS].copy()
    mine = total[:, :, you]
    found: NDArray[np.bool_] = (mine >= total[:, :, sector].max(axis=2)) & (mine > 0)
    return found
