"""An emulator that answers for the market, with its fit on points that it was not shown.

The processes are those of `experiments.emulator`. Held-out fit is by cross-validation with everything learnt anew in
each fold; luck of replicates, which no emulator could foretell, is taken out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.levers import features
from experiments.emulator import FEWEST_POINTS, fit_emulator, one_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from experiments.analysis.levers import Lever
    from experiments.emulator import Emulator

    Floats = NDArray[np.float64]

__all__ = ["TRUSTED", "HeldOut", "Surrogate", "fit_surrogate"]

TRUSTED = 0.8
"""Share of held-out variance, luck taken out, from which an emulator is believed."""
_FOLDS = 5


@dataclass(frozen=True)
class HeldOut:
    """Fit on points held out, for each of the K outcomes.

    Attributes
    ----------
    q2
        1 − mean square of errors over variance: what of the means of replicates is foretold. Below 0 it is worse than
        their mean.
    explained
        The same with the luck of replicates taken out of both; equal to `q2` with one replicate a point.
    error
        Root mean square error, luck included, in the outcome's unit.
    luck
        Share of the variance of means that is luck; NaN with one replicate a point.
    """

    q2: Floats
    explained: Floats
    error: Floats
    luck: Floats

    def is_trusted(self, least: float = TRUSTED) -> bool:
        """Whether every outcome is foretold well enough."""
        return bool((self.explained >= least).all())


@dataclass(frozen=True)
class Surrogate:
    """An emulator over decisions, or over uncertainties.

    Attributes
    ----------
    emulator
        Over `levers.features`.
    levers
        What its coordinates mean.
    low, high
        The box that its points fill, in features.
    held_out
        How well it foretells.
    """

    emulator: Emulator
    levers: tuple[Lever, ...]
    low: Floats
    high: Floats
    held_out: HeldOut

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Give means (n, K) of outcomes and standard errors of the emulator at points (n, L) in the levers' units."""
        with one_thread():
            means, variances = self.emulator.predict(features(points, self.levers))
        return means, np.sqrt(variances)

    def is_outside(self, points: Floats) -> NDArray[np.bool_]:
        """Tell which points (n, L) lie outside the box of the points that it learnt from."""
        there = features(points, self.levers)
        return np.asarray(((there < self.low - 1e-9) | (there > self.high + 1e-9)).any(axis=1))


def fit_surrogate(points: Floats, outcomes: Floats, levers: Sequence[Lever], seed: int = 0) -> Surrogate:
    """Learn from runs, and say how well.

    Parameters
    ----------
    points
        (n, L), in the levers' units.
    outcomes
        (n, R, K) of R replicates; NaN where a run has no number.
    levers
        What can be decided, or is uncertain.
    seed
        Of folds and of the search for correlation lengths.

    Raises
    ------
    ValueError
        Shapes do not fit, or there are too few points for five folds.
    experiments.emulator.UndefinedError
        An outcome has a number at too few points.
    """
    points, outcomes = np.asarray(points, dtype=float), np.asarray(outcomes, dtype=float)
    if outcomes.ndim != 3 or len(points) != len(outcomes) or points.shape[1:] != (len(levers),):
        raise ValueError(f"{points.shape} points and outcomes {outcomes.shape} do not go together")
    if len(points) * (_FOLDS - 1) // _FOLDS < FEWEST_POINTS + 2:
        raise ValueError(f"{len(points)} points are too few to learn from and to check by")
    there = features(points, levers)
    nugget = outcomes.shape[1] < 2
    with one_thread():
        held_out = _held_out(there, outcomes, seed, nugget)
        emulator = fit_emulator(there, outcomes, seed, nugget)
    return Surrogate(emulator, tuple(levers), there.min(axis=0), there.max(axis=0), held_out)


def _held_out(there: Floats, outcomes: Floats, seed: int, nugget: bool) -> HeldOut:
    from experiments.analysis.sensitivity.indices import luck_of

    luck = luck_of(outcomes)
    fold = np.random.default_rng(seed).permutation(len(there)) % _FOLDS
    missed = np.empty_like(luck.mean)
    for number in range(_FOLDS):
        out = fold == number
        learnt = fit_emulator(there[~out], outcomes[~out], seed, nugget)
        missed[out] = luck.mean[out] - learnt.predict(there[out])[0]
    square, whole = np.nanmean(missed**2, axis=0), np.nanvar(luck.mean, axis=0)
    still = whole <= 1e-24 * np.nanmean(luck.mean**2, axis=0)
    safe = np.where(still, 1.0, whole)
    q2 = np.where(still, 1.0, 1 - square / safe)
    own = whole - luck.variance
    # Where luck is nearly all, nothing is left to foretell, and no fit could show that it is foretold.
    usable = own > 0.1 * whole
    explained = 1 - np.maximum(square - luck.variance, 0.0) / np.where(usable, own, 1.0)
    return HeldOut(q2, np.where(still, 1.0, np.where(usable, explained, np.minimum(q2, 0.0))), square**0.5, luck.share)
