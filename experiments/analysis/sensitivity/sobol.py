"""Sobol' indices of first order and total, from a radial design: rows A, B, and A with one column of B at a time.

First order by Saltelli et al. (Computer Physics Communications 181, 2010, table 2 b), total by Jansen (ibid. 117,
1999). Both are freed of the luck of replicates where there are two or more: independent luck adds its variance to
Jansen's numerator and to the total variance, and nothing to the numerator of the first order. Intervals come from a
bootstrap over base rows [Archer, Saltelli and Sobol', Journal of Statistical Computation and Simulation 58, 1997].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.notes import Doubt, Note
from experiments.analysis.sensitivity.indices import LEAST_OWN, Indices, columns_of, indices_of, luck_of, quantile_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

__all__ = ["Sobol", "base_rows", "design", "sobol", "sobol_of"]

_RESAMPLES = 400
FEWEST_ROWS = 16


@dataclass(frozen=True)
class Sobol:
    """Sobol' indices; each (D, ...), the outcome's shape after the factor.

    Attributes
    ----------
    first
        Share of variance that would go if the factor were known.
    total
        Share that would stay if all others were known.
    variance
        Of the outcome over the design, luck taken out, in squares of its unit.
    luck
        Share of the variance of means that is luck of replicates; NaN where it is unknown.
    rows
        Base rows used, of the outcome's shape.
    notes
        Doubts.
    """

    first: Indices
    total: Indices
    variance: Floats
    luck: Floats
    rows: NDArray[np.int64]
    notes: tuple[Note, ...]


def design(rows: int, factors: int, seed: int = 0) -> Floats:
    """Give the points to run, in the unit cube: for each base row A, then A with each column of B, then B.

    A scrambled Sobol' sequence of 2 D columns. The order of rows is SALib's, without those of second order.

    Parameters
    ----------
    rows
        Base rows, a power of two.
    factors
        D.
    seed
        Of the scrambling; 0 is a seed like others.

    Returns
    -------
    ndarray
        (rows (D + 2), D).

    Raises
    ------
    ValueError
        `rows` is no power of two.
    """
    from scipy.stats import qmc

    if rows < 2 or rows & (rows - 1):
        raise ValueError(f"base rows must be a power of two, not {rows}")
    drawn = qmc.Sobol(2 * factors, rng=np.random.default_rng(seed)).random(rows)
    first, second = drawn[:, :factors], drawn[:, factors:]
    points = np.repeat(first[:, None, :], factors + 2, axis=1)
    every = np.arange(factors)
    points[:, 1 + every, every] = second
    points[:, -1] = second
    return points.reshape(-1, factors)


def base_rows(levels: Floats) -> Whole | None:
    """Find the points of each base row in a design of Saltelli, (N, D + 2), those of second order left out.

    Parameters
    ----------
    levels
        (n, D), of all points, in SALib's order with or without second order; None is given for any other design.
    """
    total, count = levels.shape
    for blocks in (count + 2, 2 * count + 2):
        if count and total and total % blocks == 0:
            places = np.arange(total).reshape(-1, blocks)
            rows = np.concatenate([places[:, : count + 1], places[:, -1:]], axis=1)
            drawn = levels[rows]
            # In row 1 + d, only factor d differs from row 0: tells the two layouts apart.
            moved = drawn[:, 1 : count + 1] != drawn[:, :1]
            if not moved[:, ~np.eye(count, dtype=bool)].any():
                return rows
    return None


def sobol(outcomes: Floats, factors: int, level: float = 0.95, seed: int = 0) -> Sobol:
    """Estimate indices from runs of a design.

    Parameters
    ----------
    outcomes
        (N (D + 2), R, ...), in the order of `design` (SALib's without second order), R replicates. A base row in which
        a point has no number at all is left out, at that place of the outcome.
    factors
        D.
    level
        Of the intervals.
    seed
        Of the bootstrap.

    Returns
    -------
    Sobol
        Over time too: the shape after R is kept.

    Raises
    ------
    ValueError
        The number of rows is no multiple of D + 2, or there are fewer than 16 base rows.
    """
    outcomes = np.asarray(outcomes, dtype=float)
    if outcomes.ndim < 2 or len(outcomes) % (factors + 2):
        raise ValueError(f"outcomes must be (rows x {factors + 2}, replicates, ...), not {outcomes.shape}")
    rows = len(outcomes) // (factors + 2)
    if rows < FEWEST_ROWS:
        raise ValueError(f"{rows} base rows are too few; {FEWEST_ROWS} are the least")
    shape = outcomes.shape[2:]
    luck = luck_of(outcomes)
    means = columns_of(luck.mean).reshape(rows, factors + 2, -1)
    noise = luck.variance.reshape(-1)
    parts = _parts(means)
    everything = np.ones((1, rows))
    halved = everything.copy()
    halved[:, rows // 2 :] = 0
    random = np.random.default_rng(seed)
    counts = random.multinomial(rows, np.full(rows, 1 / rows), _RESAMPLES).astype(float)
    half_counts = np.zeros_like(counts)
    half_counts[:, : rows // 2] = random.multinomial(rows // 2, np.full(rows // 2, 1 / (rows // 2)), _RESAMPLES)
    whole, part = _estimates(parts, everything, noise, factors), _estimates(parts, halved, noise, factors)
    drawn, half_drawn = (_estimates(parts, x, noise, factors) for x in (counts, half_counts))
    found = []
    for kind in (0, 1):
        error, half_error = drawn[kind].std(axis=0, ddof=1), half_drawn[kind].std(axis=0, ddof=1)
        arrays = [x.reshape(factors, *shape) for x in (whole[kind][0], part[kind][0], error, half_error)]
        found.append(indices_of(arrays[0], arrays[1], arrays[2], arrays[3], level))
    first, total = found
    variance = whole[2][0].reshape(shape)
    used = np.isfinite(means).all(axis=1).sum(axis=0).reshape(shape)
    notes = [*luck.notes(), *first.notes(), *total.notes()]
    if np.any(used < rows):
        notes.append(Note(Doubt.UNDEFINED_RUNS, value=float(rows - used.min())))
    if np.any(np.isnan(variance)):
        notes.append(Note(Doubt.NO_VARIATION, value=float(np.isnan(variance).sum())))
    gap = (whole[0] - whole[1])[0]
    spread = (drawn[0] - drawn[1]).std(axis=0, ddof=1)
    with np.errstate(invalid="ignore"):
        confounded: NDArray[np.bool_] = np.asarray(gap > quantile_of(0.99) * spread, dtype=bool)
    notes.extend(Note(Doubt.CONFOUNDED, int(x)) for x in np.flatnonzero(np.any(confounded, axis=-1)))
    return Sobol(first, total, variance, luck.share, used, tuple(notes))


def sobol_of(
    evaluate: Callable[[Floats], Floats], factors: int, rows: int = 1024, level: float = 0.95, seed: int = 0
) -> Sobol:
    """Estimate indices of a function that costs little, such as an emulator.

    Parameters
    ----------
    evaluate
        From points (n, D) of the unit cube to outcomes (n, ...).
    factors, rows, level, seed
        As for `design` and `sobol`.

    Returns
    -------
    Sobol
        Without luck: an emulator's own error is not in the intervals.
    """
    found = np.asarray(evaluate(design(rows, factors, seed)), dtype=float)
    # Two equal replicates: a function without luck, rather than one whose luck is unknown.
    return sobol(np.repeat(found[:, None], 2, axis=1), factors, level, seed + 1)


def _parts(means: Floats) -> dict[str, Floats]:
    """Give what sums are taken of, for base rows (N, D, m) and (N, m), with 0 in rows that are left out."""
    known: NDArray[np.bool_] = np.asarray(np.isfinite(means).all(axis=1))
    count = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, means[:, 0] + means[:, -1], 0.0).sum(axis=0) / (2 * count)
    centred = np.where(known[:, None], means - middle, 0.0)
    a, mixed, b = centred[:, 0], centred[:, 1:-1], centred[:, -1]
    return {
        "known": known.astype(float),
        "sum": a + b,
        "squares": a**2 + b**2,
        "first": b[:, None] * (mixed - a[:, None]),
        "total": (a[:, None] - mixed) ** 2 / 2,
    }


def _estimates(parts: dict[str, Floats], counts: Floats, noise: Floats, factors: int) -> tuple[Floats, Floats, Floats]:
    """Give first order and total (B, D, m) and variance (B, m) under counts (B, N) of base rows."""

    def sums(name: str) -> Floats:
        numbers = parts[name]
        found: Floats = (counts @ numbers.reshape(len(numbers), -1)).reshape(len(counts), *numbers.shape[1:])
        return found

    rows = np.maximum(sums("known"), 1.0)
    whole = sums("squares") / (2 * rows) - (sums("sum") / (2 * rows)) ** 2
    own = whole - noise
    own = np.where(own > np.maximum(LEAST_OWN * whole, 0.0), own, np.nan)
    first = sums("first") / rows[:, None] / own[:, None]
    total = (sums("total") / rows[:, None] - noise) / own[:, None]
    return first, total, own
