"""Indices from runs that are there already: first order by bins, and PAWN.

First order: the share of variance that bins of one factor foretell, each with a mean and a slope, freed of what bins of
unrelated numbers would show (epsilon squared; Kelley, PNAS 21, 1935; Plischke, Borgonovo and Smith, European Journal of
Operational Research 226, 2013, on given data). PAWN: the largest distances of Kolmogorov and Smirnov between the
distribution of the outcome in a slice of a factor and that of all runs [Pianosi and Wagener, Environmental Modelling
and Software 108, 2018], against dummy factors that nothing depends on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.notes import Doubt, Note
from experiments.analysis.sensitivity.indices import LEAST_OWN, Indices, columns_of, indices_of, luck_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

__all__ = ["GivenData", "Pawn", "first_order", "pawn"]

_GROUPS = 20  # of the jackknife
_DUMMIES = 40
_FEWEST = 60
_SLOPED = 4  # runs from which a bin has a slope


@dataclass(frozen=True)
class GivenData:
    """First-order indices from any design.

    Attributes
    ----------
    first
        (D, ...): shares of the variance of points; luck of replicates belongs to no factor.
    luck
        Share of variance that is luck, of the outcome's shape; NaN where it is unknown.
    bins
        (D,): bins of each factor.
    notes
        Doubts.
    """

    first: Indices
    luck: Floats
    bins: Whole
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Pawn:
    """PAWN indices, (D, ...), 0 to 1.

    Attributes
    ----------
    median, largest
        Over the slices of a factor.
    dummy
        (D, ...): the level that 95 % of dummy factors with slices like the factor's stay below (by the median). It
        rises with the number of slices: few hold many runs each, many few.
    is_active
        (D, ...): whether a factor's median is above its `dummy`.
    slices
        (D,).
    notes
        Doubts.
    """

    median: Floats
    largest: Floats
    dummy: Floats
    is_active: NDArray[np.bool_]
    slices: Whole
    notes: tuple[Note, ...]


def first_order(
    points: Floats, outcomes: Floats, categories: Sequence[int] | None = None, level: float = 0.95, seed: int = 0
) -> GivenData:
    """Estimate first-order indices.

    Parameters
    ----------
    points
        (n, D), drawn independently of each other or on a space-filling design; any unit.
    outcomes
        (n, R, ...), R replicates. Points without a number are left out there.
    categories
        For each factor the number of its categories, coded 0, 1, ...; 0 for a number. By default all are numbers.
    level
        Of the intervals, from a jackknife that leaves out a twentieth of the runs [Efron and Stein 1981].
    seed
        Of the jackknife's groups, and of the half that convergence is judged by.

    Returns
    -------
    GivenData
        Over time too: the shape after R is kept.

    Raises
    ------
    ValueError
        Fewer than 60 points, or shapes that do not fit.
    """
    points, outcomes, kinds = _checked(points, outcomes, categories)
    luck = luck_of(outcomes)
    columns = columns_of(luck.mean)
    noise = luck.variance.reshape(-1)
    factors, shape = points.shape[1], outcomes.shape[2:]
    random = np.random.default_rng(seed)
    group = random.permutation(len(points)) % _GROUPS
    half = group < _GROUPS // 2
    raw, halves, error, half_error = np.empty((4, factors, columns.shape[1]))
    bins = np.empty(factors, dtype=np.int64)
    for factor in range(factors):
        numbers = points[:, factor]
        code, half_code = (_bins(numbers[x], kinds[factor]) for x in (slice(None), half))
        bins[factor] = code.max() + 1
        raw[factor], error[factor] = _jackknifed(code, numbers, columns, group, noise)
        halves[factor], half_error[factor] = _jackknifed(half_code, numbers[half], columns[half], group[half], noise)
    arrays = [x.reshape(factors, *shape) for x in (raw, halves, error, half_error)]
    first = indices_of(arrays[0], arrays[1], arrays[2], arrays[3], level)
    notes = [*luck.notes(), *first.notes()]
    if not np.isfinite(columns).all():
        notes.append(Note(Doubt.UNDEFINED_RUNS, value=float((~np.isfinite(columns)).sum(axis=0).max())))
    return GivenData(first, luck.share, bins, tuple(notes))


def pawn(
    points: Floats, outcomes: Floats, categories: Sequence[int] | None = None, slices: int = 10, seed: int = 0
) -> Pawn:
    """Estimate PAWN indices.

    Parameters
    ----------
    points, categories
        As for `first_order`.
    outcomes
        (n, R, ...); PAWN looks at means over replicates, luck included.
    slices
        Of a factor that is a number: as many runs in each, to one.
    seed
        Of the dummies: 40 times each factor's slices, handed out at random.

    Raises
    ------
    ValueError
        As `first_order`.
    """
    points, outcomes, kinds = _checked(points, outcomes, categories)
    luck = luck_of(outcomes)
    columns = columns_of(luck.mean)
    shape, factors = outcomes.shape[2:], points.shape[1]
    codes = [_slices(points[:, x], kinds[x], slices) for x in range(factors)]
    random = np.random.default_rng(seed)
    shuffles = [random.permutation(len(points)) for _ in range(_DUMMIES)]
    # Factors with slices of the same sizes have the same dummies.
    blanks = [np.sort(np.bincount(code)) for code in codes]
    alike = [next(k for k in range(x + 1) if np.array_equal(blanks[k], blanks[x])) for x in range(factors)]
    median, largest, dummy = np.full((3, factors, columns.shape[1]), np.nan)
    for place, column in enumerate(columns.T):
        known = np.flatnonzero(np.isfinite(column))
        if len(known) < _FEWEST or np.ptp(column[known]) == 0:
            continue
        order = known[np.argsort(column[known], kind="stable")]
        is_last = np.append(np.diff(column[order]) > 0, True)
        for factor, code in enumerate(codes):
            distances = _distances(code[order], is_last)
            median[factor, place], largest[factor, place] = np.median(distances), distances.max()
            if alike[factor] < factor:
                dummy[factor, place] = dummy[alike[factor], place]
                continue
            levels = [np.median(_distances(code[shuffle][order], is_last)) for shuffle in shuffles]
            dummy[factor, place] = np.quantile(levels, 0.95)
    notes = luck.notes()
    still = np.isnan(dummy).all(axis=0)
    if still.any():
        notes.append(Note(Doubt.NO_VARIATION, value=float(still.sum())))
    with np.errstate(invalid="ignore"):
        active = median > dummy
    return Pawn(
        median=median.reshape(factors, *shape),
        largest=largest.reshape(factors, *shape),
        dummy=dummy.reshape(factors, *shape),
        is_active=active.reshape(factors, *shape),
        slices=np.array([code.max() + 1 for code in codes]),
        notes=tuple(notes),
    )


def _checked(points: Floats, outcomes: Floats, categories: Sequence[int] | None) -> tuple[Floats, Floats, list[int]]:
    points, outcomes = np.asarray(points, dtype=float), np.asarray(outcomes, dtype=float)
    if points.ndim != 2 or outcomes.ndim < 2 or len(points) != len(outcomes):
        raise ValueError(f"{points.shape} points and outcomes {outcomes.shape} do not go together")
    if len(points) < _FEWEST:
        raise ValueError(f"{len(points)} points are too few; {_FEWEST} are the least")
    kinds = list(categories) if categories is not None else [0] * points.shape[1]
    if len(kinds) != points.shape[1]:
        raise ValueError(f"{len(kinds)} kinds of factors for {points.shape[1]} factors")
    return points, outcomes, kinds


def _bins(numbers: Floats, kind: int) -> Whole:
    """Give each number's bin: more of them the more runs, as their cube root (4 to 32)."""
    return _slices(numbers, kind, int(np.clip(round(len(numbers) ** (1 / 3)), 4, 32)))


