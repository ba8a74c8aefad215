"""From emulated statistics and targets to a posterior sample: a synthetic likelihood, sampled by emcee.

The observed numbers are taken as one future of the market at the true parameters (or as means over many), measured
with error: normal, with the measurement's variance, the covariance of the luck of one future, and the variance of the
emulator's error (Wood 2010, with the emulator's error as in Kennedy and O'Hagan 2001). In the unit cube of the prior
the prior is flat.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.emulator import Emulator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "AVERAGED",
    "MET",
    "Aim",
    "Sample",
    "chosen_apart",
    "distances",
    "log_likelihood",
    "sample",
    "sobol",
    "temper",
    "widened",
]

AVERAGED = 0.05
"""Luck, as a part of that of one future, of a mean over 400."""
MET = 2.0
"""Distance, in standard deviations, up to which a target counts as met."""
SEARCHED = 1 << 13
"""Points of the prior at which the likelihood is looked up before chains start: what finds far-off modes."""
WALKERS_EACH, FEWEST_WALKERS = 8, 64
_BURN, _KEPT = 150, 350
_JITTER = 1e-4
_BLOCK = 2048


@dataclass(frozen=True)
class Aim:
    """What the statistics should be.

    Attributes
    ----------
    low, high
        (K,) bounds between which nothing is better than anything else; the same number twice for a value.
    sd
        (K,) standard deviation of the measurement about the value or beyond the bounds.
    luck
        (K,) how much of the luck of one future is in the number that was seen: 1 for one future, `AVERAGED` for a
        mean over many; None: one future for all.
    """

    low: Floats
    high: Floats
    sd: Floats
    luck: Floats | None = None

    @property
    def shares(self) -> Floats:
        """The shares of luck, (K,)."""
        return np.ones(len(self.sd)) if self.luck is None else self.luck

    def missed(self, numbers: Floats) -> Floats:
        """Give how far numbers lie beyond the aim, signed, the shape of `numbers`."""
        return numbers - np.clip(numbers, self.low, self.high)


@dataclass(frozen=True)
class Sample:
    """A posterior sample.

    Attributes
    ----------
    cube
        (n, D), in the unit cube of the prior.
    acceptance
        Share of the chains' steps that were taken.
    effective
        Number of independent draws that the chains are worth.
    """

    cube: Floats
    acceptance: float
    effective: float


def distances(aim: Aim, numbers: Floats, luck: Floats) -> tuple[Floats, Floats]:
    """Give how far the means of points lie from the aim.

    Parameters
    ----------
    aim
        What is wanted.
    numbers
        (n, R, K) of all futures; NaN where there is none.
    luck
        (n, K) variance of single futures.

    Returns
    -------
    tuple of ndarray
        Means, and distances in standard deviations of measurement and luck, (n, K) each; NaN where a point has none.
    """
    known = np.isfinite(numbers)
    runs = known.sum(axis=1)
    means = np.where(known, numbers, 0.0).sum(axis=1) / np.where(runs > 0, runs, np.nan)
    # What was seen has its luck, and the mean of few futures has what is left of theirs.
    error = np.sqrt(aim.sd**2 + luck * (aim.shares**2 + 1.0 / np.maximum(runs, 1)))
    return means, np.abs(aim.missed(means)) / error


def widened(aim: Aim, numbers: Floats, luck: Floats) -> Aim:
    """Give an aim in which targets that no point came near count less.

    One number that a market cannot give would drag all parameters into a corner. Such a target gets a standard
    deviation by which the nearest point is one away; as points come nearer, it gets its own again.
    """
    means, scaled = distances(aim, numbers, luck)
    sd = aim.sd.copy()
    for k in range(len(sd)):
        place = int(np.nanargmin(scaled[:, k]))
        if scaled[place, k] > MET:
            sd[k] = np.hypot(sd[k], abs(aim.missed(means)[place, k]))
    return Aim(aim.low, aim.high, sd, aim.luck)


def log_likelihood(emulator: Emulator, aim: Aim, cube: Floats) -> Floats:
    """Give the log likelihood at points of the cube, (n,), up to a constant."""
    means, errors = emulator.predict(cube)
    covariance = emulator.covariance(cube) * aim.shares[:, None] * aim.shares
    steps = np.arange(len(aim.sd))
    covariance[:, steps, steps] *= 1.0 + 1e-9
    covariance[:, steps, steps] += errors + aim.sd**2
    lower = np.linalg.cholesky(covariance)
    missed = aim.missed(means)
    solved = np.linalg.solve(lower, missed[:, :, None])[:, :, 0]
    return -0.5 * (solved**2).sum(axis=1) - np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)


def sobol(dimensions: int, count: int, seed: int) -> Floats:
    """Give points that fill the unit cube evenly (Sobol', scrambled by Owen's method), (count, dimensions)."""
    from scipy.stats import qmc

    power = max(0, math.ceil(math.log2(count)))
    return qmc.Sobol(dimensions, seed=np.random.default_rng(seed)).random_base2(power)[:count]


def temper(values: Floats, share: float) -> float:
    """Give the largest power up to 1 of a likelihood at which a share of its points still counts.

    Parameters
    ----------
    values
        (n,) log likelihoods at even points of the prior.
    share
        Effective number of points that is to be left, over all points.
    """

    def counts(power: float) -> float:
        weight = np.exp(power * (values - values.max()))
        return float(weight.sum() ** 2 / (weight**2).sum()) / len(values)

    if counts(1.0) >= share:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if counts(middle) >= share else (low, middle)
    return low


def looked_up(emulator: Emulator, aim: Aim, dimensions: int, seed: int) -> tuple[Floats, Floats]:
    """Give even points of the prior, and the log likelihood there."""
    cube = sobol(dimensions, SEARCHED, seed)
    blocks = [cube[first : first + _BLOCK] for first in range(0, len(cube), _BLOCK)]
    return cube, np.concatenate([log_likelihood(emulator, aim, block) for block in blocks])


def sample(
    emulator: Emulator, aim: Aim, dimensions: int, seed: int, *, share: float = 0.0, brief: bool = False
) -> Sample:
    """Sample the posterior, or a flattened one of which at least a `share` of the prior's points is left.

    Parameters
    ----------
    emulator, aim
        What statistics are, and what they should be.
    dimensions
        Number of parameters.
    seed
        Of the search and the chains.
    share
        See `temper`.
    brief
        For candidates of a wave: a third of the steps.
    """
    import emcee

    start, values = looked_up(emulator, aim, dimensions, seed)
    power = temper(values, share)
    random = np.random.default_rng([seed, 1])
    walkers = max(FEWEST_WALKERS, WALKERS_EACH * dimensions)
    weight = np.exp(power * (values - values.max()))
    chosen = start[random.choice(len(start), walkers, p=weight / weight.sum())]
    chosen = np.clip(chosen + _JITTER * random.standard_normal(chosen.shape), 1e-9, 1.0 - 1e-9)

    def posterior(cube: Floats) -> Floats:
        inside = ((cube >= 0.0) & (cube <= 1.0)).all(axis=1)
        found = np.full(len(cube), -np.inf)
        if inside.any():
            found[inside] = power * log_likelihood(emulator, aim, cube[inside])
        return found

    # A step by a whole difference of two walkers, and one from the density of the others, change between modes.
    moves = [
        (emcee.moves.DEMove(), 0.4),
        (emcee.moves.DEMove(gamma0=1.0), 0.1),
        (emcee.moves.KDEMove(), 0.3),
        (emcee.moves.StretchMove(), 0.2),
    ]
    chains = emcee.EnsembleSampler(walkers, dimensions, posterior, moves=moves, vectorize=True)
    chains.random_state = np.random.RandomState(random.integers(2**31)).get_state()
    burn, kept = (_BURN // 3, _KEPT // 3) if brief else (_BURN, _KEPT)
    chains.run_mcmc(chosen, burn + kept, skip_initial_state_check=True)
    cube = chains.get_chain(discard=burn, flat=True)
    with np.errstate(all="ignore"):  # a chain that never moved has no such time
        time = chains.get_autocorr_time(discard=burn, quiet=True, tol=0) if not brief else np.ones(1)
    time = np.maximum(np.nan_to_num(time, nan=float(kept)), 1.0)
    return Sample(cube, float(np.mean(chains.acceptance_fraction)), len(cube) / float(time.max()))


def chosen_apart(candidates: Floats, known: Floats, count: int, seed: int) -> Floats:
    """Choose some candidates far from each other and from known points, in the spread of the candidates.

    A greedy cover (Gonzalez 1985) of a random part of the candidates, so that dense regions get more points.

    Returns
    -------
    ndarray
        (count, D), or fewer where there are fewer candidates.
    """
    random = np.random.default_rng(seed)
    candidates = np.unique(candidates, axis=0)
    part = candidates[random.permutation(len(candidates))[: 8 * count]]
    scale = np.maximum(part.std(axis=0), 1e-3)
    distance = np.full(len(part), np.inf)
    for one in known:
        distance = np.minimum(distance, (((part - one) / scale) ** 2).sum(axis=1))
    chosen: list[int] = []
    for _ in range(min(count, len(part))):
        place = int(distance.argmax())
        chosen.append(place)
        distance = np.minimum(distance, (((part - part[place]) / scale) ** 2).sum(axis=1))
    return part[chosen]
