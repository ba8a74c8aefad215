"""Income shocks: hardship makes money dear, for all or for one cohort.

While a shock lasts, hardship h of its cohort stands at its severity, and then fades with a half-life. Price sensitivity
is β (1 + stinginess · h): what is cheap (the commons, the sharing market, the price cutter, not buying) gains.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

__all__ = ["COLUMNS", "IncomeParameters", "faded", "tighten"]

COLUMNS = ()


class IncomeParameters(MechanismParameters):
    """Parameters of income shocks."""

    stinginess: float = quantity(
        0.8,
        "ratio",
        0,
        20,
        "Relative rise of price sensitivity in full hardship",
        "Hausse relative de la sensibilité au prix en pleine gêne",
        symbol="κ_y",
        source="S4",
    )
    recovery: float = quantity(
        13.0,
        "weeks",
        0.1,
        520,
        "Weeks in which hardship halves once the shock is over",
        "Semaines en lesquelles la gêne diminue de moitié après le choc",
    )


_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)


@compiled
def tighten(sensitivity, price_sensitivity, cohort, hardship, stinginess):
    """Write a tile's price sensitivity under hardship; `hardship` is float32, one a cohort."""
    for lane in range(sensitivity.size):
        sensitivity[lane] = price_sensitivity[lane]
    for c in range(hardship.size):
        if hardship[c] > _ZERO:
            dearer = _ONE + stinginess * hardship[c]
            for lane in range(sensitivity.size):
                beta = price_sensitivity[lane]
                sensitivity[lane] = beta * dearer if cohort[lane] == c else sensitivity[lane]


def faded(p: IncomeParameters, hardship: float) -> float:
    """Return what is left of a hardship after one week of recovery; traces below a thousandth are gone."""
    left = hardship * 0.5 ** (1 / p.recovery)
    return left if left >= 1e-3 else 0.0
