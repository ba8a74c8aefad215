"""Let households of the fitted kind choose on the occasions and prices of a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from experiments.panel.data import Floats, Panel

WARM_UP = 20  # choices at mean prices before the panel begins, so that inertia has settled


class Taste(Protocol):
    """What `simulate` needs to know of a model; `MixedLogit` has it all. Units as there."""

    @property
    def appeal(self) -> Floats:
        """(B,) constants of the brands."""

    @property
    def taste_spreads(self) -> Floats:
        """(B,) standard deviations of the taste for each brand that no other shares."""

    @property
    def places(self) -> Floats:
        """(B, M) places of the brands on the market map."""

    @property
    def price_mean(self) -> float:
        """Mean of the price coefficient, before it is held to 0 or more."""

    @property
    def price_sd(self) -> float:
        """Its standard deviation."""

    @property
    def inertia_mean(self) -> float:
        """Mean coefficient of the last brand."""

    @property
    def inertia_sd(self) -> float:
        """Its standard deviation."""

    @property
    def feature(self) -> float | None:
        """Effect of a feature."""

    @property
    def display(self) -> float | None:
        """Effect of a display."""


def simulate(panel: Panel, model: Taste, *, seed: int | Sequence[int]) -> Panel:
    """Give the panel with choices made anew by households drawn from the model.

    Every household keeps its occasions and the prices it met; its tastes are new. It has bought
    `WARM_UP` times at mean prices before.
    """
    random = np.random.default_rng(seed)
    households, brands = len(panel.households), len(panel.brands)
    taste = model.appeal + model.taste_spreads * random.standard_normal((households, brands))
    taste += random.standard_normal((households, model.places.shape[1])) @ model.places.T
    beta = np.maximum(model.price_mean + model.price_sd * random.standard_normal(households), 0.0)
    inertia = model.inertia_mean + model.inertia_sd * random.standard_normal(households)

    effects = {"feature": model.feature, "display": model.display}
    return simulate_tastes(panel, taste, beta, inertia, {k: v for k, v in effects.items() if v is not None}, random)


def simulate_tastes(
    panel: Panel,
    taste: Floats,
    beta: Floats,
    inertia: Floats,
    effects: Mapping[str, float],
    random: np.random.Generator,
) -> Panel:
    """Give the panel with choices made anew by households of given tastes.

    Parameters
    ----------
    taste : (H, B) constants of the brands.
    beta, inertia : (H,) coefficients of price, per unit of currency, and of the last brand bought.
    effects : of "feature" and "display", where they have any.
    """
    households = len(panel.households)
    utility = np.where(
        np.isnan(panel.price), -np.inf, taste[panel.household] - beta[panel.household, None] * panel.price
    )
    for name, table in (("feature", panel.feature), ("display", panel.display)):
        if name in effects and table is not None:
            utility = utility + effects[name] * table
    utility = utility + random.gumbel(size=utility.shape)

    at_rest = taste - beta[:, None] * panel.mean_price
    last = np.full(households, -1)
    everyone = np.arange(households)
    for _ in range(WARM_UP):
        last = _choose(at_rest + random.gumbel(size=at_rest.shape), last, inertia)

    starts = panel.starts
    length = np.diff(starts)
    chosen = np.empty(panel.occasions, dtype=np.int64)
    for turn in range(int(length.max())):
        present = everyone[length > turn]
        rows = starts[present] + turn
        chosen[rows] = last[present] = _choose(utility[rows], last[present], inertia[present])
    return replace(panel, chosen=chosen)


def _choose(utility: Floats, last: np.ndarray, inertia: Floats) -> np.ndarray:
    """Index of the best brand, the last one having its bonus."""
    utility = utility.copy()
    known = np.flatnonzero(last >= 0)
    utility[known, last[known]] += inertia[known]
    return utility.argmax(axis=1)
