"""What a purchase panel tells of a market, in the terms of the simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.panel.consumer import CONSUMER
from experiments.panel.counts import Nbd, dirichlet_sum, fit_nbd
from experiments.panel.data import Floats, Panel, Time
from experiments.panel.interval import Interval, percentiles
from experiments.panel.logit import MixedLogit, fit, inertia_of
from experiments.panel.market_map import most_dimensions
from experiments.panel.prices import PriceProcess, price_process
from experiments.panel.repeats import repeats
from experiments.panel.replay import matched_inertia, replayed
from experiments.text import say
from sim.problems import Place, Problem

__all__ = ["ASSUMED_WEEKS", "BOOTSTRAP", "Estimates", "Interval", "estimate"]

BOOTSTRAP = 400
ASSUMED_WEEKS = 52
_NORMAL_97_5 = 1.959963984540054
_FEW_HOUSEHOLDS = 50
_EXTREME = 4.0  # in utility; no panel of real purchases comes near
_LEAST_ELASTICITY = -0.3
_FEW_OCCASIONS = 3.0


@dataclass(frozen=True)
class Estimates:
    """All that is estimated from a panel.

    Shares, rates, breadth and repeats have intervals by resampling whole households; choice parameters
    have intervals by robust standard errors. Utilities and prices are in the units of `likelihood`.

    Attributes
    ----------
    households, occasions : size of the panel.
    weeks : length of the panel in weeks; assumed, not known, when `time_unit` is "order".
    share : of the occasions, brand by brand.
    prices : price history, brand by brand.
    purchase_rate : occasions a week of a household, those that never bought in the panel included.
    purchase_shape : of the gamma distribution of that rate over households.
    purchases_per_buyer : occasions of a household of the panel in the whole panel.
    purchases : the NBD fitted.
    brands_bought : brands a household of the panel bought.
    dirichlet_sum : S of the Dirichlet-multinomial of the choices.
    repeat_rate : share of successive occasions with the same brand.
    excess_repeat : the same minus its mean over random orders of each household's own purchases.
    appeal : brand by brand, their mean is 0.
    taste_spread, price_mean, price_sd, inertia_mean, inertia_sd, feature, display : of `MixedLogit`.
    taste_spreads : brand by brand.
    places : brand by brand, its place in each dimension of the market map; none where there is no map.
    inertia_matched : mean inertia at which the model, replayed on the panel's occasions, repeats beyond
        random order as much as the panel does: a check of `inertia_mean`, which also holds what is taste of
        another shape than normal.
    elasticity, mean_elasticity : own-price elasticity, brand by brand and weighted by share.
    log_likelihood : per choice.
    hit_rate : see `MixedLogit`.
    excess_repeat_replayed, brands_bought_replayed : the same statistics when the fitted model chooses
        anew on the panel's own occasions, and their 95 % range over replays.
    usual_inertia : mean inertia when the first occasion is left out, as is usual, None if not asked for.
    """

    source: str
    brands: tuple[str, ...]
    households: int
    occasions: int
    weeks: float
    time_unit: Time
    weeks_assumed: bool
    share: tuple[Interval, ...]
    prices: tuple[PriceProcess, ...]
    purchase_rate: Interval
    purchase_shape: Interval
    purchases_per_buyer: Interval
    purchases: Nbd
    brands_bought: Interval
    dirichlet_sum: Interval
    repeat_rate: Interval
    excess_repeat: Interval
    appeal: tuple[Interval, ...]
    taste_spread: Interval
    taste_spreads: tuple[Interval, ...]
    places: tuple[tuple[Interval, ...], ...]
    price_mean: Interval
    price_sd: Interval
    inertia_mean: Interval
    inertia_sd: Interval
    inertia_matched: Interval
    feature: Interval | None
    display: Interval | None
    elasticity: tuple[Interval, ...]
    mean_elasticity: Interval
    log_likelihood: float
    hit_rate: float
    excess_repeat_replayed: Interval
    brands_bought_replayed: Interval
    usual_inertia: Interval | None
    seed: int
    draws: int
    bootstrap: int
    assumptions: tuple[str, ...]
    warnings: tuple[Problem, ...]


def estimate(
    panel: Panel,
    *,
    weeks: float | None = None,
    seed: int = 1,
    draws: int = CONSUMER.draws,
    bootstrap: int = BOOTSTRAP,
    compare: bool = True,
) -> Estimates:
    """Estimate a market from a panel.

    Parameters
    ----------
    panel : from `read` or `catsup`.
    weeks : length of the panel. By default the span of its week numbers; `ASSUMED_WEEKS` where the panel
        only has the order of purchases, since it then cannot tell how long they took.
    seed : of the household resampling and of the quasi-random points.
    draws : points for each household in the mixed logit.
    bootstrap : resamplings of the households.
    compare : also fit without the first occasions, for `usual_inertia`.
    """
    length, assumed = _length(panel, weeks)
    assumptions, warnings = list(panel.assumptions), list(panel.warnings)
    if assumed:
        assumptions.append(say("panel.assume.length", weeks=ASSUMED_WEEKS))
    size = panel.counts.sum(axis=1)
    purchases = fit_nbd(size, int(size.min()))
    if purchases.counted_from > 1:
        assumptions.append(say("panel.assume.selected", count=purchases.counted_from))
    else:
        assumptions.append(say("panel.assume.buyers_only"))
    assumptions.append(say("panel.assume.steady"))
    if purchases.on_bound:
        warnings.append(_warning(panel, "panel.warn.rate_on_bound"))
    if len(panel.households) < _FEW_HOUSEHOLDS:
        warnings.append(_warning(panel, "panel.warn.few_households", count=len(panel.households)))
    if size.mean() < _FEW_OCCASIONS:
        warnings.append(_warning(panel, "panel.warn.few_occasions", mean=f"{size.mean():.1f}"))

    resampled = _resampled(panel, length, purchases, seed, bootstrap)
    model = fit(panel, draws=draws, seed=seed)
    if not model.converged:
        warnings.append(_warning(panel, "panel.warn.not_converged"))
    assumptions.append(_of_the_map(model))
    price_effect = model.price_mean * float(np.nanmean(panel.price))
    if model.mean_elasticity > _LEAST_ELASTICITY and price_effect < _EXTREME:
        warnings.append(_warning(panel, "panel.warn.no_price_effect"))
    if max(abs(model.inertia_mean), model.taste_spread, price_effect / 10) > _EXTREME:
        warnings.append(_warning(panel, "panel.warn.extreme"))
    excess, breadth = replayed(panel, model, seed)
    inertia_matched = matched_inertia(panel, model, resampled["excess_repeat"], excess.value, seed)
    dimensions = model.places.shape[1]
    usual = inertia_of(panel, start="drop", draws=draws, seed=seed, dimensions=dimensions) if compare else None
    choice = _choice_intervals(model)
    brands = range(len(panel.brands))
    return Estimates(
        source=panel.source,
        brands=panel.brands,
        households=len(panel.households),
        occasions=panel.occasions,
        weeks=length,
        time_unit=panel.time_unit,
        weeks_assumed=assumed,
        share=tuple(resampled[f"share.{brand}"] for brand in brands),
        prices=tuple(price_process(panel, brand) for brand in brands),
        purchase_rate=resampled["purchase_rate"],
        purchase_shape=resampled["purchase_shape"],
        purchases_per_buyer=resampled["purchases_per_buyer"],
        purchases=purchases,
        brands_bought=resampled["brands_bought"],
        dirichlet_sum=resampled["dirichlet_sum"],
        repeat_rate=resampled["repeat_rate"],
        excess_repeat=resampled["excess_repeat"],
        appeal=tuple(choice[f"appeal.{brand}"] for brand in brands),
        taste_spread=choice["taste_spread"],
        taste_spreads=tuple(choice[f"taste_spreads.{brand}"] for brand in brands),
        places=tuple(tuple(choice[f"places.{brand}.{axis}"] for axis in range(dimensions)) for brand in brands),
        price_mean=choice["price_mean"],
        price_sd=choice["price_sd"],
        inertia_mean=choice["inertia_mean"],
        inertia_sd=choice["inertia_sd"],
        inertia_matched=inertia_matched,
        feature=choice.get("feature"),
        display=choice.get("display"),
        elasticity=tuple(choice[f"elasticity.{brand}"] for brand in brands),
        mean_elasticity=choice["mean_elasticity"],
        log_likelihood=model.log_likelihood,
        hit_rate=model.hit_rate,
        excess_repeat_replayed=excess,
        brands_bought_replayed=breadth,
        usual_inertia=None if usual is None else _around(*usual),
        seed=seed,
        draws=draws,
        bootstrap=bootstrap,
        assumptions=tuple(assumptions),
        warnings=tuple(warnings),
    )


def _length(panel: Panel, weeks: float | None) -> tuple[float, bool]:
    """Length of the panel in weeks, and whether it had to be assumed."""
    if weeks is not None:
        if not (np.isfinite(weeks) and weeks > 0):
            raise ValueError(f"weeks must be a positive number, not {weeks!r}")
        return float(weeks), False
    if panel.time_unit == "weeks":
        return float(panel.time.max() - panel.time.min() + 1), False
    return float(ASSUMED_WEEKS), True


def _warning(panel: Panel, key: str, **values: object) -> Problem:
    return Problem(Place(panel.source), "", say(key, **values))


def _resampled(panel: Panel, weeks: float, purchases: Nbd, seed: int, times: int) -> dict[str, Interval]:
    """Statistics of the counts, with intervals over resampled households."""
    counts, again = panel.counts, repeats(panel)
    size, households = counts.sum(axis=1), len(panel.households)
    breadth = (counts > 0).sum(axis=1)

    def statistics(chosen: np.ndarray, rates: Nbd) -> dict[str, float]:
        weight = np.bincount(chosen, minlength=households).astype(float)
        bought = weight @ counts
        return {
            **{f"share.{brand}": part for brand, part in enumerate(bought / bought.sum())},
            "purchase_rate": rates.mean / weeks,
            "purchase_shape": rates.shape,
            "purchases_per_buyer": float(size[chosen].mean()),
            "brands_bought": float(breadth[chosen].mean()),
            "dirichlet_sum": dirichlet_sum(counts[chosen]),
            "repeat_rate": again.rate(weight),
            "excess_repeat": again.excess(weight),
        }

    values = statistics(np.arange(households), purchases)
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(times):
        chosen = random.integers(households, size=households)
        rows.append(statistics(chosen, fit_nbd(size[chosen], purchases.counted_from)))
    return {name: percentiles(value, [row[name] for row in rows]) for name, value in values.items()}


def _of_the_map(model: MixedLogit) -> str:
    """Say why tastes lie on a market map of so many dimensions, or on none."""
    brands, dimensions = model.places.shape
    if not most_dimensions(brands):
        return say("panel.assume.few_brands", brands=brands)
    values = {"without": f"{model.aic[0]:.1f}", "with": f"{min(model.aic[1:]):.1f}"}
    return say(f"panel.assume.map_of_{dimensions}", **values)


def _around(value: float, error: float, least: float = -np.inf) -> Interval:
    """95 % interval of an estimate with a normal error, held to what is possible."""
    reach = _NORMAL_97_5 * error
    return Interval(value, max(value - reach, least), value + reach)


def _choice_intervals(model: MixedLogit) -> dict[str, Interval]:
    """Intervals of the choice parameters: on the log scale for what cannot be negative, but for brands' spreads.

    The spread of a brand can be nearly 0; its interval is cut there.
    """
    found: dict[str, Interval] = {}
    for name in ("appeal", "elasticity", "taste_spreads"):
        values: Floats = getattr(model, name)
        least = 0.0 if name == "taste_spreads" else -np.inf
        for brand, (value, error) in enumerate(zip(values, model.errors[name], strict=True)):
            found[f"{name}.{brand}"] = _around(float(value), float(error), least)
    for at in np.ndindex(*model.places.shape):
        name = ".".join(("places", *map(str, at)))
        found[name] = _around(float(model.places[at]), float(model.errors["places"][at]))
    for name in ("inertia_mean", "mean_elasticity", "price_mean", "feature", "display"):
        if getattr(model, name) is not None:
            found[name] = _around(float(getattr(model, name)), float(np.squeeze(model.errors[name])))
    for name in ("taste_spread", "price_sd", "inertia_sd"):
        value, error = float(getattr(model, name)), float(np.squeeze(model.errors[name]))
        factor = float(np.exp(np.minimum(_NORMAL_97_5 * error / value, 50.0))) if value > 0 else np.inf
        found[name] = Interval(value, value / factor, value * factor) if value > 0 else _around(value, error)
    return found
