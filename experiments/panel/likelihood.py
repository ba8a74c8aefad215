"""Simulated likelihood of a mixed logit with the last brand bought, and its gradient.

The utility is the one that consumers of the simulation have, so that what is found can be put in as is:

    U[i, f, t] = appeal[f] + spread[f] * z[i, f] + sum_m place[f, m] * y[i, m] + inertia[i] * (f bought last)
                 - beta[i] * price[f, t] + feature * feature[f, t] + display * display[f, t] + Gumbel noise

with z and y standard normal, beta normal(mean, sd) and held to 0 or more ("censored"), and inertia normal(mean, sd)
(mixed logit: Train 2009, *Discrete Choice Methods with Simulation*, ch. 6 and 10; places on a market map: Elrod and
Keane 1995, *A factor-analytic probit model for representing the market structure in panel data*).

Variations serve for comparison: one spread for all brands, no map, beta lognormal or normal without bound. Models with
fewer parameters hold some of these at 0 (see `search`).

The brand bought before the panel began is unknown, and leaving the first occasion out would let taste
pass for inertia (the initial conditions problem: Heckman 1981). Three ways are offered:

"stationary"
    the household had been buying for long: the unknown brand has the stationary distribution of the
    household's own choice process at mean prices (see `start`).
"drop"
    the first occasion only serves as the last brand of the second (the usual short cut).
"none"
    the first choice is made as if nothing had been bought before: right for models without inertia.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.panel.data import Floats, Integers, Panel
from experiments.panel.start import LARGEST_EXPONENT, stationary_first, stationary_weights

Start = Literal["stationary", "drop", "none"]
Spreads = Literal["common", "own"]
PriceEffect = Literal["lognormal", "normal", "censored"]

ELEMENTS_PER_BLOCK = 400_000  # numbers in a block of the work arrays: they stay in the processor's cache


@dataclass(frozen=True)
class Design:
    """The panel as the likelihood reads it: a row before the panel, then the occasions, by household.

    The row before the panel holds mean prices and no promotion; the stationary start needs it.
    """

    starts: Integers  # (H + 1,) row before the panel of each household, and the number of rows
    chosen: Integers  # (rows,), -1 before the panel
    last: Integers  # (rows,), -1 before the panel and on the first occasion
    attributes: Floats  # (rows, B, A): price over its mean, then feature and display where known
    on_sale: Floats  # (rows, B): 0 on sale, -inf not on sale
    price_unit: float  # the mean price by which prices were divided
    mean_price: Floats  # (B,) in currency
    base: int  # the brand whose appeal is held at 0
    names: tuple[str, ...]  # of the parameters, in order
    spreads: Spreads
    price: PriceEffect
    dimensions: int = 0  # of the market map, M

    @property
    def tastes(self) -> slice:
        """Where the spreads of taste stand among the parameters: one, or one a brand."""
        brands = len(self.mean_price)
        return slice(brands - 1, brands if self.spreads == "common" else 2 * brands - 1)

    @property
    def places(self) -> slice:
        """Where the brands' places on the market map stand, dimension by dimension, the base brand left out."""
        return slice(self.tastes.stop, self.tastes.stop + self.dimensions * (len(self.mean_price) - 1))

    @property
    def traits(self) -> slice:
        """Where the two parameters of price and the two of inertia stand."""
        return slice(self.places.stop, self.places.stop + 4)

    @property
    def extras(self) -> tuple[str, ...]:
        """Names of the promotions whose effects come last."""
        return self.names[self.traits.stop :]


