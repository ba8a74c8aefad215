"""Which alternatives no other one beats in everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["as_costs", "hypervolume", "ranks_of", "spread_out"]


def as_costs(objectives: Floats, higher: Sequence[bool]) -> Floats:
    """Give objectives (n, O) with the sign that makes less better.

    Raises
    ------
    ValueError
        Not one direction for each objective.
    """
    objectives = np.asarray(objectives, dtype=float)
    if objectives.ndim != 2 or objectives.shape[1] != len(higher):
        raise ValueError(f"{len(higher)} directions for objectives {objectives.shape}")
    return objectives * np.where(higher, -1.0, 1.0)


def ranks_of(costs: Floats) -> NDArray[np.int64]:
    """Give the front of each alternative: 0 for those that none dominates, 1 once these are gone, and so on.

    One alternative dominates another if it is nowhere worse and somewhere better [Deb, Pratap, Agarwal and Meyarivan,
    IEEE Transactions on Evolutionary Computation 6, 2002].

    Parameters
    ----------
    costs
        (n, O), less is better. A NaN is worse than any number.
    """
    costs = np.where(np.isnan(costs), np.inf, costs)
    pairs = costs[:, None]
    beats = np.asarray((pairs <= costs).all(axis=2) & (pairs < costs).any(axis=2))
    ranks = np.full(len(costs), -1, dtype=np.int64)
    rank = 0
    while (ranks < 0).any():
        left = ranks < 0
        ranks[left & ~beats[left].any(axis=0)] = rank
        rank += 1
    return ranks


def hypervolume(costs: Floats, reference: Floats) -> float:
    """Give the area between two costs (n, 2) and a point that is worse than all; points beyond it count nothing.

    Raises
    ------
    ValueError
        Not two costs.
    """
    if costs.ndim != 2 or costs.shape[1] != 2:
        raise ValueError(f"this area is defined for two costs, not {costs.shape}")
    inside = costs[(costs < reference).all(axis=1)]
    area, floor = 0.0, float(reference[1])
    for first, second in inside[np.lexsort((inside[:, 1], inside[:, 0]))]:
        if second < floor:
            area += (reference[0] - first) * (floor - second)
            floor = second
    return float(area)


def spread_out(costs: Floats, count: int) -> NDArray[np.int64]:
    """Give the places of so many alternatives (n, O) far from each other: the best of each cost, then the farthest."""
    span = np.ptp(costs, axis=0)
    scaled = (costs - costs.min(axis=0)) / np.where(span > 0, span, 1.0)
    chosen = list(dict.fromkeys(scaled.argmin(axis=0).tolist()))[:count]
    while len(chosen) < min(count, len(costs)):
        away = np.min([np.linalg.norm(scaled - scaled[x], axis=1) for x in chosen], axis=0)
        if away.max() == 0:
            break
        chosen.append(int(away.argmax()))
    return np.array(chosen, dtype=np.int64)
