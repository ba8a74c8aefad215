"""What all kinds of sensitivity give back, and the luck of replicates told apart from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.notes import Doubt, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.analysis.intervals import Interval

    Floats = NDArray[np.float64]

__all__ = ["LEAST_OWN", "WIDEST", "Indices", "Luck", "columns_of", "indices_of", "luck_of", "quantile_of"]

WIDEST = 0.1
"""Longest interval of an index, and largest change since half the budget, that count as converged: ± 0.05 [Sarrazin,
Pianosi and Wagener, Environmental Modelling and Software 79, 2016]."""

LEAST_OWN = 0.1
"""Share of the variance between points that must be left when luck is taken out: of less, shares are of nothing."""


@dataclass(frozen=True)
class Indices:
    """One kind of index of each factor; arrays are (D, ...), the outcome's shape after the factor.

    Attributes
    ----------
    estimate
        With its interval; never below 0: what was is cut, and flagged in `is_truncated`, and its interval reaches as
        far as its error; nor above 1. NaN where the outcome does not vary, or by luck alone.
    raw
        As estimated.
    half
        From half of the runs, as estimated.
    is_truncated
        Where an estimate below 0 was cut.
    is_converged
        Where the interval is no longer than `WIDEST` of the scale, and half of the runs said the same to within the
        interval that half of the runs have.
    is_undecided
        Where the interval holds 0: the factor may do nothing.
    """

    estimate: Interval
    raw: Floats
    half: Floats
    is_truncated: NDArray[np.bool_]
    is_converged: NDArray[np.bool_]
    is_undecided: NDArray[np.bool_]

    def notes(self) -> list[Note]:
        """Give doubts, one a factor."""
        found = []
        for doubt, flags, numbers in (
            (Doubt.BELOW_ZERO, self.is_truncated, self.raw),
            (Doubt.NOT_CONVERGED, ~self.is_converged & np.isfinite(self.raw), self.estimate.half_width),
        ):
            for factor in range(len(flags)):
                if flags[factor].any():
                    worst = np.min if doubt is Doubt.BELOW_ZERO else np.max
                    found.append(Note(doubt, factor, float(worst(numbers[factor][flags[factor]]))))
        return found


@dataclass(frozen=True)
class Luck:
    """Luck of replicates in the means that are analysed; arrays of the outcome's shape.

    Attributes
    ----------
    mean
        (n, ...): means over replicates.
    variance
        Variance of such a mean that is luck, less what luck is common to all points; 0 where it is unknown.
    share
        Of the variance of means between points that is luck; NaN where it is unknown or nothing varies.
    """

    mean: Floats
    variance: Floats
    share: Floats

    def notes(self) -> list[Note]:
        """Give doubts."""
        if np.isnan(self.share).all():
            return [Note(Doubt.NOISE_UNKNOWN)]
        worst = float(np.nanmax(self.share))
        return [Note(Doubt.NOISE_LARGE, value=worst)] if worst > 0.5 else []


def luck_of(outcomes: Floats) -> Luck:
    """Average replicates, and tell how much of the variance between points is their luck.

    A two-way analysis of variance: what replicate r has in common at all points (common random numbers) is no luck
    that tells points apart, and is taken out [Scheffé, The Analysis of Variance, 1959, ch. 4].

    Parameters
    ----------
    outcomes
        (n, R, ...), NaN where a run has no number. With R = 1 luck is unknown.

    Returns
    -------
    Luck
        Points with no number at all have a mean of NaN.
    """
    known = np.isfinite(outcomes)
    runs = known.sum(axis=1)
    filled = np.where(known, outcomes, 0.0)
    mean = np.where(runs > 0, filled.sum(axis=1) / np.maximum(runs, 1), np.nan)
    points, replicates = outcomes.shape[:2]
    shape = outcomes.shape[2:]
    if replicates < 2 or points < 2:
        return Luck(mean, np.zeros(shape), np.full(shape, np.nan))
    away = np.where(known, filled - np.where(runs > 0, mean, 0.0)[:, None], 0.0)
    common = away.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    rest = np.where(known, away - common, 0.0)
    freedom = np.maximum((known.sum(axis=(0, 1)) - (runs > 0).sum(axis=0)) - (replicates - 1), 1)
    single = (rest**2).sum(axis=(0, 1)) / freedom
    per_run = np.where(runs > 0, 1 / np.maximum(runs, 1), 0.0).sum(axis=0) / np.maximum((runs > 0).sum(axis=0), 1)
    variance = single * per_run
    between = _spread(mean)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(between > 0, np.minimum(variance / between, 1.0), np.nan)
    return Luck(mean, variance, share)


def columns_of(outcomes: Floats) -> Floats:
    """Give outcomes (n, ...) as (n, m)."""
    return outcomes.reshape(len(outcomes), -1)


def indices_of(
    raw: Floats, half: Floats, error: Floats, half_error: Floats, level: float, scale: float = 1.0
) -> Indices:
    """Put together indices from estimates and standard errors, all (D, ...).

    Parameters
    ----------
    raw, half
        Estimates from all runs and from half of them.
    error, half_error
        Their standard errors.
    level
        Of the intervals.
    scale
        What an index is measured against when it is asked whether it has converged.
    """
    from experiments.analysis.intervals import Interval

    z = quantile_of(level)
    low, high = raw - z * error, raw + z * error
    with np.errstate(invalid="ignore"):
        truncated = raw < 0
        undecided = ~(low > 0)
        steady = np.abs(raw - half) <= np.maximum(z * half_error, WIDEST / 2 * scale)
        converged = (high - low <= WIDEST * scale) & steady
    value = np.clip(raw, 0.0, 1.0)
    # An estimate below 0 says that the error is at least as large, not that the index is 0.
    high = np.where(truncated, np.maximum(z * error, -raw), high)
    estimate = Interval(value, np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0), level)
    return Indices(estimate, raw, half, truncated, converged, undecided)


def quantile_of(level: float) -> float:
    """Give the half-width of a normal interval in standard errors."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def _spread(means: Floats) -> Floats:
    known = np.isfinite(means)
    count = np.maximum(known.sum(axis=0), 1)
    away = np.where(known, means - np.where(known, means, 0.0).sum(axis=0) / count, 0.0)
    spread: Floats = (away**2).sum(axis=0) / np.maximum(count - 1, 1)
    return np.where(spread > 1e-24 * np.where(known, means**2, 0.0).sum(axis=0) / count, spread, 0.0)
