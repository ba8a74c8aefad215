"""Mixed logit with the last brand bought, by maximum simulated likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.panel.data import Floats, Panel
from experiments.panel.foretell import foretell
from experiments.panel.likelihood import Design, Draws, Start, choice_probabilities, design, log_likelihoods
from experiments.panel.search import DRAWS, leash, search


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
    """Fit the mixed logit by maximum simulated likelihood, see `search`.

    Parameters
    ----------
    start : how the unknown brand before the panel is treated, see `likelihood`.
    draws : quasi-random points for each household; a power of two is best.
    seed : of the scrambling of the points.
    """
    task = design(panel)
    vector, points, converged = search(task, start=start, draws=draws, seed=seed)
    covariance = _covariance(vector, task, points, start)
    value = float(log_likelihoods(vector, task, points, start, scores=False)[0].mean())
    return _report(panel, task, points, start, vector, value, covariance, converged)


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
    bread = np.linalg.pinv(-(hessian + hessian.T) / 2 + np.diag(1 / leash(task)[1] ** 2))
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
    counted = ~panel.first if start == "drop" else np.ones(panel.occasions, dtype=bool)
    hits = (foretell(panel, task, draws, start, vector).brand == panel.chosen)[counted]
    elasticity = _elasticities(panel, task, draws, start, vector)
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
        hit_rate=float(hits.sum()) / max(len(hits), 1),
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
        slopes[:, index] = (_elasticities(panel, task, draws, start, shifted) - elasticity) / step
    return slopes


def _elasticities(panel: Panel, task: Design, draws: Draws, start: Start, vector: Floats) -> Floats:
    """Own-price elasticities (B,) of the mean choice probabilities.

    A household's points are weighted by all its choices; its first one is left out.
    """
    brands = len(panel.brands)
    price = np.where(np.isnan(panel.price), 0.0, panel.price) / task.price_unit
    starts = panel.starts
    change, level = np.zeros(brands), np.zeros(brands)
    for household, table, beta in choice_probabilities(vector, task, draws, start):
        rows = slice(starts[household], starts[household + 1])
        chosen = panel.chosen[rows]
        log_p = np.log(np.maximum(table[np.arange(len(chosen)), chosen], 1e-300))
        if start == "drop":
            log_p[0] = 0.0
        known = log_p.sum(axis=0) + draws.log_weight[household]
        weight = np.exp(known - known.max())
        weight /= weight.sum()
        later = table[1:]
        level += np.einsum("tbr,r->b", later, weight)
        change -= np.einsum("tbr,tb,r->b", later * (1 - later), price[rows][1:], beta * weight)
    return change / np.maximum(level, 1e-300)
