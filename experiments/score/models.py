"""The models that are scored: four standard logits, and the consumer of the simulation.

All are the utility of `experiments.panel.likelihood`, the standard ones with parts of it held at 0.

=============  =====================================================================================================
logit          constants of the brands, price, feature and display; all households alike
logit_last     the same and the last brand bought
mixed          each brand's constant normal with a standard deviation of its own, price coefficient normal
mixed_last     the same and the last brand bought, with one coefficient for all households
module         the consumer of the simulation, `panel.consumer.CONSUMER`: a spread of taste for each brand, places on a
               market map where the panel asks for it, price held to 0 or more, normal inertia, stationary start
=============  =====================================================================================================

Where a standard model can be specified in several ways, it is given the one that foretold held-out households best on
the catsup and margarine panels: a normal price coefficient rather than a lognormal one, and the first choice in the
likelihood as one made with no brand bought before, rather than left out (it tells much of a household's tastes). The
coefficient of the last brand does as well with a spread as without, so that it has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import numpy as np

from experiments.panel.consumer import CONSUMER
from experiments.panel.data import Floats, Panel
from experiments.panel.draws import placed_draws, random_draws, zero_draws
from experiments.panel.foretell import foretell
from experiments.panel.likelihood import Design, Parameters, PriceEffect, Spreads, Start, design
from experiments.panel.search import DRAWS, plain_logit, search
from experiments.panel.simulate import simulate_tastes
from experiments.score.protocol import ChoiceModel, Predictions

__all__ = ["LOGITS", "MODELS", "FittedLogit", "Logit", "Module"]

Last = Literal["none", "fixed", "random"]

_HELD: Mapping[Last, tuple[str, ...]] = {
    "none": ("inertia_mean", "inertia_sd"),
    "fixed": ("inertia_sd",),
    "random": (),
}
HELD_OUT_DRAWS = 512
"""Points for each household whose choices are foretold."""


@dataclass(frozen=True)
class Logit:
    """A logit, mixed or not.

    Attributes
    ----------
    mixed : whether tastes and price effects differ between households.
    last : whether the last brand bought counts, and if its coefficient differs between households.
    spreads, price, start : see `likelihood.design` and `likelihood`; without `mixed`, price has one coefficient.
    """

    key: str
    mixed: bool
    last: Last = "none"
    spreads: Spreads = "own"
    price: PriceEffect = "normal"
    start: Start = "none"
    dimensions: int = 0
    draws: int = DRAWS

    def fit(self, panel: Panel, seed: int) -> FittedLogit:
        """Fit by maximum (simulated) likelihood."""
        held = _HELD[self.last]
        if not self.mixed:
            task = design(panel, price="normal")
            spreads = [name for name in task.names if name in ("taste_spread", "price_sd", "inertia_sd")]
            return FittedLogit(task, plain_logit(task, held={*held, *spreads}), self.start, mixed=False)
        task = design(panel, spreads=self.spreads, price=self.price, dimensions=self.dimensions)
        vector, _, _ = search(task, start=self.start, draws=self.draws, seed=seed, held=held)
        return FittedLogit(task, vector, self.start)


@dataclass(frozen=True)
class Module:
    """The consumer of the simulation, as `import-panel` fits it."""

    key: str = "module"
    draws: int = CONSUMER.draws

    def fit(self, panel: Panel, seed: int) -> FittedLogit:
        """Fit it, with the market map that the panel asks for."""
        found = replace(CONSUMER, draws=self.draws).find(panel, seed)
        return FittedLogit(found.task, found.vector, CONSUMER.start)


@dataclass(frozen=True)
class FittedLogit:
    """A logit and its parameters.

    Attributes
    ----------
    task : layout of the panel it was fitted to.
    vector : (K,) parameters in the order of `task.names`; price terms are per mean price.
    start : how the unknown brand before a panel is treated, see `likelihood`.
    mixed : whether households differ.
    """

    task: Design
    vector: Floats
    start: Start
    mixed: bool = True

    def simulate(self, panel: Panel, seed: int) -> Panel:
        """Draw new households and let them choose; see `simulate_tastes`."""
        random = np.random.default_rng(seed)
        households = len(panel.households)
        points = random_draws(households, self.task, random)
        parts = Parameters.of(self.vector, self.task, points)
        return simulate_tastes(
            panel,
            parts.tastes(points)[:, :, 0],
            parts.beta[:, 0] / self.task.price_unit,
            parts.inertia[:, 0],
            dict(zip(self.task.extras, parts.fixed.tolist(), strict=True)),
            random,
        )

    def predict(self, panel: Panel, seed: int) -> Predictions:
        """Foretell, with points placed around each household of the panel."""
        task = design(panel, like=self.task)
        if self.mixed:
            points = placed_draws(self.vector, task, HELD_OUT_DRAWS, seed)
        else:
            points = zero_draws(len(panel.households), task)
        found = foretell(panel, task, points, self.start, self.vector)
        return Predictions(found.log_probability, found.brand == panel.chosen)


_ALL: tuple[Logit | Module, ...] = (
    Logit("logit", mixed=False),
    Logit("logit_last", mixed=False, last="fixed"),
    Logit("mixed", mixed=True),
    Logit("mixed_last", mixed=True, last="fixed"),
    Module(),
)
LOGITS: Mapping[str, Logit | Module] = MappingProxyType({model.key: model for model in _ALL})
"""Those of this file by key."""

MODELS: Mapping[str, ChoiceModel] = MappingProxyType({**LOGITS})
"""All models by key, in the order in which they are shown."""
