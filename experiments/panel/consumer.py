"""The consumer of the simulation as it is fitted to panels, for `import-panel` and the score alike.

Every brand has a spread of taste of its own and a place on a market map, the price coefficient is normal and held to
0 or more, inertia is normal, and the first purchase follows the household's own stationary process.
"""

from __future__ import annotations

from dataclasses import dataclass

from experiments.panel.data import Floats, Panel
from experiments.panel.likelihood import Design, Draws, PriceEffect, Spreads, Start, design, log_likelihoods
from experiments.panel.market_map import DIMENSIONS, free_parameters, most_dimensions
from experiments.panel.search import DRAWS, search

__all__ = ["CONSUMER", "Consumer", "Found"]

_LEAST_BRANDS = 3  # for own spreads: of two brands only the difference of tastes shows


@dataclass(frozen=True)
class Consumer:
    """How the consumer is fitted.

    Attributes
    ----------
    price, start, draws : see `likelihood` and `search`.
    dimensions : most dimensions of the market map.
    """

    price: PriceEffect = "censored"
    start: Start = "stationary"
    dimensions: int = DIMENSIONS
    draws: int = DRAWS

    def find(self, panel: Panel, seed: int, dimensions: int | None = None) -> Found:
        """Find the parameters, with the map that the panel asks for.

        Maps of 0 dimensions up to the most that the number of brands allows are fitted, and the one of the smallest
        information criterion (Akaike 1974) is taken: the one expected to foretell other households best.

        Parameters
        ----------
        seed : of the scrambling of the points.
        dimensions : of the map, where they are known already.
        """
        brands = len(panel.brands)
        spreads: Spreads = "own" if brands >= _LEAST_BRANDS else "common"
        most = min(self.dimensions, most_dimensions(brands))
        ends = []
        for count in range(most + 1) if dimensions is None else (dimensions,):
            task = design(panel, spreads=spreads, price=self.price, dimensions=count)
            vector, points, converged = search(task, start=self.start, draws=self.draws, seed=seed)
            value = float(log_likelihoods(vector, task, points, self.start, scores=False)[0].sum())
            aic = 2 * free_parameters(task) - 2 * value
            ends.append((aic, task, vector, points, converged, value))
        _, task, vector, points, converged, value = min(ends, key=lambda end: end[0])
        return Found(task, vector, points, converged, value, tuple(end[0] for end in ends))


@dataclass(frozen=True)
class Found:
    """What the search found.

    Attributes
    ----------
    task : layout of the panel, with the dimensions that were chosen.
    vector : (K,) parameters in the order of `task.names`; price terms are per mean price.
    points : those at which the likelihood was simulated in the last round.
    converged : whether the search ended at a maximum.
    log_likelihood : of the panel.
    aic : information criterion of the maps that were fitted: of 0, 1, ... dimensions.
    """

    task: Design
    vector: Floats
    points: Draws
    converged: bool
    log_likelihood: float
    aic: tuple[float, ...]


CONSUMER = Consumer()
"""The consumer of the simulation."""
