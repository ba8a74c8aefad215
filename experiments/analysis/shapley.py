"""Why B ends where it does: the difference from A shared out among the changes that make A into B.

The share of a change is its mean effect over all orders in which the changes can be made [Shapley, A value for n-person
games, 1953]; shares add up to the difference, in each replicate. Up to eight changes all coalitions are run. Beyond
that, orders are drawn in pairs, each with its reverse [Mitchell, Cooper, Frank and Holmes, JMLR 23, 2022]: such a pair
is exact for games whose changes act alone or two at a time. Interactions of pairs are the index of Grabisch and Roubens
(International Journal of Game Theory 28, 1999): how much more two changes do together than each alone, averaged over
what else is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.coalitions import EXACT, Plan, plan_for
from experiments.analysis.intervals import LEVEL, Interval, mean_interval
from experiments.analysis.notes import Doubt, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Evaluate", "Memory", "Shares", "explain", "shares_of"]

Evaluate = Callable[[list[frozenset[int]]], "Floats"]
"""Coalitions, as sets of numbers of changes, to outcomes (coalition, replicate, ...)."""


@dataclass(frozen=True)
class Shares:
    """A difference shared out.

    Attributes
    ----------
    total
        Mean of B − A, of the shape of one outcome.
    shares
        (n, ...): of each change. They add up to `total`. Where orders were sampled, intervals count the luck of
        replicates and that of orders.
    each
        (R, n, ...): shares in each replicate; they add up to B − A of that replicate.
    sampling_error
        (n, ...): standard error from sampling orders, 0 where all coalitions were run; NaN from one pair of orders.
    pairs
        (n (n − 1) / 2, 2): the pairs of changes.
    interactions
        (pairs, ...), in the outcome's unit; None where the plan has none. NaN for pairs that sampling never met.
    evaluated
        Coalitions that were used.
    notes
        Doubts.
    """

    total: Interval
    shares: Interval
    each: Floats
    sampling_error: Floats
    pairs: NDArray[np.int64]
    interactions: Interval | None
    evaluated: int
    notes: tuple[Note, ...]


class Memory:
    """An evaluator that runs each coalition once, and all new ones of a call in one batch.

    Parameters
    ----------
    evaluate
        Runs coalitions: with the same replicates, on the same luck, each time.
    """

    def __init__(self, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self._known: dict[frozenset[int], Floats] = {}

    def __call__(self, coalitions: list[frozenset[int]]) -> Floats:
        """Give outcomes (coalition, replicate, ...).

        Raises
        ------
        ValueError
            The evaluator gave another number of outcomes than it was asked for.
        """
        new = [x for x in dict.fromkeys(coalitions) if x not in self._known]
        if new:
            found = np.asarray(self._evaluate(new), dtype=float)
            if found.ndim < 2 or len(found) != len(new):
                raise ValueError(f"outcomes must be ({len(new)}, replicates, ...), not {found.shape}")
            self._known.update(zip(new, found, strict=True))
        return np.stack([self._known[x] for x in coalitions])

    def __len__(self) -> int:
        """Coalitions that were run."""
        return len(self._known)


def explain(
    evaluate: Evaluate,
    changes: int,
    budget: int = EXACT,
    seed: int = 0,
    interactions: bool = False,
    level: float = LEVEL,
) -> Shares:
    """Share out the difference that a number of changes makes.

    Parameters
    ----------
    evaluate
        Runs coalitions; a `Memory` keeps them for later calls.
    changes
        Their number.
    budget
        Coalitions to run at most.
    seed
        Of the orders, where they are sampled.
    interactions
        Whether to estimate interactions also where orders are sampled; where all coalitions are run they come free.
    level
        Of the intervals.

    Returns
    -------
    Shares
        With all notes.

    Raises
    ------
    ValueError
        As `coalitions.plan_for`, and for outcomes of a wrong shape.
    """
    plan = plan_for(changes, budget, seed, interactions)
    asked = [frozenset(np.flatnonzero(row).tolist()) for row in plan.coalitions]
    return shares_of(np.asarray(evaluate(asked), dtype=float), plan, level)


def shares_of(outcomes: Floats, plan: Plan, level: float = LEVEL) -> Shares:
    """Share out a difference from the outcomes of a plan.

    Parameters
    ----------
    outcomes
        (M, R, ...), in the order of the plan's coalitions. A replicate without a number in one coalition is left out,
        at that place of the outcome, from all.
    plan
        What was run.
    level
        Of the intervals.

    Raises
    ------
    ValueError
        Another number of outcomes than coalitions.
    """
    if outcomes.ndim < 2 or len(outcomes) != len(plan.coalitions):
        raise ValueError(f"outcomes must be ({len(plan.coalitions)}, replicates, ...), not {outcomes.shape}")
    known = np.isfinite(outcomes).all(axis=0)
    outcomes = np.where(known, outcomes, np.nan)
    notes = []
    if not known.all():
        notes.append(Note(Doubt.UNDEFINED_RUNS, value=float((~known).sum(axis=0).max())))
    if plan.is_exact:
        each, error = _exact(outcomes, plan), np.zeros((plan.coalitions.shape[1], *outcomes.shape[2:]))
    else:
        each, error = _sampled(outcomes, plan)
        notes.append(Note(Doubt.SAMPLED, value=float(len(plan.orders))))
    shares = mean_interval(each, level)
    if not plan.is_exact:
        # The replicates' luck and that of the orders are independent.
        half = np.hypot(shares.half_width, _quantile(level, len(plan.orders) // 2) * error)
        shares = Interval(shares.value, shares.value - half, shares.value + half, level)
    total = mean_interval(outcomes[1] - outcomes[0], level)
    if np.isnan(total.low).any():
        notes.append(Note(Doubt.FEW_PAIRS, value=float(known.sum(axis=0).min())))
    pairs = np.array(list(combinations(range(each.shape[1]), 2)), dtype=np.int64).reshape(-1, 2)
    interactions = None
    if plan.has_interactions and len(pairs):
        joint = _exact_pairs(outcomes, plan, pairs) if plan.is_exact else _sampled_pairs(outcomes, plan, pairs)
        interactions = mean_interval(joint, level)
        unmet = np.isnan(joint).reshape(len(joint), len(pairs), -1).all(axis=(0, 2))
        notes.extend(Note(Doubt.PAIR_NOT_MET, int(place)) for place in np.flatnonzero(unmet))
    return Shares(total, shares, each, error, pairs, interactions, len(outcomes), tuple(notes))


def _quantile(level: float, pairs: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(max(pairs - 1, 1), 0.5 + level / 2))


def _exact(outcomes: Floats, plan: Plan) -> Floats:
    """Give shares (R, n, ...): with s of n changes made before, an order has this set first with 1 / (n C(n-1, s))."""
    n, places = plan.coalitions.shape[1], plan.places()
    shares = np.zeros((outcomes.shape[1], n, *outcomes.shape[2:]))
    for place, row in enumerate(plan.coalitions):
        before = int(row.sum())
        for change in np.flatnonzero(~row):
            more = row.copy()
            more[change] = True
            step = outcomes[places[more.tobytes()]] - outcomes[place]
            shares[:, change] += step / (n * comb(n - 1, before))
    return shares


def _sampled(outcomes: Floats, plan: Plan) -> tuple[Floats, Floats]:
    """Give shares (R, n, ...) and their standard errors (n, ...) from the spread of pairs of orders."""
    n, places = plan.coalitions.shape[1], plan.places()
    shares = np.zeros((outcomes.shape[1], n, *outcomes.shape[2:]))
    steps = np.zeros((len(plan.orders), n, *outcomes.shape[2:]))
    valid = np.isfinite(outcomes[0])
    count = np.maximum(valid.sum(axis=0), 1)
    for number, order in enumerate(plan.orders):
        row, before = np.zeros(n, dtype=bool), 0
        for change in order:
            row[change] = True
            after = places[row.tobytes()]
            step = outcomes[after] - outcomes[before]
            shares[:, change] += step
            steps[number, change] = np.where(valid, step, 0.0).sum(axis=0) / count
            before = after
    shares /= len(plan.orders)
    together = (steps[::2] + steps[1::2]) / 2
    if len(together) < 2:
        return shares, np.full(together.shape[1:], np.nan)
    return shares, together.std(axis=0, ddof=1) / len(together) ** 0.5


def _exact_pairs(outcomes: Floats, plan: Plan, pairs: NDArray[np.int64]) -> Floats:
    """Give interactions (R, pairs, ...); Grabisch and Roubens 1999, eq. 3."""
    n, places = plan.coalitions.shape[1], plan.places()
    joint = np.zeros((outcomes.shape[1], len(pairs), *outcomes.shape[2:]))
    for number, (i, j) in enumerate(pairs.tolist()):
        for place in np.flatnonzero(~plan.coalitions[:, i] & ~plan.coalitions[:, j]).tolist():
            row = plan.coalitions[place]
            weight = (n - 1) * comb(n - 2, int(row.sum()))
            joint[:, number] += _square(outcomes, places, row, place, i, j) / weight
    return joint


def _sampled_pairs(outcomes: Floats, plan: Plan, pairs: NDArray[np.int64]) -> Floats:
    """Give interactions (R, pairs, ...) from neighbours in orders: sets stand before them as often as they should."""
    n, places = plan.coalitions.shape[1], plan.places()
    numbers = {(int(i), int(j)): place for place, (i, j) in enumerate(pairs)}
    joint = np.zeros((outcomes.shape[1], len(pairs), *outcomes.shape[2:]))
    met = np.zeros(len(pairs))
    for order in plan.orders:
        row = np.zeros(n, dtype=bool)
        for i, j in pairwise(order.tolist()):
            number = numbers[min(i, j), max(i, j)]
            joint[:, number] += _square(outcomes, places, row, places[row.tobytes()], i, j)
            met[number] += 1
            row[i] = True
    with np.errstate(invalid="ignore"):
        return joint / np.where(met > 0, met, np.nan).reshape(-1, *[1] * (outcomes.ndim - 2))


def _square(outcomes: Floats, places: dict[bytes, int], row: NDArray[np.bool_], place: int, i: int, j: int) -> Floats:
    """Give f(S + i + j) − f(S + i) − f(S + j) + f(S), (R, ...)."""
    with_i, with_j = row.copy(), row.copy()
    with_i[i] = with_j[j] = True
    at = [outcomes[places[x.tobytes()]] for x in (with_i | with_j, with_i, with_j)]
    return at[0] - at[1] - at[2] + outcomes[place]