def _slices(numbers: Floats, kind: int, count: int) -> Whole:
    """Give each number's slice; slices hold as many runs, equal numbers share one, and categories are slices."""
    distinct, code = np.unique(numbers, return_inverse=True)
    if kind or len(distinct) <= count:
        return np.asarray(code, dtype=np.int64)
    from scipy.stats import rankdata

    rank = rankdata(numbers, method="min") - 1
    _, code = np.unique(rank * count // len(numbers), return_inverse=True)
    return np.asarray(code, dtype=np.int64)


def _jackknifed(code: Whole, numbers: Floats, columns: Floats, group: Whole, noise: Floats) -> tuple[Floats, Floats]:
    """Give an index (m,) and its standard error, leaving out one group of runs after the other."""
    bins = int(code.max()) + 1
    known = np.isfinite(columns)
    count = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, columns, 0.0).sum(axis=0) / count
    y = np.where(known, columns - middle, 0.0)
    # Places of the factor's numbers in their bins, about -1 to 1: bins have a mean and a slope.
    size = np.bincount(code, minlength=bins)
    inside = numbers - (np.bincount(code, numbers, bins) / size)[code]
    reach = np.sqrt(np.bincount(code, inside**2, bins) / size)
    x = np.where(reach[code] > 0, inside / np.where(reach[code] > 0, reach[code], 1.0), 0.0)[:, None] * known
    cells = np.zeros((6, _GROUPS * bins, columns.shape[1]))
    for target, part in zip(cells, (known.astype(float), y, y**2, x, x**2, x * y), strict=True):
        np.add.at(target, group * bins + code, part)
    parts = cells.reshape(6, _GROUPS, bins, -1)
    every = parts.sum(axis=1)
    whole = _epsilon(every, noise)
    left = np.stack([_epsilon(every - parts[:, g], noise) for g in range(_GROUPS) if parts[0, g].any()])
    k = len(left)
    return whole, np.sqrt((k - 1) / k * ((left - left.mean(axis=0)) ** 2).sum(axis=0))


