"""The simulation's consumer, a mixed logit with the last brand bought, by maximum simulated likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from experiments.panel.consumer import CONSUMER, Found
from experiments.panel.data import Floats, Panel
from experiments.panel.foretell import foretell
from experiments.panel.likelihood import Design, Draws, Start, choice_probabilities, log_likelihoods
from experiments.panel.market_map import arranged, turning
from experiments.panel.search import leash

__all__ = ["MixedLogit", "fit", "inertia_of"]


@dataclass(frozen=True)
class MixedLogit:
    """A fitted mixed logit; see `likelihood` for the utility.

    Attributes
    ----------
    appeal : (B,) constants of the brands, their mean is 0, in utility.
    taste_spread : standard deviation of taste, the mean over brands, in utility.
    taste_spreads : (B,) standard deviations of the taste for each brand that no other shares, in utility.
    places : (B, M) on the market map, see `market_map.arranged`, in utility.
    price_mean, price_sd : of the normal price coefficient before it is held to 0 or more, in utility per unit of
        currency.
    inertia_mean, inertia_sd : of the coefficient of the last brand bought, in utility.
    feature, display : effects in utility, None where the panel does not tell.
    errors : standard errors under the names of the estimates, robust to misspecification.
    log_likelihood : per choice that counts (all but the first ones when `start` is "drop").
    aic : Akaike's information criterion of the maps compared: of 0, 1, ... dimensions.
    hit_rate : share of the choices that are the most probable one given the household's earlier choices.
    elasticity : (B,) own-price elasticities of the choice probabilities.
    mean_elasticity : their mean, weighted by the brands' shares.
    converged : whether the search ended at a maximum.
    """

    appeal: Floats
    taste_spread: float
    taste_spreads: Floats
    places: Floats
    price_mean: float
    price_sd: float
    inertia_mean: float
    inertia_sd: float
    feature: float | None
    display: float | None
    errors: dict[str, Floats]
    log_likelihood: float
    aic: tuple[float, ...]
    hit_rate: float
    elasticity: Floats
    mean_elasticity: float
    start: Start
    draws: int
    converged: bool
    parameters: Floats
    covariance: Floats


def fit(
    panel: Panel,
    *,
    start: Start = CONSUMER.start,
    draws: int = CONSUMER.draws,
    seed: int = 1,
    dimensions: int | None = None,
) -> MixedLogit:
    """Fit the consumer of the simulation, see `consumer`.

    Parameters
    ----------
    start : how the unknown brand before the panel is treated, see `likelihood`.
    draws : quasi-random points for each household; a power of two is best.
    seed : of the scrambling of the points.
    dimensions : of the market map; those that the panel asks for if not given.
    """
    found = replace(CONSUMER, start=start, draws=draws).find(panel, seed, dimensions)
    return _report(panel, found, start)


def inertia_of(panel: Panel, *, start: Start, draws: int, seed: int, dimensions: int) -> tuple[float, float]:
    """Find the mean inertia alone, and its standard error, with another treatment of the first purchase."""
    found = replace(CONSUMER, start=start, draws=draws).find(panel, seed, dimensions)
    index = found.task.names.index("inertia_mean")
    covariance = _covariance(found, start)
    return float(found.vector[index]), float(np.sqrt(max(covariance[index, index], 0.0)))


def _covariance(found: Found, start: Start) -> Floats:
    """Covariance of the estimates: the sandwich of the Hessian and the outer product of the scores.

    The directions in which the market map can be turned are left out: the likelihood says nothing about them.
    """
    vector, task, draws = found.vector, found.task, found.points
    scores = log_likelihoods(vector, task, draws, start)[1]
    size, step = len(vector), 1e-4
    hessian = np.empty((size, size))
    for index in range(size):
        shift = np.zeros(size)
        shift[index] = step
        above = log_likelihoods(vector + shift, task, draws, start)[1].sum(axis=0)
        below = log_likelihoods(vector - shift, task, draws, start)[1].sum(axis=0)
        hessian[index] = (above - below) / (2 * step)
    information = -(hessian + hessian.T) / 2 + np.diag(1 / leash(task)[1] ** 2)
    turned = turning(vector, task)
    known = np.linalg.svd(turned)[0][:, turned.shape[1] :] if turned.shape[1] else np.eye(size)
    bread = known @ np.linalg.pinv(known.T @ information @ known) @ known.T
    return bread @ (scores.T @ scores) @ bread


def _report(panel: Panel, found: Found, start: Start) -> MixedLogit:
    """Put the parameters back into the units of the panel and add what follows from them."""
    task, vector, draws = found.task, found.vector, found.points
    covariance = _covariance(found, start)
    brands, unit = len(panel.brands), task.price_unit
    share = np.bincount(panel.chosen, minlength=brands) / panel.occasions
    centre = np.delete(np.eye(brands), task.base, axis=1) - 1.0 / brands

    def elasticities(point: Floats) -> Floats:
        return _elasticities(panel, task, draws, start, point)

    shown: dict[str, Callable[[Floats], Floats]] = {
        "appeal": lambda point: centre @ point[: brands - 1],
        "taste_spreads": lambda point: np.broadcast_to(point[task.tastes], brands),
        "taste_spread": lambda point: point[task.tastes].mean(keepdims=True),
        "places": lambda point: arranged(point, task, share).ravel(),
        "elasticity": elasticities,
    }
    values = {name: work(vector) for name, work in shown.items()}
    slopes = {name: _slopes(work, vector, values[name]) for name, work in shown.items()}
    slopes["mean_elasticity"] = (share @ slopes["elasticity"])[None]
    errors = {name: _deviations(table, covariance) for name, table in slopes.items()}
    errors["places"] = errors["places"].reshape(brands, task.dimensions)

    named = dict(zip(task.names, vector, strict=True))
    alone = ("price_mean", "price_sd", "inertia_mean", "inertia_sd", *task.extras)
    deviation = dict(zip(task.names, np.sqrt(np.maximum(np.diag(covariance), 0.0)), strict=True))
    errors |= {name: np.asarray(deviation[name] / (unit if "price" in name else 1.0)) for name in alone}

    counted = ~panel.first if start == "drop" else np.ones(panel.occasions, dtype=bool)
    hits = (foretell(panel, task, draws, start, vector).brand == panel.chosen)[counted]
    return MixedLogit(
        appeal=values["appeal"],
        taste_spread=float(values["taste_spread"][0]),
        taste_spreads=np.array(values["taste_spreads"]),
        places=values["places"].reshape(brands, task.dimensions),
        price_mean=named["price_mean"] / unit,
        price_sd=named["price_sd"] / unit,
        inertia_mean=named["inertia_mean"],
        inertia_sd=named["inertia_sd"],
        feature=named.get("feature"),
        display=named.get("display"),
        errors=errors,
        log_likelihood=found.log_likelihood / int(counted.sum()),
        aic=found.aic,
        hit_rate=float(hits.mean()) if len(hits) else 0.0,
        elasticity=values["elasticity"],
        mean_elasticity=float(share @ values["elasticity"]),
        start=start,
        draws=draws.price.shape[1],
        converged=found.converged,
        parameters=vector,
        covariance=covariance,
    )


def _slopes(work: Callable[[Floats], Floats], vector: Floats, value: Floats) -> Floats:
    """(values, K) derivatives of what is shown by the parameters, for the delta method."""
    step = 1e-4
    return np.stack([(work(vector + shift) - value) / step for shift in step * np.eye(len(vector))], axis=1)


def _deviations(slopes: Floats, covariance: Floats) -> Floats:
    """Standard errors of what has these slopes."""
    return np.sqrt(np.maximum(np.einsum("vk,kl,vl->v", slopes, covariance, slopes), 0.0))


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