def design(
    panel: Panel,
    *,
    spreads: Spreads = "common",
    price: PriceEffect = "lognormal",
    dimensions: int = 0,
    like: Design | None = None,
) -> Design:
    """Lay a panel out for the likelihood.

    Parameters
    ----------
    spreads : whether taste has one spread for all brands, or one for each.
    price : distribution of the price coefficient.
    dimensions : of the market map; 0 for none.
    like : layout of another panel of the same brands, so that parameters found there can be used here;
        it decides all that would be taken from this panel otherwise, the other arguments included.
    """
    households, brands = len(panel.households), len(panel.brands)
    starts = panel.starts + np.arange(households + 1)
    rows = int(starts[-1])
    before = starts[:-1]
    occasion = np.setdiff1d(np.arange(rows), before)

    promotions = {"feature": panel.feature, "display": panel.display}
    if like is None:
        mean_price = panel.mean_price
        unit = float(mean_price.mean())
        extras = tuple(name for name, table in promotions.items() if table is not None and table.std() > 0)
        base = int(np.bincount(panel.chosen, minlength=brands).argmax())
        names = _names(panel.brands, base, spreads, dimensions, price, extras)
    else:
        mean_price, unit, extras, base, names = like.mean_price, like.price_unit, like.extras, like.base, like.names
        spreads, price, dimensions = like.spreads, like.price, like.dimensions
    columns = [np.where(np.isnan(panel.price), mean_price, panel.price) / unit]
    resting = [mean_price / unit]
    for name in extras:
        table = promotions[name]
        columns.append(np.zeros_like(panel.price) if table is None else table)
        resting.append(np.zeros(brands))
    attributes = np.empty((rows, brands, len(columns)))
    attributes[occasion] = np.stack(columns, axis=2)
    attributes[before] = np.stack(resting, axis=1)
    on_sale = np.zeros((rows, brands))
    on_sale[occasion] = np.where(np.isnan(panel.price), -np.inf, 0.0)

    chosen, last = np.full(rows, -1), np.full(rows, -1)
    chosen[occasion], last[occasion] = panel.chosen, panel.last
    return Design(starts, chosen, last, attributes, on_sale, unit, mean_price, base, names, spreads, price, dimensions)


def _names(
    brands: tuple[str, ...],
    base: int,
    spreads: Spreads,
    dimensions: int,
    price: PriceEffect,
    extras: tuple[str, ...],
) -> tuple[str, ...]:
    """Names of the parameters, in order."""
    others = [brand for index, brand in enumerate(brands) if index != base]
    return (
        *(f"appeal.{brand}" for brand in others),
        *(("taste_spread",) if spreads == "common" else (f"taste_spread.{brand}" for brand in brands)),
        *(f"place.{dimension + 1}.{brand}" for dimension in range(dimensions) for brand in others),
        *(("price_log_median", "price_sigma") if price == "lognormal" else ("price_mean", "price_sd")),
        "inertia_mean",
        "inertia_sd",
        *extras,
    )


@dataclass(frozen=True)
class Draws:
    """Points in the space of a household's standard normal numbers, R for each household.

    A point counts with its weight: 1 when points are drawn from the normal distribution itself, the ratio
    of the densities when they are drawn where the household probably is (see `draws`).
    """

    taste: Floats  # (H, B, R)
    price: Floats  # (H, R)
    inertia: Floats  # (H, R)
    place: Floats  # (H, M, R): what the household is after on the market map
    log_weight: Floats  # (H, R)


@dataclass(frozen=True)
class Parameters:
    """One parameter vector, taken apart."""

    appeal: Floats  # (B,)
    spread: Floats  # (B,)
    place: Floats  # (B, M) of the brands on the market map
    beta: Floats  # (H, R)
    inertia: Floats  # (H, R)
    fixed: Floats  # (A - 1,) feature, display

    @classmethod
    def of(cls, vector: Floats, task: Design, draws: Draws) -> Parameters:
        """Take it apart, at the points `draws`."""
        brands = task.on_sale.shape[1]
        middle, sigma, mean, sd = vector[task.traits]
        effect = middle + sigma * draws.price
        return cls(
            appeal=np.insert(vector[: brands - 1], task.base, 0.0),
            spread=np.broadcast_to(vector[task.tastes], brands),
            place=np.insert(vector[task.places].reshape(task.dimensions, brands - 1), task.base, 0.0, axis=1).T,
            beta=_price_coefficient(effect, task.price),
            inertia=mean + sd * draws.inertia,
            fixed=vector[task.traits.stop :],
        )

    def tastes(self, draws: Draws, block: slice = slice(None)) -> Floats:
        """(H, B, R) constants of the brands at the points of some households."""
        return self.appeal[:, None] + self.spread[:, None] * draws.taste[block] + self.place @ draws.place[block]


