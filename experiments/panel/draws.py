"""Where to evaluate the mixed logit: quasi-random points, placed household by household.

Points spread over all possible households say little about one that bought forty times: most points
are nowhere near it, and with ten brands thousands would be needed. So most points of a household are
drawn around its most probable tastes (importance sampling, with a normal approximation at the mode),
and some from the population, so that no weight can grow beyond 1 / `FROM_POPULATION`. The weights do
not depend on the parameters while the points stand still, so the gradient stays as simple as before.
"""

from __future__ import annotations

import numpy as np

from experiments.panel.data import Floats
from experiments.panel.likelihood import Design, Draws
from experiments.panel.start import LARGEST_EXPONENT

FROM_POPULATION = 0.25  # share of the points
WIDENING = 1.2  # of the variances of the normal approximation: its tails must not be too thin
NEWTON_STEPS = 12
LONGEST_STEP = 1.5  # of a Newton step, in standard deviations of the population


def zero_draws(households: int, task: Design) -> Draws:
    """One point for everyone, in the middle: the logit without heterogeneity."""
    return _draws(np.zeros((households, 1, _size(task))), np.zeros((households, 1)), task)


def population_draws(households: int, task: Design, number: int, seed: int) -> Draws:
    """Points drawn from the population: scrambled Sobol' points turned normal."""
    return _draws(_sobol_normal(households, number, _size(task), seed), np.zeros((households, number)), task)


def random_draws(households: int, task: Design, random: np.random.Generator) -> Draws:
    """One random point of the population for each household."""
    return _draws(random.standard_normal((households, 1, _size(task))), np.zeros((households, 1)), task)


def _size(task: Design) -> int:
    """Normal numbers of a household: a taste for each brand, price, inertia, a place on the map."""
    return len(task.mean_price) + 2 + task.dimensions


def placed_draws(vector: Floats, task: Design, number: int, seed: int) -> Draws:
    """Points placed where each household probably is under the parameters `vector`.

    Parameters
    ----------
    vector : (K,) parameters, as in `likelihood`.
    number : points for each household, R.
    seed : of the scrambling of the Sobol' points.
    """
    mode, root = _approximation(vector, task)
    households, size = mode.shape
    normal = _sobol_normal(households, number, size, seed)
    wide = round(FROM_POPULATION * number)
    point = normal.copy()
    point[:, wide:] = mode[:, None, :] + normal[:, wide:] @ root.transpose(0, 2, 1)

    inverse = np.linalg.inv(root)
    inside = (point - mode[:, None, :]) @ inverse.transpose(0, 2, 1)
    log_root = np.log(np.abs(np.diagonal(root, axis1=1, axis2=2))).sum(axis=1)
    log_population = -(point**2).sum(axis=2) / 2
    log_near = -(inside**2).sum(axis=2) / 2 - log_root[:, None]
    share = wide / number
    mixed = np.logaddexp(np.log(share) + log_population, np.log1p(-share) + log_near)
    return _draws(point, log_population - mixed, task)


def _draws(points: Floats, log_weight: Floats, task: Design) -> Draws:
    """Split (H, R, D) points into what they stand for."""
    brands = len(task.mean_price)
    taste = np.ascontiguousarray(points[:, :, :brands].transpose(0, 2, 1))
    place = np.ascontiguousarray(points[:, :, brands + 2 :].transpose(0, 2, 1))
    return Draws(taste, points[:, :, brands].copy(), points[:, :, brands + 1].copy(), place, log_weight)


def _sobol_normal(households: int, number: int, size: int, seed: int) -> Floats:
    """(H, R, size) normal points; each household has its own stretch of the Sobol' sequence."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(max(2, households * number))))
    points = qmc.Sobol(size, scramble=True, rng=np.random.default_rng(seed)).random_base2(power)
    normal = ndtri(np.clip(points[: households * number], 1e-9, 1 - 1e-9))
    return normal.reshape(households, number, size)


def _approximation(vector: Floats, task: Design) -> tuple[Floats, Floats]:
    """Mode (H, D) and root of the widened covariance (H, D, D) of each household's normal numbers.

    Newton's method on the posterior of all households at once, D = B + 2 + M, with the choices' curvature.
    The first choice counts as one with no brand bought before: good enough to place points.
    """
    brands = task.on_sale.shape[1]
    spread = np.broadcast_to(vector[task.tastes], brands)
    middle, sigma, mean, sd = vector[task.traits]
    appeal = np.insert(vector[: brands - 1], task.base, 0.0)
    occasion = np.flatnonzero(task.chosen >= 0)
    households = len(task.starts) - 1
    owner = np.repeat(np.arange(households), np.diff(task.starts) - 1)
    edges = task.starts[:-1] - np.arange(households)
    price = task.attributes[occasion, :, 0]
    repeat = (task.last[occasion, None] == np.arange(brands)).astype(float)
    steady = (
        appeal + task.attributes[occasion, :, 1:] @ vector[task.traits.stop :] + task.on_sale[occasion] + mean * repeat
    )
    bought = task.chosen[occasion, None] == np.arange(brands)

    size = _size(task)
    places = np.insert(vector[task.places].reshape(task.dimensions, brands - 1), task.base, 0.0, axis=1)
    mode = np.zeros((households, size))
    slope = np.zeros((len(occasion), brands, size))
    slope[:, np.arange(brands), np.arange(brands)] = spread
    slope[:, :, brands + 1] = sd * repeat
    slope[:, :, brands + 2 :] = places.T
    curvature = np.empty((households, size, size))
    for _ in range(NEWTON_STEPS):
        beta = (middle + sigma * mode[:, brands])[owner]
        if task.price == "lognormal":
            beta = np.exp(np.minimum(beta, LARGEST_EXPONENT))
        elif task.price == "censored":
            beta = np.maximum(beta, 0.0)
        slope[:, :, brands] = -sigma * price * (beta[:, None] if task.price == "lognormal" else 1.0)
        utility = (
            steady
            + (spread * mode[:, :brands] + mode[:, brands + 2 :] @ places)[owner]
            - beta[:, None] * price
            + sd * mode[owner, brands + 1][:, None] * repeat
        )
        utility -= utility.max(axis=1, keepdims=True)
        probability = np.exp(utility)
        probability /= probability.sum(axis=1, keepdims=True)
        weighted = slope.transpose(0, 2, 1) * probability[:, None, :]
        mean_slope = weighted.sum(axis=2)
        by_row = weighted @ slope - mean_slope[:, :, None] * mean_slope[:, None, :]
        curvature = np.add.reduceat(by_row, edges, axis=0) + np.eye(size)
        uphill = np.add.reduceat(np.einsum("nb,nbd->nd", bought - probability, slope), edges, axis=0) - mode
        step = np.linalg.solve(curvature, uphill[:, :, None])[:, :, 0]
        length = np.linalg.norm(step, axis=1, keepdims=True)
        mode += step * np.minimum(1.0, LONGEST_STEP / np.maximum(length, 1e-12))
    return mode, np.linalg.cholesky(WIDENING * np.linalg.inv(curvature)).astype(float)
