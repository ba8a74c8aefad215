"""Futures made by hand, for tests of what is told of them."""

import numpy as np

from dashboards.futures import Ensemble
from dashboards.markets import Draft

FIRMS = ("Nova", "Citadel", "Summit", "Mirage", "Agora")


def ensemble(draft: Draft, shift: float = 0.0, *, futures: int = 16, weeks: int = 104, spread: float = 0.01, **more):
    """Shares that differ from future to future, Nova's by `shift` from 20 % on; each future has its own luck."""
    scenario = draft.scenario
    names = tuple(firm.name for firm in scenario.firms)
    luck = np.random.default_rng(7).normal(0, spread, (futures, 1, len(names)))
    share = np.full((futures, weeks, len(names)), 1 / len(names)) + luck
    share[:, :, 0] += shift
    profit = np.cumsum(np.full((futures, weeks, len(names)), 1e5), axis=1) * (1 + 10 * luck) + shift * 1e7
    figures = {
        "share": share,
        "total_profit": profit,
        "sincerity": np.full_like(share, 0.65),
        "alive": np.ones_like(share),
    } | more
    figures = {key: np.asarray(value, dtype=np.float32) for key, value in figures.items()}
    items = {"firm": names, "sector": tuple(x.name for x in scenario.sectors), "market": ("",), "cause": ()}
    return Ensemble(scenario, tuple(range(futures)), figures, items, futures)
