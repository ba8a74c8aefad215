"""What levers cost: money a week, which the profit of a firm pays.

The model knows nothing of it: a cost is taken off what a run has brought, week by week from the week in which the lever
is set. So the firm's cash, and whether it lives, are as if somebody else had paid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from experiments.settable import present_value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.batch.factors import Factor
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

__all__ = ["PAID_BY", "Charges", "Part", "paid", "payer"]

Part = tuple[int, "int | None", float]
"""First week (from 1), the week in which it ends (None: never), and the money a week."""

PAID_BY = ("profit", "total_profit")
"""Figures of a firm that its levers' costs are taken off: of each week, and of all weeks so far."""


@dataclass(frozen=True)
class Charges:
    """What the levers of an experiment cost in one scenario."""

    levers: tuple[Factor, ...]
    scenario: Scenario

    def weekly(self, lever: Factor, value: Any) -> float:
        """Give the money a week that a value of a lever costs."""
        return 0.0 if lever.cost is None else lever.cost.weekly(value, self._now[lever.name])

    def total(self, levers: Sequence[Factor], values: Sequence[Any]) -> float:
        """Give the money a week that values of all levers cost together."""
        return sum(self.weekly(lever, value) for lever, value in zip(levers, values, strict=True))

    def of(self, settings: Mapping[str, Any]) -> dict[str, tuple[Part, ...]]:
        """Give what a run with these settings costs, by the firm that pays."""
        found: dict[str, list[Part]] = {}
        for lever in self.levers:
            if lever.cost is None:
                continue
            key = lever.keys[0]
            weekly = self.weekly(lever, settings.get(key, self._now[lever.name]))
            if weekly:
                firm, first, until = payer(self.scenario, key)
                found.setdefault(lever.cost.firm or firm, []).append((first, until, weekly))
        return {firm: tuple(parts) for firm, parts in found.items()}

    @cached_property
    def _now(self) -> dict[str, Any]:
        """The levers as they are, by name; a search asks thousands of times."""
        return {one.name: present_value(self.scenario, one.keys[0]) for one in self.levers}


def paid(parts: Sequence[Part], key: str, weeks: int) -> Floats:
    """Give what is to be taken off a figure of a firm in each week, (weeks,); nothing off figures not in `PAID_BY`.

    Parameters
    ----------
    parts
        What the firm pays.
    key
        The figure.
    weeks
        Of the run.
    """
    import numpy as np

    spent = np.zeros(weeks)
    if key in PAID_BY:
        for first, until, weekly in parts:
            spent[max(first - 1, 0) : None if until is None else max(until - 1, 0)] += weekly
    return spent.cumsum() if key == "total_profit" else spent


def payer(scenario: Scenario, key: str) -> tuple[str, int, int | None]:
    """Give the firm whose lever a key sets, the first week, and the one in which it ends; no name if it is nobody's."""
    from sim.keys import KeyFormError, split_key

    try:
        parts = split_key(key)[0]
    except KeyFormError:
        return "", 1, None
    if len(parts) > 2 and parts[0] == "firm":
        return str(parts[1]), 1, None
    if len(parts) > 2 and parts[0] == "schedule" and str(parts[1]).isdigit():
        place = int(parts[1])
        if place < len(scenario.schedule):
            change = scenario.schedule[place]
            return change.firm, change.week, change.until
    return "", 1, None
