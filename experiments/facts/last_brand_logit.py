"""The plain logit with the last brand bought, fast enough to be fitted to hundreds of resampled panels.

    U[f, t] = constant[f] + inertia (f bought last) - beta price[f, t] + feature, display + Gumbel noise

All households are alike, so taste passes for inertia: that is what the fitted coefficient shows (Heckman 1981).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.panel.data import Floats, Integers, Panel

NEWTON_STEPS = 30
RIDGE = 1e-3
"""Of the penalty ½ RIDGE |coefficients|²: keeps them finite where choices can be foretold perfectly."""


@dataclass(frozen=True)
class LastBrandLogit:
    """What is found.

    Attributes
    ----------
    inertia : coefficient of the last brand bought, in utility.
    elasticity : own-price elasticity of the brands' choice probabilities, weighted by their shares.
    coefficients : (K,) all of them, a start for the next fit.
    feature, display : effects in utility; NaN where the panel does not tell.
    """

    inertia: float
    elasticity: float
    coefficients: Floats
    feature: float = float("nan")
    display: float = float("nan")


class LastBrandDesign:
    """A panel laid out for the logit: every occasion but the first of each household."""

    def __init__(self, panel: Panel) -> None:
        brands = len(panel.brands)
        rows = np.flatnonzero(~panel.first)
        self.household: Integers = panel.household[rows]
        self.chosen: Integers = panel.chosen[rows]
        mean_price = panel.mean_price
        self.unit = float(mean_price.mean())
        price = panel.price[rows]
        self.price = np.where(np.isnan(price), mean_price, price) / self.unit
        self.barred = np.where(np.isnan(price), -np.inf, 0.0)
        self.last = (panel.last[rows, None] == np.arange(brands)).astype(float)
        promotions = {"feature": panel.feature, "display": panel.display}
        told = {name: table[rows] for name, table in promotions.items() if table is not None and np.nanstd(table) > 0.0}
        others = list(told.values())
        constants = np.broadcast_to(np.eye(brands)[:, 1:], (len(rows), brands, brands - 1))
        varying = np.stack([self.last, -self.price, *others], axis=2)
        self.attributes = np.concatenate([constants, varying], axis=2)
        self.inertia_at = brands - 1
        self.promotion_at = {name: brands + 1 + place for place, name in enumerate(told)}

    def fit(self, weight: Floats | None = None, begin: Floats | None = None) -> LastBrandLogit:
        """Fit by Newton's method; the log-likelihood is concave. Without any choice that counts, nothing is known.

        Parameters
        ----------
        weight : (H,) how often each household counts; once if not given.
        begin : (K,) coefficients from which to search.
        """
        size = self.attributes.shape[2]
        counted = np.ones(len(self.chosen)) if weight is None else weight[self.household]
        if not counted.any():
            return LastBrandLogit(float("nan"), float("nan"), np.zeros(size))
        picked = self.attributes[np.arange(len(self.chosen)), self.chosen]
        point = np.zeros(size) if begin is None else begin.copy()
        for _ in range(NEWTON_STEPS):
            probability = self._probabilities(point)
            mean = np.einsum("nb,nbk->nk", probability, self.attributes)
            slope = counted @ (picked - mean) - RIDGE * point
            weighted = self.attributes * (counted[:, None] * probability)[:, :, None]
            curvature = np.tensordot(weighted, self.attributes, axes=([0, 1], [0, 1]))
            curvature -= (mean * counted[:, None]).T @ mean
            step = np.linalg.solve(curvature + RIDGE * np.eye(size), slope)
            point = point + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
            if float(np.abs(step).max()) < 1e-6:
                break
        probability = self._probabilities(point)
        elasticity = self._elasticity(point, probability, counted)
        effects = {name: float(point[place]) for name, place in self.promotion_at.items()}
        return LastBrandLogit(float(point[self.inertia_at]), elasticity, point, **effects)

    def _probabilities(self, point: Floats) -> Floats:
        utility = self.attributes @ point + self.barred
        utility -= utility.max(axis=1, keepdims=True)
        weight: Floats = np.exp(utility)
        return weight / weight.sum(axis=1, keepdims=True)

    def _elasticity(self, point: Floats, probability: Floats, counted: Floats) -> float:
        """Mean over brands, weighted by their shares, of d log(mean probability) / d log(own price)."""
        beta = float(point[self.inertia_at + 1])
        change = -beta * (counted @ (probability * (1.0 - probability) * self.price))
        return float(change.sum() / counted.sum())