def _price_coefficient(effect: Floats, kind: PriceEffect) -> Floats:
    if kind == "lognormal":
        return np.exp(np.minimum(effect, LARGEST_EXPONENT))
    return effect if kind == "normal" else np.maximum(effect, 0.0)


def log_likelihoods(
    vector: Floats, task: Design, draws: Draws, start: Start = "stationary", *, scores: bool = True
) -> tuple[Floats, Floats]:
    """Log-likelihood of each household, and its gradient.

    Parameters
    ----------
    vector : (K,) parameters in the order of `task.names`; price terms are per mean price.
    scores : False skips the gradient.

    Returns
    -------
    (H,) log-likelihoods and (H, K) gradients (empty when `scores` is False).
    """
    values, gradients = [], []
    for block in _blocks(task, draws.price.shape[1]):
        value, gradient = _block(vector, task, draws, start, block, scores)
        values.append(value)
        gradients.append(gradient)
    return np.concatenate(values), np.concatenate(gradients)


def choice_probabilities(
    vector: Floats, task: Design, draws: Draws, start: Start = "stationary"
) -> Iterator[tuple[int, Floats, Floats]]:
    """Probabilities of the brands on every occasion, household by household.

    Yields
    ------
    household, (occasions, B, R) probabilities given each point, and (R,) price coefficients per mean price.
    But for "stationary", the first occasion is computed as if nothing had been bought before.
    """
    parts = Parameters.of(vector, task, draws)
    for block in _blocks(task, draws.price.shape[1]):
        weight, _, _ = _utilities(parts, task, draws, block)
        np.exp(weight, out=weight)
        before = task.starts[block] - task.starts[block.start]
        if start == "stationary":
            weight[before + 1] = stationary_weights(weight[before], weight[before + 1], parts.inertia[block])
        weight /= weight.sum(axis=1, keepdims=True)
        for offset, rows in enumerate(np.split(weight, before[1:])):
            household = block.start + offset
            yield household, rows[1:], parts.beta[household]


