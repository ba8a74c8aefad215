"""A purchase panel as arrays: who bought which brand, when, at which prices.

One row is one *occasion*: all the purchases of one household in one week, or under one order number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.problems import Problem

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Time = Literal["weeks", "order"]


@dataclass(frozen=True)
class Panel:
    """A household purchase panel, sorted by household and then by time.

    Attributes
    ----------
    source : where it came from, as shown to the user (a file name, a data set).
    brands : names of the brands, B of them, in the order of the columns below.
    households : labels of the households, H of them.
    household : (n,) index into `households`, never decreasing.
    time : (n,) week number, or rank of the purchase; rises inside a household.
    chosen : (n,) index of the brand bought.
    price : (n, B) in the currency of the file; NaN where the brand was not on sale.
    feature, display : (n, B) between 0 and 1, or None where the panel does not tell.
    time_unit : "weeks" when `time` counts weeks, "order" when it only ranks the purchases.
    assumptions : what was assumed to read it, in the user's language.
    warnings : what looked wrong and was repaired or left out, in the user's language.
    """

    source: str
    brands: tuple[str, ...]
    households: tuple[str, ...]
    household: Integers
    time: Integers
    chosen: Integers
    price: Floats
    feature: Floats | None
    display: Floats | None
    time_unit: Time
    assumptions: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def occasions(self) -> int:
        """Number of purchase occasions, n."""
        return len(self.chosen)

    @property
    def counts(self) -> Integers:
        """(H, B) occasions of each household on which each brand was bought."""
        table = np.zeros((len(self.households), len(self.brands)), dtype=np.int64)
        np.add.at(table, (self.household, self.chosen), 1)
        return table

    @property
    def first(self) -> NDArray[np.bool_]:
        """(n,) true on the first occasion of each household."""
        return np.r_[True, self.household[1:] != self.household[:-1]]

    @property
    def last(self) -> Integers:
        """(n,) brand bought on the household's previous occasion, -1 on its first."""
        return np.where(self.first, -1, np.r_[-1, self.chosen[:-1]])

    @property
    def starts(self) -> Integers:
        """(H + 1,) rows at which the households start, and n."""
        return np.r_[np.flatnonzero(self.first), self.occasions]

    @property
    def mean_price(self) -> Floats:
        """(B,) mean price of each brand where it was on sale; of all brands for one that never was."""
        known = ~np.isnan(self.price)
        total = np.where(known, self.price, 0.0).sum(axis=0)
        times = known.sum(axis=0)
        return np.where(times > 0, total / np.maximum(times, 1), total.sum() / max(int(times.sum()), 1))

    def of_households(self, keep: Integers) -> Panel:
        """The panel of some households only, numbered afresh in the order given (repeats allowed)."""
        starts = self.starts
        rows = np.concatenate([np.arange(starts[h], starts[h + 1]) for h in keep])
        return Panel(
            source=self.source,
            brands=self.brands,
            households=tuple(self.households[h] for h in keep),
            household=np.repeat(np.arange(len(keep)), np.diff(starts)[keep]),
            time=self.time[rows],
            chosen=self.chosen[rows],
            price=self.price[rows],
            feature=None if self.feature is None else self.feature[rows],
            display=None if self.display is None else self.display[rows],
            time_unit=self.time_unit,
            assumptions=self.assumptions,
            warnings=self.warnings,
        )
