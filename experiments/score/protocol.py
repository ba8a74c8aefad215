"""What a model of choice must be able to do to be scored: be fitted, choose anew, foretell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.panel.data import Floats, Panel

__all__ = ["ChoiceModel", "Fitted", "Predictions"]


@dataclass(frozen=True)
class Predictions:
    """What a fitted model says of each choice of a panel, knowing the household's earlier choices only.

    Attributes
    ----------
    log_probability : (n,) of the brand that was chosen.
    hit : (n,) whether it was the most probable one.
    """

    log_probability: Floats
    hit: NDArray[np.bool_]


class Fitted(Protocol):
    """A model with its parameters found."""

    def simulate(self, panel: Panel, seed: int) -> Panel:
        """Give the panel with choices made anew on its occasions and prices, by households newly drawn."""

    def predict(self, panel: Panel, seed: int) -> Predictions:
        """Foretell the choices of a panel of households that were not in the one fitted."""


class ChoiceModel(Protocol):
    """A model that can be fitted to a panel.

    Attributes
    ----------
    key : its name on the command line and, under ``score.model``, in the catalogue of texts.
    """

    @property
    def key(self) -> str:
        """Its name."""

    def fit(self, panel: Panel, seed: int) -> Fitted:
        """Find its parameters."""


def log_likelihood(predictions: Predictions, panel: Panel) -> tuple[Floats, int]:
    """Give the (H,) log-likelihoods of the households given their first choices, and the choices counted."""
    counted = ~panel.first
    value = np.bincount(
        panel.household[counted], weights=predictions.log_probability[counted], minlength=len(panel.households)
    )
    return value.astype(float), int(counted.sum())


def hits(predictions: Predictions, panel: Panel) -> tuple[int, int]:
    """Give how many choices, the first ones left out, were foretold, and the choices counted."""
    counted = ~panel.first
    return int(predictions.hit[counted].sum()), int(counted.sum())
