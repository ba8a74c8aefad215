"""Futures of one market: figures of all replicates, and their levels over futures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.scenario import Scenario

__all__ = ["LEVELS", "Ensemble", "Values", "levels_of"]

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Levels of the bands: 8 in 10 futures lie between the first and the last, 5 in 10 between second and fourth."""

Values = Mapping[str, "NDArray[np.float32]"]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Futures of one market.

    Attributes
    ----------
    scenario
        The market that was run.
    numbers
        Numbers of the replicates, in order.
    figures
        Key figures: float32 arrays (replicates, weeks, items); NaN where a figure is not defined.
    items
        Names of the items by scope.
    wished
        How many futures were wished for; more than there are while they are being worked out, or if some failed.
    """

    scenario: Scenario
    numbers: tuple[int, ...]
    figures: Values
    items: Mapping[str, tuple[str, ...]]
    wished: int
    _quantiles: dict[str, Any] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all futures that were wished for are there."""
        return len(self.numbers) >= self.wished

    @cached_property
    def weeks(self) -> int:
        """Weeks simulated."""
        return int(next(iter(self.figures.values())).shape[1])

    def names(self, key: str) -> tuple[str, ...]:
        """Name the items of a figure."""
        from sim.figures import FIGURES

        return self.items[FIGURES[key].scope]

    def quantiles(self, key: str) -> NDArray[np.float32]:
        """Give the `LEVELS` of a figure over futures: (levels, weeks, items), worked out once."""
        found = self._quantiles.get(key)
        if found is None:
            found = self._quantiles[key] = levels_of(self.figures[key])
        result: NDArray[np.float32] = found
        return result

    def until(self, week: int) -> Ensemble:
        """Give only the first weeks."""
        if week >= self.weeks:
            return self
        figures = {key: values[:, :week] for key, values in self.figures.items()}
        return Ensemble(self.scenario, self.numbers, figures, self.items, self.wished)

    def first(self, count: int) -> Ensemble:
        """Give only the first futures: those with numbers below `count`."""
        keep = [i for i, number in enumerate(self.numbers) if number < count]
        if len(keep) == len(self.numbers):
            return self
        figures = {key: values[keep] for key, values in self.figures.items()}
        return Ensemble(self.scenario, tuple(self.numbers[i] for i in keep), figures, self.items, count)


def levels_of(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the `LEVELS` over the first axis of (replicates, ...); what is not a number counts as nothing."""
    import numpy as np

    ordered = np.sort(np.nan_to_num(values), axis=0)  # one sort for all levels, a third of the time of `quantile`
    places = np.asarray(LEVELS) * (len(values) - 1)
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, len(values) - 1)
    part = (places - low).reshape(-1, *[1] * (values.ndim - 1)).astype(np.float32)
    found: NDArray[np.float32] = ordered[low] * (1 - part) + ordered[high] * part
    return found
