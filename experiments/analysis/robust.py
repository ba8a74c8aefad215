"""Which strategy to choose when the future is unknown: regret, targets, fronts, and when to switch.

Outcomes of every strategy in every world, worlds being equally plausible unless weighed. Regret is what a strategy
falls short of the best in the same world [Savage, JASA 46, 1951]; the share of worlds in which targets are met is the
domain criterion of Starr (1963). Herman, Reed, Zeff and Characklis (Journal of Water Resources Planning and Management
141, 2015) compare them. How far from the best guess targets hold: `radius`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.fronts import as_costs, ranks_of
from experiments.analysis.intervals import LEVEL, Interval, mean_interval
from experiments.analysis.notes import Doubt, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.analysis.discovery.prim import Found
    from experiments.analysis.discovery.trees import Tree

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Whole = NDArray[np.int64]

__all__ = [
    "CRITERIA",
    "Front",
    "Robustness",
    "Switch",
    "chosen_without",
    "front",
    "halves_interval",
    "robustness",
    "switch",
]

CRITERIA = ("expected", "worst", "largest_regret", "p90_regret", "mean_regret", "satisficing")
_RESAMPLES = 499
_SURE = 0.8


@dataclass(frozen=True)
class Robustness:
    """Measures of robustness of each strategy, (S,), in the outcome's unit; intervals resample worlds.

    Attributes
    ----------
    regret
        (S, W), never below 0; NaN where the strategy has no number in the world.
    expected
        Weighed mean over worlds.
    worst
        Over worlds (maximin chooses by it); an interval is not given, as worlds not sampled may be worse.
    largest_regret
        Likewise.
    p90_regret, mean_regret
        Quantile and mean over worlds.
    satisficing
        Share of worlds that meet the target; None without a target.
    best_guess
        Outcomes in the best-guess world; None without one.
    choice
        For each of `CRITERIA`, and "best_guess", the number of the strategy it chooses.
    certainty
        For each of them the share of resamples of the worlds in which it chooses the same.
    notes
        Doubts.
    """

    regret: Floats
    expected: Interval
    worst: Floats
    largest_regret: Floats
    p90_regret: Interval
    mean_regret: Interval
    satisficing: Interval | None
    best_guess: Floats | None
    choice: dict[str, int]
    certainty: dict[str, float]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Front:
    """Strategies by their mean objectives.

    Attributes
    ----------
    ranks
        (S,): 0 on the front.
    means
        (S, O), over worlds.
    certainty
        (S,): share of resamples of the worlds in which the strategy is on the front.
    """

    ranks: Whole
    means: Floats
    certainty: Floats


@dataclass(frozen=True)
class Switch:
    """Where another strategy is better than the chosen one.

    Attributes
    ----------
    share
        Of worlds in which the other is better.
    gain, loss
        Mean difference in those worlds, and (without its sign) in the rest; in the outcome's unit.
    boxes
        PRIM boxes of worlds in which the other is better; empty if it is so in all or in none, or too few.
    tree
        CART rules for the same; None likewise.
    """

    share: float
    gain: float
    loss: float
    boxes: tuple[Found, ...]
    tree: Tree | None


def robustness(
    outcomes: Floats,
    target: float | None = None,
    best_guess: Floats | None = None,
    higher: bool = True,
    weights: Floats | None = None,
    level: float = LEVEL,
    seed: int = 0,
) -> Robustness:
    """Measure strategies over worlds.

    Parameters
    ----------
    outcomes
        (S, W), one number for each strategy in each world: the mean of replicates, best on common random numbers. A
        strategy without a number in a world fails there: its worst is infinitely bad, its largest regret infinite;
        means and quantiles are over the other worlds.
    target
        What an outcome has to reach (or, with `higher` false, not to exceed).
    best_guess
        (S,): outcomes in the world one would plan for.
    higher
        Whether more is better.
    weights
        (W,): of worlds, positive; equal by default.
    level, seed
        Of the intervals, which resample worlds as if they had been drawn at random.

    Returns
    -------
    Robustness
        In the outcome's own sign.

    Raises
    ------
    ValueError
        No table of strategies by worlds, or weights that do not fit.
    """
    outcomes = np.asarray(outcomes, dtype=float)
    if outcomes.ndim != 2 or 0 in outcomes.shape:
        raise ValueError(f"outcomes must be (strategies, worlds), not {outcomes.shape}")
    worlds = outcomes.shape[1]
    weight = np.full(worlds, 1.0) if weights is None else np.asarray(weights, dtype=float)
    if weight.shape != (worlds,) or not (weight > 0).all():
        raise ValueError(f"weights must be {worlds} positive numbers")
    sign = 1.0 if higher else -1.0
    known = np.isfinite(outcomes)
    good = np.where(known, sign * outcomes, -np.inf)
    regret = np.where(known, good.max(axis=0) - np.where(known, good, 0.0), np.nan)
    meets = good >= sign * target if target is not None else None
    counts = np.random.default_rng(seed).multinomial(worlds, np.full(worlds, 1 / worlds), _RESAMPLES)
    own = {name: x[0] for name, x in _measures(good, regret, meets, weight[None]).items()}
    drawn = _measures(good, regret, meets, counts * weight)
    tails = [(1 - level) / 2, (1 + level) / 2]

    def bounded(name: str, turned: float = 1.0) -> Interval:
        low, high = np.quantile(turned * drawn[name], tails, axis=0, method="closest_observation")
        return Interval(turned * own[name], low, high, level)

    choice = {name: int(_choose(name, own[name][None])[0]) for name in own}
    certainty = {name: float(np.mean(_choose(name, drawn[name]) == choice[name])) for name in own}
    notes = []
    if best_guess is not None:
        turned = sign * np.asarray(best_guess, dtype=float)
        choice["best_guess"], certainty["best_guess"] = int(np.argmax(turned)), 1.0
    if not known.all():
        notes.append(Note(Doubt.UNDEFINED_OUTCOME, value=float((~known).sum())))
    for number, name in enumerate(CRITERIA):
        if certainty.get(name, 1.0) < _SURE:
            notes.append(Note(Doubt.CHOICE_UNSURE, number, certainty[name]))
    return Robustness(
        regret=regret,
        expected=bounded("expected", sign),
        worst=sign * own["worst"],
        largest_regret=own["largest_regret"],
        p90_regret=bounded("p90_regret"),
        mean_regret=bounded("mean_regret"),
        satisficing=bounded("satisficing") if meets is not None else None,
        best_guess=None if best_guess is None else np.asarray(best_guess, dtype=float),
        choice=choice,
        certainty=certainty,
        notes=tuple(notes),
    )


def _measures(good: Floats, regret: Floats, meets: Flags | None, weights: Floats) -> dict[str, Floats]:
    """Give each criterion under each weighing (B, W) of the worlds, (B, S); outcomes are such that more is better."""
    fails = np.isneginf(good)
    whole = weights.sum(axis=1, keepdims=True)
    there = weights @ (~fails).T.astype(float)
    lacking = there == 0
    divisor = np.where(lacking, 1.0, there)
    filled, short = np.where(fails, 0.0, good), np.where(fails, 0.0, regret)
    found = {
        "expected": np.where(lacking, np.nan, weights @ filled.T / divisor),
        "worst": _over_worlds(good, weights, np.inf).T,
        "largest_regret": -_over_worlds(-np.where(fails, np.inf, regret), weights, np.inf).T,
        "p90_regret": np.stack(
            [_quantile(row[~out], weights[:, ~out], 0.9) for row, out in zip(regret, fails, strict=True)], axis=1
        ),
        "mean_regret": np.where(lacking, np.nan, weights @ short.T / divisor),
    }
    if meets is not None:
        found["satisficing"] = weights @ meets.T.astype(float) / whole
    return found


def _over_worlds(numbers: Floats, weights: Floats, absent: float) -> Floats:
    """Give the least number of each strategy (S, W) over the worlds that have a weight (B, W), (S, B)."""
    return np.stack([np.where(weights > 0, row, absent).min(axis=1) for row in numbers])


def _quantile(numbers: Floats, weights: Floats, at: float) -> Floats:
    """Give the least of the numbers (n,) with so much of the weight at or below it, for each weighing (B, n)."""
    whole = weights.sum(axis=1, keepdims=True)
    if len(numbers) == 0:
        return np.full(len(weights), np.nan)
    order = np.argsort(numbers)
    reached = weights[:, order].cumsum(axis=1) >= (at - 1e-12) * whole
    return np.where(whole[:, 0] > 0, numbers[order][reached.argmax(axis=1)], np.nan)


def _choose(name: str, measures: Floats) -> Whole:
    """Give the strategy that a criterion (B, S) chooses each time, the first of equals."""
    numbers = measures * (-1.0 if name.endswith("regret") else 1.0)
    return np.asarray(np.where(np.isfinite(numbers), numbers, -np.inf).argmax(axis=1))


def chosen_without(choose: Callable[[Whole], int], worlds: int, seed: int = 0) -> Whole:
    """Choose for each half of the worlds by the other: what is told of such choices there is not flattered by choosing.

    The best of several strategies is also the luckiest in the worlds it was chosen by.

    Parameters
    ----------
    choose
        Gives the strategy chosen by some worlds, by their numbers.
    worlds
        W, two or more; a single world has the choice that it makes itself.
    seed
        Of the dealing.

    Returns
    -------
    ndarray
        (W,), numbers of strategies.
    """
    half = np.random.default_rng(seed).permutation(worlds) % 2
    found = np.empty(worlds, dtype=np.int64)
    for one in (0, 1):
        others = np.flatnonzero(half != one)
        found[half == one] = choose(others if len(others) else np.arange(worlds))
    return found


def halves_interval(samples: Floats) -> Interval:
    """Give the mean over worlds of what `chosen_without` chose (W,), and an interval that holds.

    The halves are not independent: each was chosen by the other. The interval is that of one half alone, which is
    right by itself, and the mean of both is known no worse.
    """
    found = mean_interval(samples)
    wider = 2**0.5
    low, high = (found.value + wider * (end - found.value) for end in (found.low, found.high))
    return Interval(found.value, low, high, found.level)


def front(objectives: Floats, higher: Sequence[bool], seed: int = 0) -> Front:
    """Rank strategies by their mean objectives, costs among them.

    Parameters
    ----------
    objectives
        (S, W, O); what does not depend on the world (a cost, say) is the same in all.
    higher
        For each objective, whether more is better.
    seed
        Of the resampling of worlds.

    Raises
    ------
    ValueError
        Not one direction for each objective.
    """
    objectives = np.asarray(objectives, dtype=float)
    worlds = objectives.shape[1]
    means = objectives.mean(axis=1)
    counts = np.random.default_rng(seed).multinomial(worlds, np.full(worlds, 1 / worlds), _RESAMPLES) / worlds
    drawn = np.einsum("bw,swo->bso", counts, objectives)
    on_front = [ranks_of(as_costs(one, higher)) == 0 for one in drawn]
    return Front(ranks_of(as_costs(means, higher)), means, np.mean(on_front, axis=0))


def switch(
    worlds: Floats,
    chosen: Floats,
    other: Floats,
    categories: Sequence[int] | None = None,
    higher: bool = True,
    least: float = 0.0,
    seed: int = 0,
) -> Switch:
    """Find the conditions under which another strategy is better than the chosen one.

    For the winner among several strategies see `discovery.trees.grow_classes`.

    Parameters
    ----------
    worlds
        (W, D), the uncertainties, in any unit; categories coded 0, 1, ...
    chosen, other
        (W,), outcomes on common random numbers.
    categories
        As for `prim.discover`.
    higher
        Whether more is better.
    least
        By how much the other has to be better for the switch to be worth it, in the outcome's unit.
    seed
        Of the checks.

    Raises
    ------
    ValueError
        As `boxes.checked`.
    """
    from experiments.analysis.discovery.prim import discover
    from experiments.analysis.discovery.trees import grow

    gain = (np.asarray(other, float) - np.asarray(chosen, float)) * (1.0 if higher else -1.0)
    known = np.isfinite(gain)
    worlds, gain = np.asarray(worlds, float)[known], gain[known]
    better = gain > least
    count = int(better.sum())
    boxes: tuple[Found, ...] = ()
    tree = None
    if 5 <= count <= len(better) - 5:
        boxes = discover(worlds, better, categories, seed=seed)
        tree = grow(worlds, better, categories, seed=seed)
    return Switch(
        share=count / max(len(better), 1),
        gain=float(gain[better].mean()) if count else 0.0,
        loss=float(-gain[~better].mean()) if count < len(better) else 0.0,
        boxes=boxes,
        tree=tree,
    )
