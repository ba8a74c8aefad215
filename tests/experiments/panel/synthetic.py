"""Panels made up for the tests, with known tastes."""

from dataclasses import dataclass, field

import numpy as np

from experiments.panel.data import Panel
from experiments.panel.simulate import simulate


@dataclass
class Truth:
    """Parameters from which choices are simulated; the four brands' appeals have mean 0."""

    appeal: np.ndarray = field(default_factory=lambda: np.array([0.6, 0.2, -0.3, -0.5]))
    taste_spreads: np.ndarray = field(default_factory=lambda: np.array([1.6, 1.2, 0.8, 1.2]))
    places: np.ndarray = field(default_factory=lambda: np.zeros((4, 0)))
    price_mean: float = 1.5
    price_sd: float = 0.6
    inertia_mean: float = 0.3
    inertia_sd: float = 0.4
    feature: float | None = 1.0
    display: float | None = 0.8


def mapped():
    """Give the truth of eight brands on a market map that is centred and laid along its principal axes.

    Two clusters lie apart along the first axis; the second divides each of them.
    """
    first, second = 2.0 * np.repeat([1.0, -1.0], 4), 1.2 * np.tile([1.0, 1.0, -1.0, -1.0], 2)
    return Truth(
        appeal=np.zeros(8),
        taste_spreads=np.tile([0.5, 1.0], 4),
        places=np.stack([first, second], axis=1),
        inertia_mean=0.3,
    )


def blank(households=200, mean_size=10, brands=4, seed=0, promoted=True):
    """Make a panel with prices around 3 and promotions, all choices still the first brand."""
    random = np.random.default_rng(seed)
    size = 2 + random.poisson(random.gamma(1.5, (mean_size - 2) / 1.5, households))
    rows = int(size.sum())
    regular = 3.0 + 0.2 * np.arange(brands)
    cut = random.random((rows, brands)) < 0.25
    price = regular * np.where(cut, 0.75, 1.0) + random.choice([-0.1, 0.0, 0.0, 0.1], (rows, brands))
    feature = (random.random((rows, brands)) < np.where(cut, 0.4, 0.05)).astype(float)
    display = (random.random((rows, brands)) < np.where(cut, 0.3, 0.05)).astype(float)
    household = np.repeat(np.arange(households), size)
    starts = np.concatenate([[0], np.cumsum(size)[:-1]])
    return Panel(
        source="made up",
        brands=tuple("ABCDEFGHIJ"[:brands]),
        households=tuple(str(h) for h in range(households)),
        household=household,
        time=np.arange(rows) - starts[household],
        chosen=np.zeros(rows, dtype=np.int64),
        price=price,
        feature=feature if promoted else None,
        display=display if promoted else None,
        time_unit="order",
    )


def simulated(truth=None, seed=0, **shape):
    """Make a panel whose households choose by `truth`."""
    return simulate(blank(seed=seed, **shape), truth or Truth(), seed=(seed, 1))


def wide_text(panel, delimiter=",", comma=False, week=True):
    """Write a panel as a wide file; weeks are twice the order, so that they skip."""

    def number(value):
        text = f"{value:.2f}"
        return text.replace(".", ",") if comma else text

    heading = ["household", "week" if week else "order", "brand", *(f"price.{b}" for b in panel.brands)]
    if panel.feature is not None:
        heading += [f"feature.{b}" for b in panel.brands] + [f"display.{b}" for b in panel.brands]
    lines = [delimiter.join(heading)]
    for row in range(panel.occasions):
        cells = [
            panel.households[panel.household[row]],
            str(2 * panel.time[row] if week else panel.time[row]),
            panel.brands[panel.chosen[row]],
            *(number(x) for x in panel.price[row]),
        ]
        if panel.feature is not None:
            cells += [f"{x:.0f}" for x in (*panel.feature[row], *panel.display[row])]
        lines.append(delimiter.join(cells))
    return "\n".join(lines) + "\n"


def long_text(panel):
    """Write a panel as a long file."""
    lines = ["hh,week,brand,price,chosen"]
    for row in range(panel.occasions):
        for brand, name in enumerate(panel.brands):
            bought = int(panel.chosen[row] == brand)
            household = panel.households[panel.household[row]]
            lines.append(f"{household},{2 * panel.time[row]},{name},{panel.price[row, brand]:.2f},{bought}")
    return "\n".join(lines) + "\n"
