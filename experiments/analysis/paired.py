"""Arms against a baseline on common random numbers: differences within replicates, and what pairing gained.

Replicate r of every arm meets the same luck, so that luck cancels from differences within replicates [Law, Simulation
Modeling and Analysis, 5th ed. 2015, ch. 11.2]. Joint intervals of several arms are those of Bonferroni, which need not
know how the arms hang together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.intervals import LEVEL, Interval, Method, band_of, mean_interval, share_interval
from experiments.analysis.notes import Doubt, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Comparison", "Pairing", "compare", "compare_all", "variance_reduction"]

_RESAMPLES = 999


@dataclass(frozen=True)
class Pairing:
    """What common random numbers gained, of the shape of one outcome.

    Attributes
    ----------
    together, apart
        Variance of a difference within replicates, and of one between independent runs (the sum of the arms' own), in
        squares of the outcome's unit.
    ratio
        apart / together, with an interval from a bootstrap over replicates: how many times as many independent runs
        would have been needed. Infinite where nothing but the change moves the difference.
    runs
        Independent runs of each arm that would know the difference as well as the pairs do.
    """

    together: Floats
    apart: Floats
    ratio: Interval
    runs: Floats


@dataclass(frozen=True)
class Comparison:
    """One arm against the baseline; all arrays of the shape of one outcome (weeks, say) unless said otherwise.

    Attributes
    ----------
    arm
        Its number.
    difference
        Mean of arm − baseline over pairs, each number's interval by itself.
    joint
        The same with intervals that hold for all arms at once.
    band
        For an outcome of shape (T,): a band that holds all weeks at once; else None.
    base, mean
        Means of baseline and arm over the pairs.
    pairs, replicates
        Replicates with a number in both arms, and all.
    pairing
        What pairing gained.
    above, equal
        Share of pairs in which the arm is above the baseline, with an interval, and share of ties.
    notes
        Doubts.
    """

    arm: int
    difference: Interval
    joint: Interval
    band: Interval | None
    base: Floats
    mean: Floats
    pairs: NDArray[np.int64]
    replicates: int
    pairing: Pairing
    above: Interval
    equal: Floats
    notes: tuple[Note, ...]


def compare(base: Floats, arm: Floats, level: float = LEVEL, method: Method = "t", seed: int = 0) -> Comparison:
    """Compare two arms; see `compare_all`."""
    return compare_all(np.stack([base, arm]), 0, level, method, seed)[0]


def compare_all(
    outcomes: Floats, baseline: int = 0, level: float = LEVEL, method: Method = "t", seed: int = 0
) -> tuple[Comparison, ...]:
    """Compare every arm with a baseline.

    Parameters
    ----------
    outcomes
        (A, R, ...): arms, replicates, and any shape of outcome, such as weeks; NaN where a run has no number.
    baseline
        Number of the arm that the others are compared with.
    level, method, seed
        As for `intervals.mean_interval`.

    Returns
    -------
    tuple of Comparison
        In the order of the arms, without the baseline.

    Raises
    ------
    ValueError
        Fewer than two arms, no replicates, or no such baseline.
    """
    outcomes = np.asarray(outcomes, dtype=float)
    if outcomes.ndim < 2 or len(outcomes) < 2 or outcomes.shape[1] < 1:
        raise ValueError(f"outcomes must be (arms, replicates, ...) with two arms or more, not {outcomes.shape}")
    if not 0 <= baseline < len(outcomes):
        raise ValueError(f"there is no arm {baseline} among {len(outcomes)}")
    others = [place for place in range(len(outcomes)) if place != baseline]
    joint = 1 - (1 - level) / len(others)
    return tuple(_one(place, outcomes[baseline], outcomes[place], level, joint, method, seed) for place in others)


def variance_reduction(base: Floats, arm: Floats, level: float = LEVEL, seed: int = 0) -> Pairing:
    """Give what pairing gained; shapes as for `compare`, at least two pairs."""
    known = np.isfinite(base) & np.isfinite(arm)
    pairs = known.sum(axis=0)
    together, apart = (_variance(x, known) for x in (arm - base, np.stack([base, arm])))
    apart = apart.sum(axis=0)
    ratio = _ratio(apart, together)
    flat = [np.where(known, x, np.nan).reshape(len(base), -1) for x in (base, arm)]
    weights = np.random.default_rng(seed).multinomial(len(base), np.full(len(base), 1 / len(base)), _RESAMPLES)
    drawn_together = _weighted_variance(flat[1] - flat[0], weights)
    drawn = _ratio(_weighted_variance(flat[0], weights) + _weighted_variance(flat[1], weights), drawn_together)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(np.where(np.isnan(drawn), 1.0, drawn), tails, axis=0, method="closest_observation")
    shape = base.shape[1:]
    return Pairing(together, apart, Interval(ratio, low.reshape(shape), high.reshape(shape), level), pairs * ratio)


def _one(place: int, base: Floats, arm: Floats, level: float, joint: float, method: Method, seed: int) -> Comparison:
    known = np.isfinite(base) & np.isfinite(arm)
    pairs = known.sum(axis=0)
    differences = np.where(known, arm, np.nan) - np.where(known, base, np.nan)
    difference = mean_interval(differences, level, method, seed)
    above = (differences > 0).sum(axis=0)
    pairing = variance_reduction(base, arm, level, seed)
    notes = []
    if (pairs < len(base)).any():
        notes.append(Note(Doubt.UNDEFINED_RUNS, place, float(len(base) - pairs.min())))
    if np.isnan(difference.low).any():
        notes.append(Note(Doubt.FEW_PAIRS, place, float(pairs.min())))
    if (pairing.ratio.high < 1).any():
        notes.append(Note(Doubt.PAIRING_COSTS, place, float(np.nanmin(pairing.ratio.value))))
    base_mean, mean = (
        np.where(pairs > 0, np.where(known, x, 0.0).sum(axis=0) / np.maximum(pairs, 1), np.nan) for x in (base, arm)
    )
    return Comparison(
        arm=place,
        difference=difference,
        joint=mean_interval(differences, joint, method, seed),
        band=band_of(differences, level, seed) if differences.ndim == 2 else None,
        base=base_mean,
        mean=mean,
        pairs=pairs,
        replicates=len(base),
        pairing=pairing,
        above=share_interval(above, pairs, level),
        equal=np.where(pairs > 0, (differences == 0).sum(axis=0) / np.maximum(pairs, 1), np.nan),
        notes=tuple(notes),
    )


def _variance(numbers: Floats, known: NDArray[np.bool_]) -> Floats:
    """Give sample variances over the axis of replicates, the one that `known` begins with."""
    axis = numbers.ndim - known.ndim
    count = known.sum(axis=0)
    filled = np.where(known, numbers, 0.0)
    mean = filled.sum(axis=axis, keepdims=True) / np.maximum(count, 1)
    squares = np.where(known, (numbers - mean) ** 2, 0.0).sum(axis=axis)
    return np.where(count > 1, squares / np.maximum(count - 1, 1), np.nan)


def _weighted_variance(numbers: Floats, weights: NDArray[np.int64]) -> Floats:
    """Give variances (B, m) of columns (R, m) under counts (B, R)."""
    known = np.isfinite(numbers)
    # Centred first, so that little is lost to rounding.
    middle = np.where(known, numbers, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    away = np.where(known, numbers - middle, 0.0)
    count = np.maximum(weights @ known.astype(float), 1.0)
    return weights @ away**2 / count - (weights @ away / count) ** 2


def _ratio(apart: Floats, together: Floats) -> Floats:
    """Give apart / together: infinite where differences do not vary though runs do, 1 where nothing varies."""
    least = 1e-20 * np.abs(apart)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(together > least, apart / together, np.where(apart > 0, np.inf, 1.0))
    return np.where(np.isnan(apart) | np.isnan(together), np.nan, found)
