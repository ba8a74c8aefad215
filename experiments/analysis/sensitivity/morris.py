"""Screening by elementary effects [Morris, Technometrics 33, 1991; Campolongo, Cariboni and Saltelli 2007].

A trajectory changes one factor after the other. The mean of an effect's size (mu*) ranks factors; its standard
deviation (sigma) tells of interactions and curvature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.intervals import Interval, mean_interval
from experiments.analysis.notes import Doubt, Note
from experiments.analysis.sensitivity.indices import columns_of, luck_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Morris", "design", "morris"]

_RESAMPLES = 999
_BOUND = 1e-9


@dataclass(frozen=True)
class Morris:
    """Elementary effects of each factor, (D, ...), in the outcome's unit for a move over the whole range.

    Attributes
    ----------
    mean
        mu: signs cancel.
    size
        mu*: of the effects' sizes.
    spread
        sigma, with an interval from a bootstrap over trajectories.
    luck
        Root mean square of an effect that is luck of replicates alone, of the outcome's shape; NaN where it is
        unknown. A size of about 0.8 of it is what a factor without effect shows.
    is_idle
        Where the size is not told from what luck alone gives; where luck is unknown, from 0. True without an
        interval.
    trajectories
        Trajectories that were used, of the outcome's shape.
    notes
        Doubts.
    """

    mean: Interval
    size: Interval
    spread: Interval
    luck: Floats
    is_idle: NDArray[np.bool_]
    trajectories: NDArray[np.int64]
    notes: tuple[Note, ...]


def design(trajectories: int, factors: int, seed: int = 0, levels: int = 4) -> Floats:
    """Give random trajectories in the unit cube, by SALib.

    Parameters
    ----------
    trajectories
        2 or more.
    factors
        D.
    seed
        0 is a seed like others. No global generator is touched.
    levels
        Of the grid, an even number.

    Returns
    -------
    ndarray
        (trajectories (D + 1), D).
    """
    from SALib.sample.morris import sample

    problem = {"num_vars": factors, "names": [str(x) for x in range(factors)], "bounds": [[0.0, 1.0]] * factors}
    random = np.random.default_rng(seed)
    before = np.random.get_state()  # noqa: NPY002  that SALib leaves the global generator alone is not relied upon
    try:
        return np.asarray(sample(problem, trajectories, num_levels=levels, seed=random), dtype=float)
    finally:
        np.random.set_state(before)  # noqa: NPY002


def morris(points: Floats, outcomes: Floats, level: float = 0.95, seed: int = 0) -> Morris:
    """Estimate elementary effects.

    Parameters
    ----------
    points
        (r (D + 1), D) in the unit cube: r trajectories, in each of which neighbours differ in one factor.
    outcomes
        (r (D + 1), R, ...), R replicates. A trajectory with a point without number is left out there.
    level
        Of the intervals.
    seed
        Of the bootstrap of sigma.

    Returns
    -------
    Morris
        Over time too: the shape after R is kept.

    Raises
    ------
    ValueError
        The points are no trajectories, or there are not as many outcomes.
    """
    points, outcomes = np.asarray(points, dtype=float), np.asarray(outcomes, dtype=float)
    factors = points.shape[1]
    if len(points) != len(outcomes) or outcomes.ndim < 2 or len(points) % (factors + 1):
        raise ValueError(f"{points.shape} points and outcomes {outcomes.shape} make no trajectories")
    count = len(points) // (factors + 1)
    steps = np.diff(points.reshape(count, factors + 1, factors), axis=1)
    moved = np.abs(steps) > _BOUND
    which = moved.argmax(axis=2)
    if (moved.sum(axis=2) != 1).any() or (np.sort(which, axis=1) != np.arange(factors)).any():
        raise ValueError("in a trajectory each step must change one factor, and each factor once")
    luck = luck_of(outcomes)
    shape = outcomes.shape[2:]
    means = luck.mean.reshape(count, factors + 1, -1)
    length = np.take_along_axis(steps, which[:, :, None], axis=2)
    along = np.diff(means, axis=1) / length
    effects = np.empty_like(along)
    np.put_along_axis(effects, np.broadcast_to(which[:, :, None], along.shape), along, axis=1)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(means).all(axis=1))
    effects = np.where(known[:, None], effects, np.nan).reshape(count, factors, *shape)
    mean, size = mean_interval(effects, level), mean_interval(np.abs(effects), level)
    size = Interval(size.value, np.maximum(size.low, 0.0), size.high, level)
    rms = np.sqrt(2 * luck.variance * np.mean(1 / length**2))
    unknown = np.isnan(luck.share) & (luck.variance == 0) & (outcomes.shape[1] < 2)
    # A normal effect without mean has a size of sqrt(2 / pi) of its standard deviation.
    # Nor is it told from nothing where there is no interval.
    idle: NDArray[np.bool_] = ~(size.low > np.sqrt(2 / np.pi) * np.where(unknown, 0.0, rms))
    trajectories = known.sum(axis=0).reshape(shape)
    notes = luck.notes()
    if np.any(trajectories < count):
        notes.append(Note(Doubt.UNDEFINED_RUNS, value=float(count - trajectories.min())))
    if np.any(np.isnan(size.low)):
        notes.append(Note(Doubt.FEW_RUNS, value=float(trajectories.min())))
    wide: Floats = 1.0 * np.asarray(size.half_width > 0.25 * np.nanmax(size.value, axis=0, initial=0.0))
    notes.extend(Note(Doubt.NOT_CONVERGED, int(x)) for x in np.flatnonzero(np.any(columns_of(wide), axis=1)))
    return Morris(
        mean=mean,
        size=size,
        spread=_spread(effects, level, seed),
        luck=np.where(unknown, np.nan, rms),
        is_idle=np.asarray(idle),
        trajectories=trajectories,
        notes=tuple(notes),
    )


def _spread(effects: Floats, level: float, seed: int) -> Interval:
    """Give standard deviations over trajectories with percentile intervals."""
    known = np.isfinite(effects)
    count = known.sum(axis=0)
    middle = np.where(known, effects, 0.0).sum(axis=0) / np.maximum(count, 1)
    away = np.where(known, effects - middle, 0.0).reshape(len(effects), -1)
    there = known.reshape(len(effects), -1).astype(float)
    weights = np.random.default_rng(seed).multinomial(len(effects), np.full(len(effects), 1 / len(effects)), _RESAMPLES)
    drawn = np.maximum(weights @ there, 1.0)
    squares = weights @ away**2 / drawn - (weights @ away / drawn) ** 2
    bessel = (count / np.maximum(count - 1, 1)).reshape(-1)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = (x.reshape(count.shape) for x in np.quantile(np.sqrt(np.maximum(squares * bessel, 0)), tails, axis=0))
    value = np.sqrt((away**2).sum(axis=0).reshape(count.shape) / np.maximum(count - 1, 1))
    enough = count > 1
    value, low, high = (np.where(enough, x, np.nan) for x in (value, low, high))
    return Interval(value, low, high, level)
