"""Which sets of changes have to be run before a difference can be shared out among them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["EXACT", "Plan", "plan_all", "plan_for", "plan_sampled"]

EXACT = 256
"""Coalitions up to which all are run: all those of eight changes."""


@dataclass(frozen=True)
class Plan:
    """Coalitions to run, each once, and the orders that make use of them.

    Attributes
    ----------
    coalitions
        (M, n): whether a change is made. The first has none of them, the second all.
    orders
        (P, n): orders in which changes are made one after the other; row 2k + 1 is row 2k backwards. Empty where all
        coalitions are run.
    has_interactions
        Whether interactions of pairs can be estimated.
    """

    coalitions: NDArray[np.bool_]
    orders: NDArray[np.int64]
    has_interactions: bool

    @property
    def is_exact(self) -> bool:
        """Whether all coalitions are run."""
        return len(self.orders) == 0

    def places(self) -> dict[bytes, int]:
        """Give the row of each coalition, by its bytes."""
        return {row.tobytes(): place for place, row in enumerate(self.coalitions)}


def plan_for(changes: int, budget: int = EXACT, seed: int = 0, interactions: bool = False) -> Plan:
    """Plan all coalitions if the budget allows, else orders drawn at random.

    Parameters
    ----------
    changes
        Their number, 1 or more.
    budget
        Coalitions to run at most; each is run with all replicates.
    seed
        Of the orders.
    interactions
        Whether to run, in a sampled plan, what interactions need besides: about half as much again for each order.

    Raises
    ------
    ValueError
        No changes, or a budget that does not pay for two orders, one the reverse of the other.
    """
    if changes < 1:
        raise ValueError("there is no change to explain anything by")
    return plan_all(changes) if 2**changes <= budget else plan_sampled(changes, budget, seed, interactions)


def plan_all(changes: int) -> Plan:
    """Plan all 2 ** changes coalitions."""
    numbers = np.arange(2**changes)
    rows = (numbers[:, None] >> np.arange(changes)) & 1 == 1
    rows[[1, -1]] = rows[[-1, 1]]
    return Plan(rows, np.empty((0, changes), dtype=np.int64), True)


def plan_sampled(changes: int, budget: int, seed: int = 0, interactions: bool = False) -> Plan:
    """Plan pairs of orders, each the reverse of the other, as many as the budget pays for; see `plan_for`."""
    random = np.random.default_rng(seed)
    rows = {row.tobytes(): row for row in (np.zeros(changes, dtype=bool), np.ones(changes, dtype=bool))}
    orders: list[NDArray[np.int64]] = []
    fruitless = 0
    while fruitless < 100:
        order = random.permutation(changes)
        pair = (order, order[::-1])
        fresh = {row.tobytes(): row for one in pair for row in _along(one, interactions)}
        fresh = {key: row for key, row in fresh.items() if key not in rows}
        if len(rows) + len(fresh) > budget:
            break
        fruitless = 0 if fresh else fruitless + 1
        rows.update(fresh)
        orders.extend(pair)
    if not orders:
        raise ValueError(f"a budget of {budget} coalitions does not pay for two orders of {changes} changes")
    return Plan(np.array(list(rows.values())), np.array(orders), interactions)


def _along(order: NDArray[np.int64], interactions: bool) -> Iterator[NDArray[np.bool_]]:
    """Give the coalitions that an order passes, and for interactions each neighbours' later one without the earlier."""
    row = np.zeros(len(order), dtype=bool)
    for place in order[:-1]:
        row[place] = True
        yield row.copy()
    if interactions:
        row[:] = False
        for earlier, later in pairwise(order):
            row[later] = True
            yield row.copy()
            row[later] = False
            row[earlier] = True
