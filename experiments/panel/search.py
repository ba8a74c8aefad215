"""Search for the parameters of a mixed logit by maximum simulated likelihood."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from experiments.panel.data import Floats
from experiments.panel.draws import placed_draws, zero_draws
from experiments.panel.likelihood import Design, Draws, Start, log_likelihoods

DRAWS = 128
SEARCH_DRAWS = 32
ROUNDS = 2
STARTING_POINTS = ((0.7, 0.3, 0.3), (1.5, 0.6, 0.6), (3.0, 0.9, 0.3))  # taste spread, price sigma, inertia sd
SMALLEST_PRICE_EFFECT = 0.05  # of a price as high as the mean, for the search to begin from
_FIRST_PLACES = 0.5  # of the spread of taste, at which the search for places on the map begins


def search(
    task: Design, *, start: Start, draws: int = DRAWS, seed: int = 1, held: Collection[str] = ()
) -> tuple[Floats, Draws, bool]:
    """Find the parameters of the highest likelihood.

    A quick search from several starting points with few points finds the neighbourhood; the best end is
    then polished, the points being placed anew around the households (see `draws`) each round.

    Parameters
    ----------
    start : how the unknown brand before the panel is treated, see `likelihood`.
    draws : quasi-random points for each household; a power of two is best.
    seed : of the scrambling of the points.
    held : names of parameters that stay at 0.

    Returns
    -------
    (K,) parameters, the points of the last round, and whether the search ended at a maximum.
    """
    plain = plain_logit(task, held=held)
    free = _free(task, held)
    ends = []
    for point in STARTING_POINTS:
        begin = np.where(free, _starting_point(plain, task, point), 0.0)
        points = placed_draws(begin, task, min(SEARCH_DRAWS, draws), seed)
        ends.append(maximise(begin, task, points, start, held))
    vector = max(ends, key=lambda end: end[1])[0]
    for _ in range(ROUNDS):
        points = placed_draws(vector, task, draws, seed)
        vector, _, converged = maximise(_positive(vector, task), task, points, start, held)
    return _positive(vector, task), points, converged


def plain_logit(task: Design, *, held: Collection[str] = (), start: Start = "drop") -> Floats:
    """Find the parameters of the logit in which all households are alike."""
    points = zero_draws(len(task.starts) - 1, task)
    begin = np.zeros(len(task.names))
    if task.price == "censored":
        begin[task.traits.start] = 1.0
    return maximise(begin, task, points, start, held)[0]


def _free(task: Design, held: Collection[str]) -> np.ndarray:
    return np.array([name not in held for name in task.names])


def _starting_point(plain: Floats, task: Design, point: tuple[float, float, float]) -> Floats:
    vector = plain.copy()
    spread, sigma, sd = point
    price = task.traits.start
    vector[task.tastes] = spread
    places = np.random.default_rng(1).standard_normal(task.places.stop - task.places.start)
    vector[task.places] = spread * _FIRST_PLACES * places
    if task.price == "lognormal":
        vector[price] = max(plain[price], np.log(SMALLEST_PRICE_EFFECT))
        vector[price + 1] = sigma
    else:
        if task.price == "censored":  # where all are held to 0 there is no slope to climb
            vector[price] = max(plain[price], SMALLEST_PRICE_EFFECT)
        vector[price + 1] = sigma * abs(vector[price])
    vector[price + 2] = min(plain[price + 2], 0.5)  # most of what a plain logit calls inertia is taste
    vector[price + 3] = sd
    return vector


def maximise(
    vector: Floats, task: Design, draws: Draws, start: Start, held: Collection[str] = ()
) -> tuple[Floats, float, bool]:
    """Climb to a maximum; the outer product of the scores shapes the first steps (BHHH)."""
    from scipy.optimize import minimize

    count = len(draws.price)
    free = _free(task, held)
    middle, width = (part[free] for part in leash(task))

    def whole(point: Floats) -> Floats:
        found = vector.copy()
        found[free] = point
        return found

    def downhill(point: Floats) -> tuple[float, Floats]:
        values, gradients = log_likelihoods(whole(point), task, draws, start)
        away = (point - middle) / width
        slope = gradients.mean(axis=0)[free]
        return -float(values.mean() - away @ away / (2 * count)), -slope + away / width / count

    scores = log_likelihoods(vector, task, draws, start)[1][:, free]
    ridge = 0.01 * np.eye(len(middle))
    shape = np.linalg.inv(scores.T @ scores / count + ridge + np.diag(1 / width**2) / count)
    found = minimize(
        downhill, vector[free], jac=True, method="BFGS", options={"hess_inv0": (shape + shape.T) / 2, "gtol": 1e-4}
    )
    near = float(np.abs(found.jac).max()) < 1e-2
    return whole(found.x), -float(found.fun), bool(found.success or near)


_WIDTHS = {
    "place": 2.0,
    "appeal": 10.0,
    "taste_spread": 5.0,
    "price_log_median": 2.0,
    "price_sigma": 1.5,
    "price_mean": 20.0,
    "price_sd": 10.0,
    "inertia_mean": 3.0,
    "inertia_sd": 3.0,
    "feature": 3.0,
    "display": 3.0,
}
_MIDDLES = {"price_log_median": np.log(3.0)}


def leash(task: Design) -> tuple[Floats, Floats]:
    """Middle and width of a weak normal penalty, worth far less than one household.

    Where choices can be foretold perfectly, as when everyone always buys the cheapest, the likelihood
    grows without end as the parameters do; the penalty keeps them finite.
    """
    kinds = [name.partition(".")[0] for name in task.names]
    return np.array([_MIDDLES.get(kind, 0.0) for kind in kinds]), np.array([_WIDTHS[kind] for kind in kinds])


def _positive(vector: Floats, task: Design) -> Floats:
    """The same point with positive spreads: their sign does not change the model."""
    vector = vector.copy()
    price = task.traits.start
    spreads = [*range(task.tastes.start, task.tastes.stop), price + 1, price + 3]
    vector[spreads] = np.abs(vector[spreads])
    return vector
