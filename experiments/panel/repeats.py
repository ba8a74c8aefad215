"""Repeat buying beyond taste: how much more often than by chance the last brand is bought again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.panel.data import Floats, Panel


@dataclass(frozen=True)
class Repeats:
    """Repeats among successive occasions, household by household.

    Attributes
    ----------
    pairs : (H,) successive occasions.
    repeated : (H,) of those, on how many the same brand was bought.
    expected : (H,) the same if the household's own purchases came in random order.
    """

    pairs: Floats
    repeated: Floats
    expected: Floats

    def rate(self, weight: Floats | None = None) -> float:
        """Share of the pairs that repeat; `weight` (H,) counts households more than once."""
        return self._mean(self.repeated, weight)

    def excess(self, weight: Floats | None = None) -> float:
        """Repeat rate minus its mean over all orders of each household's own purchases."""
        return self._mean(self.repeated - self.expected, weight)

    def _mean(self, part: Floats, weight: Floats | None) -> float:
        counted = np.ones_like(part) if weight is None else weight
        pairs = float(counted @ self.pairs)
        return float(counted @ part) / pairs if pairs else float("nan")


def repeats(panel: Panel) -> Repeats:
    """Count repeats, and what random order would give.

    Of all orders of n purchases, n_f of brand f, two successive ones are alike with probability
    sum_f n_f (n_f - 1) / (n (n - 1)): no shuffling is needed.
    """
    counts = panel.counts.astype(float)
    size = counts.sum(axis=1)
    pairs = size - 1.0
    alike: Floats = np.bincount(panel.household, weights=panel.last == panel.chosen, minlength=len(size)).astype(float)
    expected = np.where(size > 1, (counts * (counts - 1)).sum(axis=1) / np.maximum(size, 1.0), 0.0)
    return Repeats(pairs, alike, expected)
