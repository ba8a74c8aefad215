"""Mixed logit with the last brand bought, by maximum simulated likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.panel.data import Floats, Panel
from experiments.panel.draws import placed_draws, zero_draws
from experiments.panel.likelihood import Design, Draws, Start, choice_probabilities, design, log_likelihoods

DRAWS = 128
SEARCH_DRAWS = 32
ROUNDS = 2
STARTING_POINTS = ((0.7, 0.3, 0.3), (1.5, 0.6, 0.6), (3.0, 0.9, 0.3))  # taste spread, price sigma, inertia sd
SMALLEST_PRICE_EFFECT = 0.05  # of a price as high as the mean, for the search to begin from


@dataclass(frozen=True)
class MixedLogit:
    """A fitted mixed logit; see `likelihood` for the utility.

    Attributes
    ----------
    appeal : (B,) constants of the brands, their mean is 0, in utility.
    taste_spread : standard deviation of taste, common to the brands, in utility.
    price_median, price_sigma : of the lognormal price coefficient, in utility per unit of currency.
    inertia_mean, inertia_sd : of the coefficient of the last brand bought, in utility.
    feature, display : effects in utility, None where the panel does not tell.
    errors : standard errors under the names of the estimates, robust to misspecification.
    log_likelihood : per choice that counts (all but the first ones when `start` is "drop").
    hit_rate : share of the choices that are the most probable one given the household's earlier choices.
    elasticity : (B,) own-price elasticities of the choice probabilities.
    mean_elasticity : their mean, weighted by the brands' shares.
    converged : whether the search ended at a maximum.
    """

    appeal: Floats
    taste_spread: float
    price_median: float
    price_sigma: float
    inertia_mean: float
    inertia_sd: float
    feature: float | None
    display: float | None
    errors: dict[str, Floats]
    log_likelihood: float
    hit_rate: float
    elasticity: Floats
    mean_elasticity: float
    start: Start
    draws: int
    converged: bool
    parameters: Floats
    covariance: Floats


def fit(panel: Panel, *, start: Start = "stationary", draws: int = DRAWS, seed: int = 1) -> MixedLogit:
    """Fit the mixed logit by maximum simulated likelihood.

    A quick search from several starting points with few points finds the neighbourhood; the best end is
    then polished, the points being placed anew around the households (see `draws`) each round.

    Parameters
    ----------
    start : how the unknown brand before the panel is treated, see `likelihood`.
    draws : quasi-random points for each household; a power of two is best.
    seed : of the scrambling of the points.
    """
    task = design(panel)
    households, brands = len(panel.households), len(panel.brands)
    plain = _maximise(np.zeros(len(task.names)), task, zero_draws(households, brands), "drop")[0]
    ends = []
    for point in STARTING_POINTS:
        begin = _starting_point(plain, brands, point)
        ends.append(_maximise(begin, task, placed_draws(begin, task, min(SEARCH_DRAWS, draws), seed), start))
    vector = max(ends, key=lambda end: end[1])[0]
    for _ in range(ROUNDS):
        points = placed_draws(vector, task, draws, seed)
        vector, _, converged = _maximise(_positive(vector, brands), task, points, start)
    vector = _positive(vector, brands)
    covariance = _covariance(vector, task, points, start)
    value = float(log_likelihoods(vector, task, points, start, scores=False)[0].mean())
    return _report(panel, task, points, start, vector, value, covariance, converged)


def _starting_point(plain: Floats, brands: int, point: tuple[float, float, float]) -> Floats:
    vector = plain.copy()
    spread, sigma, sd = point
    vector[brands - 1] = spread
    vector[brands] = max(plain[brands], np.log(SMALLEST_PRICE_EFFECT))
    vector[brands + 1] = sigma
    vector[brands + 2] = min(plain[brands + 2], 0.5)  # most of what a plain logit calls inertia is taste
    vector[brands + 3] = sd
    return vector


def _maximise(vector: Floats, task: Design, draws: Draws, start: Start) -> tuple[Floats, float, bool]:
    """Climb to a maximum; the outer product of the scores shapes the first steps (BHHH)."""
    from scipy.optimize import minimize

    count = len(draws.price)

    middle, width = _leash(task)

    def downhill(point: Floats) -> tuple[float, Floats]:
        values, gradients = log_likelihoods(point, task, draws, start)
        away = (point - middle) / width
        return -float(values.mean() - away @ away / (2 * count)), -gradients.mean(axis=0) + away / width / count

    scores = log_likelihoods(vector, task, draws, start)[1]
    ridge = 0.01 * np.eye(len(vector))
    shape = np.linalg.inv(scores.T @ scores / count + ridge + np.diag(1 / width**2) / count)
    found = minimize(
        downhill, vector, jac=True, method="BFGS", options={"hess_inv0": (shape + shape.T) / 2, "gtol": 1e-4}
    )
    near = float(np.abs(found.jac).max()) < 1e-2
    return found.x, -float(found.fun), bool(found.success or near)


def _leash(task: Design) -> tuple[Floats, Floats]:
    """Middle and width of a weak normal penalty, worth far less than one household.

    Where choices can be foretold perfectly, as when everyone always buys the cheapest, the likelihood
    grows without end as the parameters do; the penalty keeps them finite.
    """
    brands = task.on_sale.shape[1]
    extras = len(task.names) - brands - 4
    middle, width = np.zeros(len(task.names)), np.empty(len(task.names))
    width[: brands - 1] = 10.0
    width[brands - 1 : brands + 4] = (
        5.0,
        2.0,
        1.5,
        3.0,
        3.0,
    )  # spread, log price effect, its sigma, inertia, its sd
    width[brands + 4 :] = np.full(extras, 3.0)
    middle[brands] = np.log(3.0)
    return middle, width


def _positive(vector: Floats, brands: int) -> Floats:
    """The same point with positive spreads: their sign does not change the model."""
    vector = vector.copy()
    spreads = [brands - 1, brands + 1, brands + 3]
    vector[spreads] = np.abs(vector[spreads])
    return vector


def _covariance(vector: Floats, task: Design, draws: Draws, start: Start) -> Floats:
    """Covariance of the estimates: the sandwich of the Hessian and the outer product of the scores."""
    scores = log_likelihoods(vector, task, draws, start)[1]
    size, step = len(vector), 1e-4
    hessian = np.empty((size, size))
    for index in range(size):
        shift = np.zeros(size)
        shift[index] = step
        above = log_likelihoods(vector + shift, task, draws, start)[1].sum(axis=0)
        below = log_likelihoods(vector - shift, task, draws, start)[1].sum(axis=0)
        hessian[index] = (above - below) / (2 * step)
    bread = np.linalg.pinv(-(hessian + hessian.T) / 2 + np.diag(1 / _leash(task)[1] ** 2))
    return bread @ (scores.T @ scores) @ bread


def _report(
    panel: Panel,
    task: Design,
    draws: Draws,
    start: Start,
    vector: Floats,
    value: float,
    covariance: Floats,
    converged: bool,
) -> MixedLogit:
    """Put the parameters back into the units of the panel and add what follows from them."""
    brands = len(panel.brands)
    deviation = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    named = dict(zip(task.names, vector, strict=True))
    error = dict(zip(task.names, deviation, strict=True))
    centre = np.delete(np.eye(brands), task.base, axis=1) - 1.0 / brands
    median = float(np.exp(named["price_log_median"])) / task.price_unit
    spread_of_appeal = np.diag(centre @ covariance[: brands - 1, : brands - 1] @ centre.T)
    errors = {name: np.asarray(value) for name, value in error.items() if not name.startswith("appeal.")}
    errors["price_median"] = median * errors.pop("price_log_median")
    errors["appeal"] = np.sqrt(np.maximum(spread_of_appeal, 0.0))
    choices = panel.occasions - (len(panel.households) if start == "drop" else 0)
    hits, elasticity = _predictions(panel, task, draws, start, vector)
    share = np.bincount(panel.chosen, minlength=brands) / panel.occasions
    slopes = _elasticity_slopes(panel, task, draws, start, vector, elasticity)
    errors["elasticity"] = np.sqrt(np.maximum(np.einsum("bk,kl,bl->b", slopes, covariance, slopes), 0.0))
    errors["mean_elasticity"] = np.sqrt(np.maximum(share @ slopes @ covariance @ (share @ slopes), 0.0))
    return MixedLogit(
        appeal=centre @ vector[: brands - 1],
        taste_spread=named["taste_spread"],
        price_median=median,
        price_sigma=named["price_sigma"],
        inertia_mean=named["inertia_mean"],
        inertia_sd=named["inertia_sd"],
        feature=named.get("feature"),
        display=named.get("display"),
        errors=errors,
        log_likelihood=value * len(panel.households) / choices,
        hit_rate=hits,
        elasticity=elasticity,
        mean_elasticity=float(share @ elasticity),
        start=start,
        draws=draws.price.shape[1],
        converged=converged,
        parameters=vector,
        covariance=covariance,
    )


def _elasticity_slopes(
    panel: Panel, task: Design, draws: Draws, start: Start, vector: Floats, elasticity: Floats
) -> Floats:
    """(B, K) derivatives of the elasticities by the parameters, for the delta method."""
    step = 1e-4
    slopes = np.empty((len(elasticity), len(vector)))
    for index in range(len(vector)):
        shifted = vector.copy()
        shifted[index] += step
        slopes[:, index] = (_predictions(panel, task, draws, start, shifted)[1] - elasticity) / step
    return slopes


def _predictions(panel: Panel, task: Design, draws: Draws, start: Start, vector: Floats) -> tuple[float, Floats]:
    """Hit rate, and own-price elasticities (B,) of the mean choice probabilities.

    A household's own earlier choices weight its draws before each choice is foretold, so a hit never
    looks ahead. The elasticity weights the draws by all its choices and leaves its first one out.
    """
    brands = len(panel.brands)
    price = np.where(np.isnan(panel.price), 0.0, panel.price) / task.price_unit
    starts = panel.starts
    hits = tried = 0
    change, level = np.zeros(brands), np.zeros(brands)
    for household, table, beta in choice_probabilities(vector, task, draws, start):
        rows = slice(starts[household], starts[household + 1])
        chosen = panel.chosen[rows]
        log_p = np.log(np.maximum(table[np.arange(len(chosen)), chosen], 1e-300))
        if start == "drop":
            log_p[0] = 0.0
        so_far = np.cumsum(log_p, axis=0)
        known = np.vstack([np.zeros((1, log_p.shape[1])), so_far]) + draws.log_weight[household]
        weight = np.exp(known - known.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        foretold = np.einsum("tbr,tr->tb", table, weight[:-1]).argmax(axis=1)
        skip = 1 if start == "drop" else 0
        hits += int((foretold == chosen)[skip:].sum())
        tried += len(chosen) - skip
        later = table[1:]
        level += np.einsum("tbr,r->b", later, weight[-1])
        change -= np.einsum("tbr,tb,r->b", later * (1 - later), price[rows][1:], beta * weight[-1])
    return hits / max(tried, 1), change / np.maximum(level, 1e-300)
