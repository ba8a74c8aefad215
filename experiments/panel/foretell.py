"""Foretell each choice of a household from its earlier ones, never looking ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.panel.data import Floats, Integers, Panel
from experiments.panel.likelihood import Design, Draws, Start, choice_probabilities


@dataclass(frozen=True)
class Foretold:
    """What is said of every occasion of a panel.

    Attributes
    ----------
    brand : (n,) the most probable one.
    log_probability : (n,) of the brand that was chosen, given the earlier choices. Those of a household sum to
        its log-likelihood; without the first one, to its log-likelihood given its first choice.
    """

    brand: Integers
    log_probability: Floats


def foretell(panel: Panel, task: Design, draws: Draws, start: Start, vector: Floats) -> Foretold:
    """Foretell the choices of a panel; a household's earlier choices weight its points.

    With "drop" the first choice serves as the last brand of the second and tells nothing else.
    """
    starts = panel.starts
    brand, log_probability = np.empty(panel.occasions, dtype=np.int64), np.empty(panel.occasions)
    for household, table, _ in choice_probabilities(vector, task, draws, start):
        rows = slice(starts[household], starts[household + 1])
        chosen = panel.chosen[rows]
        log_p = np.log(np.maximum(table[np.arange(len(chosen)), chosen], 1e-300))
        informative = log_p.copy()
        if start == "drop":
            informative[0] = 0.0
        known = np.vstack([np.zeros((1, log_p.shape[1])), np.cumsum(informative, axis=0)[:-1]])
        known += draws.log_weight[household]
        weight = np.exp(known - known.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        probability = np.einsum("tbr,tr->tb", table, weight)
        brand[rows] = probability.argmax(axis=1)
        log_probability[rows] = np.log(np.maximum(probability[np.arange(len(chosen)), chosen], 1e-300))
    return Foretold(brand, log_probability)