def _blocks(task: Design, number: int) -> list[slice]:
    """Stretches of households whose work arrays are small enough for the cache."""
    rows = max(1, ELEMENTS_PER_BLOCK // (task.on_sale.shape[1] * number))
    households = len(task.starts) - 1
    cuts, begin = [], 0
    while begin < households:
        end = int(np.searchsorted(task.starts, task.starts[begin] + rows, side="right")) - 1
        end = min(households, max(end, begin + 1))
        cuts.append(slice(begin, end))
        begin = end
    return cuts


def _utilities(parts: Parameters, task: Design, draws: Draws, block: slice) -> tuple[Floats, Integers, slice]:
    """(rows, B, R) utilities of a block, the household (in the block) of each row, and its rows."""
    rows = slice(int(task.starts[block.start]), int(task.starts[block.stop]))
    lengths = np.diff(task.starts[block.start : block.stop + 1])
    owner = np.repeat(np.arange(len(lengths)), lengths)
    attributes = task.attributes[rows]
    utility = parts.tastes(draws, block)[owner]
    utility -= attributes[:, :, 0, None] * parts.beta[block][owner][:, None, :]
    utility += (attributes[:, :, 1:] @ parts.fixed + task.on_sale[rows])[:, :, None]
    last = task.last[rows]
    repeat = np.flatnonzero(last >= 0)
    utility[repeat, last[repeat]] += parts.inertia[block][owner[repeat]]
    utility -= utility.max(axis=1, keepdims=True)
    return utility, owner, rows


def _block(
    vector: Floats, task: Design, draws: Draws, start: Start, block: slice, scores: bool
) -> tuple[Floats, Floats]:
    """Log-likelihoods and gradients of a block of households."""
    parts = Parameters.of(vector, task, draws)
    weight, owner, rows = _utilities(parts, task, draws, block)
    np.exp(weight, out=weight)
    chosen = task.chosen[rows]
    before = task.starts[block] - task.starts[block.start]
    occasion = np.flatnonzero(chosen >= 0)
    inertia = parts.inertia[block]

    total = weight.sum(axis=1)
    picked = weight[occasion, chosen[occasion]]
    log_probability = np.zeros_like(total)
    log_probability[occasion] = np.log(np.maximum(picked, 1e-300) / total[occasion])
    if start != "stationary":
        if start == "drop":
            log_probability[before + 1] = 0.0
        pull = at_rest = by_inertia = np.empty(0)
    else:
        first, at_rest, pull, by_inertia = stationary_first(
            weight[before], weight[before + 1], chosen[before + 1], inertia
        )
        log_probability[before + 1] = first

    joint = np.add.reduceat(log_probability, before, axis=0) + draws.log_weight[block]
    peak = joint.max(axis=1, keepdims=True)
    posterior = np.exp(joint - peak)
    mass = posterior.sum(axis=1, keepdims=True)
    value = (peak + np.log(mass / joint.shape[1]))[:, 0]
    if not scores:
        return value, np.empty((len(value), 0))
    posterior /= mass

    weight /= -total[:, None, :]
    weight[occasion, chosen[occasion]] += 1.0
    if start != "stationary":
        weight[before] = 0.0
        if start == "drop":
            weight[before + 1] = 0.0
    else:
        weight[before], weight[before + 1] = at_rest, pull
    gradient = _gradient(weight, posterior, parts, task, draws, block, rows, owner, before, by_inertia)
    return value, gradient


def _gradient(
    pull: Floats,
    posterior: Floats,
    parts: Parameters,
    task: Design,
    draws: Draws,
    block: slice,
    rows: slice,
    owner: Integers,
    before: Integers,
    by_inertia: Floats,
) -> Floats:
    """(H, K) gradients from `pull`, the (rows, B, R) derivatives of the log-probabilities by utility."""
    slope = posterior
    if task.price == "lognormal":
        slope = posterior * parts.beta[block]
    elif task.price == "censored":
        slope = posterior * (parts.beta[block] > 0)
    weights = np.stack(
        [
            posterior,
            slope,
            slope * draws.price[block],
            posterior * draws.inertia[block],
        ],
        axis=2,
    )
    moments = pull @ weights[owner]  # (rows, B, 4)
    attributes, last = task.attributes[rows], task.last[rows]

    appeal = np.add.reduceat(moments[:, :, 0], before, axis=0)
    by_taste = np.add.reduceat(pull, before, axis=0)
    into = "h" if task.spreads == "common" else "hb"
    spread = np.einsum(f"hbr,hbr,hr->{into}", by_taste, draws.taste[block], posterior, optimize=False)
    spread = spread.reshape(len(spread), -1)
    place = np.einsum("hbr,hmr,hr->hmb", by_taste, draws.place[block], posterior, optimize=False)
    place = np.delete(place, task.base, axis=2).reshape(len(spread), -1)
    price = -np.einsum("nb,nbm->nm", attributes[:, :, 0], moments[:, :, 1:3])
    fixed = np.einsum("nba,nb->na", attributes[:, :, 1:], moments[:, :, 0])
    repeat = np.flatnonzero(last >= 0)
    inertia = np.zeros((len(last), 2))
    inertia[repeat] = moments[repeat, last[repeat]][:, [0, 3]]
    if by_inertia.size:
        inertia[before + 1, 0] = (by_inertia * posterior).sum(axis=1)
        inertia[before + 1, 1] = (by_inertia * weights[:, :, 3]).sum(axis=1)
    by_row = np.add.reduceat(np.concatenate([price, inertia, fixed], axis=1), before, axis=0)
    return np.concatenate([np.delete(appeal, task.base, axis=1), spread, place, by_row], axis=1)
