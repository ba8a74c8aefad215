"""Intervals of means, shares and whole series, column by column over any shape of outcome."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FEWEST", "Interval", "Method", "band_of", "mean_interval", "share_interval"]

FEWEST = 5
"""Numbers from which an interval is given."""
LEVEL = 0.95
_RESAMPLES = 1999

Method = Literal["t", "percentile", "bca"]


@dataclass(frozen=True)
class Interval:
    """Estimates with their intervals, all of one shape, in the unit of what is estimated.

    Attributes
    ----------
    value, low, high
        NaN where there is no estimate, or no interval.
    level
        Share of such intervals that hold the truth.
    """

    value: Floats
    low: Floats
    high: Floats
    level: float = LEVEL

    @property
    def is_clear(self) -> NDArray[np.bool_]:
        """Where the interval excludes 0."""
        return (self.low > 0) | (self.high < 0)

    @property
    def half_width(self) -> Floats:
        """Half the length of each interval."""
        return (self.high - self.low) / 2


def mean_interval(samples: Floats, level: float = LEVEL, method: Method = "t", seed: int = 0) -> Interval:
    """Give the mean over the first axis and its interval.

    Student's t is the default: it covers best with few replicates (docs/analysis.md has the figures). The bootstraps
    are those of Efron and Tibshirani (An Introduction to the Bootstrap, 1993, ch. 13 and 14).

    Parameters
    ----------
    samples
        (R, ...), independent along the first axis; NaN where there is no number, which is left out column by column.
    level
        In 0 to 1.
    method
        How the interval is made.
    seed
        Of a bootstrap.

    Returns
    -------
    Interval
        Of shape (...). Without an interval where fewer than `FEWEST` numbers, or fewer than half, are defined.

    Raises
    ------
    ValueError
        `samples` has no axis, or the level is not between 0 and 1.
    """
    samples = np.asarray(samples, dtype=float)
    if samples.ndim < 1:
        raise ValueError("samples need an axis of replicates")
    if not 0 < level < 1:
        raise ValueError(f"the level must lie between 0 and 1, not at {level}")
    known = np.isfinite(samples)
    count = known.sum(axis=0)
    filled = np.where(known, samples, 0.0)
    mean = np.where(count > 0, filled.sum(axis=0) / np.maximum(count, 1), np.nan)
    enough = count >= max(FEWEST, len(samples) / 2)
    if method == "t":
        away = np.where(known, samples - np.where(count > 0, mean, 0.0), 0.0)
        error = np.sqrt((away**2).sum(axis=0) / np.maximum(count - 1, 1) / np.maximum(count, 1))
        half = _student(level, count) * error
        low, high = mean - half, mean + half
    else:
        low, high = _bootstrapped(samples, known, level, method, seed)
    return Interval(mean, np.where(enough, low, np.nan), np.where(enough, high, np.nan), level)


def band_of(samples: Floats, level: float = LEVEL, seed: int = 0) -> Interval:
    """Give a band that holds the whole series of means at once, by the bootstrap of the largest |t|.

    Resamples of whole replicates keep how weeks hang together [Westfall and Young, Resampling-Based Multiple Testing,
    1993, ch. 2; Degras, WIREs Computational Statistics 9, 2017]. Where few replicates differ in some week, resamples
    without them have no spread there, and |t| no bound: the band is never wider than Bonferroni's.

    Parameters
    ----------
    samples
        (R, T): the series of each replicate. Replicates with a NaN are left out whole.
    level, seed
        As for `mean_interval`.

    Returns
    -------
    Interval
        Of shape (T,); weeks that never vary have an interval of length 0. No interval with fewer than `FEWEST` whole
        replicates.
    """
    from scipy.special import stdtrit

    whole = samples[np.isfinite(samples).all(axis=1)]
    count = len(whole)
    if count < FEWEST:
        nothing = np.full(samples.shape[1], np.nan)
        return Interval(whole.mean(axis=0) if count else nothing, nothing, nothing, level)
    mean, error = whole.mean(axis=0), whole.std(axis=0, ddof=1) / count**0.5
    moves = np.ptp(whole, axis=0) > 0
    if not moves.any():
        return Interval(mean, mean, mean, level)
    weights = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), _RESAMPLES) / count
    drawn = weights @ whole[:, moves]
    spread = weights @ whole[:, moves] ** 2 - drawn**2
    errors = np.sqrt(np.maximum(spread, 1e-12 * error[moves] ** 2) / (count - 1))
    largest = np.abs((drawn - mean[moves]) / errors).max(axis=1)
    most = stdtrit(count - 1, 1 - (1 - level) / (2 * moves.sum()))
    half = np.where(moves, min(np.quantile(largest, level), most) * error, 0.0)
    return Interval(mean, mean - half, mean + half, level)


def share_interval(hits: NDArray[np.int64], trials: NDArray[np.int64], level: float = LEVEL) -> Interval:
    """Give a share and the score interval of Wilson (JASA 22, 1927), whose coverage is near the level for any share.

    Parameters
    ----------
    hits, trials
        Of one shape; no trials give NaN.
    level
        In 0 to 1.
    """
    from scipy.special import ndtri

    z = float(ndtri(0.5 + level / 2))
    hits, n = np.asarray(hits, dtype=float), np.maximum(np.asarray(trials, dtype=float), 1.0)
    share = hits / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    empty = np.asarray(trials) == 0
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    share, low, high = (np.where(empty, np.nan, x) for x in (share, low, high))
    return Interval(share, low, high, level)


def _student(level: float, count: NDArray[np.int64]) -> Floats:
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.maximum(count - 1, 1), 0.5 + level / 2))


def _bootstrapped(
    samples: Floats, known: NDArray[np.bool_], level: float, method: str, seed: int
) -> tuple[Floats, Floats]:
    from scipy.stats import bootstrap

    columns, mask = samples.reshape(len(samples), -1), known.reshape(len(samples), -1)
    low, high = np.full((2, columns.shape[1]), np.nan)
    for place, (column, there) in enumerate(zip(columns.T, mask.T, strict=True)):
        numbers = column[there]
        if len(numbers) < 2 or np.ptp(numbers) == 0:
            low[place] = high[place] = numbers[0] if len(numbers) else np.nan
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the correction may be undefined: percentiles then stand in
            for way in dict.fromkeys((method, "percentile")):
                found = bootstrap(
                    (numbers,), np.mean, n_resamples=_RESAMPLES, confidence_level=level, vectorized=True,
                    method="BCa" if way == "bca" else way, rng=np.random.default_rng(seed),
                ).confidence_interval  # fmt: skip
                if np.isfinite(found).all():
                    break
        low[place], high[place] = found
    return low.reshape(samples.shape[1:]), high.reshape(samples.shape[1:])
