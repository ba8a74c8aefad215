"""Twelve statistics of which brands households buy, alike on a real and on a simulated purchase panel.

With b the penetration of a brand (share of the panel's households that bought it), w purchases per buyer, and
b(X | Y) the share of Y's buyers that also bought X:

====================  ==========================================================================================
double_jeopardy       correlation of b and w over brands (Goodhardt, Ehrenberg and Chatfield 1984)
jeopardy_slope        slope of log w on log b over brands
duplication           mean of b(X | Y) over pairs of brands / mean of b (the same)
duplication_fit       correlation of b(X | Y) with b(X) over pairs of brands
dirichlet_sum         S of the Dirichlet-multinomial, by maximum likelihood
repeat_rate           share of successive purchases that are of the same brand
excess_inertia        repeat rate minus its mean over all orders of each household's own purchases
variety_seekers       share of households that repeat less than in random order (permutation test at 5 %)
inert                 share of households that repeat more than in random order (the same)
last_brand            coefficient of the last brand in a logit without heterogeneity
price_elasticity      own-price elasticity of choice in that logit, weighted by shares
switching_diagonal    mean over brands of the share of purchases after brand X that are of X again
====================  ==========================================================================================
"""

from __future__ import annotations

import numpy as np

from experiments.facts.last_brand_logit import LastBrandDesign
from experiments.panel.counts import dirichlet_sum
from experiments.panel.data import Floats, Panel
from experiments.panel.repeats import repeats

__all__ = ["CHOICE_STATISTICS", "ChoiceStatistics", "bootstrap", "choice_statistics", "order_tests"]

CHOICE_STATISTICS = (
    "double_jeopardy",
    "jeopardy_slope",
    "duplication",
    "duplication_fit",
    "dirichlet_sum",
    "repeat_rate",
    "excess_inertia",
    "variety_seekers",
    "inert",
    "last_brand",
    "price_elasticity",
    "switching_diagonal",
)

ORDERS = 399
"""Random orders of each household's purchases in the permutation test."""
LEVEL = 0.05


def choice_statistics(panel: Panel, seed: int = 1) -> dict[str, float]:
    """Give the twelve statistics of a panel; NaN where a panel is too small to have one."""
    return ChoiceStatistics(panel, seed).values()


def bootstrap(panel: Panel, resamples: int, seed: int = 1) -> dict[str, Floats]:
    """Give (resamples,) values of each statistic, whole households being drawn anew each time."""
    found = ChoiceStatistics(panel, seed)
    random = np.random.default_rng((seed, 1))
    households = len(panel.households)
    drawn = random.multinomial(households, np.full(households, 1.0 / households), size=resamples).astype(float)
    values = [found.values(weight) for weight in drawn]
    return {name: np.array([value[name] for value in values]) for name in CHOICE_STATISTICS}


class ChoiceStatistics:
    """The statistics of one panel, for any weights of its households.

    What does not depend on the weights is worked out once, so that resampling is cheap.
    """

    def __init__(self, panel: Panel, seed: int = 1) -> None:
        self._counts = panel.counts.astype(float)
        self._repeats = repeats(panel)
        self._inert, self._seeking = order_tests(panel, seed)
        self._switches = _switches(panel)
        self._logit = LastBrandDesign(panel)
        self._start: Floats | None = None

    def values(self, weight: Floats | None = None) -> dict[str, float]:
        """Give every statistic.

        Parameters
        ----------
        weight : (H,) how often each household counts; once if not given.
        """
        counted = np.ones(len(self._counts)) if weight is None else weight
        penetration, per_buyer, both = self._reach(counted)
        duplication, fit = _duplication(penetration, both)
        logit = self._logit.fit(weight, self._start)
        if self._start is None:
            self._start = logit.coefficients
        switches = np.einsum("h,hij->ij", counted, self._switches)
        left = switches.sum(axis=1)
        households = float(counted.sum())
        found = {
            "double_jeopardy": _correlation(penetration, per_buyer),
            "jeopardy_slope": _slope(np.log(penetration), np.log(per_buyer)),
            "duplication": duplication,
            "duplication_fit": fit,
            "dirichlet_sum": dirichlet_sum(np.repeat(self._counts, counted.astype(int), axis=0).astype(np.int64)),
            "repeat_rate": self._repeats.rate(counted),
            "excess_inertia": self._repeats.excess(counted),
            "variety_seekers": float(counted @ self._seeking) / households,
            "inert": float(counted @ self._inert) / households,
            "last_brand": logit.inertia,
            "price_elasticity": logit.elasticity,
            "switching_diagonal": _mean((np.diag(switches) / np.maximum(left, 1.0))[left > 0]),
        }
        return {name: found[name] for name in CHOICE_STATISTICS}

    def _reach(self, counted: Floats) -> tuple[Floats, Floats, Floats]:
        """Penetration and purchases per buyer of the brands that are bought, and the share that buys both of two."""
        buys = (self._counts > 0).astype(float)
        buyers = counted @ buys
        kept = buyers > 0
        both = (buys[:, kept] * counted[:, None]).T @ buys[:, kept] / counted.sum()
        return np.diag(both).copy(), (counted @ self._counts)[kept] / buyers[kept], both


def order_tests(panel: Panel, seed: int = 1) -> tuple[Floats, Floats]:
    """Test each household's own order of purchases against random orders of the same purchases.

    Returns
    -------
    (H,) 1 for households that repeat more than `LEVEL` allows, and (H,) for those that repeat less; else 0.
    """
    random = np.random.default_rng((seed, 2))
    starts = panel.starts
    inert, seeking = np.zeros(len(panel.households)), np.zeros(len(panel.households))
    for household in range(len(panel.households)):
        own = panel.chosen[starts[household] : starts[household + 1]]
        if len(own) < 3 or (own == own[0]).all():
            continue
        seen = int((own[1:] == own[:-1]).sum())
        shuffled = random.permuted(np.broadcast_to(own, (ORDERS, len(own))), axis=1)
        alike = (shuffled[:, 1:] == shuffled[:, :-1]).sum(axis=1)
        inert[household] = 1 + (alike >= seen).sum() <= LEVEL * (ORDERS + 1)
        seeking[household] = 1 + (alike <= seen).sum() <= LEVEL * (ORDERS + 1)
    return inert, seeking


def _switches(panel: Panel) -> Floats:
    """(H, B, B) purchases of brand j that follow one of brand i."""
    table = np.zeros((len(panel.households), len(panel.brands), len(panel.brands)))
    later = np.flatnonzero(~panel.first)
    np.add.at(table, (panel.household[later], panel.last[later], panel.chosen[later]), 1.0)
    return table


def _duplication(penetration: Floats, both: Floats) -> tuple[float, float]:
    """Duplication coefficient, and how well duplication follows penetration."""
    brands = len(penetration)
    if brands < 2:
        return float("nan"), float("nan")
    among_buyers = both / penetration[:, None]  # row Y, column X: b(X | Y)
    pairs = ~np.eye(brands, dtype=bool)
    follows = _correlation(among_buyers[pairs], np.broadcast_to(penetration, (brands, brands))[pairs])
    return float(among_buyers[pairs].mean() / penetration.mean()), follows


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _correlation(x: Floats, y: Floats) -> float:
    """Pearson correlation; NaN with fewer than three points or without spread."""
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def _slope(x: Floats, y: Floats) -> float:
    """Slope of the least-squares line of y on x; NaN with fewer than two points or without spread."""
    if len(x) < 2 or np.ptp(x) == 0:
        return float("nan")
    return float(np.polyfit(x, y, 1)[0])
