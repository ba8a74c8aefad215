"""What tests of the score share: panels made by known choosers, small enough for many fits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from experiments.panel.data import Panel
from experiments.panel.simulate import simulate_tastes
from experiments.score.protocol import Predictions
from tests.experiments.panel.synthetic import blank


def chosen_by(panel, *, appeal, spread=0.0, beta=1.5, beta_sd=0.0, inertia=0.0, feature=0.0, seed=0):
    """Let households with normal tastes and price effects choose on a panel's occasions."""
    random = np.random.default_rng(seed)
    households = len(panel.households)
    taste = np.asarray(appeal) + np.asarray(spread) * random.standard_normal((households, len(panel.brands)))
    price = beta + beta_sd * random.standard_normal(households)
    return simulate_tastes(panel, taste, price, np.full(households, inertia), {"feature": feature}, random)


def only(panel: Panel, rows: np.ndarray) -> Panel:
    """Keep some rows; every household must keep one."""
    return replace(
        panel,
        household=panel.household[rows],
        time=panel.time[rows],
        chosen=panel.chosen[rows],
        price=panel.price[rows],
        feature=None if panel.feature is None else panel.feature[rows],
        display=None if panel.display is None else panel.display[rows],
    )


@dataclass(frozen=True)
class Coin:
    """A chooser without any sense: every brand with the same probability. It costs no time to fit."""

    key: str = "coin"
    fails_at: int = -1

    def fit(self, panel, seed):
        return self

    def simulate(self, panel, seed):
        random = np.random.default_rng(seed)
        return replace(panel, chosen=random.integers(0, len(panel.brands), panel.occasions))

    def predict(self, panel, seed):
        if "h3" in panel.households and self.fails_at == 3:
            raise ValueError("no idea")
        even = np.full(panel.occasions, -np.log(len(panel.brands)))
        return Predictions(even, panel.chosen == 0)


@pytest.fixture(scope="session")
def loyal_panel():
    """150 households with tastes of their own and a little inertia; four brands, promotions."""
    return chosen_by(
        blank(households=150, seed=3), appeal=[0.6, 0.2, -0.3, -0.5], spread=1.5, inertia=0.5, feature=1.0, seed=4
    )