def _epsilon(sums: Floats, noise: Floats) -> Floats:
    """Give (SSB − (k − 1) MSW) / SST per column, luck taken out of the whole variance.

    `sums` (6, bins, m) are those of 1, y, y², x, x² and xy in each bin. k counts means and slopes: without slopes, what
    a strong factor does inside bins would be missing, 1 to 3 points of a hundred.
    """
    counts, y, squares, x, x_squares, products = sums
    n, size = counts.sum(axis=0), np.maximum(counts, 1)
    total = squares.sum(axis=0) - y.sum(axis=0) ** 2 / np.maximum(n, 1)
    along = x_squares - x**2 / size
    sloped = (counts >= _SLOPED) & (along > 1e-9 * size)
    slopes = np.where(sloped, (products - x * y / size) ** 2 / np.where(sloped, along, 1.0), 0.0)
    between = (y**2 / size + slopes).sum(axis=0) - y.sum(axis=0) ** 2 / np.maximum(n, 1)
    used = (counts > 0).sum(axis=0) + sloped.sum(axis=0)
    within = (total - between) / np.maximum(n - used, 1)
    own = total - noise * (n - 1)
    usable = (own > LEAST_OWN * total) & (total > 0)
    return np.where(usable, (between - (used - 1) * within) / np.where(usable, own, 1.0), np.nan)


def _distances(code: Whole, is_last: NDArray[np.bool_]) -> Floats:
    """Give the distance of each slice from all, for runs in the order of their outcome; equal ones step together."""
    member = code[:, None] == np.arange(code.max() + 1)
    size = member.sum(axis=0)
    steps = member[:, size > 0].cumsum(axis=0)[is_last] / size[size > 0]
    all_steps = (np.flatnonzero(is_last) + 1) / len(code)
    distances: Floats = np.abs(steps - all_steps[:, None]).max(axis=0)
    return distances
